// SPDX-License-Identifier: Apache-2.0
// A person's browser, as far as our pages need one: cookies by host, redirects one by one, forms by their fields.
import assert from 'node:assert/strict';
import http from 'node:http';
import { judge } from './openapi.mjs';
import { noteCall } from './routes.mjs';

const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'");
const attribute = (tag, name) => {
    const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
    return found === null ? undefined : unescape(found[1]);
};

/** One answer, with what a person could do next. */
class Page {
    constructor(url, reply, text) {
        this.url = url;
        this.status = reply.statusCode;
        this.headers = reply.headers;
        this.text = text;
    }

    /** Where a redirect leads, whole; undefined: it is none. */
    get location() {
        return this.headers.location === undefined ? undefined : new URL(this.headers.location, this.url);
    }

    /** The form that goes to this action; its hidden fields are filled in. */
    form(action) {
        const all = [...this.text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map((m) => m[0]);
        const html = all.find((one) => action === undefined || attribute(one, 'action') === action);
        assert.ok(html, `no form to ${action} on ${this.url}: ${this.status} ${this.text.slice(0, 2000)}`);
        const fields = {};
        for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
            const name = attribute(tag, 'name');
            if (name !== undefined && attribute(tag, 'type') === 'hidden') fields[name] = attribute(tag, 'value') ?? '';
        }
        return { action: new URL(attribute(html, 'action'), this.url), fields, html };
    }
}

export class Browser {
    #jars = new Map();

    /** base: of our server; its calls count as exercised and are held to its document. */
    constructor(base) {
        this.base = base;
    }

    jar(host) {
        if (!this.#jars.has(host)) this.#jars.set(host, new Map());
        return this.#jars.get(host);
    }

    setCookie(name, value) {
        this.jar(new URL(this.base).host).set(name, value);
    }

    cookie(name) {
        return this.jar(new URL(this.base).host).get(name);
    }

    forgetCookies() {
        this.#jars.clear();
    }

    #keep(url, reply) {
        for (const line of reply.headers['set-cookie'] ?? []) {
            const [pair] = line.split(';');
            const at = pair.indexOf('=');
            const value = pair.slice(at + 1);
            if (value === '' || /max-age=0/i.test(line)) this.jar(url.host).delete(pair.slice(0, at));
            else this.jar(url.host).set(pair.slice(0, at), value);
        }
    }

    #send(url, { method = 'GET', body, headers = {}, type = 'application/x-www-form-urlencoded' } = {}) {
        const cookies = [...this.jar(url.host)].map(([name, value]) => `${name}=${value}`).join('; ');
        const all = { Accept: 'text/html,*/*', ...headers };
        if (cookies !== '') all.Cookie = cookies;
        if (body !== undefined) Object.assign(all, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
        return new Promise((resolve, reject) => {
            const request = http.request(url, { method, headers: all }, (reply) => {
                const parts = [];
                reply.on('data', (part) => parts.push(part));
                reply.on('end', () => resolve([reply, Buffer.concat(parts)]));
            });
            request.on('error', reject);
            request.end(body);
        });
    }

    /** One call; redirects are not followed. */
    async call(target, options = {}) {
        const url = new URL(target, this.base);
        const [reply, bytes] = await this.#send(url, options);
        const text = bytes.toString('utf8');
        if (url.origin === new URL(this.base).origin) {
            const method = options.method ?? 'GET';
            noteCall(method, url.pathname, reply.statusCode);
            const type = (reply.headers['content-type'] ?? '').split(';')[0];
            assert.deepEqual(judge(method, url.pathname, { status: reply.statusCode, headers: reply.headers, type, bytes, text, get json() { return JSON.parse(text); } }), [], text.slice(0, 1000));
        }
        this.#keep(url, reply);
        return new Page(url, reply, text);
    }

    get(target, options) {
        return this.call(target, options);
    }

    post(target, fields, { headers = {} } = {}) {
        return this.call(target, { method: 'POST', body: new URLSearchParams(fields).toString(), headers });
    }

    /** A call of a script of our own. */
    json(method, target, body, headers = {}) {
        return this.call(target, { method, headers, type: 'application/json', body: body === undefined ? undefined : JSON.stringify(body) });
    }

    /** A form of a page, sent as a browser sends it. */
    submit(page, action, more = {}) {
        const form = page.form(action);
        return this.post(form.action, { ...form.fields, ...more }, { headers: { Origin: page.url.origin, 'Sec-Fetch-Site': 'same-origin' } });
    }

    /** On, as long as the way leads within our server: the last page, or the redirect that leaves it. */
    async follow(page) {
        for (let i = 0; i < 10; i++) {
            const next = page.location;
            if (next === undefined || next.origin !== new URL(this.base).origin) return page;
            page = await this.get(next);
        }
        throw new Error(`too many redirects, at ${page.url}`);
    }

    async go(target) {
        return this.follow(await this.get(target));
    }
}
