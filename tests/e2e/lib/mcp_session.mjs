// SPDX-License-Identifier: Apache-2.0
// A session of a legacy MCP client without an SDK: its requests and its streams as they are on the wire, so that a test can
// cut a connection where it likes and come back as it likes.
import assert from 'node:assert/strict';
import http from 'node:http';
import { PATIENCE } from './process.mjs';
import { noteCall } from './routes.mjs';
import { Waiter } from './waiter.mjs';

const BOTH = 'application/json, text/event-stream';

/** One answer: status, type, and its events {id, data (read, or '' of an empty one)}; a JSON text is one event without an id. */
export class McpStream {
    #request;
    #message;
    #text = '';
    #waiter = new Waiter();
    #taken = 0;
    events = [];
    retry = undefined; // ms
    over = undefined; // 'ended' by the server, or 'broken'

    /** Resolves when the head of the answer is there, whatever its status. */
    static open(url, { method = 'GET', headers, body } = {}) {
        const stream = new McpStream();
        return new Promise((resolve, reject) => {
            stream.#request = http.request(url, { agent: false, method, headers }, (message) => {
                stream.#begin(message);
                resolve(stream);
            });
            stream.#request.on('error', (error) => {
                stream.#end('broken');
                reject(error);
            });
            stream.#request.end(body);
        });
    }

    #begin(message) {
        this.#message = message;
        this.status = message.statusCode;
        this.type = message.headers['content-type'];
        this.headers = message.headers;
        message.setEncoding('utf8');
        message.on('data', (text) => this.#take(text));
        message.on('end', () => this.#end('ended'));
        message.on('error', () => this.#end('broken'));
    }

    #end(how) {
        if (this.type === 'application/json' && how === 'ended' && this.over === undefined)
            this.events.push({ data: JSON.parse(this.#text) });
        this.over ??= how;
        this.#waiter.wake();
    }

    #take(text) {
        this.#text += text;
        if (this.type === 'text/event-stream')
            for (let end; (end = this.#text.indexOf('\n\n')) >= 0; this.#text = this.#text.slice(end + 2))
                this.#block(this.#text.slice(0, end));
        this.#waiter.wake();
    }

    #block(text) {
        const fields = Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]));
        if (fields.retry !== undefined)
            this.retry = Number(fields.retry);
        if (fields.data !== undefined)
            this.events.push({ id: fields.id, data: fields.data === '' ? '' : JSON.parse(fields.data) });
    }

    /** The next event, which must come. */
    async next() {
        await this.#waiter.until(() => this.events.length > this.#taken, () => this.over !== undefined, 10_000 * PATIENCE);
        assert.ok(this.events.length > this.#taken, `no event: ${this.over}, so far ${JSON.stringify(this.events).slice(0, 2000)}`);
        return this.events[this.#taken++];
    }

    /** All of it, to its end. */
    async rest() {
        assert.ok(await this.#waiter.until(() => this.over !== undefined, () => false, 10_000 * PATIENCE), 'it does not end');
        assert.equal(this.over, 'ended');
        return this.events.slice(this.#taken);
    }

    /** The connection breaks, as seen from the other side: it is reset. */
    cut() {
        this.#request.socket.resetAndDestroy();
    }

    pause() {
        this.#message.pause();
    }
}

export class McpSession {
    #last = 0;

    static async open(base, { token }, { version = '2025-11-25', path = '/mcp', capabilities = {} } = {}) {
        const session = new McpSession();
        Object.assign(session, { url: base + path, path, version, token });
        const begun = await session.post({ method: 'initialize', params: { protocolVersion: version, capabilities, clientInfo: { name: 'test', version: '1' } } });
        session.id = begun.headers['mcp-session-id'];
        assert.match(session.id, /^[0-9a-f]{32}$/);
        await (await session.post({ method: 'notifications/initialized', id: undefined })).rest();
        return session;
    }

    #headers(more) {
        return {
            authorization: `Bearer ${this.token}`,
            ...(this.id && { 'mcp-session-id': this.id, 'mcp-protocol-version': this.version }),
            ...more,
        };
    }

    async #noted(method, options) {
        const stream = await McpStream.open(this.url, { method, ...options });
        noteCall(method, this.path.startsWith('/s/') ? '/s/{server}/mcp' : this.path, stream.status);
        return stream;
    }

    post(message) {
        const body = JSON.stringify({ jsonrpc: '2.0', id: ++this.#last, ...message });
        return this.#noted('POST', { headers: this.#headers({ 'content-type': 'application/json', accept: BOTH }), body });
    }

    /** A call of a tool; it may last. */
    call(name, args = {}, meta = undefined) {
        return this.post({ method: 'tools/call', params: { name, arguments: args, ...(meta && { _meta: meta }) } });
    }

    /** The stream, or the one that `last` is of. */
    get(last, { token = this.token } = {}) {
        return this.#noted('GET', { headers: this.#headers({ accept: 'text/event-stream', authorization: `Bearer ${token}`, ...(last && { 'last-event-id': last }) }) });
    }

    async end() {
        return (await this.#noted('DELETE', { headers: this.#headers({}) })).status;
    }
}
