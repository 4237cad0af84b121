// SPDX-License-Identifier: Apache-2.0
// Who may call which tool: said for people, services, devices, groups and everybody, and asked.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, uniqueName } from './lib/fleet.mjs';
import { makeCaller, makeServer, seeTool } from './lib/gateway.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const anyone = server.client();

const home = await makeServer(admin, { name: 'home', prefix: 'ha' });
seeTool(server, home, 'GetState', { kind: 'READ' });
seeTool(server, home, 'HassTurnOn', { kind: 'WRITE' });
seeTool(server, home, 'run', { kind: 'EXECUTE' });

const makeUser = async (more = {}) => {
    const username = uniqueName('ada');
    return (await admin.post('/users', { username, email: `${username}@example.org`, ...more })).want(201);
};
const makeGroup = async (priority) => (await admin.post('/groups', { name: uniqueName('family'), priority })).want(201);
const say = async (whose, tool, more) => (await admin.put(`/permissions/${whose}`, { tool, ...more })).want(200);
const ask = async (more, tool = 'home/HassTurnOn', access = 'WRITE') => (await admin.post('/permissions/validate', { tool, access, ...more })).want(200);

test('with no row at all: READ is allowed, WRITE and EXECUTE are not', async () => {
    const ada = await makeUser();
    for (const [tool, access, allowed] of [['home/GetState', 'READ', true], ['home/HassTurnOn', 'WRITE', false], ['home/run', 'EXECUTE', false]]) {
        const verdict = await ask({ user_id: ada.id }, tool, access);
        assert.deepEqual([verdict.allowed, verdict.rule, verdict.source, verdict.class], [allowed, null, 'built-in', access], tool);
    }
    assert.deepEqual([(await ask({ user_id: ada.id }, 'ha__HassTurnOn')).class, (await ask({ user_id: ada.id }, 'nowhere/x')).source], ['WRITE', 'server']);
});

test('the most specific says it, and of equals no wins', async () => {
    const low = await makeGroup(10);
    const high = await makeGroup(20);
    const same = await makeGroup(20);
    const ada = await makeUser({ groups: [low.id, high.id, same.id] });
    const user_id = ada.id;
    await say('defaults', 'home/*', { can_write: true });
    assert.equal((await ask({ user_id })).source, 'default');
    await say(`group/${low.id}`, '*', { can_write: false });
    assert.deepEqual([(await ask({ user_id })).allowed, (await ask({ user_id })).source], [false, `group ${low.name}`]);
    const row = await say(`group/${high.id}`, 'home/HassTurnOn', { can_write: true });
    assert.deepEqual([(await ask({ user_id })).allowed, (await ask({ user_id })).rule], [true, row.id]);
    await say(`group/${same.id}`, 'home/HassTurnOn', { can_write: false });
    assert.deepEqual([(await ask({ user_id })).allowed, (await ask({ user_id })).source], [false, `group ${same.name}`]);
    const own = await say(`user/${user_id}`, 'ha__HassTurnOn', { can_write: true });
    assert.deepEqual([own.tool, own.inherited.can_write], ['home/HassTurnOn', false]);
    assert.deepEqual([(await ask({ user_id })).allowed, (await ask({ user_id })).source], [true, 'user']);
    await say(`user/${user_id}`, 'home/*', { is_enabled: false });
    assert.deepEqual([(await ask({ user_id })).allowed, (await ask({ user_id }, 'home/GetState', 'READ')).allowed], [false, false]);
    (await admin.delete(`/permissions/user/${user_id}/tool/home/*`)).want(204);
    assert.equal((await ask({ user_id })).allowed, true);
    (await admin.patch(`/groups/${same.id}`, { priority: 5 })).want(200);
    (await admin.delete(`/permissions/user/${user_id}/tool/ha__HassTurnOn`)).want(204);
    assert.equal((await ask({ user_id })).source, `group ${high.name}`, 'the priority of a group counts at once');
    (await admin.delete(`/groups/${high.id}`)).want(204);
    assert.equal((await ask({ user_id })).source, `group ${low.name}`, 'its permissions go with a group');
    (await admin.delete('/permissions/defaults/tool/home/*')).want(204);
});

test('a row is what was said last; lists have pages, ETags hold', async () => {
    const ada = await makeUser();
    const whose = `user/${ada.id}`;
    const one = await admin.put(`/permissions/${whose}`, { tool: 'home/run', can_execute: true, is_enabled: true });
    assert.equal(one.want(200).can_execute, true);
    (await admin.put(`/permissions/${whose}`, { tool: 'home/run', can_read: true }, { headers: { 'If-Match': '"x"' } })).wantProblem(412, 'stale');
    const two = (await admin.put(`/permissions/${whose}`, { tool: 'home/run', can_read: false }, { headers: { 'If-Match': one.headers.etag } })).want(200);
    assert.deepEqual([two.id, two.can_read, two.can_execute, two.is_enabled], [one.json.id, false, null, null]);
    const many = Array.from({ length: 7 }, (_, i) => ({ tool: `home/t${i}`, can_read: i % 2 === 0 }));
    const bulk = (await admin.put(`/permissions/${whose}/bulk`, { permissions: many })).want(200);
    assert.equal(bulk.permissions.length, 7);
    const seen = [];
    for (let cursor; ;) {
        const page = (await admin.get(`/permissions/${whose}?limit=3${cursor ? `&cursor=${cursor}` : ''}`)).want(200);
        seen.push(...page.items.map((p) => p.tool));
        if ((cursor = page.next_cursor) === null) break;
    }
    assert.deepEqual(seen.sort(), ['home/run', ...many.map((m) => m.tool)].sort());
    (await admin.put(`/permissions/${whose}/bulk`, { permissions: [{ tool: 'home/t0', can_read: false }, { tool: 'nobody/x', can_read: true }] })).wantProblem(422, 'bad-field');
    assert.equal((await admin.get(`/permissions/${whose}`)).want(200).items.find((p) => p.tool === 'home/t0').can_read, true, 'all of them, or none');
    const stale = (await admin.get(`/permissions/${whose}?limit=1`)).want(200).next_cursor;
    (await admin.get(`/permissions/defaults?cursor=${stale}`)).wantProblem(400, 'bad-cursor');
    (await admin.delete(`/permissions/${whose}/tool/home/none`)).wantProblem(404, 'not-found');
    (await admin.delete(`/permissions/${whose}/tool/none__x`)).wantProblem(404, 'not-found');
});

test('what is wrong is said with its place', async () => {
    const ada = await makeUser();
    const refuse = async (field, body) => {
        const problem = (await admin.put(`/permissions/user/${ada.id}`, { tool: 'home/run', can_execute: true, ...body })).wantProblem(422, 'bad-field');
        assert.equal(problem.errors?.[0]?.field ?? null, field, JSON.stringify(body));
    };
    await refuse('tool', { tool: 'nobody/run' });
    await refuse('tool', { tool: 'nobody__run' });
    await refuse('tool', { tool: 'run' });
    await refuse('arguments', { arguments: [{ pointer: 'x', op: 'eq', value: 1 }] });
    await refuse('arguments', { arguments: { a: 1 } });
    await refuse('device', { device: { owner: 'x' } });
    await refuse(null, { can_execute: null });
    await refuse(null, { can_execute: false, arguments: [{ pointer: '/a', op: 'absent' }] });
});

test('arguments decide, and what looks at them is still listed', async () => {
    const ada = await makeUser();
    const user_id = ada.id;
    const made = await say(`user/${user_id}`, 'home/HassTurnOn', { can_write: true, arguments: [{ pointer: '/domain', op: 'in', value: ['light'] }] });
    assert.deepEqual(made.arguments, [{ op: 'in', pointer: '/domain', value: ['light'] }]);
    assert.equal((await ask({ user_id, arguments: { domain: 'light' } })).allowed, true);
    const lock = await ask({ user_id, arguments: { domain: 'lock' } });
    assert.deepEqual([lock.allowed, lock.listed, lock.rule], [false, true, made.id]);
    assert.equal((await ask({ user_id })).allowed, false, 'no arguments are none that the permission allows');
    assert.equal((await ask({ user_id, arguments: { domain: ['light'] } })).allowed, false);
});

test('a device counts, with its owner; one that is out may nothing', async () => {
    const ada = await makeUser();
    const plain = await enrol(anyone, admin, { approve: { user_id: ada.id, labels: { room: 'study' } } });
    const device_id = plain.id;
    assert.equal((await ask({ device_id })).allowed, false);
    await say(`user/${ada.id}`, 'home/HassTurnOn', { can_write: true, device: { enrolled: true, labels: { room: 'study' } } });
    assert.equal((await ask({ device_id })).allowed, true, 'what its owner may');
    assert.equal((await ask({ user_id: ada.id, device_id })).allowed, true);
    assert.equal((await ask({ user_id: ada.id })).allowed, false, 'from no device that is known');
    await say(`device/${device_id}`, 'home/HassTurnOn', { can_write: false });
    assert.deepEqual([(await ask({ device_id })).allowed, (await ask({ device_id })).source], [false, 'device'], 'of two that are equal, no');
    (await admin.delete(`/permissions/device/${device_id}/tool/home/HassTurnOn`)).want(204);
    (await admin.patch(`/devices/${device_id}`, { labels: { room: 'hall' } })).want(200);
    assert.equal((await ask({ device_id })).allowed, false, 'its labels are those of now');
    (await admin.post(`/devices/${device_id}/block`, {})).want(200);
    assert.deepEqual([(await ask({ device_id }, 'home/GetState', 'READ')).allowed, (await ask({ device_id })).source], [false, 'principal']);
    (await admin.patch(`/users/${ada.id}`, { status: 'disabled' })).want(200);
    assert.equal((await ask({ user_id: ada.id }, 'home/GetState', 'READ')).allowed, false);
});

test('everybody asks about himself; about others only who may read permissions', async () => {
    const caller = await makeCaller(server, admin);
    await say(`service-account/${caller.id}`, 'home/HassTurnOn', { can_write: true, arguments: [{ pointer: '/area', op: 'eq', value: 'hall' }] });
    const mine = (await caller.client.get('/permissions/me')).want(200).items.filter((t) => t.tool.startsWith('home/'));
    assert.deepEqual(mine.map((t) => [t.tool, t.class, t.conditional, t.source]).sort(),
        [['home/GetState', 'READ', false, 'built-in'], ['home/HassTurnOn', 'WRITE', true, 'service-account']]);
    assert.equal((await caller.client.post('/permissions/validate', { tool: 'home/GetState', access: 'READ' })).want(200).allowed, true);
    assert.equal((await caller.client.atRoot().get('/permissions/me')).want(200).items.length, mine.length, 'at the root too');
    const ada = await makeUser();
    (await caller.client.post('/permissions/validate', { tool: 'home/GetState', access: 'READ', user_id: ada.id })).wantProblem(403, 'forbidden');
    (await caller.client.get(`/permissions/user/${ada.id}`)).wantProblem(403, 'forbidden');
    (await caller.client.put(`/permissions/service-account/${caller.id}`, { tool: '*', can_execute: true })).wantProblem(403, 'forbidden');
    (await anyone.get('/permissions/me')).wantProblem(401, 'unauthenticated');
    const { results } = (await admin.post('/permissions/validate/bulk', { checks: [
        { tool: 'home/GetState', access: 'READ', user_id: ada.id }, { tool: 'home/run', access: 'EXECUTE', user_id: ada.id },
        { tool: 'home/HassTurnOn', access: 'WRITE', service_account_id: caller.id, arguments: { area: 'hall' } }] })).want(200);
    assert.deepEqual(results.map((r) => r.allowed), [true, false, true]);
    (await admin.get('/permissions/me')).wantProblem(422, 'bad-field');
    (await admin.post('/permissions/validate', { tool: 'home/run', access: 'READ' })).wantProblem(422, 'bad-field');
    (await admin.post('/permissions/validate', { tool: 'home/run', access: 'READ', user_id: caller.id })).wantProblem(404, 'not-found');
});

test('another organisation sees nothing of it (AC01)', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const ada = await makeUser();
    for (const path of [`user/${ada.id}`, `group/${(await makeGroup(1)).id}`, `device/${ada.id}`, `service-account/${ada.id}`]) {
        (await there.get(`/permissions/${path}`)).wantProblem(404, 'not-found');
        (await there.put(`/permissions/${path}`, { tool: '*', can_read: true })).wantProblem(404, 'not-found');
    }
    (await there.post('/permissions/validate', { tool: 'home/run', access: 'READ', user_id: ada.id })).wantProblem(404, 'not-found');
    (await there.put('/permissions/defaults', { tool: 'home/run', can_read: true })).wantProblem(422, 'bad-field');
    (await there.get(`/gateway/servers/${home.id}`)).wantProblem(404, 'not-found');
});

test('every row works for every kind of subject, and each change is on the record', async () => {
    const group = await makeGroup(1);
    const caller = await makeCaller(server, admin);
    const device = await enrol(anyone, admin);
    for (const whose of [`user/${(await makeUser()).id}`, `group/${group.id}`, `device/${device.id}`, `service-account/${caller.id}`, 'defaults']) {
        await say(whose, '*', { can_read: true });
        (await admin.put(`/permissions/${whose}/bulk`, { permissions: [{ tool: 'home/run', can_execute: false }] })).want(200);
        assert.equal((await admin.get(`/permissions/${whose}`)).want(200).items.length, 2, whose);
        (await admin.delete(`/permissions/${whose}/tool/home/run`)).want(204);
        (await admin.delete(`/permissions/${whose}/tool/*`)).want(204);
        assert.equal((await admin.get(`/permissions/${whose}`)).want(200).items.length, 0, whose);
    }
    const events = (await admin.get('/admin/security/audit?limit=200')).want(200).items.filter((e) => e.target?.id === group.id);
    assert.deepEqual(events.map((e) => [e.action, e.details.tool ?? e.details.permissions]).slice(0, 5), [
        ['permission.deleted', '*'], ['permission.deleted', 'home/run'], ['permission.bulk-changed', 1], ['permission.changed', 'home/run'], ['permission.changed', '*']]);
});
