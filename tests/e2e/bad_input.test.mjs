// SPDX-License-Identifier: Apache-2.0
// Malformed, oversized and slow input: a clear answer that arrives, and memory that stays flat
// (AC30, AC32, AC33, AC35, AC37, AC38 of docs/THREATS.md).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { init, makeNonce, poll, enrol, self, uniqueName } from './lib/fleet.mjs';
import { PATIENCE } from './lib/process.mjs';
import { parseResponses, RawSocket } from './lib/raw.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const host = `127.0.0.1:${server.port}`;
const INIT = '/devices/enroll/init';

/** Resident memory in MB; a sanitizer's shadow makes the figure meaningless. */
const residentMb = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
async function flat(what, work, mb = 16) {
    const before = residentMb();
    await work();
    const grown = residentMb() - before;
    if (PATIENCE === 1) assert.ok(grown < mb, `${what}: ${grown.toFixed(1)} MB more`);
    (await nobody.atRoot().get('/livez')).want(200);
}

/** Head and body on a connection of its own; the first response, or undefined when none came. */
async function send(head, body, { ms = 15_000 * PATIENCE } = {}) {
    const socket = new RawSocket(server.port);
    socket.send(head);
    if (body !== undefined) await pour(socket, body);
    await socket.until((s) => s.text.includes('\r\n\r\n') && whole(parseResponses(s.received)[0]), ms);
    const [first] = parseResponses(socket.received);
    socket.destroy();
    return first;
}

const whole = ({ headers, body }) => body.length >= Number(headers['content-length'] ?? 0);

/** Write what the peer takes; stop when it answers. */
async function pour(socket, { size, chunk = 'x'.repeat(65536) }) {
    for (let sent = 0; sent < size && !socket.closed && socket.received.length === 0; sent += chunk.length) {
        socket.send(chunk);
        await new Promise(setImmediate); // let an answer in
    }
}

const post = (path, length) =>
    `POST /api/v1${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test('what is no JSON is 400 bad-json', async () => {
    const name = uniqueName();
    const cases = ['', ' ', '{', '{"machine_id":', '{"machine_id":"x"', '{"machine_id":"x",}', "{'machine_id':'x'}", '{machine_id:"x"}',
        '{"machine_id":"x"} x', '{"machine_id":"x"}{}', '\ufeff{"machine_id":"x"}', '{"machine_id":NaN}', '{"machine_id":"x","labels":{"a":Infinity}}',
        '{"machine_id":01}', '{"machine_id":"\\x"}', '{"machine_id":"\\ud800"}', '{"machine_id":"a\tb"}', '/* */{}',
        `{"machine_id":"${name}","machine_id":"${name}2"}`, `{"machine_id":"${name}","\\u006dachine_id":"${name}2"}`,
        `{"machine_id":"${name}","labels":{"a":"1","a":"2"}}`];
    for (const body of cases) (await nobody.post(INIT, body)).wantProblem(400, 'bad-json');
    assert.deepEqual((await admin.get(`/devices?search=${name}`)).want(200).items, []);
});

test('invalid UTF-8 is 400 bad-json', async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
        const body = Buffer.concat([Buffer.from('{"machine_id":"x","hostname":"'), Buffer.from(bytes), Buffer.from('"}')]);
        (await nobody.post(INIT, body)).wantProblem(400, 'bad-json');
    }
});

test('well-formed JSON that the row does not take is 422, naming the field', async () => {
    for (const body of ['[]', '"x"', 'null', '1', 'true']) (await nobody.post(INIT, body)).wantProblem(422, 'bad-field');
    const named = [
        [{ machine_id: 1 }, 'machine_id'], [{ machine_id: null }, 'machine_id'], [{ machine_id: ['x'] }, 'machine_id'], [{}, 'machine_id'],
        [{ machine_id: 'x', hostname: 7 }, 'hostname'],
        [{ machine_id: 'x', user_hint: 'y'.repeat(257) }, 'user_hint'], [{ machine_id: 'x', labels: [] }, 'labels'],
    ];
    for (const [body, field] of named) {
        const problem = (await nobody.post(INIT, body)).wantProblem(422, 'bad-field');
        assert.ok(problem.errors.some((error) => error.field.startsWith(field)), JSON.stringify(problem));
    }
    const strange = (await nobody.post(INIT, { machine_id: 'x', nmae: 1 })).wantProblem(422, 'unknown-field');
    assert.match(JSON.stringify(strange.errors), /nmae/);
    for (const nul of ['{"machine_id":"x","hostname":"a\\u0000b"}', '{"machine_id":"x","a\\u0000b":1}'])
        (await nobody.post(INIT, nul)).wantProblem(422, 'bad-field');
});

test('a private key sent by mistake, an unknown curve and a point off the curve are 422', async () => {
    const x = Buffer.alloc(32, 7).toString('base64url');
    for (const key of [{ kty: 'OKP', crv: 'Ed25519', x, d: x }, { kty: 'OKP', crv: 'X25519', x }, { kty: 'RSA', n: x, e: 'AQAB' },
        { kty: 'EC', crv: 'P-256', x, y: x }, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }, { kty: 'OKP', crv: 'Ed25519' }, 'x', []]) {
        const reply = await nobody.post(INIT, { machine_id: uniqueName(), public_key: key });
        assert.equal(reply.status, 422, `${JSON.stringify(key)}: ${reply.text}`);
        assert.ok(!reply.text.includes(x), 'key material was echoed');
    }
});

test('depth: 32 may be, 33 and 10,000 are 400', async () => {
    const nested = (n) => `{"machine_id":"${uniqueName()}","metadata":${'{"a":'.repeat(n)}1${'}'.repeat(n)}}`;
    (await nobody.post(INIT, nested(20))).want(201);
    await flat('depth 10,000', async () => {
        for (const n of [33, 10_000]) assert.ok([400, 413].includes((await nobody.post(INIT, nested(n))).status), `depth ${n}`);
        const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
        assert.equal((await nobody.post(INIT, deep)).status, 400);
    });
});

test('AC32: a body of 100 MB is 413, announced or chunked, and memory stays flat', async () => {
    await flat('100 MB', async () => {
        const size = 100 << 20;
        const announced = await send(post(INIT, size), { size });
        assert.equal(announced?.status, 413);
        assert.equal(JSON.parse(announced.body).status, 413);
        const chunk = `10000\r\n${'x'.repeat(65536)}\r\n`;
        const head = `POST /api/v1${INIT} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
        assert.equal((await send(head, { size, chunk }))?.status, 413);
    });
});

test('a head of 100 kB is 431, a request line of 100 kB 414, 101 fields 431', async () => {
    await flat('long heads', async () => {
        const line = `GET /api/v1/devices HTTP/1.1\r\nHost: ${host}\r\n`;
        assert.equal((await send(`${line}X-Long: ${'a'.repeat(100_000)}\r\n\r\n`))?.status, 431);
        assert.equal((await send(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`))?.status, 414);
        assert.equal((await send(`${line}${'X-A: b\r\n'.repeat(101)}\r\n`))?.status, 431);
    });
});

test('AC33: a body with Content-Encoding is 415, before it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20 << 20));
    await flat('bomb', async () => {
        for (const coding of ['gzip', 'br', 'deflate', 'x'])
            assert.equal((await nobody.with({ 'Content-Encoding': coding }).post(INIT, bomb)).status, 415, coding);
    });
});

test('AC30: framing that two servers would read differently is 400 and the end of the connection', async () => {
    const body = '{"machine_id":"smuggled"}';
    const head = `POST /api/v1${INIT} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`;
    const n = `Content-Length: ${body.length}\r\n`;
    for (const fields of [`${n}Transfer-Encoding: chunked\r\n`, `${n}${n}`, `${n.replace(': ', ' : ')}`, `Content-Length: +${body.length}\r\n`,
        'Transfer-Encoding: xchunked\r\n', 'Transfer-Encoding: chunked, identity\r\n', `X: a\nb: c\r\n${n}`, `X: a\r\n folded\r\n${n}`]) {
        const socket = new RawSocket(server.port);
        socket.send(`${head}${fields}\r\n${body}GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        await socket.until((s) => s.closed);
        const statuses = parseResponses(socket.received).map((response) => response.status);
        assert.deepEqual(statuses, [400], JSON.stringify(fields));
        socket.destroy();
    }
    assert.deepEqual((await admin.get('/devices?search=smuggled')).want(200).items, []);
});

test('AC37: header values of any shape are 2xx or 4xx, never 5xx', async () => {
    const device = await enrol(nobody, admin);
    const values = ['', '"', '*', 'W/"x"', '"a", "b"', ','.repeat(200), '"'.repeat(500), 'é', '\u00ff', '0', '-1', '%', 'x'.repeat(3000)];
    for (const name of ['If-None-Match', 'If-Match', 'Prefer', 'Accept', 'Authorization', 'Idempotency-Key', 'Range', 'Origin', 'Seneschal-Org',
        'Content-Type', 'Cookie', 'Forwarded', 'Sec-Fetch-Site', 'Expect'])
        for (const value of values) {
            const headers = { Authorization: `Bearer ${device.token}`, [name]: value };
            const lines = Object.entries(headers).map(([key, text]) => `${key}: ${text}\r\n`).join('');
            const got = await send(`GET /api/v1/iassistants/config HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines}\r\n`);
            assert.ok(got && got.status < 500, `${name}: ${value}: ${got?.status} ${got?.body}`);
        }
    for (const query of ['wait=abc', 'wait=-1', 'wait=56', 'wait=1e9', 'wait=', 'device_id=x', 'device_id=', 'x=1', '%', '=&=', 'wait=1&wait=2'])
        assert.ok([304, 400, 403, 404, 422].includes((await nobody.as(device.token).get(`/iassistants/config?${query}`)).status), query);
});

test('AC38: 20,000 unknown tokens are refused and leave nothing behind', async () => {
    await flat('unknown tokens', async () => {
        for (let round = 0; round < 100; round++)
            await Promise.all(Array.from({ length: 200 }, async () => {
                const reply = await self(nobody, `old-${makeNonce()}`);
                assert.equal(reply.status, 401);
            }));
    }, 8);
});

test('AC35: a head that does not come to its end is 408 or closed in time, and honest clients are served meanwhile', async () => {
    const began = Date.now();
    const slow = Array.from({ length: 50 }, () => new RawSocket(server.port));
    for (const socket of slow) socket.send('GET /livez HTTP/1.1\r\nHo');
    const dripping = Promise.all(slow.map((socket) => socket.drip('st: 127.0.0.1 and on and on it goes', 900)));
    (await nobody.atRoot().get('/livez')).want(200);
    (await init(nobody, uniqueName())).want(201);
    for (const socket of slow) assert.ok(await socket.until((s) => s.closed, 20_000 * PATIENCE), 'still open after 20 s');
    assert.ok(Date.now() - began >= 8000, 'an honest slow client has ten seconds');
    await dripping;
    for (const socket of slow) assert.match(socket.text, /^$|^HTTP\/1\.1 408 /);
    slow.forEach((socket) => socket.destroy());
});

test('AC35: a body that comes too slowly is 408', async () => {
    const socket = new RawSocket(server.port);
    socket.send(post(INIT, 40_000));
    const dripping = socket.drip(' '.repeat(40), 500);
    assert.ok(await socket.until((s) => s.closed || s.text.includes('\r\n\r\n'), 30_000 * PATIENCE));
    assert.match(socket.text, /^HTTP\/1\.1 408 /);
    socket.destroy();
    await dripping;
});

test('a client that never reads its answers costs no memory and nobody else\'s time', async () => {
    const device = await enrol(nobody, admin);
    await flat('deaf client', async () => {
        const deaf = new RawSocket(server.port);
        deaf.pause();
        const request = `GET /api/v1/iassistants/config HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${device.token}\r\n\r\n`;
        for (let i = 0; i < 2000 && deaf.send(request.repeat(50)); i++);
        const began = Date.now();
        (await poll(nobody, device.token)).want(200);
        assert.ok(Date.now() - began < 2000 * PATIENCE);
        deaf.destroy();
    });
});

test('two thousand open connections that say nothing cost little', async () => {
    await flat('idle connections', async () => {
        const idle = Array.from({ length: 2000 }, () => new RawSocket(server.port));
        await new Promise((resolve) => setTimeout(resolve, 500));
        (await nobody.atRoot().get('/livez')).want(200);
        idle.forEach((socket) => socket.destroy());
    });
});
