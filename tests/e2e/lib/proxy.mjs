// SPDX-License-Identifier: Apache-2.0
// A TCP proxy in front of a server that loses answers on demand (the request arrives and is done, the
// client never hears of it), or that lies: it puts answers of its own in the place of true ones.
import { once } from 'node:events';
import net from 'node:net';
import { after } from 'node:test';

/** An answer as it came: {status, fields, body}; names of fields in lower case. */
function readAnswer(bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const fields = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const status = Number(first.split(' ')[1]);
    const size = status === 304 || status === 204 ? 0 : Number(fields['content-length'] ?? 0);
    const whole = end + 4 + size;
    if (bytes.length < whole) return undefined;
    return { answer: { status, fields, body: bytes.toString('utf8', end + 4, whole) }, rest: bytes.subarray(whole) };
}

function writeAnswer({ status, fields, body }) {
    const length = status === 304 || status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
    const lines = Object.entries({ ...fields, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
    return `HTTP/1.1 ${status} As told\r\n${lines.join('')}\r\n${body}`;
}

export class Proxy {
    #server;
    #target;
    #losing = [];
    #sockets = new Set();
    lost = [];
    /** Set before the first connection: called with each answer and the first line of its request; what it returns is
     * sent instead (undefined: the true one). What was true is in `seen`: {line, answer}. */
    lie;
    seen = [];

    constructor(target) {
        this.#target = target; /* asked for its port at each connection: it may restart */
        this.#server = net.createServer((client) => this.#serve(client));
    }

    async start() {
        await once(this.#server.listen(0, '127.0.0.1'), 'listening');
        this.port = this.#server.address().port;
        this.url = `http://127.0.0.1:${this.port}`;
        return this;
    }

    /** Lose the answers to the next `n` requests whose head matches. */
    lose(pattern, n = 1) {
        for (let i = 0; i < n; i++) this.#losing.push(pattern);
    }

    #serve(client) {
        const upstream = net.connect(this.#target.port, '127.0.0.1');
        let deaf = false;
        const asked = []; // first lines of the requests that wait for their answers
        let pending = Buffer.alloc(0);
        const end = () => {
            client.destroy();
            upstream.destroy();
        };
        for (const socket of [client, upstream]) {
            this.#sockets.add(socket);
            socket.on('error', end).on('close', () => {
                this.#sockets.delete(socket);
                end();
            });
        }
        client.on('data', (bytes) => {
            const text = bytes.toString('latin1').replace(new RegExp(`^Host: 127.0.0.1:${this.port}`, 'im'), `Host: 127.0.0.1:${this.#target.port}`);
            const line = /^(?:GET|POST) \S+/.exec(text); // the agent sends head and small body at once, one request at a time
            if (line) asked.push(line[0]);
            const at = this.#losing.findIndex((pattern) => pattern.test(text));
            if (at >= 0) {
                this.#losing.splice(at, 1);
                this.lost.push(text.split('\r\n', 1)[0]);
                deaf = true;
            }
            upstream.write(Buffer.from(text, 'latin1'));
        });
        upstream.on('data', (bytes) => {
            if (deaf) return end();
            if (!this.lie) return client.write(bytes);
            pending = Buffer.concat([pending, bytes]);
            for (let read = readAnswer(pending); read; read = readAnswer(pending)) {
                pending = read.rest;
                const line = asked.shift();
                this.seen.push({ line, answer: read.answer });
                client.write(writeAnswer(this.lie(structuredClone(read.answer), line) ?? read.answer));
            }
        });
    }

    /** Every connection that is open breaks now. */
    cut() {
        for (const socket of this.#sockets) socket.resetAndDestroy();
    }

    close() {
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
    }
}

/** In front of `server` until the test ends. */
export async function startProxy(server) {
    const proxy = new Proxy(server);
    after(() => proxy.close());
    return proxy.start();
}
