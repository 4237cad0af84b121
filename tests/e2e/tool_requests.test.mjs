// SPDX-License-Identifier: Apache-2.0
// A person sees what he may not call, asks for it, and may call it once an administrator has said yes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, uniqueName } from './lib/fleet.mjs';
import { makeServer, seeTool } from './lib/gateway.mjs';
import { makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { EventStream } from './lib/stream.mjs';

const server = await startServer();
const admin = await server.admin();
const home = await makeServer(admin, { name: 'home', prefix: 'ha', title: 'At home' });
const inputSchema = { type: 'object' };
const long = `${'é'.repeat(149)}aé${'b'.repeat(4000)}`; // the 300th byte is in the midst of a character
seeTool(server, home, 'look', { kind: 'READ', definition: { name: 'look', description: long, annotations: { title: 'Have a look' }, inputSchema } });
seeTool(server, home, 'turn_on', { kind: 'WRITE', definition: { name: 'turn_on', title: 'Turn on', description: 'Turns a lamp on.', inputSchema } });
seeTool(server, home, 'run', { kind: 'EXECUTE' });
seeTool(server, home, 'held', { kind: 'WRITE', state: 2 });
seeTool(server, home, 'off', { kind: 'WRITE' });
(await admin.put('/permissions/defaults', { tool: 'home/off', is_enabled: false })).want(200);

async function signIn(more = {}) {
    const person = await makePerson(server, admin, more);
    const { access_token: token } = (await server.client().post('/auth/login', { username: person.username, password: person.password })).want(200);
    return { ...person, token, client: server.client({ token }) };
}
const mine = async (who, query = '') => (await who.client.get(`/permissions/me${query}`)).want(200).items;
const ask = (who, tool, reason) => who.client.post('/portal/tool-requests', { tool, ...(reason && { reason }) });

test('what is refused is shown to who wants to see it, with words for people', async () => {
    const kim = await signIn();
    assert.deepEqual((await mine(kim)).map((one) => one.tool), ['home/look']);
    const all = Object.fromEntries((await mine(kim, '?refused=true')).map((one) => [one.tool, one]));
    assert.deepEqual(Object.keys(all).sort(), ['home/look', 'home/run', 'home/turn_on'], 'not what is held or switched off');
    const { look, turn_on: on } = { look: all['home/look'], turn_on: all['home/turn_on'] };
    assert.deepEqual([look.allowed, look.title, look.server_title], [true, 'Have a look', 'At home']);
    assert.deepEqual([on.allowed, on.title, on.description, on.class, on.conditional], [false, 'Turn on', 'Turns a lamp on.', 'WRITE', false]);
    assert.equal(look.description, `${'é'.repeat(149)}a`, 'its beginning, in whole characters');
    const pages = [];
    for (let cursor; ;) {
        const page = (await kim.client.get(`/permissions/me?refused=true&limit=1${cursor ? `&cursor=${cursor}` : ''}`)).want(200);
        pages.push(...page.items.map((one) => one.tool));
        if ((cursor = page.next_cursor) === null) break;
    }
    assert.deepEqual(pages.sort(), Object.keys(all).sort());
    const { next_cursor: stale } = (await kim.client.get('/permissions/me?refused=true&limit=1')).want(200);
    (await kim.client.get(`/permissions/me?cursor=${stale}`)).wantProblem(400, 'bad-cursor');
});

test('asked, approved with a reason, called, and on the record; live', async () => {
    const kim = await signIn();
    const made = (await ask(kim, 'ha__turn_on', 'for the evenings')).want(201);
    assert.deepEqual([made.status, made.tool, made.class, made.username], ['open', 'home/turn_on', 'WRITE', kim.username]);
    (await ask(kim, 'home/turn_on')).wantProblem(409, 'conflict');
    assert.ok((await admin.get('/admin/stats')).want(200).access_requests >= 1);
    assert.ok((await admin.get('/tool-requests?status=open')).want(200).items.some((one) => one.id === made.id));
    (await kim.client.get('/tool-requests')).wantProblem(403, 'forbidden');
    (await kim.client.post(`/tool-requests/${made.id}/approve`)).wantProblem(403, 'forbidden');
    const told = await EventStream.open(server.url, kim.token, { path: '/api/v1/live' });
    const approved = (await admin.post(`/tool-requests/${made.id}/approve`, { reason: 'with care', approval: true })).want(200);
    assert.deepEqual([approved.status, approved.decided_reason], ['approved', 'with care']);
    assert.ok(await told.until(() => told.events.some((one) => one.data.topic === 'permissions')), 'his page hears of it');
    const now = (await mine(kim)).find((one) => one.tool === 'home/turn_on');
    assert.deepEqual([now.allowed, now.needs_approval, now.source], [true, true, 'user']);
    (await admin.post(`/tool-requests/${made.id}/refuse`)).wantProblem(409, 'conflict');
    (await ask(kim, 'home/turn_on')).wantProblem(409, 'conflict');
    const [permission] = (await admin.get(`/permissions/user/${kim.id}`)).want(200).items;
    assert.deepEqual([permission.tool, permission.can_write, permission.can_read], ['home/turn_on', true, null]);
    for (const action of ['tool-request.made', 'tool-request.approved', 'permission.changed'])
        assert.equal((await audit(admin, `action=${action}&target=${kim.id}`))[0]?.details.tool, 'home/turn_on', action);
});

test('refused is refused, and one may ask again; each sees his own', async () => {
    const [kim, lee] = [await signIn(), await signIn()];
    const made = (await ask(kim, 'home/run')).want(201);
    const refused = (await admin.post(`/tool-requests/${made.id}/refuse`, { reason: 'not this' })).want(200);
    assert.deepEqual([refused.status, refused.decided_reason], ['refused', 'not this']);
    (await admin.post(`/tool-requests/${made.id}/approve`)).wantProblem(409, 'conflict');
    assert.ok(!(await mine(kim)).some((one) => one.tool === 'home/run'));
    (await ask(kim, 'home/run')).want(201);
    assert.deepEqual((await kim.client.get('/portal/tool-requests')).want(200).items.map((one) => one.status), ['refused', 'open']);
    assert.deepEqual((await lee.client.get('/portal/tool-requests')).want(200).items, []);
});

test('nobody asks for what is not there, not for the asking, or not his', async () => {
    const kim = await signIn();
    for (const tool of ['home/none', 'nowhere/x', 'home/*', '*', 'home/held', 'home/off', 'home/prompt:x', 'home/'])
        (await ask(kim, tool)).wantProblem(404, 'not-found');
    (await ask(kim, 'home/look')).wantProblem(409, 'conflict');
    (await ask({ client: admin }, 'home/run')).wantProblem(403, 'forbidden');
    (await admin.post(`/tool-requests/${kim.id}/approve`)).wantProblem(404, 'not-found');
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const made = (await ask(kim, 'home/run')).want(201);
    const outside = admin.with({ 'Seneschal-Org': slug });
    (await outside.post(`/tool-requests/${made.id}/approve`)).wantProblem(404, 'not-found');
    assert.deepEqual((await outside.get('/tool-requests')).want(200).items, []);
});

test('a yes that would give nothing is refused; what goes takes its requests along', async () => {
    const kim = await signIn();
    const shed = await makeServer(admin, { name: uniqueName('shed') });
    seeTool(server, shed, 'dig', { kind: 'EXECUTE' });
    const made = (await ask(kim, `${shed.name}/dig`)).want(201);
    (await admin.put('/permissions/defaults', { tool: `${shed.name}/dig`, is_enabled: false })).want(200);
    (await admin.post(`/tool-requests/${made.id}/approve`)).wantProblem(409, 'conflict');
    assert.deepEqual((await admin.get(`/permissions/user/${kim.id}`)).want(200).items, [], 'nothing was half done');
    assert.equal((await kim.client.get('/portal/tool-requests?status=open')).want(200).items.length, 1);
    (await admin.delete(`/gateway/servers/${shed.id}`)).want(204);
    assert.deepEqual((await kim.client.get('/portal/tool-requests')).want(200).items, []);
    (await ask(kim, 'home/run')).want(201);
    (await admin.delete(`/users/${kim.id}`)).want(204);
    assert.ok(!(await admin.get('/tool-requests')).want(200).items.some((one) => one.user_id === kim.id));
});

test('so many wait at once, and two who ask at the same moment are one', async () => {
    const kim = await signIn();
    const barn = await makeServer(admin, { name: uniqueName('barn') });
    for (let i = 0; i < 22; i++) seeTool(server, barn, `t${i}`, { kind: 'WRITE' });
    const twice = await Promise.all([ask(kim, `${barn.name}/t0`), ask(kim, `${barn.name}/t0`)]);
    assert.deepEqual(twice.map((one) => one.status).sort(), [201, 409]);
    for (let i = 1; i < 20; i++) (await ask(kim, `${barn.name}/t${i}`)).want(201);
    const { detail } = (await ask(kim, `${barn.name}/t20`)).wantProblem(409, 'conflict');
    assert.match(detail, /20 of your requests wait/);
});
