// SPDX-License-Identifier: Apache-2.0
// Ports of this machine, for peers that cannot pick one themselves.
import net from 'node:net';

/** One that was free a moment ago. */
export function freePort() {
    return new Promise((done, failed) => {
        const server = net.createServer().on('error', failed);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });
}

/** Does somebody listen there? */
export function connects(port) {
    return new Promise((done) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.on('connect', () => { socket.destroy(); done(true); });
        socket.on('error', () => done(false));
    });
}
