// SPDX-License-Identifier: Apache-2.0
// Bytes on a socket, for what no well-behaved client would send.
import net from 'node:net';
import { after } from 'node:test';
import { PATIENCE } from './process.mjs';
import { Waiter } from './waiter.mjs';

export class RawSocket {
    #socket;
    #waiter = new Waiter();
    received = Buffer.alloc(0);
    closed = false;
    error = undefined;

    constructor(port) {
        this.#socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        this.#socket.setNoDelay(true);
        this.#socket.on('data', (bytes) => {
            this.received = Buffer.concat([this.received, bytes]);
            this.#waiter.wake();
        });
        const over = (error) => {
            this.error ??= error;
            this.closed = true;
            this.#waiter.wake();
        };
        this.#socket.on('end', () => over());
        this.#socket.on('close', () => over());
        this.#socket.on('error', over);
        after(() => this.destroy());
    }

    get text() {
        return this.received.toString('latin1');
    }

    /** The local port, to tell connections apart. */
    get localPort() {
        return this.#socket.localPort;
    }

    /** Text is sent as latin1: one character, one byte. False: the kernel's buffer is full. */
    send(bytes) {
        return this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    }

    /** Send byte by byte, each in a packet of its own. */
    async drip(text, ms = 1) {
        for (const byte of Buffer.from(text, 'latin1')) {
            if (this.closed) return;
            this.send(Buffer.from([byte]));
            await new Promise((resolve) => setTimeout(resolve, ms));
        }
    }

    /** Close our side; the peer may still answer. */
    end() {
        this.#socket.end();
    }

    destroy() {
        this.#socket.destroy();
    }

    /** An RST instead of a FIN. */
    reset() {
        this.#socket.resetAndDestroy();
    }

    /** Stop reading, so that the peer's buffers fill. */
    pause() {
        this.#socket.pause();
    }

    resume() {
        this.#socket.resume();
    }

    /** Wait until probe(this) is true, or the connection is over, or the time; says whether it was true. */
    until(probe, ms = 10_000 * PATIENCE) {
        return this.#waiter.until(() => probe(this), () => this.closed, ms);
    }

    /** Everything up to the end of the connection, as a list of responses. */
    async responses(ms) {
        await this.until((socket) => socket.closed, ms);
        return parseResponses(this.received);
    }
}

/** Send these bytes on a connection of their own; the responses when the server has closed it. */
export async function rawExchange(port, bytes, { ms, halfClose = false } = {}) {
    const socket = new RawSocket(port);
    socket.send(bytes);
    if (halfClose) socket.end();
    const responses = await socket.responses(ms);
    socket.destroy();
    return { responses, closed: socket.closed, text: socket.text };
}

/** HTTP/1.1 responses in `bytes`: {status, reason, headers, body}; 1xx are responses too. head: to HEAD. */
export function parseResponses(bytes, { head = false } = {}) {
    const found = [];
    let text = bytes.toString('latin1');
    while (text.length > 0) {
        const split = text.indexOf('\r\n\r\n');
        if (split < 0) throw new Error(`half a response: ${JSON.stringify(text.slice(0, 200))}`);
        const [line, ...fields] = text.slice(0, split).split('\r\n');
        const start = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(line);
        if (!start) throw new Error(`not a response: ${JSON.stringify(text.slice(0, 200))}`);
        const headers = {};
        for (const field of fields) {
            const colon = field.indexOf(':');
            headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
        }
        const status = Number(start[1]);
        const { body, rest } = takeBody(head ? 204 : status, headers, text.slice(split + 4));
        found.push({ status, reason: start[2], headers, body });
        text = rest;
    }
    return found;
}

function takeBody(status, headers, text) {
    if (status < 200 || status === 204 || status === 304) return { body: '', rest: text };
    if (headers['transfer-encoding'] === 'chunked') return takeChunks(text);
    if ('content-length' in headers) {
        const n = Number(headers['content-length']);
        return { body: text.slice(0, n), rest: text.slice(n) };
    }
    return { body: text, rest: '' };
}

function takeChunks(text) {
    let body = '';
    for (let at = 0; ; ) {
        const eol = text.indexOf('\r\n', at);
        const size = Number.parseInt(text.slice(at, eol), 16);
        if (eol < 0 || Number.isNaN(size)) return { body, rest: '' }; // cut short: the connection ended
        body += text.slice(eol + 2, eol + 2 + size);
        at = eol + 2 + size + 2;
        if (size === 0) return { body, rest: text.slice(at) };
    }
}
