// SPDX-License-Identifier: Apache-2.0
// A reader of server-sent events (WHATWG HTML section 9.2), as a client with headers of its own has
// to be: fetch-based, not EventSource. What the events carry is held to the OpenAPI document.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { after } from 'node:test';
import { mismatches } from './openapi.mjs';
import { PATIENCE } from './process.mjs';
import { noteCall } from './routes.mjs';
import { Waiter } from './waiter.mjs';

const PATH = '/api/v1/iassistants/config/stream';
const SCHEMAS = { config: 'ConfigNudge', status: 'ConfigStatus', line: 'LogLine', lost: 'LogLost', change: 'LiveChange', end: 'LiveEnd', reload: 'LiveEnd' };

export class EventStream {
    #request;
    #schemas;
    #message;
    #text = '';
    #waiter = new Waiter();
    #taken = 0;
    events = []; // {event, id, data}
    comments = [];
    retry = undefined; // ms
    id = undefined; // the newest, as Last-Event-ID has it
    ended = false; // properly, by the server
    broken = false;

    /** Resolves when the head of the answer is there, whatever its status. */
    static async open(base, token, { path = PATH, method = 'GET', headers = {}, ca, schemas = SCHEMAS } = {}) {
        const stream = new EventStream();
        stream.#schemas = schemas;
        await stream.#start(new URL(path, base), { method, ca, headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers } });
        noteCall(method, path, stream.status);
        return stream;
    }

    #start(url, options) {
        const { request } = url.protocol === 'https:' ? https : http;
        after(() => this.close());
        return new Promise((resolve, reject) => {
            this.#request = request(url, { agent: false, ...options }, (message) => {
                this.#message = message;
                this.status = message.statusCode;
                this.headers = message.headers;
                message.setEncoding('utf8');
                message.on('data', (text) => this.#take(text));
                message.on('end', () => this.#over('ended'));
                message.on('error', () => this.#over('broken'));
                resolve();
            });
            this.#request.on('error', (error) => {
                this.#over('broken');
                reject(error);
            });
            this.#request.end();
        });
    }

    #over(how) {
        this[how] = true;
        this.#waiter.wake();
    }

    #take(text) {
        this.#text += text;
        for (let end; (end = this.#text.indexOf('\n\n')) >= 0; this.#text = this.#text.slice(end + 2)) this.#block(this.#text.slice(0, end));
        this.#waiter.wake();
    }

    #block(text) {
        const fields = {};
        for (const line of text.split('\n')) {
            const colon = line.indexOf(':');
            assert.ok(colon >= 0, `a line without a colon: ${line}`);
            if (colon === 0) this.comments.push(line.slice(1).trim());
            else fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
        }
        if (fields.retry !== undefined) this.retry = Number(fields.retry);
        if (fields.id !== undefined) this.id = fields.id;
        if (fields.data === undefined) return;
        const data = JSON.parse(fields.data);
        assert.deepEqual(mismatches({ $ref: `#/components/schemas/${this.#schemas[fields.event]}` }, data), [], text);
        this.events.push({ event: fields.event, id: fields.id, data });
    }

    /** True when probe() is, false when the stream is over or the time. */
    until(probe, ms = 10_000 * PATIENCE) {
        return this.#waiter.until(probe, () => this.ended || this.broken, ms);
    }

    /** The next event, which must come. */
    async next(event) {
        const there = await this.until(() => this.events.length > this.#taken);
        assert.ok(there, `no event; ended: ${this.ended}, broken: ${this.broken}, so far ${JSON.stringify(this.events)}`);
        const got = this.events[this.#taken++];
        if (event !== undefined) assert.equal(got.event, event, JSON.stringify(got));
        return got;
    }

    /** Events that came and nobody took. */
    get more() {
        return this.events.length - this.#taken;
    }

    /** The server ends it, and well. */
    async end() {
        await this.until(() => false);
        assert.ok(this.ended && !this.broken, `it did not end: ${JSON.stringify(this.events)}`);
    }

    pause() {
        this.#message.pause();
    }

    resume() {
        this.#message.resume();
    }

    close() {
        this.#request.destroy();
    }
}
