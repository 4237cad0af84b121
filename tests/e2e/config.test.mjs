// SPDX-License-Identifier: Apache-2.0
// What a device gets: resolution through the whole house, conditional polls, and what it says back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { audit, enrol, poll, publishPolicy, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const group = async (priority) => (await admin.post('/groups', { name: uniqueName('group'), priority })).want(201);
const join = async (g, member) => (await admin.post(`/groups/${g.id}/members`, member)).want(204);
const version = async (device) => (await nobody.as(device.token).get('/iassistants/config/version')).want(200);

test('without any policy the answer is a switched-off one, not a refusal', async () => {
    const device = await enrol(nobody, admin);
    const reply = await poll(nobody, device.token);
    assert.equal(reply.text, '{"config":{},"enabled":false,"version":null}');
    reply.want(200);
});

test('the ETag is the SHA-256 of the bytes, and a conditional poll is answered by it alone', async () => {
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { z: 1, a: [1.5, { '\u00e9': null }] }, { scope: 'device', target_id: device.id });
    const reply = await poll(nobody, device.token);
    reply.want(200);
    assert.equal(reply.headers.etag, `"${createHash('sha256').update(reply.bytes).digest('hex')}"`);
    assert.equal(reply.headers['cache-control'], 'private, no-cache');
    assert.match(reply.text, /^\{"config":\{"a":\[1\.5,\{"\u00e9":null\}\],"z":1\},"enabled":true,"version":"/);
    for (const tag of [reply.headers.etag, `W/${reply.headers.etag}`, `"x", ${reply.headers.etag}`, '*']) {
        const again = await poll(nobody, device.token, { etag: tag });
        assert.equal(again.status, 304, tag);
        assert.equal(again.bytes.length, 0);
    }
    assert.equal((await poll(nobody, device.token, { etag: '"x"' })).status, 200);
});

test('device over user over group over organisation', async () => {
    const user = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('u')}@example.org` })).want(201);
    const low = await group(10);
    const high = await group(200);
    const device = await enrol(nobody, admin, { approve: { user_id: user.id } });
    await join(low, { device_id: device.id });
    await join(low, { user_id: user.id });
    await join(high, { user_id: user.id });
    const { id: org } = await publishPolicy(admin, { who: 'org', org: 1, lock: 'org' }, { locked: ['/lock'] });
    await publishPolicy(admin, { who: 'high', group: 'high', lock: 'high' }, { scope: 'group', target_id: high.id });
    await publishPolicy(admin, { who: 'low', group: 'low' }, { scope: 'group', target_id: low.id });
    await publishPolicy(admin, { who: 'user', user: 1 }, { scope: 'user', target_id: user.id });
    await publishPolicy(admin, { who: 'device', group: null, lock: null }, { scope: 'device', target_id: device.id });
    const got = (await poll(nobody, device.token)).want(200);
    assert.deepEqual(got.config, { who: 'device', org: 1, lock: 'org', user: 1 });
    const [a] = await admin.all(`/assignments?policy_id=${org}`);
    (await admin.delete(`/assignments/${a.id}`)).want(204);
    assert.deepEqual((await poll(nobody, device.token)).want(200).config, { who: 'device', user: 1 });
});

test('leaving a group takes its configuration away at once', async () => {
    const g = await group(100);
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { team: true }, { scope: 'group', target_id: g.id });
    await join(g, { device_id: device.id });
    assert.deepEqual((await poll(nobody, device.token)).want(200).config, { team: true });
    const before = await version(device);
    (await admin.delete(`/groups/${g.id}/members/${device.id}`)).want(204);
    assert.deepEqual((await poll(nobody, device.token)).want(200).config, {});
    assert.ok((await version(device)).seq > before.seq);
});

test('enabled:false empties the configuration, and its lock holds below', async () => {
    const device = await enrol(nobody, admin);
    const g = await group(100);
    await join(g, { device_id: device.id });
    const { id } = await publishPolicy(admin, { a: 1 }, { scope: 'group', target_id: g.id, enabled: false });
    await publishPolicy(admin, { b: 1 }, { scope: 'device', target_id: device.id, enabled: true });
    assert.deepEqual((await poll(nobody, device.token)).want(200).config, { a: 1, b: 1 });
    await publishVersion(admin, id, { a: 1 }, { enabled: false, locked: ['enabled'] });
    const off = (await poll(nobody, device.token)).want(200);
    assert.equal(off.enabled, false);
    assert.deepEqual(off.config, {});
    assert.notEqual(off.version, null);
});

test('a publication ends a parked poll; an unrelated one does not move the ETag', async () => {
    const device = await enrol(nobody, admin);
    const { id } = await publishPolicy(admin, { v: 1 }, { scope: 'device', target_id: device.id });
    const etag = (await poll(nobody, device.token)).headers.etag;
    const parked = poll(nobody, device.token, { etag, wait: 30 });
    await publishVersion(admin, id, { v: 2 });
    const woken = await parked;
    assert.deepEqual(woken.want(200).config, { v: 2 });
    const { id: idle } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    await publishVersion(admin, idle, { unrelated: true });
    assert.equal((await poll(nobody, device.token, { etag: woken.headers.etag })).status, 304);
});

test('an acknowledgement is kept, shown, and recorded once', async () => {
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { v: 1 }, { scope: 'device', target_id: device.id });
    const reply = await poll(nobody, device.token);
    const own = nobody.as(device.token);
    const ack = { etag: reply.headers.etag, version: reply.json.version, result: 'applied', applied_at: new Date().toISOString() };
    for (let i = 0; i < 3; i++) (await own.post('/iassistants/config/ack', ack)).want(204);
    const { config } = (await admin.get(`/devices/${device.id}`)).want(200);
    assert.equal(config.etag, ack.etag);
    assert.equal(config.version, ack.version);
    assert.equal(config.result, 'applied');
    const applied = (await audit(admin, 'action=config.applied&limit=500')).filter((e) => e.target.id === device.id);
    assert.equal(applied.length, 1);
    (await own.post('/iassistants/config/ack', { ...ack, result: 'failed', reason: 'disk' })).want(204);
    const failed = (await audit(admin, 'action=config.failed&limit=500')).filter((e) => e.target.id === device.id);
    assert.equal(failed.length, 1);
    assert.equal(failed[0].reason, 'disk');
    assert.equal((await admin.get(`/devices/${device.id}`)).want(200).config.result, 'failed');
});

test('who may acknowledge for whom', async () => {
    const device = await enrol(nobody, admin);
    const other = await enrol(nobody, admin);
    const body = { etag: 'a'.repeat(64), version: null, result: 'rejected', device_id: device.id };
    (await nobody.post('/iassistants/config/ack', body)).wantProblem(401, 'unauthenticated');
    (await nobody.as(other.token).post('/iassistants/config/ack', body)).wantProblem(403, 'forbidden');
    const auditor = (await serviceClient(admin, ['auditor'])).client;
    (await auditor.post('/iassistants/config/ack', body)).wantProblem(403, 'forbidden');
    (await admin.post('/iassistants/config/ack', body)).want(204);
    (await admin.post('/iassistants/config/ack', { ...body, device_id: undefined })).wantProblem(422, 'bad-field');
    (await admin.post('/iassistants/config/ack', { ...body, etag: 'z'.repeat(64) })).wantProblem(422, 'bad-field');
    (await admin.post('/iassistants/config/ack', { ...body, result: 'maybe' })).wantProblem(422, 'bad-field');
});
