// SPDX-License-Identifier: Apache-2.0
// A host that a caged program may reach by its proxy: https with a certificate of a CA of our own, for the name localhost.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';

import { tempDir } from './process.mjs';

const run = promisify(execFile);
const dir = tempDir('door');
fs.chmodSync(dir, 0o755);

/** PEM; the CA is the certificate itself. */
export const CA = path.join(dir, 'ca.pem');
const key = path.join(dir, 'key.pem');
await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', CA]);
fs.chmodSync(CA, 0o644);

/** Starts one; `port`, and `sockets` that are open there. It ends with the file. */
export async function startHost(handler = (request, response) => response.end(`you asked for ${request.url}`)) {
    const server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(CA) }, handler);
    const sockets = new Set();
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    after(() => {
        sockets.forEach((socket) => socket.destroy());
        server.close();
    });
    return { port: server.address().port, sockets, server };
}
