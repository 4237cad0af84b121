// SPDX-License-Identifier: Apache-2.0
// The official conformance suite, run against a server's URL. It cannot send a token: a door in front of the server adds it.
import http from 'node:http';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Child, PATIENCE } from '../lib/process.mjs';

const SUITE = path.resolve('node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** Returns { passed, failed, code, text }. */
export async function runSuite(url, version, ...more) {
    const results = await mkdtemp(path.join(tmpdir(), 'conformance-'));
    const args = ['server', '--url', url, '--spec-version', version, '--suite', 'all', '--output-dir', results, ...more];
    const suite = new Child(process.execPath, [SUITE, ...args]);
    const { code } = await suite.ended(180_000 * PATIENCE);
    const [, passed, failed] = suite.stdout.match(/Total: (\d+) passed, (\d+) failed/) ?? [];
    return { passed: Number(passed), failed: Number(failed), code, text: suite.stdout + suite.stderr };
}

/**
 * A door on a port of its own that passes everything to `target`, with a token. Whoever calls it by its own name calls the
 * server by the server's; a name or an origin that is neither's is passed on as it is, so that the server can refuse it.
 */
export async function withToken(target, token) {
    const to = new URL(target);
    const server = http.createServer((req, res) => {
        const own = [`127.0.0.1:${server.address().port}`, `localhost:${server.address().port}`];
        const named = (text) => own.reduce((t, name) => t.replace(name, to.host), text);
        const headers = { ...req.headers, authorization: `Bearer ${token}`, host: named(req.headers.host) };
        if (headers.origin)
            headers.origin = named(headers.origin);
        const call = http.request({ host: to.hostname, port: to.port, path: req.url, method: req.method, headers }, (answer) => {
            res.writeHead(answer.statusCode, answer.headers);
            answer.pipe(res);
            answer.on('error', () => res.destroy());
        });
        call.on('error', () => res.destroy());
        res.on('close', () => call.destroy());
        req.pipe(call);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
    });
    return { url: `http://127.0.0.1:${server.address().port}${to.pathname}`, close };
}
