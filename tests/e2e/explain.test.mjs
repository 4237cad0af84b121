// SPDX-License-Identifier: Apache-2.0
// Why a device's configuration is as it is: sources, what is shadowed, refused and removed, now and in the past.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrol, poll, publishPolicy, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const group = async (priority) => (await admin.post('/groups', { name: uniqueName('group'), priority })).want(201);
const join = async (g, member) => (await admin.post(`/groups/${g.id}/members`, member)).want(204);
const explain = (client, id, query = {}) => client.get(`/devices/${id}/config/explain?${new URLSearchParams(query)}`);
const why = async (id, query) => (await explain(admin, id, query)).want(200);
const leaf = (x, pointer) => x.leaves.find((l) => l.pointer === pointer);
const brief = (words) => words.map((w) => [w.pointer, w.value, w.policy_name]);

/** A moment that lies between what was answered and what is asked next. */
async function moment() {
    const at = Date.now() + 1;
    while (Date.now() <= at) await sleep(1);
    return new Date(at).toISOString();
}

/** The configuration that the leaves alone make. */
function rebuilt(leaves) {
    const root = {};
    for (const { pointer, value } of leaves) {
        const names = pointer.slice(1).split('/').map((n) => n.replaceAll('~1', '/').replaceAll('~0', '~'));
        let at = root;
        for (const name of names.slice(0, -1)) at = at[name] ??= {};
        assert.ok(!(names.at(-1) in at), `${pointer} is told twice`);
        at[names.at(-1)] = value;
    }
    return root;
}

/** A device in a group, with policies on organisation, group and device. */
async function levels(contents) {
    const g = await group(100);
    const device = await enrol(nobody, admin);
    await join(g, { device_id: device.id });
    const names = {};
    for (const [scope, { content, ...more }] of Object.entries(contents)) {
        const target_id = { group: g.id, device: device.id }[scope];
        names[scope] = uniqueName(scope);
        await publishPolicy(admin, content, { name: names[scope], scope, target_id, ...more });
    }
    return { device, g, names };
}

test('every leaf has one source, with what it shadows and what was refused', async () => {
    const { device, names } = await levels({
        group: { content: { v: 1, safe: { a: 1, b: [1] }, gone: 'x', empty: {}, 'a/b': 1 }, locked: ['/safe'] },
        device: { content: { v: 2, safe: { a: 9, c: 3 }, gone: null, 'a/b': 2 }, locked: ['/v'] },
    });
    const x = await why(device.id);
    assert.deepEqual(x.leaves.map((l) => l.pointer), ['/a~1b', '/empty', '/safe/a', '/safe/b', '/v']);
    const v = leaf(x, '/v');
    assert.deepEqual([v.value, v.level, v.policy_name, v.number], [2, 'device', names.device, 1]);
    assert.deepEqual(brief(v.shadowed), [['/v', 1, names.group]]);
    assert.deepEqual([v.locked_by.pointer, v.locked_by.policy_name, v.locked_by.level], ['/v', names.device, 'device']);
    const a = leaf(x, '/safe/a');
    assert.deepEqual([a.value, a.level, a.locked_by.policy_name, a.shadowed], [1, 'group', names.group, []]);
    assert.deepEqual(brief(a.refused), [['/safe/a', 9, names.device]]);
    assert.equal(a.refused[0].locked_by.policy_name, names.group);
    assert.deepEqual([leaf(x, '/empty').value, leaf(x, '/safe/b').value], [{}, [1]]);
    assert.deepEqual(brief(x.refused), [['/safe/a', 9, names.device], ['/safe/c', 3, names.device]]);
    assert.deepEqual(x.removed.map((r) => [r.pointer, r.policy_name]), [['/gone', names.device]]);
    assert.deepEqual(brief(x.removed[0].shadowed), [['/gone', 'x', names.group]]);
    assert.deepEqual(x.plan.map((p) => [p.level, p.policy_name, p.pinned, p.priority]), [
        ['group', names.group, false, 100],
        ['device', names.device, false, 100],
    ]);
    assert.equal(x.plan[1].target_id, device.id);
});

test('what is explained is what the device gets, byte for byte', async () => {
    const { device } = await levels({
        org: { content: { deep: { a: { b: { c: 1 } }, list: [{ x: null }] }, swap: { was: 'object' } } },
        group: { content: { swap: 5, deep: { a: { b: { d: 2 } } } } },
        device: { content: { swap: { is: {} }, deep: { list: null } } },
    });
    const got = await poll(nobody, device.token);
    const x = await why(device.id);
    assert.equal(x.etag, got.headers.etag);
    assert.equal(x.version, got.json.version);
    assert.deepEqual(rebuilt(x.leaves), got.json.config);
    assert.deepEqual(leaf(x, '/swap/is').shadowed.map((s) => [s.pointer, s.value]), [['/swap', 5]]);
    const part = await why(device.id, { pointer: '/deep/a/b' });
    assert.deepEqual(part.leaves.map((l) => l.pointer), ['/deep/a/b/c', '/deep/a/b/d']);
    for (const a of (await admin.all('/assignments?scope=org'))) (await admin.delete(`/assignments/${a.id}`)).want(204);
});

test('where `enabled` comes from', async () => {
    const { device, names, g } = await levels({
        group: { content: { v: 1 }, enabled: false, locked: ['enabled'] },
        device: { content: { v: 2 }, enabled: true },
    });
    const off = await why(device.id);
    assert.deepEqual([off.enabled.value, off.enabled.policy_name, off.leaves], [false, names.group, []]);
    assert.deepEqual(brief(off.enabled.refused), [['enabled', true, names.device]]);
    assert.equal(off.enabled.locked_by.policy_name, names.group);
    (await admin.delete(`/groups/${g.id}/members/${device.id}`)).want(204);
    const on = await why(device.id);
    assert.deepEqual([on.enabled.value, on.enabled.policy_name], [true, names.device]);
    const bare = await why((await enrol(nobody, admin)).id);
    assert.deepEqual([bare.enabled.value, bare.enabled.policy_name, bare.plan, bare.version], [false, null, [], null]);
});

test('at a moment that has passed it says what was so then', async () => {
    const start = await moment();
    const user = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('u')}@example.org` })).want(201);
    const { device, g, names } = await levels({ group: { content: { v: 'group' } } });
    await publishPolicy(admin, { v: 'user' }, { name: uniqueName('user'), scope: 'user', target_id: user.id });
    const said = [];
    const note = async (what) => {
        const got = (await poll(nobody, device.token)).want(200);
        said.push({ what, at: await moment(), etag: (await why(device.id)).etag, config: got.config });
    };
    await note('by its group');
    (await admin.patch(`/devices/${device.id}`, { user_id: user.id })).want(200);
    await note('by its owner');
    const { id } = await publishPolicy(admin, { v: 'device' }, { scope: 'device', target_id: device.id });
    await note('by itself');
    await publishVersion(admin, id, { v: 'device 2' });
    await note('by a newer version');
    const [a] = await admin.all(`/assignments?policy_id=${id}`);
    (await admin.patch(`/assignments/${a.id}`, { number: 1 })).want(200);
    await note('pinned to the first');
    (await admin.patch(`/assignments/${a.id}`, { scope: 'group', target_id: g.id, priority: 1 })).want(200);
    await note('moved to its group');
    (await admin.delete(`/assignments/${a.id}`)).want(204);
    (await admin.delete(`/policies/${id}`)).want(204);
    await note('deleted');
    (await admin.patch(`/devices/${device.id}`, { user_id: null })).want(200);
    (await admin.delete(`/groups/${g.id}/members/${device.id}`)).want(204);
    await note('alone');
    for (const { what, at, etag, config } of said) {
        const x = await why(device.id, { at });
        assert.equal(x.etag, etag, what);
        assert.deepEqual(rebuilt(x.leaves), config, what);
        assert.equal(x.at, at);
    }
    // What is deleted since still has its name, its number and its words.
    const itself = leaf(await why(device.id, { at: said[3].at }), '/v');
    assert.deepEqual([itself.value, itself.policy_id, itself.number, itself.level], ['device 2', id, 2, 'device']);
    assert.equal(itself.shadowed[0].policy_name, names.group);
    (await explain(admin, device.id, { at: start })).wantProblem(422, 'bad-field');
    const early = (await explain(admin, device.id, { at: '2020-01-01T00:00:00Z' })).wantProblem(422, 'bad-field');
    assert.match(early.detail, /since \d{4}-\d\d-\d\dT/);
    (await explain(admin, device.id, { at: '2199-01-01T00:00:00Z' })).wantProblem(422, 'bad-field');
    (await explain(admin, device.id, { at: 'yesterday' })).wantProblem(422, 'bad-field');
});

test('who may: device:read and policy:read together, and only in the organisation', async () => {
    const { device } = await levels({ device: { content: { v: 1 } } });
    (await explain(nobody, device.id)).wantProblem(401, 'unauthenticated');
    (await explain(nobody.as(device.token), device.id)).wantProblem(403, 'forbidden');
    (await explain((await serviceClient(admin, ['auditor'])).client, device.id)).want(200);
    (await explain((await serviceClient(admin, ['enroller'])).client, device.id)).wantProblem(403, 'forbidden');
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    (await explain(admin.with({ 'Seneschal-Org': slug }), device.id)).wantProblem(404, 'not-found');
    (await explain(admin, device.id, { pointer: 'no-pointer' })).wantProblem(422, 'bad-field');
});

test('a global policy is explained next door by its content alone', async () => {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const other = admin.with({ 'Seneschal-Org': slug });
    const device = await enrol(nobody.with({ 'Seneschal-Org': slug }), other);
    const { id } = await publishPolicy(admin, { everywhere: 1 }, { scope: 'global' });
    const x = (await explain(other, device.id)).want(200);
    assert.deepEqual(x.leaves.map((l) => [l.pointer, l.level, l.policy_id]), [['/everywhere', 'global', id]]);
    (await other.get(`/policies/${id}`)).wantProblem(404, 'not-found');
});

test('more than anybody reads is refused with the way out', async () => {
    const many = Object.fromEntries(Array.from({ length: 10001 }, (_, i) => [`k${i}`, i]));
    const { device } = await levels({ device: { content: many } });
    const refused = (await explain(admin, device.id)).wantProblem(422, 'bad-field');
    assert.equal(refused.errors[0].field, 'pointer');
    assert.equal((await why(device.id, { pointer: '/k77' })).leaves.length, 1);
});
