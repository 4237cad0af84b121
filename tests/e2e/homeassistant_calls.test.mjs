// SPDX-License-Identifier: Apache-2.0
// A person's own Home Assistant through the gateway: for that person alone, in the domains that he allows, with one question per bad token.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makePerson } from './lib/person.mjs';
import { noteCall } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';
import { startHomeAssistant } from './mcp/homeassistant.mjs';

const server = await startServer();
const admin = await server.admin();

/** A person who may write and execute, with a token of his own. */
async function person() {
    const made = await makePerson(server, admin);
    const login = (await server.client().post('/auth/login', { username: made.username, password: made.password })).want(200);
    const { token } = (await server.client({ token: login.access_token }).post('/auth/tokens', { name: 'mcp' })).want(201);
    return { ...made, token, client: server.client({ token }) };
}
const [ada, bob] = [await person(), await person()];
(await admin.put('/permissions/defaults', { tool: '*', can_write: true, can_execute: true })).want(200);

async function house(who, more, config = {}) {
    const at = await startHomeAssistant(more);
    after(() => at.close());
    const row = (await who.client.post('/config/homeassistant', { name: uniqueName('home'), url: at.url, token: at.token, ...config })).want(201);
    return { at, row, path: `/s/${row.name}/mcp` };
}

async function post(who, path, message, session) {
    const answer = await fetch(server.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2025-06-18', ...(session && { 'mcp-session-id': session }) },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
    noteCall('POST', path.startsWith('/s/') ? '/s/{server}/mcp' : '/mcp', answer.status);
    const text = await answer.text();
    const data = text.startsWith('{') ? text : text.split('\n').filter((l) => l.startsWith('data: {')).at(-1)?.slice(6);
    return { status: answer.status, session: answer.headers.get('mcp-session-id'), body: data ? JSON.parse(data) : undefined };
}

/** Asks one thing in a session of its own. */
async function ask(who, path, method, params = {}) {
    const { session, body, status } = await post(who, path, { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } });
    if (session === null) return { status, ...body };
    await post(who, path, { method: 'notifications/initialized' }, session);
    const reply = await post(who, path, { id: 2, method, params }, session);
    return { status: reply.status, ...reply.body };
}
const call = (who, path, name, args) => ask(who, path, 'tools/call', { name, arguments: args });
const names = async (who, path) => (await ask(who, path, 'tools/list')).result?.tools.map((t) => t.name).sort();

test('its tools are its person\'s alone', async () => {
    const one = await house(ada, { place: 'Chalet' });
    const two = await house(bob, { place: 'Flat', token: 'bob-s' });
    assert.deepEqual(await names(ada, one.path), ['GetLiveContext', 'HassBroadcast', 'HassLightSet', 'HassTurnOn', 'leave_home']);
    const said = JSON.parse((await call(ada, one.path, 'HassTurnOn', { name: 'Lamp' })).result.content[0].text);
    assert.deepEqual(said, { place: 'Chalet', called: 'HassTurnOn', arguments: { name: 'Lamp' } });
    assert.ok((await names(bob, '/mcp')).includes(`${two.row.name}__HassTurnOn`));
    assert.ok(!(await names(bob, '/mcp')).some((n) => n.startsWith(one.row.name)));
    assert.equal((await call(bob, one.path, 'HassTurnOn', {})).result, undefined);
    assert.equal((await call(bob, '/mcp', `${one.row.name}__HassTurnOn`, {})).error.code, -32602);
    assert.equal(one.at.calls.length, 1);
});

test('domains_allowed: filled in where nothing is said, refused where something else is', async () => {
    const { at, path } = await house(ada, {}, { domains_allowed: ['light', 'switch'] });
    assert.deepEqual(await names(ada, path), ['GetLiveContext', 'HassLightSet', 'HassTurnOn']);
    const sent = async (name, args) => {
        const before = at.calls.length;
        const reply = await call(ada, path, name, args);
        if (at.calls.length === before) {
            assert.equal(reply.error?.code, -32602, JSON.stringify(reply));
            return 'refused';
        }
        return at.calls.at(-1).arguments;
    };
    assert.deepEqual(await sent('HassTurnOn', { name: 'Lamp' }), { name: 'Lamp', domain: ['light', 'switch'] });
    assert.deepEqual(await sent('HassLightSet', { brightness: 5 }), { brightness: 5, domain: ['light'] });
    assert.deepEqual(await sent('HassTurnOn', { domain: 'light' }), { domain: 'light' });
    for (const [name, args] of [['HassTurnOn', { domain: 'lock' }], ['HassTurnOn', { domain: ['light', 'lock'] }], ['HassTurnOn', { domain: { light: 1 } }], ['HassBroadcast', { message: 'x' }],
        ['HassBroadcast', { message: 'x', domain: 'light' }], ['leave_home', { domain: 'light' }]]) {
        assert.equal(await sent(name, args), 'refused', `${name} ${JSON.stringify(args)}`);
    }
    assert.deepEqual(await sent('GetLiveContext', {}), {});
});

test('an older one is reached by HTTP+SSE, in its own place', async () => {
    const { at, path } = await house(ada, { kind: 'sse' });
    assert.equal(JSON.parse((await call(ada, path, 'HassTurnOn', { name: 'Lamp' })).result.content[0].text).called, 'HassTurnOn');
    assert.ok(at.requests.some((r) => r.path === '/mcp_server/sse'));
});

test('a refused token is not shown again and again', async () => {
    const { at, row, path } = await house(ada, {}, { token: 'wrong' });
    for (let i = 0; i < 5; i++) assert.ok((await call(ada, path, 'HassTurnOn', {})).result === undefined);
    assert.equal(at.requests.length, 1, JSON.stringify(at.requests.map((r) => r.path)));
    (await ada.client.put(`/config/homeassistant/${row.id}`, { name: row.name, url: at.url, token: at.token })).want(200);
    assert.equal(JSON.parse((await call(ada, path, 'HassTurnOn', {})).result.content[0].text).called, 'HassTurnOn');
});
