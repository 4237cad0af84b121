// SPDX-License-Identifier: Apache-2.0
// More to do than can be done: what is refused, what is not, and that it passes. The rooms are made tiny by
// settings; the writer is held by another program's lock, so that what waits for it is known.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test, { after } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { enrol, enrolmentKey, init, poll, self, uniqueName } from './lib/fleet.mjs';
import { PATIENCE, run, tempDir } from './lib/process.mjs';
import { RawSocket } from './lib/raw.mjs';
import { startServer } from './lib/server.mjs';

const ROOM = 32; // of the writer
const ENROL_ROOM = (ROOM * 9) / 16; // what newcomers may take of it
const CROWD = 400;
const JOBS = readFileSync('src/app/job_kinds.c', 'utf8').match(/^ {4}\{ "[a-z-]+", /gm).length; // the house's own, one of a kind

const server = await startServer({ args: ['--workers', '1', '--overload-queue', '32', '--overload-writes', `${ROOM}`] });
const admin = await server.admin();
const nobody = server.client();
const health = server.client().atRoot();
const device = await enrol(nobody, admin);
const victim = await enrol(nobody, admin);
const etag = (await poll(nobody, device.token)).headers.etag;
(await poll(nobody, victim.token)).want(200); // memory knows both

const times = (n, what) => Promise.all(Array.from({ length: n }, (_, i) => what(i)));
const heartbeat = () => nobody.as(device.token).post('/devices/self/heartbeat');
const metric = async (name) => {
    const text = (await admin.atRoot().get('/metrics')).text;
    const line = text.split('\n').find((one) => one.startsWith(`seneschal_${name} `));
    assert.ok(line, `${name} is in /metrics`);
    return Number(line.split(' ')[1]);
};

/** Another program takes the lock of the store: the writer waits, readers do not. */
function lockStore() {
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { timeout: 5000 });
    db.exec('BEGIN IMMEDIATE');
    return () => db.isOpen && (db.exec('ROLLBACK'), db.close());
}

async function until(what, wanted) {
    for (const end = Date.now() + 10_000 * PATIENCE; ; ) {
        const got = await what();
        if (wanted(got)) return got;
        assert.ok(Date.now() < end, `still ${got}`);
        await sleep(10);
    }
}

/** Refused for load: 503 overloaded, when to come back, and the connection kept. */
function refused(reply) {
    reply.wantProblem(503, 'overloaded');
    assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
    assert.notEqual(reply.headers.connection, 'close', 'shedding keeps the connection');
    return Number(reply.headers['retry-after']);
}

async function calm() {
    assert.equal((await health.get('/livez')).status, 200);
    assert.equal((await health.get('/readyz')).status, 200);
    assert.equal((await nobody.get('/health')).want(200).status, 'ok');
    assert.equal((await poll(nobody, device.token, { etag })).status, 304);
}

test('a writer that stands still: newcomers are refused at their share, devices and administrators later, and all of it passes', async () => {
    const release = lockStore();
    after(release);
    // One is with the writer; then the newcomers fill their share of what may wait for it.
    const first = init(nobody, uniqueName('first'));
    await until(() => metric('admitted_total{class="enrol"}'), (n) => n > 0);
    const asked = times(CROWD, () => init(nobody, uniqueName('crowd')));
    const shedBy = (reason) => metric(`shed_total{class="enrol",reason="${reason}"}`);
    // Those that come faster than the worker takes them are refused before it, the others before the writer.
    await until(async () => (await shedBy('writer')) + (await shedBy('workers')), (n) => n > CROWD / 2);
    await until(() => shedBy('writer'), (n) => n > 0);
    const beat = heartbeat(); // of a higher class: there is room for it yet
    const change = admin.post('/groups', { name: uniqueName('group') });
    const revoked = admin.post(`/devices/${victim.id}/revoke`, { reason: 'lost' });
    await calm();
    (await admin.get('/devices')).want(200); // who only reads does not wait for the writer
    const waiting = await metric('write_queue');
    const known = 4; // the first, and the three of higher classes
    assert.ok(waiting <= ENROL_ROOM + known + JOBS, `${waiting} wait`);
    release();
    const answers = await asked;
    const served = answers.filter((reply) => reply.status === 201);
    const shed = answers.filter((reply) => reply.status !== 201);
    shed.forEach(refused);
    assert.ok(served.length >= ENROL_ROOM && shed.length >= CROWD / 2, `${served.length} served, ${shed.length} refused`);
    (await first).want(201);
    (await beat).want(202);
    (await change).want(201);
    (await revoked).want(200);
    (await poll(nobody, victim.token, { etag })).wantProblem(403, 'device-revoked');
    (await init(nobody, uniqueName('later'))).want(201); // by itself
});

test('who is refused is told to come back at moments of their own', async () => {
    const release = lockStore();
    after(release);
    const asked = times(CROWD, () => init(nobody, uniqueName('spread')));
    await until(() => metric('write_queue'), (n) => n >= ENROL_ROOM);
    const waits = new Set();
    for (let i = 0; i < 64; i++) waits.add(refused(await init(nobody, uniqueName('spread'))));
    release();
    await asked;
    assert.ok(waits.size >= 3, `Retry-After: ${[...waits]}`);
    assert.ok(Math.max(...waits) <= 31);
});

test('workers with more than they can do: lists are refused before devices, health never', async () => {
    const before = await metric('shed_total{class="bulk",reason="workers"}');
    const lists = times(CROWD, () => admin.get('/devices?limit=500'));
    const selves = times(4, () => self(nobody, device.token));
    const answers = await lists;
    const shed = answers.filter((reply) => reply.status !== 200);
    shed.forEach(refused);
    assert.ok(shed.length > 0 && shed.length < CROWD, `${shed.length} of ${CROWD} refused`);
    for (const reply of await selves) reply.want(200);
    await calm();
    assert.ok((await metric('shed_total{class="bulk",reason="workers"}')) > before);
    assert.equal((await metric('shed_total{class="check-in",reason="workers"}')), 0);
    (await admin.get('/devices')).want(200);
});

test('the log says when it began and when it was over, not each time', async () => {
    const lines = () => server.log.split('\n').filter((line) => line.includes('"overload-'));
    await until(lines, (found) => found.some((line) => line.includes('overload-ends')));
    const [begins, ends] = lines().map((line) => JSON.parse(line));
    assert.equal(lines().length, 2);
    assert.ok(begins.refused > 0 && ends.refused > CROWD / 2, `${JSON.stringify([begins, ends])}`);
});

test('a full lobby: 503 and a long Retry-After, and an enrolment key still lets machines in', async () => {
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { timeout: 5000 });
    db.exec('UPDATE enrol_count SET open_n = open_n + 10000');
    const waits = new Set();
    for (let i = 0; i < 16; i++) {
        const reply = await init(nobody, uniqueName('full'));
        assert.match(reply.wantProblem(503, 'overloaded').detail, /10000 machines wait for approval/);
        waits.add(Number(reply.headers['retry-after']));
    }
    assert.ok(Math.min(...waits) >= 120 && Math.max(...waits) < 240 && waits.size > 2, `Retry-After: ${[...waits]}`);
    const key = await enrolmentKey(admin);
    (await nobody.as(key.key).post('/agents/enroll', { machine_id: uniqueName('agent') })).want(201);
    db.exec('UPDATE enrol_count SET open_n = open_n - 10000');
    db.close();
    (await init(nobody, uniqueName('full'))).want(201);
});

test('over `connections`: newcomers are told to come back, health and revoking still answer', async () => {
    const MOST = 16;
    const full = await startServer({ args: ['--connections', `${MOST}`] });
    const theirs = await full.admin();
    const lost = await enrol(full.client(), theirs);
    const held = Array.from({ length: MOST }, () => new RawSocket(full.port)); // they say nothing
    const fresh = (token) => full.client({ token, agent: new http.Agent({ keepAlive: false }) });
    const connections = async () => /^seneschal_http_connections (\d+)$/m.exec((await fresh(theirs.token).atRoot().get('/metrics')).text)[1];
    await until(connections, (n) => Number(n) > MOST);
    for (const path of ['/devices/self', '/no-such-row']) {
        const reply = await fresh(lost.token).get(path);
        reply.wantProblem(503, 'overloaded');
        assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
        assert.equal(reply.headers.connection, 'close', 'its place is for the next');
    }
    (await init(fresh(), uniqueName('crowd'))).wantProblem(503, 'overloaded');
    for (const path of ['/livez', '/readyz', '/health']) assert.equal((await fresh().atRoot().get(path)).status, 200);
    (await fresh(theirs.token).post(`/devices/${lost.id}/revoke`)).want(200);
    assert.match((await fresh(theirs.token).atRoot().get('/metrics')).text, /shed_total\{class="check-in",reason="connections"\} 1\n/);
    held.forEach((socket) => socket.destroy());
    await until(async () => (await fresh(lost.token).get('/devices/self')).status, (status) => status === 403);
});

test('many TLS handshakes at once: who is connected is answered between them, and all of them come in', async () => {
    const CROWD = 60;
    const dir = tempDir('tls');
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name));
    // A long key: each handshake takes more than a turn's budget.
    const made = await run('openssl', ['req', '-x509', '-newkey', 'rsa:4096', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);
    assert.equal(made.code, 0, made.stderr);
    const sealed = await startServer({ args: ['--tls-cert', cert, '--tls-key', key, '--loops', '1'] });
    const connect = () => tls.connect({ host: '127.0.0.1', port: sealed.port, rejectUnauthorized: false });
    const ask = (socket) => {
        socket.write('GET /livez HTTP/1.1\r\nHost: localhost:' + sealed.port + '\r\n\r\n');
        return once(socket, 'data');
    };
    const connected = connect();
    await once(connected, 'secureConnect');
    const crowd = Array.from({ length: CROWD }, connect);
    for (const [i, socket] of crowd.entries()) {
        socket.on('error', () => {});
        if (i % 10 === 9) once(socket, 'connect').then(() => socket.destroy()); // and some leave before their turn
    }
    let left = CROWD - CROWD / 10;
    let between = 0;
    const greeted = Promise.all(crowd.filter((_, i) => i % 10 !== 9).map((socket) => once(socket, 'secureConnect').then(() => left--)));
    while (left > 0) {
        await ask(connected);
        between++;
    }
    await greeted;
    assert.ok(between >= 5, `${between} answers between ${CROWD} handshakes`);
    for (const socket of crowd.filter((_, i) => i % 10 !== 9)) {
        const [bytes] = await ask(socket);
        assert.match(bytes.toString(), /^HTTP\/1\.1 200 /);
        socket.destroy();
    }
    connected.destroy();
});
