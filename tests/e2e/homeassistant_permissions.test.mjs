// SPDX-License-Identifier: Apache-2.0
// An administrator opens what writes in people's own Home Assistants, and in nothing else: "own:homeassistant/TOOL".
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makeServer } from './lib/gateway.mjs';
import { makePerson } from './lib/person.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { clients } from './mcp/clients.mjs';
import { startHomeAssistant } from './mcp/homeassistant.mjs';

const server = await startServer();
const admin = await server.admin();
const family = (await admin.post('/groups', { name: 'family' })).want(201);
const house = await startHomeAssistant({ place: 'Chalet' });
test.after(() => house.close());

async function person(groups) {
    const made = await makePerson(server, admin, { groups });
    const login = (await server.client().post('/auth/login', { username: made.username, password: made.password })).want(200);
    const { token } = (await server.client({ token: login.access_token }).post('/auth/tokens', { name: 'mcp' })).want(201);
    const client = server.client({ token });
    const name = uniqueName('home');
    (await client.post('/config/homeassistant', { name, url: house.url, token: house.token })).want(201);
    const mcp = await clients['2.x pinned'](`${server.url}/s/${name}/mcp`, { authorization: `Bearer ${token}` });
    test.after(() => mcp.close());
    return { ...made, name, names: async () => (await mcp.tools()).map((t) => t.name).sort(), call: (tool, args) => mcp.call(tool, args) };
}
const ada = await person([family.id]);
const bob = await person([]);
const say = async (whose, tool, more) => (await admin.put(`/permissions/${whose}`, { tool, ...more })).want(200);
const asked = async (who, tool, access = 'WRITE') => (await admin.post('/permissions/validate', { tool, access, user_id: who.id })).want(200);

test('a row opens what writes, of those whom it is for, each in his own', async () => {
    assert.deepEqual(await ada.names(), ['GetLiveContext']);
    const row = await say(`group/${family.id}`, 'own:homeassistant/*', { can_write: true });
    assert.deepEqual([row.tool, row.server_id], ['own:homeassistant/*', null]);
    assert.deepEqual(await ada.names(), ['GetLiveContext', 'HassBroadcast', 'HassLightSet', 'HassTurnOn']);
    assert.equal(JSON.parse((await ada.call('HassTurnOn', { name: 'Lamp' })).content[0].text).place, 'Chalet');
    assert.deepEqual(await bob.names(), ['GetLiveContext']);
    await assert.rejects(ada.call('leave_home', {}), { code: -32602 }, 'a script is executed, not written');
    const verdict = await asked(ada, `${ada.name}/HassTurnOn`);
    assert.deepEqual([verdict.allowed, verdict.rule, verdict.source], [true, row.id, 'group family']);
    assert.equal((await asked(bob, `${ada.name}/HassTurnOn`)).allowed, false, 'it is still hers alone');
});

test('nothing of the organisation is opened by it, and a tool goes before all of them', async () => {
    await makeServer(admin, { name: 'homeassistant' });
    await makeServer(admin, { name: 'own' });
    for (const tool of ['homeassistant/HassTurnOn', 'own/HassTurnOn', 'own__HassTurnOn'])
        assert.equal((await asked(ada, tool)).allowed, false, tool);
    await say(`user/${ada.id}`, 'own:homeassistant/HassBroadcast', { can_write: false });
    assert.deepEqual(await ada.names(), ['GetLiveContext', 'HassLightSet', 'HassTurnOn']);
    await say(`user/${ada.id}`, '*', { can_write: true });
    assert.deepEqual(await ada.names(), ['GetLiveContext', 'HassLightSet', 'HassTurnOn'], 'a row for all is less than one for these');
    (await admin.post('/gateway/servers', { name: 'own:homeassistant', transport: 'demo' })).wantProblem(422, 'bad-field');
    (await admin.put('/permissions/defaults', { tool: 'own:anything/x', can_write: true })).wantProblem(422, 'bad-field');
});

test('it stands in lists, goes by its path, and can come from a file', async () => {
    const listed = (await admin.all('/permissions')).map((r) => r.tool);
    assert.ok(listed.includes('own:homeassistant/*') && listed.includes('own:homeassistant/HassBroadcast'));
    (await admin.delete(`/permissions/user/${ada.id}/tool/own:homeassistant/HassBroadcast`)).want(204);
    (await admin.delete(`/permissions/user/${ada.id}/tool/*`)).want(204);
    (await admin.delete(`/permissions/group/${family.id}/tool/own:homeassistant/*`)).want(204);
    assert.deepEqual(await ada.names(), ['GetLiveContext']);
    const dir = tempDir('homeassistant-permissions');
    const tokenFile = path.join(dir, 'token');
    await writeFile(tokenFile, `${await server.adminToken()}\n`, { mode: 0o600 });
    await writeFile(path.join(dir, 'all.yaml'), 'permissions:\n  - {group: family, tool: own:homeassistant/HassTurnOn, can_write: true}\n');
    const run = async (...args) => {
        const { code, stdout, stderr } = await seneschal(args, { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile } });
        assert.equal(code, 0, stderr);
        return stdout;
    };
    assert.match(await run('apply', '-f', dir), new RegExp(`^ {2}\\+ ${ada.username} gains WRITE of own:homeassistant/HassTurnOn$`, 'm'));
    assert.equal(await run('apply', '-f', dir), 'no change\n');
    assert.deepEqual(await ada.names(), ['GetLiveContext', 'HassTurnOn']);
    assert.match(await run('export'), /tool: "?own:homeassistant\/HassTurnOn/);
});
