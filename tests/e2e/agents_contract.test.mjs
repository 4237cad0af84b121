// SPDX-License-Identifier: Apache-2.0
// The installer's contract under /agents, sentence by sentence, as a client would read it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { confirm, decide, enrol, enrolmentKey, init, poll, self, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const key = await enrolmentKey(admin);
const installer = nobody.as(key.key);

const AGENT = ['id', 'token_issued_at', 'machine_id', 'user_name', 'user_email', 'user_id', 'hostname', 'os_info', 'version',
    'status', 'enrolled_at', 'last_seen_at', 'uninstalled_at', 'uninstall_reason'];
const enroll = (client, machine_id, more = {}) => client.post('/agents/enroll', { machine_id, ...more });
const uninstall = (client, machine_id, more = {}) => client.post('/agents/uninstall', { machine_id, ...more });
const heartbeat = (client, machine_id, more = {}) => client.post('/agents/heartbeat', { machine_id, ...more });
const agent = async (machine_id) => (await admin.get(`/agents/${machine_id}`)).want(200);
const verify = async (token) => (await admin.post('/agents/verify', { token })).want(200);

/** Enrol with the key: {machine_id, token, agent}. */
async function installed(more = {}) {
    const machine_id = uniqueName('agent');
    const { token, agent: row } = (await enroll(installer, machine_id, more)).want(201);
    return { machine_id, token, agent: row };
}

test('enroll: a new machine is 201 with the agent and a token that works', async () => {
    const machine_id = uniqueName('agent');
    const got = (await enroll(installer, machine_id)).want(201);
    assert.equal(got.created, true);
    assert.equal(got.reactivated, false);
    assert.match(got.token, /^sen_d_[0-9A-Za-z]{49}$/);
    for (const name of AGENT) assert.ok(name in got.agent, `agent.${name}`);
    assert.equal(got.agent.machine_id, machine_id);
    assert.equal(got.agent.status, 'active');
    (await self(nobody, got.token)).want(200);
    (await poll(nobody, got.token)).want(200);
});

test('enroll: no token is 401, a key without auto_approve is 403 approval-required', async () => {
    (await enroll(nobody, uniqueName())).wantProblem(401, 'unauthenticated');
    const slow = await enrolmentKey(admin, { auto_approve: false });
    (await enroll(nobody.as(slow.key), uniqueName())).wantProblem(403, 'approval-required');
});

test('enroll: the installer\'s words are stored, trimmed, apart from the owner', async () => {
    const words = { user_name: '  Ada L. ', user_email: ' ada@example.org ', user_id: ' ext-17 ', hostname: ' host-1 ',
        os_info: ' Debian 12 ', version: ' 1.2.3 ' };
    const { machine_id } = await installed(words);
    const row = await agent(machine_id);
    for (const [name, value] of Object.entries(words)) assert.equal(row[name], value.trim(), name);
    assert.equal((await admin.get(`/devices/${row.id}`)).want(200).user_id, null);
});

test('enroll: machine_id is required, trimmed and checked; free text over 256 is refused', async () => {
    (await installer.post('/agents/enroll', {})).wantProblem(422, 'bad-field');
    const name = uniqueName('trim');
    assert.equal((await enroll(installer, `  ${name} `)).want(201).agent.machine_id, name);
    for (const bad of ['', '   ', 'a/b', 'a\\b', 'a;b', 'a%b', 'a?b', 'a#b', 'é', 'x'.repeat(129), 7, null])
        (await enroll(installer, bad)).wantProblem(422, 'bad-field');
    (await enroll(installer, uniqueName(), { user_name: 'x'.repeat(257) })).wantProblem(422, 'bad-field');
    (await enroll(installer, uniqueName(), { surprise: 1 })).wantProblem(422, 'unknown-field');
});

test('enroll: machine names are case-sensitive', async () => {
    const name = uniqueName('Case');
    (await enroll(installer, name)).want(201);
    (await enroll(installer, name.toLowerCase())).want(201);
});

test('enroll: an active machine is 409 already-enrolled, and its token lives on', async () => {
    const { machine_id, token } = await installed();
    (await enroll(installer, machine_id)).wantProblem(409, 'already-enrolled');
    (await self(nobody, token)).want(200);
});

test('enroll: revoked and blocked machines are 403', async () => {
    const revoked = await installed();
    (await admin.post(`/devices/${revoked.agent.id}/revoke`, { reason: 'lost' })).want(200);
    (await enroll(installer, revoked.machine_id)).wantProblem(403, 'device-revoked');
    assert.equal((await agent(revoked.machine_id)).status, 'revoked');
    const blocked = await installed();
    (await admin.post(`/devices/${blocked.agent.id}/block`, {})).want(200);
    (await enroll(installer, blocked.machine_id)).wantProblem(403, 'device-blocked');
});

test('enroll: a machine that waits in the lobby or was refused comes in by the key, 201', async () => {
    const pending = uniqueName();
    (await init(nobody, pending)).want(201);
    assert.equal((await enroll(installer, pending)).want(201).created, true);
    const refused = uniqueName();
    const asked = (await init(nobody, refused)).want(201);
    (await decide(admin, asked.device_id, 'refuse')).want(200);
    (await enroll(installer, refused)).want(201);
});

test('reactivation: 200, a new token, new times, uninstalled_* cleared, absent fields kept', async () => {
    const before = await installed({ hostname: 'old-host', version: '1.0', user_name: 'Ada' });
    (await uninstall(nobody.as(before.token), before.machine_id, { reason: 'update' })).want(200);
    const gone = await agent(before.machine_id);
    assert.equal(gone.status, 'uninstalled');
    assert.equal(gone.uninstall_reason, 'update');
    assert.ok(gone.uninstalled_at);
    const got = (await enroll(installer, before.machine_id, { version: '2.0' })).want(200);
    assert.equal(got.created, false);
    assert.equal(got.reactivated, true);
    assert.notEqual(got.token, before.token);
    assert.equal(got.agent.id, before.agent.id);
    assert.equal(got.agent.uninstalled_at, null);
    assert.equal(got.agent.uninstall_reason, null);
    assert.equal(got.agent.hostname, 'old-host');
    assert.equal(got.agent.user_name, 'Ada');
    assert.equal(got.agent.version, '2.0');
    assert.ok(got.agent.enrolled_at >= gone.uninstalled_at, 'enrolled_at is new');
    assert.ok(got.agent.last_seen_at >= gone.uninstalled_at, 'last_seen_at is new');
    (await self(nobody, got.token)).want(200);
    assert.equal((await self(nobody, before.token)).status === 200, false, 'the old token is dead');
});

test('reactivation: allow_reactivate:false is 409; another key is 409 already-known', async () => {
    const { machine_id, token } = await installed();
    (await uninstall(nobody.as(token), machine_id)).want(200);
    assert.equal((await enroll(installer, machine_id, { allow_reactivate: false })).status, 409);
    const other = await enrolmentKey(admin);
    (await enroll(nobody.as(other.key), machine_id)).wantProblem(409, 'already-known');
    (await enroll(installer, machine_id)).want(200);
});

test('uninstall: a soft delete by the device itself; the token is then 401; again is 200 and no change', async () => {
    const { machine_id, token } = await installed();
    const row = (await uninstall(nobody.as(token), machine_id, { reason: 'first' })).want(200);
    assert.equal(row.machine_id ?? row.agent?.machine_id, machine_id);
    (await self(nobody, token)).wantProblem(401, 'unauthenticated');
    (await uninstall(admin, machine_id, { reason: 'second' })).want(200);
    assert.equal((await agent(machine_id)).uninstall_reason, 'first');
});

test('uninstall: by device:revoke; 404 for an unknown machine; 403 without the right', async () => {
    const { machine_id } = await installed();
    const auditor = await serviceClient(admin, ['auditor']);
    (await uninstall(auditor.client, machine_id)).wantProblem(403, 'forbidden');
    (await uninstall(nobody, machine_id)).wantProblem(401, 'unauthenticated');
    const operator = await serviceClient(admin, ['operator']);
    (await uninstall(operator.client, machine_id)).want(200);
    (await uninstall(operator.client, uniqueName('never'))).wantProblem(404, 'not-found');
});

test('uninstall: a device cannot uninstall another one', async () => {
    const [mine, other] = [await installed(), await installed()];
    const got = await uninstall(nobody.as(mine.token), other.machine_id);
    assert.ok([403, 404].includes(got.status), got.text);
    assert.equal((await agent(other.machine_id)).status, 'active');
});

test('uninstall: a key only with may_uninstall, and only what it enrolled', async () => {
    const plain = await installed();
    assert.equal((await uninstall(installer, plain.machine_id)).status, 403);
    const strong = await enrolmentKey(admin, { may_uninstall: true });
    assert.ok([403, 404].includes((await uninstall(nobody.as(strong.key), plain.machine_id)).status));
    assert.equal((await agent(plain.machine_id)).status, 'active');
    const own = uniqueName('own');
    (await enroll(nobody.as(strong.key), own)).want(201);
    (await uninstall(nobody.as(strong.key), own)).want(200);
    assert.equal((await agent(own)).status, 'uninstalled');
});

test('uninstall: admin_revoke by device:revoke is a revocation; by the device it is a word', async () => {
    const first = await installed();
    (await uninstall(admin, first.machine_id, { reason: 'admin_revoke' })).want(200);
    assert.equal((await agent(first.machine_id)).status, 'revoked');
    (await self(nobody, first.token)).wantProblem(403, 'device-revoked');
    const second = await installed();
    await uninstall(nobody.as(second.token), second.machine_id, { reason: 'admin_revoke' });
    assert.notEqual((await agent(second.machine_id)).status, 'revoked');
});

test('uninstall: never changes a revoked device; PENDING is 409, REFUSED 404, BLOCKED 403', async () => {
    const revoked = await installed();
    (await admin.post(`/devices/${revoked.agent.id}/revoke`, { reason: 'stolen' })).want(200);
    for (const client of [admin, nobody.as(revoked.token), installer])
        assert.equal((await uninstall(client, revoked.machine_id, { reason: 'x' })).status, 403);
    const row = (await admin.get(`/devices/${revoked.agent.id}`)).want(200);
    assert.equal(row.status, 'REVOKED');
    assert.equal(row.status_reason, 'stolen');
    const blocked = await installed();
    (await admin.post(`/devices/${blocked.agent.id}/block`, {})).want(200);
    assert.equal((await uninstall(admin, blocked.machine_id)).status, 403);
    const pending = uniqueName();
    const asked = (await init(nobody, pending)).want(201);
    assert.equal((await uninstall(admin, pending)).status, 409);
    (await decide(admin, asked.device_id, 'refuse')).want(200);
    assert.equal((await uninstall(admin, pending)).status, 404);
});

test('heartbeat: 202, counts as seen; an unknown machine is 202 and changes nothing', async () => {
    const { machine_id, token } = await installed();
    (await heartbeat(nobody.as(token), machine_id)).want(202);
    const count = (await admin.get('/agents/count')).want(200);
    const unknown = uniqueName('ghost');
    (await heartbeat(admin, unknown)).want(202);
    assert.deepEqual((await admin.get('/agents/count')).want(200), count);
    (await admin.get(`/agents/${unknown}`)).wantProblem(404, 'not-found');
    (await heartbeat(nobody, machine_id)).wantProblem(401, 'unauthenticated');
});

test('heartbeat: never changes a status', async () => {
    const { machine_id, token } = await installed();
    (await uninstall(nobody.as(token), machine_id)).want(200);
    (await heartbeat(admin, machine_id)).want(202);
    assert.equal((await agent(machine_id)).status, 'uninstalled');
});

test('agents: active ones, newest enrolment first; count; one by its name; 404', async () => {
    const [a, b] = [await installed(), await installed()];
    const list = (await admin.get('/agents?status=active&limit=2')).want(200);
    assert.deepEqual(list.items.map((row) => row.machine_id), [b.machine_id, a.machine_id]);
    for (const name of AGENT) assert.ok(name in list.items[0], name);
    const count = (await admin.get('/agents/count')).want(200);
    assert.deepEqual(Object.keys(count), ['count']);
    assert.equal(typeof count.count, 'number');
    await installed();
    assert.equal((await admin.get('/agents/count')).want(200).count, count.count + 1);
    assert.equal((await agent(a.machine_id)).machine_id, a.machine_id);
    (await admin.get(`/agents/${uniqueName('none')}`)).wantProblem(404, 'not-found');
    (await nobody.get('/agents')).wantProblem(401, 'unauthenticated');
    (await nobody.as(a.token).get('/agents')).wantProblem(403, 'forbidden');
});

test('agents: a device that came in by the lobby is the same registry seen as an agent', async () => {
    const device = await enrol(nobody, admin);
    assert.equal((await agent(device.machine_id)).id, device.id);
    assert.deepEqual(await verify(device.token), { machine_id: device.machine_id });
});

test('verify: exactly {machine_id}; null for unknown, uninstalled, blocked, revoked', async () => {
    const one = await installed();
    assert.deepEqual(await verify(one.token), { machine_id: one.machine_id });
    const none = { machine_id: null };
    const wrong = `${one.token.slice(0, 20)}${one.token[20] === 'A' ? 'B' : 'A'}${one.token.slice(21)}`;
    for (const token of [wrong, 'sen_d_x', 'x', 'x'.repeat(512), key.key]) assert.deepEqual(await verify(token), none);
    (await admin.post(`/devices/${one.agent.id}/block`, {})).want(200);
    assert.deepEqual(await verify(one.token), none);
    (await admin.post(`/devices/${one.agent.id}/unblock`, {})).want(200);
    assert.deepEqual(await verify(one.token), { machine_id: one.machine_id });
    const two = await installed();
    (await uninstall(admin, two.machine_id)).want(200);
    assert.deepEqual(await verify(two.token), none);
    (await admin.post(`/devices/${one.agent.id}/revoke`, {})).want(200);
    assert.deepEqual(await verify(one.token), none);
    (await nobody.post('/agents/verify', { token: two.token })).wantProblem(401, 'unauthenticated');
});

test('a key counts a use only when a device becomes ENROLLED, and is then exhausted', async () => {
    const twice = await enrolmentKey(admin, { uses: 2 });
    const client = nobody.as(twice.key);
    const first = uniqueName();
    (await enroll(client, first)).want(201);
    (await enroll(client, first)).wantProblem(409, 'already-enrolled');
    (await enroll(client, 'a/b')).wantProblem(422, 'bad-field');
    (await enroll(client, uniqueName())).want(201);
    const late = await enroll(client, uniqueName());
    assert.ok([401, 403, 409].includes(late.status), late.text);
    assert.equal(late.json.code, 'key-exhausted');
});

test('twenty machines at a key of five uses: five come in', async () => {
    const five = await enrolmentKey(admin, { uses: 5 });
    const got = await Promise.all(Array.from({ length: 20 }, () => enroll(nobody.as(five.key), uniqueName())));
    assert.equal(got.filter((reply) => reply.status === 201).length, 5);
});

test('an expired key, a deleted key and a machine outside machine_pattern are refused', async () => {
    (await admin.post('/enrollment-keys', { name: uniqueName(), auto_approve: true, expires_at: '2020-01-01T00:00:00Z' }))
        .wantProblem(422, 'bad-field');
    const made = await enrolmentKey(admin);
    (await admin.delete(`/enrollment-keys/${made.id}`)).want(204);
    (await enroll(nobody.as(made.key), uniqueName())).wantProblem(401, 'unauthenticated');
    const narrow = await enrolmentKey(admin, { machine_pattern: 'pc-*' });
    (await enroll(nobody.as(narrow.key), uniqueName('pc'))).want(201);
    (await enroll(nobody.as(narrow.key), uniqueName('srv'))).wantProblem(403, 'forbidden');
});

test('a key with auto_approve in the lobby: init answers PENDING, the first right confirm gives the token', async () => {
    const machine_id = uniqueName();
    const asked = (await init(installer, machine_id)).want(201);
    assert.equal(asked.status, 'PENDING');
    (await confirm(nobody, asked.device_id, `${asked.claim.slice(0, -1)}_`)).wantProblem(403, 'claim-wrong');
    const got = (await confirm(nobody, asked.device_id, asked.claim)).want(200);
    assert.equal(got.status, 'ENROLLED');
    (await self(nobody, got.token)).want(200);
});

test('fleet lock: an unknown machine is 403 fleet-locked, a known one may come back unless known is refuse', async () => {
    const { machine_id, token } = await installed();
    (await uninstall(nobody.as(token), machine_id)).want(200);
    (await admin.put('/fleet/lock', { locked: true, known: 'refuse' })).want(200);
    (await enroll(installer, machine_id)).wantProblem(403, 'fleet-locked');
    const lock = (await admin.get('/fleet/lock')).want(200);
    assert.equal(lock.locked, true);
    (await admin.put('/fleet/lock', { locked: true, known: 'allow' })).want(200);
    (await enroll(installer, uniqueName())).wantProblem(403, 'fleet-locked');
    (await init(nobody, uniqueName())).wantProblem(403, 'fleet-locked');
    (await enroll(installer, machine_id)).want(200);
    (await admin.put('/fleet/lock', { locked: false })).want(200);
    (await enroll(installer, uniqueName())).want(201);
});
