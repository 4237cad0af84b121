// SPDX-License-Identifier: Apache-2.0
// A real HTTP server that notes what it gets: a stand-in for the receivers of webhooks.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { after } from 'node:test';
import { PATIENCE } from './process.mjs';
import { Waiter } from './waiter.mjs';

export class Receiver {
    #waiter = new Waiter();
    #server;
    calls = [];
    /** What it answers: (call, response) => …; may be replaced. */
    answer = (call, response) => response.writeHead(204).end();

    constructor(tls) {
        const listener = (request, response) => this.#take(request, response);
        this.#server = tls ? https.createServer(tls, listener) : http.createServer(listener);
        this.scheme = tls ? 'https' : 'http';
    }

    async #take(request, response) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const call = { method: request.method, path: request.url, headers: request.headers, text: Buffer.concat(parts).toString() };
        this.calls.push(call);
        this.answer(call, response);
        this.#waiter.wake();
    }

    async start(port = 0) {
        this.#server.listen(port, '127.0.0.1');
        await once(this.#server, 'listening');
        this.port = this.#server.address().port;
        this.url = `${this.scheme}://127.0.0.1:${this.port}`;
        return this;
    }

    stop() {
        this.#server.closeAllConnections();
        return new Promise((resolve) => this.#server.close(resolve));
    }

    /** The calls that `wanted` takes, once there are n of them. */
    async waitFor(n, wanted = () => true, ms = 15_000 * PATIENCE) {
        const found = () => this.calls.filter(wanted);
        if (!(await this.#waiter.until(() => found().length >= n, () => false, ms))) {
            throw new Error(`only ${found().length} of ${n} calls: ${JSON.stringify(this.calls.map((c) => [c.path, c.text.slice(0, 60)]))}`);
        }
        return found();
    }
}

/** One that ends with the test or file that started it. */
export async function startReceiver(tls) {
    const receiver = await new Receiver(tls).start();
    after(() => receiver.stop());
    return receiver;
}
