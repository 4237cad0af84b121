// SPDX-License-Identifier: Apache-2.0
// The table of the HTTP engine's strictness, row by row over the wire, and how a connection lives and ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEcho } from './lib/echo.mjs';
import { H, TE, accepted, close, get, post, refused } from './lib/http_rows.mjs';
import { eventually } from './lib/process.mjs';
import { RawSocket, parseResponses, rawExchange } from './lib/raw.mjs';

const { child, port } = await startEcho();
for (const [what, request, status] of refused) {
    test(`refused: ${what}`, async () => {
        // A second request on the same connection must find nobody.
        const { responses, closed } = await rawExchange(port, request + get('/'));
        assert.deepEqual(responses.map((r) => r.status), [status]);
        assert.equal(responses[0].headers.connection, 'close');
        assert.ok(closed);
    });
}

for (const [what, request, statuses, body] of accepted) {
    test(`accepted: ${what}`, async () => {
        const { responses } = await rawExchange(port, request);
        assert.deepEqual(responses.map((r) => r.status), statuses);
        assert.equal(responses.at(-1).body, body);
    });
    test(`accepted, and half closed behind it: ${what}`, async () => {
        const { responses } = await rawExchange(port, request, { halfClose: true });
        assert.deepEqual(responses.map((r) => r.status), statuses);
    });
}

test('accepted byte by byte', async () => {
    const socket = new RawSocket(port);
    await socket.drip(post(TE, '5;x\r\nhello\r\n0\r\nT: u\r\n\r\n') + get('/', close));
    const responses = await socket.responses();
    assert.deepEqual(responses.map((r) => r.body), ['hello', 'ok']);
});

test('HTTP/1.0 is told that its connection stays', async () => {
    const { responses } = await rawExchange(port, 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n');
    assert.deepEqual(responses.map((r) => r.headers.connection), ['keep-alive', 'close']);
});

test('HTTP/1.0 gets a stream until the connection closes', async () => {
    const { text } = await rawExchange(port, 'GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.ok(!/transfer-encoding/i.test(text));
    assert.ok(text.endsWith('\r\n\r\none two three'));
});

test('HEAD has the head of GET and no body', async () => {
    const head = (path) => `HEAD ${path} HTTP/1.1\r\n${H}\r\n`;
    const socket = new RawSocket(port);
    socket.send(head('/big') + head('/stream') + get('/none', close));
    await socket.until((s) => s.closed);
    const [big, stream, none] = parseResponses(socket.received, { head: true });
    assert.equal(big.headers['content-length'], String(4 << 20));
    assert.equal(stream.headers['transfer-encoding'], 'chunked');
    assert.equal(none.status, 204);
    assert.equal(none.headers['content-length'], undefined); // RFC 9110 section 8.6
});

test('100 Continue comes before the body, and only where the body may come', async () => {
    const socket = new RawSocket(port);
    socket.send(post('Expect: 100-continue\r\nContent-Length: 2\r\n' + close));
    assert.ok(await socket.until((s) => s.text === 'HTTP/1.1 100 Continue\r\n\r\n'));
    socket.send('hi');
    const responses = await socket.responses();
    assert.deepEqual(responses.map((r) => [r.status, r.body]), [[100, ''], [200, 'hi']]);
    const refusal = await rawExchange(port, `POST /refuse HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    assert.deepEqual(refusal.responses.map((r) => r.status), [401]);
});

test('no reply before the body was read to its end', async () => {
    const socket = new RawSocket(port);
    socket.send(`GET / HTTP/1.1\r\n${H}${TE}\r\n3\r\nabc\r\n`);
    assert.equal(await socket.until((s) => s.received.length > 0, 300), false);
    socket.send('oops'); // the row would have answered 200
    assert.deepEqual((await socket.responses()).map((r) => r.status), [400]);
});

test('a refusal arrives although a large body is still being sent', async () => {
    const socket = new RawSocket(port);
    socket.send(post('Content-Length: 100000000\r\n'));
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 10 && !socket.closed; i++) {
        socket.send(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual((await socket.responses()).map((r) => r.status), [413]);
    assert.equal(socket.error, undefined); // a FIN, not an RST
});

test('a message that ends early is 400', async () => {
    for (const part of ['GET / HT', post('Content-Length: 5\r\n', 'hel'), post(TE, '5\r\nhel')]) {
        const { responses } = await rawExchange(port, part, { halfClose: true });
        assert.deepEqual(responses.map((r) => r.status), [400]);
    }
});

test('a reply too large for the socket waits for its reader', async () => {
    const socket = new RawSocket(port);
    socket.pause();
    socket.send(get('/big') + get('/flood', close));
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.resume();
    const [big, flood] = await socket.responses();
    assert.equal(big.body.length, 4 << 20);
    assert.ok(flood.body.length >= 8 << 20);
});

test('a peer that leaves is seen at once, while its request is kept, parked or streaming', async () => {
    for (const path of ['/hang', '/flood']) {
        for (const leave of ['end', 'destroy', 'reset']) {
            const before = child.stdout.split('gone\n').length;
            const socket = new RawSocket(port);
            socket.pause();
            socket.send(get(path));
            await new Promise((resolve) => setTimeout(resolve, 50));
            socket[leave]();
            await eventually(`${path} ${leave}`, () => child.stdout.split('gone\n').length > before, { ms: 2000 });
            socket.destroy();
        }
    }
});

test('a client that only closed its half still gets a reply that is kept', async () => {
    const { responses } = await rawExchange(port, post('Content-Length: 1\r\n', 'x').replace('/echo', '/keep'), { halfClose: true });
    assert.deepEqual(responses.map((r) => r.body), ['later']);
});

test('pipelined requests are not read without bound while one is kept', async () => {
    const socket = new RawSocket(port);
    socket.send(get('/hang'));
    let sent = 0;
    while (socket.send(get('/', `X: ${'x'.repeat(8000)}\r\n`)) && sent < 20_000) sent++;
    assert.ok(sent < 20_000);
    socket.destroy();
});

test('it ends on SIGTERM: idle connections at once, a kept request answered', async () => {
    const idle = new RawSocket(port);
    const busy = new RawSocket(port);
    idle.send(get('/'));
    await idle.until((s) => s.text.endsWith('ok'));
    busy.send(get('/keep'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.signal('SIGTERM');
    assert.ok(await idle.until((s) => s.closed) || idle.closed);
    const [reply] = await busy.responses();
    assert.equal(reply.body, 'later');
    assert.equal(reply.headers.connection, 'close');
    assert.deepEqual(await child.ended(), { code: 0, signal: null });
});
