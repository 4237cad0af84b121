// SPDX-License-Identifier: Apache-2.0
// Who would gain or lose what by a change of access: said before, stored nowhere, and afterwards exactly so.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { makeServer, seeTool } from './lib/gateway.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

const home = await makeServer(admin, { name: 'home', prefix: 'ha' });
seeTool(server, home, 'GetState', { kind: 'READ' });
seeTool(server, home, 'TurnOn', { kind: 'WRITE' });
seeTool(server, home, 'run', { kind: 'EXECUTE' });
const TOOLS = { GetState: 'READ', TurnOn: 'WRITE', run: 'EXECUTE' };

const makeGroup = async (more = {}) => (await admin.post('/groups', { name: uniqueName('g'), ...more })).want(201);
const makeUser = async (...groups) => {
    const username = uniqueName('ada');
    return (await admin.post('/users', { username, email: `${username}@example.org`, groups: groups.map((g) => g.id) })).want(201);
};
const makeApp = async (more = {}) => (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', ...more })).want(201);
const of = (path) => async (body, client = admin) => (await client.post(path, body)).want(200);
const permissions = of('/permissions/preview');
const brief = (list) => list.map((c) => `${c.name} ${c.from} ${c.to}`);
const names = (result) => result.sample.map((who) => who.name).sort();
/** What the server decides for somebody, tool by tool. */
const decided = async (who) => Object.fromEntries(await Promise.all(Object.entries(TOOLS).map(async ([name, access]) => {
    const v = (await admin.post('/permissions/validate', { tool: `home/${name}`, access, ...who })).want(200);
    return [`home/${name}`, v.allowed ? (v.needs_approval ? 'approval' : 'allowed') : v.listed ? 'conditional' : 'none'];
})));

test('permissions of a group: its members and their devices, but not where something closer is said', async () => {
    const g = await makeGroup();
    const [plain, closer] = [await makeUser(g), await makeUser(g)];
    const device = await enrol(server.client(), admin, { approve: { user_id: plain.id } });
    (await admin.put(`/permissions/user/${closer.id}`, { tool: 'home/run', can_execute: false })).want(200);
    const body = { permissions: [{ tool: 'home/*', can_write: true, can_execute: true }, { tool: 'home/GetState', approval: true }] };
    const p = await permissions({ subject_kind: 'group', subject_id: g.id, ...body });
    assert.deepEqual([p.looked_at, p.changed, p.truncated, p.results.length], [3, 3, false, 2]);
    const all = ['home/GetState allowed approval', 'home/TurnOn none allowed', 'home/run none allowed'];
    const by = (n) => p.results.find((r) => r.who === n);
    assert.deepEqual([brief(by(2).tools), names(by(2))], [all, [plain.username, device.machine_id].sort()]);
    assert.deepEqual([brief(by(1).tools), names(by(1))], [all.slice(0, 2), [closer.username]]);
    assert.equal(by(1).tools[1].by, `group ${g.name}`);
    assert.equal((await admin.get(`/permissions/group/${g.id}`)).want(200).items.length, 0, 'nothing is stored');
    (await admin.put(`/permissions/group/${g.id}/bulk`, body)).want(200);
    for (const who of [{ user_id: plain.id }, { user_id: closer.id }, { device_id: device.id }]) {
        const foretold = by(who.user_id === closer.id ? 1 : 2).tools;
        const now = await decided(who);
        for (const one of foretold) assert.equal(now[one.name], one.to, `${JSON.stringify(who)} ${one.name}`);
    }
    assert.equal((await permissions({ subject_kind: 'group', subject_id: g.id, ...body })).changed, 0, 'what is so already changes nothing');
});

test('rows that go, words that stand in for others, and conditions', async () => {
    const ada = await makeUser();
    const subject = { subject_kind: 'user', subject_id: ada.id };
    const row = (await admin.put(`/permissions/user/${ada.id}`, { tool: 'home/TurnOn', can_write: true })).want(200);
    assert.deepEqual(brief((await permissions({ ...subject, drop: [row.id] })).results[0].tools), ['home/TurnOn allowed none']);
    const limited = { tool: 'ha__TurnOn', can_write: true, arguments: [{ pointer: '/room', op: 'eq', value: 'study' }] };
    assert.deepEqual(brief((await permissions({ ...subject, permissions: [limited] })).results[0].tools), ['home/TurnOn allowed conditional']);
    const twice = [{ tool: 'home/TurnOn', can_write: false }, { tool: 'ha__TurnOn', can_write: true }];
    assert.equal((await permissions({ ...subject, permissions: twice })).changed, 0, 'of one place the last word counts');
    const draft = { permissions: [{ tool: 'home/*', is_enabled: false }] };
    const checks = [{ tool: 'home/TurnOn', access: 'WRITE', user_id: ada.id }];
    const asked = (await admin.post('/permissions/validate/bulk', { checks, draft })).want(200).results[0];
    assert.deepEqual([asked.allowed, asked.source], [false, 'user']);
    assert.equal((await admin.post('/permissions/validate/bulk', { checks })).want(200).results[0].allowed, true);
});

test('a question for a group or for everybody, without anybody in particular', async () => {
    const g = await makeGroup();
    (await admin.put(`/permissions/group/${g.id}`, { tool: 'home/TurnOn', can_write: true })).want(200);
    const ask = async (more) => (await admin.post('/permissions/validate', { tool: 'home/TurnOn', access: 'WRITE', ...more })).want(200);
    assert.deepEqual([(await ask({ group_id: g.id })).allowed, (await ask({ group_id: g.id })).source], [true, `group ${g.name}`]);
    assert.deepEqual([(await ask({ everybody: true })).allowed, (await ask({ everybody: true })).source], [false, 'built-in']);
    const ada = await makeUser();
    for (const more of [{ group_id: g.id, everybody: true }, { group_id: g.id, user_id: ada.id }, { everybody: true, device_id: ada.id }])
        (await admin.post('/permissions/validate', { tool: 'home/TurnOn', access: 'WRITE', ...more })).wantProblem(422, 'bad-field');
    (await admin.post('/permissions/validate', { tool: 'home/TurnOn', access: 'WRITE', group_id: ada.id })).wantProblem(404, 'not-found');
});

test('a binding that comes or goes: rules count, and who has another way in loses nothing', async () => {
    const [family, friends] = [await makeGroup(), await makeGroup()];
    const [both, one] = [await makeUser(family, friends), await makeUser(family)];
    const app = await makeApp();
    const preview = of(`/applications/${app.id}/bindings/preview`);
    const gain = await preview({ group_id: family.id });
    assert.deepEqual([gain.looked_at, gain.changed, names(gain.results[0])], [2, 2, [both.username, one.username].sort()]);
    assert.deepEqual(brief(gain.results[0].applications), [`${app.name} none allowed`]);
    const binding = (await admin.post(`/applications/${app.id}/bindings`, { group_id: family.id })).want(201);
    (await admin.post(`/applications/${app.id}/bindings`, { group_id: friends.id })).want(201);
    const loss = await preview({ binding_id: binding.id });
    assert.deepEqual([loss.changed, names(loss.results[0]), brief(loss.results[0].applications)], [1, [one.username], [`${app.name} allowed none`]]);
    const rule = async (more) => (await admin.post('/access-rules', { name: uniqueName('rule'), application_id: app.id, ...more })).want(201);
    const office = await rule({ effect: 'allow', cidr: ['10.0.0.0/8'] });
    const third = await makeUser();
    const asked = (await preview({ user_id: third.id })).results[0].applications[0];
    assert.deepEqual([asked.to, asked.by], ['conditional', office.name], 'from some addresses only');
    await rule({ effect: 'deny', groups_any: [friends.id], position: 1 });
    assert.equal((await preview({ binding_id: binding.id })).changed, 1, 'whom a rule refuses has nothing to lose');
    for (const body of [{}, { binding_id: binding.id, user_id: third.id }, { user_id: both.id, group_id: family.id }])
        (await admin.post(`/applications/${app.id}/bindings/preview`, body)).wantProblem(422, 'bad-field');
    (await admin.post(`/applications/${app.id}/bindings/preview`, { binding_id: app.id })).wantProblem(404, 'not-found');
});

test('a rule that comes, changes or goes: whom it is about, in its place among the others', async () => {
    const [family, friends] = [await makeGroup(), await makeGroup()];
    const [ada, bob] = [await makeUser(family), await makeUser(family, friends)];
    const [app, other] = [await makeApp({ groups: [family.id] }), await makeApp({ groups: [family.id] })];
    const preview = of('/access-rules/preview');
    const told = (p) => p.results.map((r) => [names(r), brief(r.applications)]).sort();
    const deny = { name: uniqueName('deny'), effect: 'deny', application_id: app.id, groups_any: [friends.name], position: 5 };
    const coming = await preview({ rule: deny });
    assert.deepEqual(told(coming), [[[ada.username, bob.username].sort(), [`${app.name} allowed none`]]], 'where rules are and none holds, the answer is no');
    assert.equal((await admin.all('/access-rules')).some((rule) => rule.name === deny.name), false, 'nothing is stored');
    const allow = (await admin.post('/access-rules', { name: uniqueName('allow'), effect: 'allow', application_id: app.id, position: 10 })).want(201);
    assert.deepEqual(told(await preview({ rule: deny })), [[[bob.username], [`${app.name} allowed none`]]]);
    assert.equal((await preview({ rule: { ...deny, position: 11 } })).changed, 0, 'behind the one that decides it changes nothing');
    assert.equal((await preview({ rule: { ...deny, status: 'disabled' } })).changed, 0);
    const made = (await admin.post('/access-rules', deny)).want(201);
    const back = await preview({ rule_id: made.id });
    assert.deepEqual(told(back), [[[bob.username], [`${app.name} none allowed`]]]);
    assert.equal(back.results[0].applications[0].by, allow.name);
    assert.equal((await preview({ rule_id: made.id, rule: { name: 'another name' } })).changed, 0, 'what is not said stays: its groups too');
    assert.deepEqual(told(await preview({ rule_id: made.id, rule: { groups_any: [], groups_all: [family.id] } })), [[[ada.username], [`${app.name} allowed none`]]]);
    const moved = await preview({ rule_id: made.id, rule: { application_id: other.id } });
    assert.deepEqual(told(moved).flat(2).sort(), [ada.username, bob.username, `${app.name} none allowed`, `${other.name} allowed none`, `${other.name} allowed none`].sort());
    const everywhere = await preview({ rule_id: made.id, rule: { application_id: '' } });
    assert.deepEqual(told(everywhere), [[[ada.username, bob.username].sort(), [`${other.name} allowed none`]]]);
    const office = await preview({ rule_id: allow.id, rule: { cidr: ['10.0.0.0/8'] } });
    assert.deepEqual(told(office), [[[ada.username], [`${app.name} allowed conditional`]]]);
    (await admin.patch(`/access-rules/${allow.id}`, { cidr: ['10.0.0.0/8'] })).want(200);
    assert.equal((await preview({ rule_id: allow.id, rule: { cidr: ['10.0.0.0/8'] } })).changed, 0, 'what is so already changes nothing');
    for (const body of [{}, { rule: { ...deny, cidr: ['10.0.0.0/99'] } }, { rule: { ...deny, groups_any: ['nobody'] } }, { rule: { ...deny, when: 'what?' } }, { rule: { ...deny, application_id: allow.id } }])
        (await admin.post('/access-rules/preview', body)).wantProblem(422, 'bad-field');
    (await admin.post('/access-rules/preview', { rule_id: app.id })).wantProblem(404, 'not-found');
});

test('a membership: roles, applications, tools, and values on the devices of the person', async () => {
    const g = await makeGroup({ roles: ['operator'] });
    const ada = await makeUser();
    const device = await enrol(server.client(), admin, { approve: { user_id: ada.id } });
    const app = await makeApp();
    (await admin.post(`/applications/${app.id}/bindings`, { group_id: g.id })).want(201);
    (await admin.put(`/permissions/group/${g.id}`, { tool: 'home/run', can_execute: true })).want(200);
    await publishPolicy(admin, { model: 'big' }, { scope: 'group', target_id: g.id });
    const preview = of(`/groups/${g.id}/members/preview`);
    const p = await preview({ username: ada.username });
    const [person, machine] = [p.results.find((r) => r.sample[0].kind === 'user'), p.results.find((r) => r.sample[0].kind === 'device')];
    assert.deepEqual([brief(person.roles), brief(person.applications), brief(person.tools)],
        [['operator none allowed'], [`${app.name} none allowed`], ['home/run none allowed']]);
    assert.deepEqual([names(machine), brief(machine.tools), machine.values], [[device.machine_id], ['home/run none allowed'], [{ pointer: '/model', to: 'big' }]]);
    (await admin.post(`/groups/${g.id}/members`, { user_id: ada.id })).want(204);
    assert.equal((await decided({ device_id: device.id }))['home/run'], 'allowed');
    assert.equal((await preview({ user_id: ada.id })).changed, 0, 'he is in already');
    const out = await preview({ user_id: ada.id, leaves: true });
    const turned = (list) => list.map((c) => `${c.name} ${c.to} ${c.from}`);
    assert.deepEqual(out.results.map((r) => [turned(r.roles), turned(r.applications), turned(r.tools)]),
        [person, machine].map((r) => [brief(r.roles), brief(r.applications), brief(r.tools)]), 'what he gained he would lose');
    (await admin.post(`/groups/${g.id}/members`, { device_id: device.id })).want(204);
    const still = await preview({ user_id: ada.id, leaves: true });
    assert.deepEqual(still.results.map((r) => r.sample[0].kind), ['user'], 'the device is in the group by itself');
    (await admin.post(`/groups/${g.id}/members/preview`, { username: (await makeUser()).username, leaves: true })).wantProblem(404, 'not-found');
    (await admin.post(`/groups/${g.id}/members/preview`, {})).wantProblem(422, 'bad-field');
});

test('as strict as the change itself, and nothing of another organisation', async () => {
    const g = await makeGroup();
    const ada = await makeUser(g);
    const row = (await admin.put(`/permissions/user/${ada.id}`, { tool: 'home/run', can_execute: true })).want(200);
    const bad = async (body, status = 422, code = 'bad-field') => (await admin.post('/permissions/preview', body)).wantProblem(status, code);
    await bad({ subject_kind: 'user' });
    await bad({ subject_kind: 'default', subject_id: ada.id });
    await bad({ subject_kind: 'nobody', subject_id: ada.id });
    await bad({ subject_kind: 'user', subject_id: g.id }, 404, 'not-found');
    await bad({ subject_kind: 'group', subject_id: g.id, drop: [row.id] }, 404, 'not-found');
    await bad({ subject_kind: 'group', subject_id: g.id, drop: ['x'] });
    await bad({ subject_kind: 'group', subject_id: g.id, permissions: [{ tool: 'home/run' }] });
    await bad({ subject_kind: 'group', subject_id: g.id, permissions: [{ tool: 'nowhere/run', can_execute: true }] });
    const rows = [['/permissions/preview', { subject_kind: 'group', subject_id: g.id }], [`/groups/${g.id}/members/preview`, { user_id: ada.id }],
        [`/applications/${(await makeApp()).id}/bindings/preview`, { group_id: g.id }],
        ['/access-rules/preview', { rule_id: (await admin.post('/access-rules', { name: uniqueName('rule'), effect: 'deny', status: 'disabled' })).want(201).id }]];
    const auditor = (await serviceClient(admin, ['auditor'])).client;
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    for (const [path, body] of rows) {
        (await server.client().post(path, body)).wantProblem(401, 'unauthenticated');
        (await auditor.post(path, body)).wantProblem(403, 'forbidden');
        (await admin.post(path, body, { headers: { 'Seneschal-Org': slug } })).wantProblem(404, 'not-found');
    }
    assert.equal((await permissions({ subject_kind: 'default', permissions: [{ tool: '*', can_write: false }] })).truncated, false);
});
