// SPDX-License-Identifier: Apache-2.0
// A small HTTP client: it sends what it is told and nothing else, reads JSON and problem+json.
import assert from 'node:assert/strict';
import http from 'node:http';
import { PATIENCE } from './process.mjs';
import { judge } from './openapi.mjs';
import { noteCall } from './routes.mjs';

export class Reply {
    constructor(method, path, message, body) {
        this.what = `${method} ${path}`;
        this.status = message.statusCode;
        this.headers = message.headers; // lower-case names
        this.bytes = body;
    }

    get text() {
        return this.bytes.toString('utf8');
    }

    get type() {
        return (this.headers['content-type'] ?? '').split(';')[0];
    }

    get json() {
        assert.match(this.type, /^application\/(json|problem\+json|[\w.]+\+json)$/, `${this.what}: ${this.text}`);
        return JSON.parse(this.text);
    }

    /** The parsed body, when the status is the wanted one; else the test fails and shows the answer. */
    want(status) {
        assert.equal(this.status, status, `${this.what}: ${this.status} ${this.text}`);
        return this.bytes.length > 0 && this.type.endsWith('json') ? this.json : undefined;
    }

    /** A refusal in the form of RFC 9457 with this code; returns its members. */
    wantProblem(status, code) {
        const problem = this.want(status);
        assert.equal(this.type, 'application/problem+json', this.what);
        for (const member of ['type', 'title', 'status', 'code', 'request_id']) {
            assert.ok(member in problem, `${this.what}: no ${member} in ${this.text}`);
        }
        assert.equal(problem.status, status);
        assert.equal(problem.code, code, `${this.what}: ${this.text}`);
        assert.equal(problem.request_id, this.headers['seneschal-request-id']);
        return problem;
    }
}

export class Client {
    #agent;

    /** base: "http://127.0.0.1:PORT"; prefix is put before each path that begins with "/". */
    constructor(base, { token, prefix = '/api/v1', headers = {}, agent } = {}) {
        this.base = base;
        this.token = token;
        this.prefix = prefix;
        this.headers = headers;
        this.#agent = agent ?? new http.Agent({ keepAlive: true, maxSockets: 256 });
    }

    /** The same server, as somebody else (or as nobody), without the headers of this one. */
    as(token) {
        return new Client(this.base, { token, prefix: this.prefix, agent: this.#agent });
    }

    /** The same with other headers on each call. */
    with(headers) {
        const { token, prefix } = this;
        return new Client(this.base, { token, prefix, headers: { ...this.headers, ...headers }, agent: this.#agent });
    }

    /** The paths that stand at the root: /metrics, /livez, /openapi.json … */
    atRoot() {
        const { token, headers } = this;
        return new Client(this.base, { token, prefix: '', headers, agent: this.#agent });
    }

    /**
     * body: an object (sent as JSON), a string or Buffer (sent as it is), or nothing.
     * options: headers, signal, ms.
     */
    async call(method, path, body, { headers = {}, signal, ms = 65_000 * PATIENCE } = {}) {
        const all = { ...this.headers, ...headers };
        if (this.token !== undefined) all.Authorization ??= `Bearer ${this.token}`;
        let bytes;
        if (body !== undefined) {
            bytes = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
            all['Content-Type'] ??= 'application/json';
            all['Content-Length'] ??= String(bytes.length);
        } else if (['POST', 'PUT', 'PATCH'].includes(method)) {
            all['Content-Length'] ??= '0';
        }
        const target = this.prefix + path; // as it is: no URL parser may tidy it up
        const reply = await exchange(this.base, { method, path: target, headers: all, agent: this.#agent, signal, timeout: ms }, bytes);
        const [pathname] = target.split('?');
        noteCall(method, pathname, reply.status);
        assert.deepEqual(judge(method, pathname, reply), [], `${reply.what}: ${reply.status} ${reply.text.slice(0, 1000)}`);
        return reply;
    }

    get(path, options) {
        return this.call('GET', path, undefined, options);
    }

    post(path, body, options) {
        return this.call('POST', path, body, options);
    }

    put(path, body, options) {
        return this.call('PUT', path, body, options);
    }

    patch(path, body, options) {
        return this.call('PATCH', path, body, options);
    }

    delete(path, options) {
        return this.call('DELETE', path, undefined, options);
    }

    /** All rows of a list, page by page. */
    async all(path) {
        const rows = [];
        let cursor;
        do {
            const sep = path.includes('?') ? '&' : '?';
            const page = (await this.get(cursor ? `${path}${sep}cursor=${cursor}` : path)).want(200);
            rows.push(...page.items);
            cursor = page.next_cursor;
        } while (cursor);
        return rows;
    }

    close() {
        this.#agent.destroy();
    }
}

function exchange(base, options, bytes) {
    return new Promise((resolve, reject) => {
        const request = http.request(base, options, (message) => {
            const parts = [];
            message.on('data', (part) => parts.push(part));
            message.on('end', () => resolve(new Reply(options.method, options.path, message, Buffer.concat(parts))));
            message.on('error', reject);
        });
        request.on('timeout', () => request.destroy(new Error(`${options.method} ${options.path}: no answer`)));
        request.on('error', reject);
        request.end(bytes);
    });
}
