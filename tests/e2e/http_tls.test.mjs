// SPDX-License-Identifier: Apache-2.0
// The HTTP engine behind TLS: versions, resumption, records in both directions, and who never says hello.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { startEcho } from './lib/echo.mjs';
import { eventually, run, tempDir } from './lib/process.mjs';
import { RawSocket, parseResponses } from './lib/raw.mjs';

const dir = tempDir('tls');
const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name));
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);
assert.equal(made.code, 0, made.stderr);
const { child, port } = await startEcho([cert, key]);
const H = 'Host: a\r\n';
const options = { host: '127.0.0.1', port, rejectUnauthorized: false };

async function connect(extra) {
    const socket = tls.connect({ ...options, ...extra });
    await once(socket, 'secureConnect');
    return socket;
}

async function exchange(socket, text) {
    const pieces = [];
    socket.on('data', (bytes) => pieces.push(bytes));
    socket.write(text);
    await once(socket, 'end');
    socket.destroy();
    return parseResponses(Buffer.concat(pieces));
}

const bye = `GET / HTTP/1.1\r\n${H}Connection: close\r\n\r\n`;

for (const version of ['TLSv1.2', 'TLSv1.3']) {
    test(`${version} is spoken`, async () => {
        const socket = await connect({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
        assert.equal(socket.getProtocol(), version);
        assert.equal(socket.alpnProtocol, 'http/1.1');
        const responses = await exchange(socket, `POST /echo HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\nhi` + bye);
        assert.deepEqual(responses.map((r) => r.body), ['hi', 'ok']);
    });
}

test('TLS 1.1 is not', async () => {
    await assert.rejects(connect({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), /alert|version|protocol/i);
});

test('another protocol than http/1.1 is refused', async () => {
    await assert.rejects(connect({ ALPNProtocols: ['h2'] }), /alert no application protocol/);
});

test('many requests over kept connections, with bodies of both sizes', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
    const one = (size) => new Promise((resolve, reject) => {
        const body = Buffer.alloc(size, 'b');
        const request = https.request({ ...options, path: '/echo', method: 'POST', agent }, async (response) => {
            const pieces = [];
            for await (const piece of response) pieces.push(piece);
            resolve(Buffer.concat(pieces).equals(body));
        });
        request.on('error', reject).end(body);
    });
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => one(i % 4 === 0 ? 1_000_000 : i)));
    assert.ok(all.every(Boolean));
    agent.destroy();
});

test('a slow reader gets all of a large reply and of a stream', async () => {
    const socket = await connect();
    socket.pause();
    setTimeout(() => socket.resume(), 300);
    const [big, flood] = await exchange(socket, `GET /big HTTP/1.1\r\n${H}\r\nGET /flood HTTP/1.1\r\n${H}Connection: close\r\n\r\n`);
    assert.equal(big.body.length, 4 << 20);
    assert.ok(flood.body.length >= 8 << 20);
});

test('pipelined requests in one record, and one request in many', async () => {
    const socket = await connect();
    const request = `GET /keep HTTP/1.1\r\n${H}\r\nGET / HTTP/1.1\r\n${H}\r\n`;
    for (const byte of request) socket.write(byte);
    const responses = await exchange(socket, bye);
    assert.deepEqual(responses.map((r) => r.body), ['later', 'ok', 'ok']);
});

test('a refusal arrives although a large body is still being sent', async () => {
    const socket = await connect();
    const reply = exchange(socket, `POST /echo HTTP/1.1\r\n${H}Content-Length: 100000000\r\n\r\n`);
    for (let i = 0; i < 8; i++) socket.write(Buffer.alloc(1 << 20));
    assert.deepEqual((await reply).map((r) => r.status), [413]);
});

test('a peer that leaves is seen at once', async () => {
    const before = child.stdout.split('gone\n').length;
    const socket = await connect();
    socket.write(`GET /hang HTTP/1.1\r\n${H}\r\n`);
    setTimeout(() => socket.destroy(), 50);
    await eventually('gone', () => child.stdout.split('gone\n').length > before, { ms: 2000 });
});

test('plain HTTP on this port is not answered', async () => {
    const socket = new RawSocket(port);
    socket.send(`GET / HTTP/1.1\r\n${H}\r\n`);
    assert.ok(await socket.until((s) => s.closed, 2000) || socket.closed);
    assert.ok(!socket.text.startsWith('HTTP'));
});

test('who never says hello is gone after 5 seconds', async () => {
    const socket = new RawSocket(port);
    const start = Date.now();
    await socket.until((s) => s.closed, 9000);
    assert.ok(socket.closed);
    assert.ok(Date.now() - start >= 4900);
});

test('a key of another certificate is refused at the start', async () => {
    const other = path.join(dir, 'other.pem');
    await run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', other]);
    await assert.rejects(startEcho([cert, other]), /other\.pem|belong|mismatch/);
    await assert.rejects(startEcho([path.join(dir, 'none.pem'), key]), /none\.pem/);
});
