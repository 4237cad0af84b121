// SPDX-License-Identifier: Apache-2.0
// One move for many devices: each as by its own row, none at another's cost.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { confirm, enrol, init, makeNonce, self, uniqueName } from './lib/fleet.mjs';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const bulk = (body, options, client = admin) => client.post('/devices/bulk', body, options);
const asked = async (n) => {
    const rows = [];
    for (let i = 0; i < n; i++) rows.push((await init(nobody, uniqueName())).want(201));
    return rows;
};
const status = async (id) => (await admin.get(`/devices/${id}`)).want(200).status;
const events = async (id) => (await admin.get(`/admin/security/audit?target=${id}`)).want(200).items.map((e) => [e.action, e.result, e.reason]);
const as = async (roles) => {
    const person = await makePerson(server, admin, { roles });
    const { access_token: token } = (await nobody.post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    return server.client({ token });
};

test('approve, block, unblock, revoke: done, recorded and in force, and what fails harms no other', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const [one, two, three] = await asked(3);
    (await admin.post(`/devices/${two.device_id}/refuse`, {})).want(200);
    const stranger = randomUUID();
    const ids = [one.device_id, stranger, two.device_id, three.device_id, one.device_id];
    const got = (await bulk({ action: 'approve', device_ids: ids, groups: [group.name], reason: 'Monday' })).want(200);
    assert.equal(got.done, 2);
    assert.deepEqual(got.results.map((r) => [r.device_id, r.ok, r.code]),
        [[one.device_id, true, undefined], [stranger, false, 'not-found'], [two.device_id, false, 'conflict'], [three.device_id, true, undefined]]);
    assert.ok(got.results[2].detail.length > 0);
    assert.deepEqual((await admin.get(`/devices/${three.device_id}`)).want(200).groups, [group.name]);
    assert.deepEqual((await events(three.device_id))[0], ['device.approved', 'ok', 'Monday']);
    assert.equal((await events(stranger)).length, 0);
    const summary = (await admin.get('/admin/security/audit?action=device.bulk')).want(200).items[0];
    assert.deepEqual(summary.details, { action: 'approve', done: 2, refused: 2 });

    const { token } = (await confirm(nobody, one.device_id, one.claim)).want(200);
    (await self(nobody, token)).want(200);
    for (const [action, code] of [['block', 403], ['unblock', 200], ['revoke', 403]]) {
        assert.equal((await bulk({ action, device_ids: [one.device_id] })).want(200).done, 1);
        assert.equal((await self(nobody, token)).status, code, action);
    }
});

test('500 at once, with doubles: each once; the same key again is the same answer', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const key = (await admin.post('/enrollment-keys', { name: uniqueName('k'), groups: [group.id], auto_approve: true })).want(201).key;
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push((await nobody.as(key).post('/agents/enroll', { machine_id: uniqueName() })).want(201).agent.id);
    const many = Array.from({ length: 500 }, (_, i) => (i % 25 < 20 ? ids[i % 20] : randomUUID()));
    const options = { headers: { 'Idempotency-Key': makeNonce() } };
    const first = await bulk({ action: 'block', device_ids: many }, options);
    assert.deepEqual([first.want(200).done, first.json.results.length], [20, 20 + 100]);
    assert.deepEqual((await bulk({ action: 'block', device_ids: many }, options)).want(200), first.json);
    assert.equal((await bulk({ action: 'unblock', device_ids: many }, options)).status, 409);
    assert.equal((await events(ids[0])).filter(([action]) => action === 'device.blocked').length, 1);
    (await bulk({ action: 'block', device_ids: [...many, ids[0]] })).wantProblem(422, 'bad-field');
});

test('bad bodies change nothing', async () => {
    const device = await enrol(nobody, admin);
    const rows = [{ device_ids: [] }, { device_ids: [device.id, 'x'] }, { action: 'delete' }, { groups: ['a'] }, { device_ids: [1] }, { more: 1 }];
    for (const row of rows)
        (await bulk({ action: 'block', device_ids: [device.id], ...row })).want(422);
    assert.equal(await status(device.id), 'ENROLLED');
});

test('the rights of each row: an enroller approves and revokes nothing, nobody gives a group of more rights', async () => {
    const enroller = await as(['enroller']);
    const [one] = await asked(1);
    const strong = (await admin.post('/groups', { name: uniqueName('g'), roles: ['administrator'] })).want(201);
    (await bulk({ action: 'revoke', device_ids: [one.device_id] }, undefined, enroller)).wantProblem(403, 'forbidden');
    const refused = (await bulk({ action: 'approve', device_ids: [one.device_id], groups: [strong.id] }, undefined, enroller)).want(200);
    assert.deepEqual([refused.done, refused.results[0].code], [0, 'forbidden']);
    assert.equal(await status(one.device_id), 'PENDING', 'nothing of a refused one stays');
    assert.ok((await events(one.device_id)).some(([action, result]) => action === 'device.approved' && result === 'refused'));
    assert.equal((await bulk({ action: 'approve', device_ids: [one.device_id] }, undefined, enroller)).want(200).done, 1);
    (await bulk({ action: 'approve', device_ids: [one.device_id] }, undefined, await as([]))).wantProblem(403, 'forbidden');
});

test('another organisation\'s devices look like strangers, and stay as they are', async () => {
    const slug = uniqueName('o');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const device = await enrol(nobody, admin);
    const got = (await bulk({ action: 'revoke', device_ids: [device.id] }, undefined, admin.with({ 'Seneschal-Org': slug }))).want(200);
    assert.deepEqual([got.done, got.results[0].code], [0, 'not-found']);
    assert.equal(await status(device.id), 'ENROLLED');
});
