// SPDX-License-Identifier: Apache-2.0
// Devices as an administrator sees them: the lobby, lists, owners, groups and labels, and the lock of the fleet.
import assert from 'node:assert/strict';
import test from 'node:test';
import { confirm, decide, enrol, enrolmentKey, init, makeNonce, self, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const list = async (query) => (await admin.get(`/devices?${query}`)).want(200);

test('the lobby lists the code that the machine shows, never its claim', async () => {
    const asked = (await init(nobody, uniqueName(), { hostname: 'kiosk', labels: { site: 'paris' } })).want(201);
    const { items } = await list('status=PENDING&search=kiosk');
    assert.equal(items.length, 1);
    assert.equal(items[0].requests[0].code, asked.code);
    assert.deepEqual(items[0].labels, {}, 'what a machine says of itself is not in force');
    assert.deepEqual(items[0].requests[0].labels, { site: 'paris' });
    assert.ok(!JSON.stringify(items).includes(asked.claim));
});

test('init again with the same Idempotency-Key is the same request; another body is 409', async () => {
    const headers = { 'Idempotency-Key': makeNonce() };
    const machine_id = uniqueName();
    const first = (await init(nobody, machine_id, { headers })).want(201);
    const again = (await init(nobody, machine_id, { headers })).want(201);
    assert.equal(again.claim, first.claim);
    assert.notEqual(again.challenge.nonce, first.challenge.nonce);
    (await init(nobody, machine_id, { headers, hostname: 'other' })).wantProblem(409, 'conflict');
});

test('labels, groups and a stale If-Match', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const device = await enrol(nobody, admin);
    const reply = await admin.get(`/devices/${device.id}`);
    const { etag } = reply.want(200);
    assert.equal(reply.headers.etag, etag);
    const patch = { labels: { site: 'lyon' }, groups: [group.id] };
    const changed = (await admin.patch(`/devices/${device.id}`, patch, { headers: { 'If-Match': etag } })).want(200);
    assert.deepEqual(changed.labels, { site: 'lyon' });
    assert.deepEqual(changed.groups, [group.name]);
    (await admin.patch(`/devices/${device.id}`, patch, { headers: { 'If-Match': etag } })).wantProblem(412, 'stale');
    for (const query of ['label=site%3Dlyon', `group=${group.id}`, `group=${group.name}`])
        assert.deepEqual((await list(query)).items.map((row) => row.id), [device.id], query);
    (await admin.patch(`/devices/${device.id}`, { groups: [uniqueName('none')] })).wantProblem(422, 'bad-field');
});

test('pages by cursor give every device once, and count says how many', async () => {
    const prefix = uniqueName('page');
    for (let i = 0; i < 5; i++) (await init(nobody, `${prefix}-${i}`)).want(201);
    for (const sort of ['created_at', '-created_at', 'machine_id', '-machine_id', 'last_seen_at', '-last_seen_at']) {
        const seen = [];
        let cursor = '';
        do {
            const page = await list(`search=${prefix}&limit=2&sort=${sort}&count=true${cursor}`);
            assert.equal(page.total, 5);
            seen.push(...page.items.map((row) => row.machine_id));
            cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
        } while (cursor);
        assert.equal(new Set(seen).size, 5, sort);
        assert.equal(seen.length, 5, sort);
    }
});

test('an enrolment key shows its text once; its groups and labels come into force', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const key = await enrolmentKey(admin, { uses: 3, groups: [group.id], labels: { via: 'key' } });
    assert.equal(key.uses_left, 3);
    const shown = await admin.get(`/enrollment-keys/${key.id}`);
    assert.ok(!shown.text.includes(key.key));
    const machine_id = uniqueName();
    (await nobody.as(key.key).post('/agents/enroll', { machine_id })).want(201);
    const [row] = (await list(`search=${machine_id}`)).items;
    assert.deepEqual([row.groups, row.labels], [[group.name], { via: 'key' }]);
    assert.equal((await admin.get(`/enrollment-keys/${key.id}`)).want(200).uses_left, 2);
});

test('a lock between request and approval holds', async () => {
    const asked = (await init(nobody, uniqueName())).want(201);
    (await admin.put('/fleet/lock', { locked: true })).want(200);
    (await decide(admin, asked.device_id, 'approve')).wantProblem(403, 'fleet-locked');
    assert.equal((await admin.get('/fleet/lock')).want(200).by, 'api');
    (await admin.put('/fleet/lock', { locked: false })).want(200);
    (await decide(admin, asked.device_id, 'approve')).want(200);
});

test('approve and refuse by their own rows; an administrator rotates, the old token is dead at once', async () => {
    const turned = (await init(nobody, uniqueName())).want(201);
    (await admin.post(`/devices/${turned.device_id}/refuse`, { reason: 'not ours' })).want(200);
    assert.equal((await admin.get(`/devices/${turned.device_id}`)).want(200).status, 'REFUSED');
    (await confirm(nobody, turned.device_id, turned.claim)).wantProblem(403, 'forbidden');

    const asked = (await init(nobody, uniqueName())).want(201);
    const moved = (await admin.post(`/devices/${asked.device_id}/approve`, { labels: { site: 'nice' } })).want(200);
    assert.deepEqual([moved.status, moved.labels], ['ENROLLED', { site: 'nice' }]);
    const first = (await confirm(nobody, asked.device_id, asked.claim)).want(200).token;
    (await self(nobody, first)).want(200);

    const { claim } = (await admin.post(`/devices/${asked.device_id}/rotate`, {})).want(200);
    (await self(nobody, first)).want(401);
    const second = (await confirm(nobody, asked.device_id, claim)).want(200).token;
    (await self(nobody, second)).want(200);
    assert.notEqual(second, first);
});

test('a heartbeat is 202 without a body; its version and metrics are shown, its size is bounded', async () => {
    const device = await enrol(nobody, admin);
    const beat = nobody.as(device.token);
    const reply = await beat.post('/devices/self/heartbeat', { client_version: '1.2.3', metrics: { disk_free: 7 } });
    reply.want(202);
    assert.equal(reply.bytes.length, 0);
    const seen = (await admin.get(`/devices/${device.id}`)).want(200);
    assert.equal(seen.client_version, '1.2.3');
    assert.deepEqual(seen.metrics, { disk_free: 7 });
    (await beat.post('/devices/self/heartbeat', { metrics: { text: 'x'.repeat(5000) } })).wantProblem(422, 'bad-field');
    (await admin.post('/devices/self/heartbeat', {})).wantProblem(403, 'forbidden');
});

test('a heartbeat that says nothing new needs no writer', async () => {
    const device = await enrol(nobody, admin);
    const { token } = device;
    const key = nobody.as((await enrolmentKey(admin)).key);
    const machine_id = uniqueName('agent');
    const agent = (await key.post('/agents/enroll', { machine_id, version: '1' })).want(201);
    const beat = () => nobody.as(token).post('/devices/self/heartbeat', { client_version: '1.2', metrics: { n: 1 } });
    const agentBeat = (version) => nobody.as(agent.token).post('/agents/heartbeat', { machine_id, version });
    (await beat()).want(202);
    (await agentBeat('1')).want(202);
    const writes = async () => Number((await admin.atRoot().get('/metrics')).text.match(/writes_total (\d+)/)[1]);
    const before = await writes();
    for (let i = 0; i < 50; i++) {
        (await beat()).want(202);
        (await agentBeat('1')).want(202);
    }
    const made = (await writes()) - before;
    assert.ok(made < 50, `${made} jobs of the writer for 100 heartbeats`);
    (await agentBeat('2')).want(202);
    assert.equal((await admin.get(`/agents/${machine_id}`)).want(200).version, '2');
});
