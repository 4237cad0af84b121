// SPDX-License-Identifier: Apache-2.0
// A TCP proxy in front of a server that loses answers on demand: the request arrives and is done,
// the client never hears of it.
import { once } from 'node:events';
import net from 'node:net';
import { after } from 'node:test';

export class Proxy {
    #server;
    #target;
    #losing = [];
    #sockets = new Set();
    lost = [];

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
            const at = this.#losing.findIndex((pattern) => pattern.test(text));
            if (at >= 0) {
                this.#losing.splice(at, 1);
                this.lost.push(text.split('\r\n', 1)[0]);
                deaf = true;
            }
            upstream.write(Buffer.from(text, 'latin1'));
        });
        upstream.on('data', (bytes) => (deaf ? end() : client.write(bytes)));
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
