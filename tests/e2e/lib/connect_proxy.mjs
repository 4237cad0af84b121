// SPDX-License-Identifier: Apache-2.0
// A proxy as companies have them: CONNECT to any name (all names lead to this machine), a password if
// there is one, and on demand its own refusals.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after } from 'node:test';

export class ConnectProxy {
    #server;
    #sockets = new Set();
    #password;
    heads = []; // what it was asked, with every header
    refusal; // [status, body]: its answer to everything

    constructor({ user, password } = {}) {
        this.#password = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
        this.#server = http.createServer((request, response) => {
            this.#note(request);
            const [status, body] = this.refusal ?? [501, 'only CONNECT'];
            response.writeHead(status, { 'Content-Type': 'text/html' }).end(body);
        });
        this.#server.on('connect', (request, client) => this.#connect(request, client));
        this.#server.on('connection', (socket) => this.#keep(socket));
    }

    async start() {
        await once(this.#server.listen(0, '127.0.0.1'), 'listening');
        this.host = `127.0.0.1:${this.#server.address().port}`;
        return this;
    }

    #keep(socket) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    }

    #note(request) {
        this.heads.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}`);
    }

    #connect(request, client) {
        this.#note(request);
        const wrong = this.#password !== undefined && request.headers['proxy-authorization'] !== this.#password;
        const refusal = wrong ? [407, '<h1>Sign in</h1>'] : this.refusal;
        if (refusal) {
            const [status, body] = refusal;
            client.end(`HTTP/1.1 ${status} No\r\nContent-Type: text/html\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
                `${status === 407 ? 'Proxy-Authenticate: Basic realm="x"\r\n' : ''}Connection: close\r\n\r\n${body}`);
            return;
        }
        const upstream = net.connect(Number(request.url.split(':').at(-1)), '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
        this.#keep(upstream);
        client.pipe(upstream).pipe(client);
        client.on('close', () => upstream.destroy());
        upstream.on('close', () => client.destroy());
    }

    /** End what is open: the next question needs a new connection. */
    cut() {
        for (const socket of this.#sockets) socket.destroy();
    }

    close() {
        this.#server.close();
        this.cut();
    }
}

/** Until the test ends. */
export async function startConnectProxy(options) {
    const proxy = new ConnectProxy(options);
    after(() => proxy.close());
    return proxy.start();
}
