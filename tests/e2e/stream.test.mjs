// SPDX-License-Identifier: Apache-2.0
// Nudges: what a device with an open stream is told, when, and what ends it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import tls from 'node:tls';
import { enrol, poll, publishPolicy, publishVersion, rotate, self, serviceClient, uniqueName } from './lib/fleet.mjs';
import { Child, eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { RawSocket, parseResponses } from './lib/raw.mjs';
import { startServer } from './lib/server.mjs';
import { EventStream } from './lib/stream.mjs';

const PATH = '/api/v1/iassistants/config/stream';
const server = await startServer({ env: { SENESCHAL_FLEET_SPREAD: '7' } });
const admin = await server.admin();
const nobody = server.client();
const open = (device, options) => EventStream.open(server.url, device.token, options);
const version = async (device) => (await nobody.as(device.token).get('/iassistants/config/version')).want(200);

/** A device with a policy of its own: {...device, policy}. */
async function configured(content = { v: 1 }) {
    const device = await enrol(nobody, admin);
    const { id } = await publishPolicy(admin, content, { scope: 'device', target_id: device.id });
    return { ...device, policy: id };
}

/** Open, with its first event taken. */
async function listening(device, options) {
    const stream = await open(device, options);
    assert.equal(stream.status, 200);
    stream.first = await stream.next('config');
    return stream;
}

const gauge = async (name) =>
    Number(new RegExp(`^seneschal_${name} (\\d+)$`, 'm').exec((await admin.atRoot().get('/metrics')).text)[1]);

test('the first event comes at once and says what is in force', async () => {
    const device = await configured();
    const { etag, seq } = await version(device);
    const stream = await listening(device);
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    assert.equal(stream.headers['cache-control'], 'no-store');
    assert.equal(stream.headers['x-content-type-options'], 'nosniff');
    assert.equal(stream.retry, 7000);
    assert.deepEqual(stream.first, { event: 'config', id: String(seq), data: { etag, seq } });
    assert.equal((await poll(nobody, device.token)).headers.etag, etag);
});

test('at the root too', async () => {
    const stream = await listening(await configured(), { path: '/iassistants/config/stream' });
    assert.equal(stream.first.event, 'config');
});

test('a change is told, and is there to be fetched; an unrelated one is not told', async () => {
    const device = await configured();
    const other = await configured();
    const stream = await listening(device);
    await publishVersion(admin, other.policy, { v: 2 }); // of another device
    const { id: idle } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    await publishVersion(admin, idle, { unrelated: true }); // of nobody
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    await publishPolicy(admin, { team: 1 }, { scope: 'group', target_id: group.id }); // of others
    await publishVersion(admin, device.policy, { v: 2 });
    const told = await stream.next('config');
    const got = await poll(nobody, device.token, { etag: stream.first.data.etag });
    assert.deepEqual(got.want(200).config, { v: 2 });
    assert.equal(told.data.etag, got.headers.etag);
    assert.equal(told.id, String(told.data.seq));
    assert.ok(told.data.seq > stream.first.data.seq);
    (await admin.post(`/groups/${group.id}/members`, { device_id: device.id })).want(204);
    await stream.next('config'); // it has joined them
    assert.equal(stream.more, 0);
});

test('a change that leaves the bytes as they are is not told', async () => {
    const device = await configured({ v: 1 });
    const stream = await listening(device);
    await publishVersion(admin, device.policy, { v: 2 });
    const second = await stream.next('config');
    const { id } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    (await admin.post('/assignments', { policy_id: id, scope: 'device', target_id: device.id })).want(201); // nothing of it is published
    const now = await version(device);
    assert.equal(now.etag, second.data.etag);
    assert.ok(now.seq > second.data.seq);
    await publishVersion(admin, device.policy, { v: 3 });
    const third = await stream.next('config');
    assert.ok(third.data.seq > now.seq);
    assert.equal(stream.more, 0);
});

test('many changes at once: the newest is told, ids never fall, and no reader waits for older ones', async () => {
    const device = await configured();
    const stream = await listening(device);
    const drafts = [];
    for (let v = 2; v < 42; v++) {
        drafts.push((await admin.post(`/policies/${device.policy}/versions`, { content: { v } })).want(201).number);
    }
    for (const number of drafts) (await admin.post(`/policies/${device.policy}/versions/${number}/publish`)).want(200);
    const last = await version(device);
    assert.ok(await stream.until(() => stream.events.at(-1).data.etag === last.etag));
    const ids = stream.events.map((e) => Number(e.id));
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
    assert.ok(stream.events.length <= drafts.length + 1);
    assert.equal(ids.at(-1), last.seq);
});

test('a policy for everybody reaches every stream', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, async () => listening(await enrol(nobody, admin))));
    const { id } = await publishPolicy(admin, { all: 1 });
    const told = await Promise.all(streams.map((s) => s.next('config')));
    assert.equal(new Set(told.map((e) => e.data.etag)).size, 1);
    const [a] = await admin.all(`/assignments?policy_id=${id}`);
    (await admin.delete(`/assignments/${a.id}`)).want(204);
    await Promise.all(streams.map((s) => s.next('config')));
});

const ends = [
    ['revoke', (d) => admin.post(`/devices/${d.id}/revoke`, {}), 'REVOKED', 'device-revoked', 403],
    ['block', (d) => admin.post(`/devices/${d.id}/block`, {}), 'BLOCKED', 'device-blocked', 403],
    ['uninstall', (d) => nobody.as(d.token).post('/agents/uninstall', { machine_id: d.machine_id }), 'UNINSTALLED', 'unauthenticated', 401],
    ['an administrator\'s rotate', (d) => admin.post(`/devices/${d.id}/rotate`, {}), 'ENROLLED', 'unauthenticated', 401],
];
for (const [what, act, status, code, http] of ends) {
    test(`${what} ends a stream and a parked poll at once, and says why`, async () => {
        const device = await configured();
        const stream = await listening(device);
        const parked = poll(nobody, device.token, { etag: stream.first.data.etag, wait: 50 });
        await eventually('a poll is parked', async () => (await gauge('polls_parked')) > 0);
        (await act(device)).want(200);
        const last = await stream.next('status');
        assert.deepEqual(last.data, { status, code });
        await stream.end();
        assert.equal(stream.more, 0);
        (await parked).wantProblem(http, code);
        assert.equal((await open(device)).status, http);
    });
}

test('the first use of a rotated token ends the old one\'s stream, and makes nobody a clone', async () => {
    const device = await configured();
    const stream = await listening(device);
    const parked = poll(nobody, device.token, { etag: stream.first.data.etag, wait: 50 });
    await eventually('a poll is parked', async () => (await gauge('polls_parked')) > 0);
    const fresh = (await rotate(nobody, device.token, device.join_seq)).want(200);
    assert.equal((await self(nobody, fresh.token)).want(200).status, 'ENROLLED');
    assert.deepEqual((await stream.next('status')).data, { status: 'ENROLLED', code: 'unauthenticated' });
    await stream.end();
    (await parked).wantProblem(401, 'unauthenticated');
    const newer = await listening({ token: fresh.token });
    assert.equal((await self(nobody, fresh.token)).want(200).status, 'ENROLLED');
    await publishVersion(admin, device.policy, { v: 2 });
    await newer.next('config');
});

test('the newest stream of a device wins, whichever loops they are on', async () => {
    const device = await configured();
    let stream = await listening(device);
    for (let i = 0; i < 6; i++) {
        const newer = await listening(device);
        await stream.end();
        assert.equal(stream.more, 0);
        stream = newer;
    }
    await publishVersion(admin, device.policy, { v: 2 });
    await stream.next('config');
});

test('a poll and a stream stand side by side; of two polls the newest stays', async () => {
    const device = await configured();
    const stream = await listening(device);
    const { etag } = stream.first.data;
    const older = poll(nobody, device.token, { etag, wait: 50 });
    await eventually('it is parked', async () => (await gauge('polls_parked')) === 1);
    const newer = poll(nobody, device.token, { etag, wait: 50 });
    assert.equal((await older).status, 304);
    await publishVersion(admin, device.policy, { v: 2 });
    assert.deepEqual((await newer).want(200).config, { v: 2 });
    await stream.next('config');
});

test('a poll that was woken for nothing goes on, until its time is over', async () => {
    const device = await configured();
    const etag = (await poll(nobody, device.token)).headers.etag;
    const began = Date.now();
    const parked = poll(nobody, device.token, { etag, wait: 2 });
    const { id } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    (await admin.post('/assignments', { policy_id: id, scope: 'device', target_id: device.id })).want(201); // the same bytes
    assert.equal((await parked).status, 304);
    assert.ok(Date.now() - began >= 1900);
});

test('Last-Event-ID: who missed nothing is told nothing', async () => {
    const device = await configured();
    const { id } = (await listening(device)).first;
    const again = await open(device, { headers: { 'Last-Event-ID': id } });
    assert.ok(await again.until(() => again.comments.length > 0));
    assert.equal(again.comments[0], 'current');
    assert.equal(again.retry, 7000);
    assert.equal(again.events.length, 0);
    await publishVersion(admin, device.policy, { v: 2 });
    await again.next('config');
    for (const strange of [id, '0', '-1', 'x', '99999999999999999999', '']) {
        const first = await listening(device, { headers: { 'Last-Event-ID': strange } });
        assert.ok(Number(first.first.id) > Number(id), strange);
    }
});

test('who may not, and what is not taken', async () => {
    const device = await configured();
    const path = '/iassistants/config/stream';
    (await nobody.get(path)).wantProblem(401, 'unauthenticated');
    (await nobody.as(`${device.token}x`).get(path)).wantProblem(401, 'unauthenticated');
    const auditor = (await serviceClient(admin, ['administrator'])).client;
    (await auditor.get(path)).wantProblem(403, 'forbidden');
    (await admin.get(path)).wantProblem(403, 'forbidden');
    const own = nobody.as(device.token);
    (await own.get(`${path}?device_id=${device.id}`)).wantProblem(422, 'unknown-field');
    (await own.get(`${path}?wait=5`)).wantProblem(422, 'unknown-field');
    const post = await own.post(path, {});
    post.wantProblem(405, 'method-not-allowed');
    assert.match(post.headers.allow, /GET/);
});

test('HEAD takes no place', async () => {
    const device = await configured();
    const before = await gauge('streams');
    const head = await nobody.as(device.token).call('HEAD', '/iassistants/config/stream');
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-type'], 'text/event-stream');
    assert.equal(head.bytes.length, 0);
    assert.equal(await gauge('streams'), before);
});

test('an extension\'s page may read it', async () => {
    const device = await configured();
    const stream = await listening(device, { headers: { Origin: 'chrome-extension://abcdefghijklmnop' } });
    assert.equal(stream.headers['access-control-allow-origin'], '*');
    assert.equal(stream.headers['access-control-allow-credentials'], undefined);
});

test('HTTP/1.0: until the connection closes', async () => {
    const device = await configured();
    const socket = new RawSocket(server.port);
    socket.send(`GET ${PATH} HTTP/1.0\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${device.token}\r\n\r\n`);
    assert.ok(await socket.until(({ text }) => text.includes('\n\n')));
    assert.doesNotMatch(socket.text, /transfer-encoding/i);
    assert.match(socket.text, /\r\n\r\nretry: 7000\nevent: config\n/);
    (await admin.post(`/devices/${device.id}/block`, {})).want(200);
    assert.ok(await socket.until(({ closed }) => closed));
    assert.match(socket.text, /event: status\ndata: \{"status":"BLOCKED","code":"device-blocked"\}\n\n$/);
});

test('a peer that leaves, or closes only its half, frees its place at once', async () => {
    const request = (d) => `GET ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${d.token}\r\n\r\n`;
    const before = await gauge('streams');
    for (const leave of ['end', 'destroy', 'reset']) {
        const socket = new RawSocket(server.port);
        socket.send(request(await configured()));
        assert.ok(await socket.until(({ text }) => text.includes('event: config')));
        await eventually('it is counted', async () => (await gauge('streams')) === before + 1);
        socket[leave]();
        await eventually(`${leave}: its place is free`, async () => (await gauge('streams')) === before);
    }
});

test('a request that was sent behind waits, and is answered when the stream ends', async () => {
    const device = await configured();
    const socket = new RawSocket(server.port);
    const head = `Host: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${device.token}\r\n`;
    socket.send(`GET ${PATH} HTTP/1.1\r\n${head}\r\nGET /livez HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    assert.ok(await socket.until(({ text }) => text.includes('event: config')));
    const newer = await listening(device);
    const [stream, live] = await socket.responses();
    assert.match(stream.body, /event: config/);
    assert.equal(live.status, 200);
    newer.close();
});

const SLOW_MS = 30_000 * PATIENCE;

// A client with the smallest receive buffer that the kernel gives, which reads nothing until SIGTERM; then until the
// event whose number stands in a file.
const SLOW = `
import signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.connect(("127.0.0.1", int(sys.argv[1])))
s.sendall(("GET ${PATH} HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\nAuthorization: Bearer %s\\r\\n\\r\\n" % tuple(sys.argv[1:3])).encode())
print("sent", flush=True)
signal.sigwait({signal.SIGTERM})
last = "id: %s\\n" % open(sys.argv[3]).read()
s.settimeout(${SLOW_MS / 1000})
text = ""
while last not in text:
    text += s.recv(65536).decode()
print(text, "done", sep="")
`;

test('a slow reader is owed the newest state, not a queue of older ones', async () => {
    const CHANGES = 150;
    const device = await configured();
    for (const v of [2, 3]) await publishVersion(admin, device.policy, { v });
    const [a] = await admin.all(`/assignments?target_id=${device.id}`);
    const wanted = path.join(tempDir('slow'), 'last');
    const reader = new Child('python3', ['-c', SLOW, String(server.port), device.token, wanted]);
    after(() => reader.kill());
    await reader.waitFor(/sent/);
    for (let i = 0; i < CHANGES; i++) (await admin.patch(`/assignments/${a.id}`, { number: 1 + (i % 2) })).want(200);
    // There and back between two looks is no change: the last state is one that was not before.
    (await admin.patch(`/assignments/${a.id}`, { number: 3 })).want(200);
    const last = await version(device);
    writeFileSync(wanted, String(last.seq));
    reader.signal('SIGTERM');
    await reader.waitFor(/done/, { ms: SLOW_MS });
    const ids = [...reader.stdout.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    assert.equal(ids.at(-1), last.seq);
    assert.ok(ids.length < CHANGES / 2, `${ids.length} of ${CHANGES} events were kept for it`);
    assert.deepEqual(ids, [...new Set(ids)].sort((x, y) => x - y));
});

test('when all places are taken: 503, later; who comes back takes his own', async () => {
    const small = await startServer({ env: { SENESCHAL_FLEET_STREAMS: '1', SENESCHAL_FLEET_SPREAD: '3' } });
    const boss = await small.admin();
    const first = await enrol(small.client(), boss);
    const second = await enrol(small.client(), boss);
    const one = await EventStream.open(small.url, first.token);
    await one.next('config');
    const refused = await small.client().as(second.token).get('/iassistants/config/stream');
    refused.wantProblem(503, 'overloaded');
    assert.match(refused.headers['retry-after'], /^[1-4]$/);
    const again = await EventStream.open(small.url, first.token);
    await again.next('config');
    await one.end();
    again.close();
    await eventually('the place is free', async () => {
        const next = await EventStream.open(small.url, second.token);
        return next.status === 200;
    });
});

test('a server that stops tells every reader when to come back, and answers every poll', async () => {
    const other = await startServer();
    const boss = await other.admin();
    const device = await enrol(other.client(), boss);
    const stream = await EventStream.open(other.url, device.token);
    const { data } = await stream.next('config');
    stream.retry = undefined;
    const parked = poll(other.client(), device.token, { etag: data.etag, wait: 50 });
    await eventually('it is parked', async () => /^seneschal_polls_parked 1$/m.test((await boss.atRoot().get('/metrics')).text));
    await other.stop();
    await stream.end();
    assert.equal(stream.retry, 10_000);
    assert.equal((await parked).status, 304);
});

test('over TLS', async () => {
    const dir = tempDir('stream-tls');
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name));
    const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
        '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]);
    assert.equal(made.code, 0, made.stderr);
    const data = path.join(tempDir('store'), 'data');
    const plain = await startServer({ data });
    const device = await enrol(plain.client(), await plain.admin());
    await plain.stop();
    const sealed = await startServer({ data, args: ['--tls-cert', cert, '--tls-key', key] });
    const stream = await EventStream.open(sealed.url, device.token, { ca: readFileSync(cert) });
    await stream.next('config');
    const gone = tls.connect({ host: '127.0.0.1', port: sealed.port, ca: readFileSync(cert) });
    await once(gone, 'secureConnect');
    gone.write(`GET ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${sealed.port}\r\nAuthorization: Bearer ${device.token}\r\n\r\n`);
    await stream.end(); // the newest wins
    gone.destroy();
});
