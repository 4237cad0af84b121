// SPDX-License-Identifier: Apache-2.0
// What a draft would change, for whom, and what changes between two versions. Nothing of it reaches a device.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, poll, publishPolicy, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const group = async (priority = 100) => (await admin.post('/groups', { name: uniqueName('group'), priority })).want(201);
const preview = async (body, client = admin) => (await client.post('/policies/preview', body)).want(200);
const draft = async (id, content, more = {}) => (await admin.post(`/policies/${id}/versions`, { content, ...more })).want(201).number;

/** Devices in a group of their own, and a policy on it. */
async function team(n, content, more = {}) {
    const g = await group();
    const devices = [];
    for (let i = 0; i < n; i++) {
        devices.push(await enrol(nobody, admin));
        (await admin.post(`/groups/${g.id}/members`, { device_id: devices[i].id })).want(204);
    }
    const { id } = await publishPolicy(admin, content, { scope: 'group', target_id: g.id, ...more });
    return { g, devices, id };
}

test('a draft: how many devices, how many change, and how', async () => {
    const { devices, id } = await team(3, { v: 1, list: [1], gone: true });
    await publishPolicy(admin, { v: 'own' }, { scope: 'device', target_id: devices[2].id });
    const number = await draft(id, { v: 2, list: [1, 2] });
    const p = await preview({ policy_id: id, number });
    assert.deepEqual([p.devices, p.changed, p.looked_at, p.truncated], [3, 3, 3, false]);
    const by = (n) => p.results.find((r) => r.devices === n);
    assert.deepEqual(by(2).diff, [
        { pointer: '/gone', from: true },
        { pointer: '/list', from: [1], to: [1, 2] },
        { pointer: '/v', from: 1, to: 2 },
    ]);
    assert.deepEqual(by(1).diff.map((c) => c.pointer), ['/gone', '/list']);
    assert.equal(by(1).sample[0].machine_id, devices[2].machine_id);
    assert.deepEqual(new Set(by(2).sample.map((d) => d.id)), new Set([devices[0].id, devices[1].id]));
    const one = await preview({ policy_id: id, number, device_id: devices[2].id });
    assert.deepEqual([one.devices, one.results.length, one.results[0].sample_device_id], [1, 1, devices[2].id]);
});

test('words that are stored nowhere, their locks and `enabled`', async () => {
    const { devices, id } = await team(2, { v: 1 });
    await publishPolicy(admin, { v: 'own' }, { scope: 'device', target_id: devices[0].id });
    const locked = await preview({ policy_id: id, content: { v: 1 }, locked: ['/v'] });
    assert.deepEqual([locked.devices, locked.changed], [2, 1]);
    assert.deepEqual(locked.results[0].diff, [{ pointer: '/v', from: 'own', to: 1 }]);
    const off = await preview({ policy_id: id, content: { v: 1 }, enabled: false });
    assert.deepEqual(off.results.map((r) => [r.enabled_from, r.enabled_to]), [[true, false], [true, false]]);
    const same = await preview({ policy_id: id, content: { v: 1 } });
    assert.deepEqual([same.devices, same.changed, same.results], [2, 0, []]);
    const number = await draft(id, { v: 5 });
    for (const body of [{ number, content: {} }, {}, { content: { v: 1 }, locked: ['no-pointer'] }]) {
        (await admin.post('/policies/preview', { policy_id: id, ...body })).wantProblem(422, 'bad-field');
    }
    (await admin.post('/policies/preview', { policy_id: id, number: 77 })).wantProblem(404, 'not-found');
});

test('an assignment that does not exist yet goes where its priority puts it', async () => {
    const { g, devices, id: there } = await team(1, { v: 'there' });
    const { id } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    const ask = { policy_id: id, content: { v: 'new', n: 1 } };
    assert.equal((await preview(ask)).devices, 0);
    const late = await preview({ ...ask, assignment: { scope: 'group', target_id: g.id } });
    assert.deepEqual(late.results[0].diff, [{ pointer: '/n', to: 1 }, { pointer: '/v', from: 'there', to: 'new' }]);
    const early = await preview({ ...ask, assignment: { scope: 'group', target_id: g.id, priority: 1 } });
    assert.deepEqual(early.results[0].diff, [{ pointer: '/n', to: 1 }]);
    const alone = await preview({ ...ask, assignment: { scope: 'device', target_id: devices[0].id } });
    assert.equal(alone.devices, 1);
    const absent = { scope: 'group', target_id: '01890000-0000-7000-8000-000000000000' };
    (await admin.post('/policies/preview', { ...ask, assignment: absent })).wantProblem(404, 'not-found');
    const twice = { policy_id: there, content: {}, assignment: { scope: 'group', target_id: g.id } };
    (await admin.post('/policies/preview', twice)).wantProblem(409, 'conflict');
});

test('an assignment that goes, or becomes another: whom it is for, and nobody else', async () => {
    const { g, devices, id } = await team(2, { v: 1, only: true });
    await publishVersion(admin, id, { v: 2, only: true });
    const others = await team(1, { v: 'other' });
    const alone = (await admin.post('/assignments', { policy_id: id, scope: 'device', target_id: others.devices[0].id, number: 1 })).want(201);
    const [a] = await admin.all(`/assignments?policy_id=${id}&scope=group`);

    const gone = await preview({ policy_id: id, without: a.id });
    assert.deepEqual([gone.devices, gone.changed, gone.looked_at], [2, 2, 2]);
    assert.deepEqual(gone.results[0].diff, [{ pointer: '/only', from: true }, { pointer: '/v', from: 2 }]);
    assert.deepEqual([gone.results[0].enabled_from, gone.results[0].enabled_to], [true, false]);
    const pinned = await preview({ policy_id: id, without: alone.id });
    assert.deepEqual(pinned.results.map((r) => [r.devices, r.sample[0].id]), [[1, others.devices[0].id]]);
    assert.deepEqual(pinned.results[0].diff, [{ pointer: '/only', from: true }, { pointer: '/v', from: 1, to: 'other' }]);

    // Another version or priority in its place; who follows elsewhere is not asked about.
    const at = { scope: 'group', target_id: g.id };
    const back = await preview({ policy_id: id, without: a.id, assignment: { ...at, number: 1 } });
    assert.deepEqual([back.devices, back.results[0].diff], [2, [{ pointer: '/v', from: 2, to: 1 }]]);
    await publishPolicy(admin, { v: 'late' }, { scope: 'group', target_id: g.id });
    const first = await preview({ policy_id: id, without: a.id, assignment: { ...at, priority: 300 } });
    assert.deepEqual(first.results[0].diff, [{ pointer: '/v', from: 'late', to: 2 }]);
    const added = await preview({ policy_id: id, assignment: { scope: 'device', target_id: devices[1].id, number: 1 } });
    assert.deepEqual([added.devices, added.results[0].diff], [1, [{ pointer: '/v', from: 'late', to: 1 }]]);

    // What is previewed is what then happens.
    (await admin.delete(`/assignments/${a.id}`)).want(204);
    assert.deepEqual((await poll(nobody, devices[0].token)).want(200).config, { v: 'late' });
    const ask = (body) => admin.post('/policies/preview', { policy_id: id, ...body });
    (await ask({ without: a.id })).wantProblem(404, 'not-found');
    (await ask({ without: (await admin.all(`/assignments?policy_id=${others.id}`))[0].id })).wantProblem(404, 'not-found');
    (await ask({ assignment: { ...at, number: 9 } })).wantProblem(422, 'bad-field');
});

test('what is previewed is what publishing then does; until then no device sees it', async () => {
    const { devices, id } = await team(2, { v: 1, keep: { a: 1 } });
    const before = await poll(nobody, devices[0].token);
    const number = await draft(id, { v: 2, keep: { a: 1, b: [null] } });
    const p = await preview({ policy_id: id, number });
    const idle = await poll(nobody, devices[0].token, { etag: before.headers.etag });
    assert.equal(idle.status, 304);
    const audited = (await admin.get('/admin/security/audit?limit=1')).want(200).items[0];
    assert.equal(audited.action, 'policy.draft-created');
    (await admin.post(`/policies/${id}/versions/${number}/publish`)).want(200);
    const after = (await poll(nobody, devices[0].token)).want(200).config;
    const patched = structuredClone(before.json.config);
    for (const { pointer, to } of p.results[0].diff) {
        const names = pointer.slice(1).split('/');
        const at = names.slice(0, -1).reduce((o, n) => o[n], patched);
        if (to === undefined) delete at[names.at(-1)];
        else at[names.at(-1)] = to;
    }
    assert.deepEqual(patched, after);
});

test('a pinned assignment stays; rolling back is previewed by the old number', async () => {
    const { g, id } = await team(1, { v: 1 });
    await publishVersion(admin, id, { v: 2 });
    const back = await preview({ policy_id: id, number: 1 });
    assert.deepEqual(back.results[0].diff, [{ pointer: '/v', from: 2, to: 1 }]);
    const [a] = await admin.all(`/assignments?policy_id=${id}&scope=group&target_id=${g.id}`);
    (await admin.patch(`/assignments/${a.id}`, { number: 2 })).want(200);
    assert.equal((await preview({ policy_id: id, number: 1 })).devices, 0);
});

test('between two versions: content, locks and `enabled`', async () => {
    const { id } = (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    await publishVersion(admin, id, { a: { b: 1 }, c: null, 'd/e': [1] }, { locked: ['/a', '/x'] });
    const to = await draft(id, { a: { b: 2 }, 'd/e': [1] }, { locked: ['/x', 'enabled'], enabled: false });
    const d = (await admin.get(`/policies/${id}/diff?from=1&to=${to}`)).want(200);
    assert.deepEqual(d.diff, [{ pointer: '/a/b', from: 1, to: 2 }, { pointer: '/c', from: null }]);
    assert.deepEqual([d.unlocked, d.locked, d.enabled_from, d.enabled_to], [['/a'], ['enabled'], null, false]);
    assert.deepEqual([d.to_version, d.from, d.to], [null, 1, to]);
    const same = (await admin.get(`/policies/${id}/diff?from=1&to=1`)).want(200);
    assert.deepEqual([same.diff, same.locked], [[], []]);
    (await admin.get(`/policies/${id}/diff?from=1&to=9`)).wantProblem(404, 'not-found');
    (await admin.get(`/policies/${id}/diff?from=1`)).wantProblem(422, 'bad-field');
});

test('the organisation next door sees nothing and is not looked at; a global draft is for all', async () => {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const other = admin.with({ 'Seneschal-Org': slug });
    const theirs = await enrol(nobody.with({ 'Seneschal-Org': slug }), other);
    const { id } = await publishPolicy(admin, { org: 1 });
    const number = await draft(id, { org: 2 });
    (await other.post('/policies/preview', { policy_id: id, number })).wantProblem(404, 'not-found');
    (await other.get(`/policies/${id}/diff?from=1&to=1`)).wantProblem(404, 'not-found');
    const ours = await preview({ policy_id: id, number });
    (await admin.post('/policies/preview', { policy_id: id, number, device_id: theirs.id })).wantProblem(404, 'not-found');
    const all = await preview({ policy_id: id, number, assignment: { scope: 'global' } });
    assert.equal(all.devices, ours.devices + 1);
    const operator = (await serviceClient(admin, ['operator'])).client;
    assert.equal((await preview({ policy_id: id, number }, operator)).devices, ours.devices);
    (await operator.post('/policies/preview', { policy_id: id, number, assignment: { scope: 'global' } })).wantProblem(403, 'forbidden');
});

test('who may: policy:read and device:read together', async () => {
    const { id, devices } = await team(1, { v: 1 });
    const body = { policy_id: id, content: { v: 2 } };
    assert.equal((await preview(body, (await serviceClient(admin, ['auditor'])).client)).changed, 1);
    const enroller = (await serviceClient(admin, ['enroller'])).client;
    (await enroller.post('/policies/preview', body)).wantProblem(403, 'forbidden');
    (await nobody.post('/policies/preview', body)).wantProblem(401, 'unauthenticated');
    (await nobody.as(devices[0].token).post('/policies/preview', body)).wantProblem(403, 'forbidden');
    (await nobody.as(devices[0].token).get(`/policies/${id}/diff?from=1&to=1`)).wantProblem(403, 'forbidden');
});
