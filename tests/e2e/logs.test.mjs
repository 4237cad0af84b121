// SPDX-License-Identifier: Apache-2.0
// The log: one object a line, the same request id everywhere, no secret, and nobody waits for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { writeFile } from 'node:fs/promises';
import { audit, enrol, poll, publishPolicy, uniqueName } from './lib/fleet.mjs';
import { BIN, eventually, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const parse = (text) => text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const requests = (server) => parse(server.log).filter((line) => line.event === 'request');
const logged = (server, id) => eventually(`a line of ${id}`, () => requests(server).find((line) => line.request_id === id));
const idOf = (reply) => reply.headers['seneschal-request-id'];

const server = await startServer({ env: { SENESCHAL_LOG_ACCESS: 'all' } });
const admin = await server.admin();
const nobody = server.client();

test('an act: its request id is that of the answer, the log and the record', async () => {
    const reply = await admin.post('/policies', { name: uniqueName('policy') });
    reply.want(201);
    const line = await logged(server, idOf(reply));
    assert.deepEqual(Object.keys(line), ['at', 'level', 'event', 'request_id', 'method', 'route', 'status', 'duration_us', 'bytes',
        'actor_kind', 'actor_id', 'address', 'code']);
    assert.match(line.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual([line.level, line.method, line.route, line.status, line.actor_kind, line.address, line.code],
        ['info', 'POST', '/api/v1/policies', 201, 'system', '127.0.0.1', '']);
    assert.ok(line.duration_us > 0 && line.duration_us < 60e6);
    assert.ok(line.bytes >= reply.bytes.length);
    const [event] = await audit(admin, 'action=policy.created&limit=1');
    assert.equal(event.request_id, idOf(reply));
});

test('a device is named by its id; a parked poll and its answer too', async () => {
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { v: 1 }, { scope: 'device', target_id: device.id });
    const reply = await poll(nobody, device.token);
    const line = await logged(server, idOf(reply));
    assert.deepEqual([line.route, line.status, line.actor_kind, line.actor_id], ['/api/v1/iassistants/config', 200, 'device', device.id]);
    const etag = reply.headers.etag;
    assert.equal((await poll(nobody, device.token, { etag, wait: 1 })).status, 304);
    const waited = await eventually('a line of the 304', () => requests(server).find((l) => l.status === 304 && l.actor_id === device.id));
    assert.ok(waited.duration_us > 900_000, `${waited.duration_us}`);
});

test('a refusal says its code, on every way out', async () => {
    for (const [reply, status, code, route] of [
        [await nobody.get('/devices'), 401, 'unauthenticated', '/api/v1/devices'],
        [await nobody.as(`sen_d_${'a'.repeat(49)}`).get('/devices'), 401, 'unauthenticated', '/api/v1/devices'],
        [await admin.get('/nowhere'), 404, 'not-found', ''],
        [await admin.get('/policies/01890000-0000-7000-8000-000000000000'), 404, 'not-found', '/api/v1/policies/{id}'],
        [await admin.post('/policies', { name: 1 }), 422, 'bad-field', '/api/v1/policies'],
        [await admin.delete('/fleet/lock'), 405, 'method-not-allowed', ''],
    ]) {
        assert.equal(reply.status, status);
        const line = await logged(server, idOf(reply));
        assert.deepEqual([line.status, line.code, line.route, line.request_id], [status, code, route, idOf(reply)]);
        assert.equal(reply.json.request_id, idOf(reply));
    }
});

test('no token, query, body or path as it was sent is ever in it', async () => {
    const hush = uniqueName('hush');
    const token = `sen_s_${hush}`;
    await nobody.as(token).get(`/devices?search=${hush}`);
    await fetch(`${server.url}/invite/${hush}`);
    await nobody.get(`/strange/${hush}`);
    await admin.post('/policies', { name: hush, description: hush });
    const last = await admin.get(`/devices?search=${hush}`);
    await logged(server, idOf(last));
    assert.ok(!server.log.includes(hush));
    assert.ok(!/sen_[a-z]_/.test(server.log));
});

test('control characters from outside cannot forge a line', async () => {
    const reply = await nobody.post('/devices/enroll/init', { machine_id: uniqueName(), hostname: 'x\n{"event":"request"}\u001b[31m' });
    await logged(server, idOf(reply));
    for (const line of server.log.trim().split('\n')) assert.equal(typeof JSON.parse(line).event, 'string');
    assert.ok(![...server.log].some((c) => (c < ' ' && c !== '\n') || c === '\u007f'));
});

test('by default only refusals are logged, few of many, and how many were held back is said', async () => {
    const quiet = await startServer();
    const who = await quiet.admin();
    (await who.get('/devices')).want(200);
    const stranger = quiet.client();
    await Promise.all(Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 20; i++) (await stranger.get('/devices')).wantProblem(401, 'unauthenticated');
    }));
    const held = await eventually('the number of those held back', async () => {
        await stranger.get('/devices');
        return requests(quiet).find((line) => line.suppressed > 0);
    });
    assert.ok(held.suppressed > 0);
    const lines = requests(quiet);
    assert.ok(lines.length >= 200 && lines.length < 400, `${lines.length}`);
    assert.ok(lines.every((line) => line.status >= 400));
});

test('level, format and what is logged change by SIGHUP', async () => {
    const file = path.join(tempDir('config'), 'seneschal.yaml');
    await writeFile(file, 'log: {access: off, level: info}\n');
    const own = await startServer({ args: ['--config', file] });
    const stranger = own.client();
    (await stranger.get('/devices')).wantProblem(401, 'unauthenticated');
    await writeFile(file, 'log: {access: errors, format: text}\n');
    own.signal('SIGHUP');
    await eventually('reloaded', () => own.log.includes('reloaded'));
    assert.equal(requests({ log: own.log.replace(/^\d.*\n/gm, '') }).length, 0, 'what came before was not logged');
    const reply = await stranger.get('/devices');
    /* The line of the request before may come as late as this, and as text. */
    const line = new RegExp(`^\\S+Z info +request request_id=${idOf(reply)} method=GET route=/api/v1/devices status=401 .* code=unauthenticated$`, 'm');
    await eventually('a line of text', () => line.test(own.log));
    await writeFile(file, 'log: {level: error, access: all}\n');
    own.signal('SIGHUP');
    await eventually('silence', async () => {
        const before = own.log.length;
        const again = await stranger.get('/devices');
        assert.equal(again.status, 401);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return own.log.length === before;
    });
    await writeFile(file, 'log: {level: loud}\n');
    own.signal('SIGHUP');
    await eventually('a refused reload', () => own.log.includes('reload-refused'));
    assert.match(own.log, /want debug\|info\|warning\|error/);
});

test('for the journal each line is led by its priority', async () => {
    const own = await startServer({ args: ['--log-format', 'journal'] });
    own.signal('SIGHUP');
    await eventually('a line', () => /^<6>\{.*"event":"reloaded"/m.test(own.log));
});

/** A server whose standard error nobody reads, and `calls` answered probes, pipelined. */
async function stuck(args, use) {
    const dir = path.join(tempDir('stuck'), 'data');
    const child = spawn(BIN, ['serve', '--data', dir, '--listen', '127.0.0.1:0', '--limits', 'off', '--log-access', 'all', ...args],
        { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
        child.stderr.pause();
        const [said] = await once(child.stdout, 'data');
        const { host, port, hostname } = new URL(String(said).match(/listening (\S+)/)[1]);
        const ask = async (calls) => {
            const socket = net.connect(Number(port), hostname).setEncoding('latin1');
            let text = '';
            socket.on('data', (more) => { text += more; });
            socket.end(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(calls - 1) + `GET /metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
            await once(socket, 'close');
            assert.equal(text.match(/^HTTP\/1\.1 200 /gm)?.length, calls);
            return Number(text.match(/^seneschal_log_lines_dropped_total (\d+)$/m)[1]);
        };
        await use(ask, child);
        child.kill('SIGTERM');
        const [code] = await once(child, 'exit');
        assert.equal(code, 0);
    } finally {
        child.kill('SIGKILL');
    }
}

test('a standard error that nobody reads stops nothing: lines are dropped, counted, and reported', async () => {
    await stuck(['--metrics-open'], async (ask, child) => {
        await eventually('lines dropped, every call answered', async () => await ask(2000) > 0, { ms: 60_000 });
        let text = '';
        child.stderr.setEncoding('utf8').on('data', (more) => { text += more; });
        child.stderr.resume();
        await eventually('the report', () => /"event":"log-dropped","lines":[1-9]/.test(text));
        for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
    });
});

test('it ends in time though nobody reads its log', async () => {
    await stuck(['--metrics-open'], (ask) => ask(1500));
});
