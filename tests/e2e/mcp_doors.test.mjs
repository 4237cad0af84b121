// SPDX-License-Identifier: Apache-2.0
// Every door of the gateway, tried by somebody who may not: who lacks a permission, who has lost it since his session began,
// and a device that was revoked. No door is another one's way around.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { audit, enrol } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { json, result, said, startOlder } from './lib/mcp_odd.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';
import { clients } from './mcp/clients.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
await addServer(admin, { name: 'demo', transport: 'demo' });
await addServer(admin, { name: 'other', transport: 'demo' });
const MODERN = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
const UNKNOWN = -32602;

/** One message to an endpoint; the answer, whatever the HTTP status, and whether it comes as JSON or as the last event of a stream. */
async function send(path, who, headers, message) {
    const answer = await fetch(gateway.url + path, {
        method: 'POST', body: JSON.stringify(message),
        headers: { ...bearer(who), 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    });
    const text = await answer.text();
    const last = text.startsWith('{') || text.startsWith('[') ? text : /.*^data: (\{.*)$/ms.exec(text)?.[1].split('\n')[0];
    return { status: answer.status, session: answer.headers.get('mcp-session-id'), body: last && JSON.parse(last) };
}
const request = (method, params = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const outcome = ({ status, body }) => (body?.result !== undefined ? 'ran' : body?.error?.code ?? body?.code ?? status);

async function mcpSession(path, who, version) {
    const { session } = await send(path, who, {}, request('initialize', { protocolVersion: version, capabilities: {}, clientInfo: { name: 't', version: '1' } }));
    return (message) => send(path, who, { 'mcp-session-id': session, 'mcp-protocol-version': version }, message);
}
const overMcp = (path, version, tool) => async (who) => {
    const say = await mcpSession(path, who, version);
    return {
        list: async () => (await say(request('tools/list'))).body.result.tools.map((t) => t.name),
        call: async (name, args) => outcome(await say(request('tools/call', { name: tool(name), arguments: args }))),
    };
};
const overModern = (path, tool) => async (who) => {
    const say = (method, params, name) => send(path, who, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...(name && { 'mcp-name': name }) },
        request(method, { ...params, _meta: MODERN }));
    return {
        list: async () => (await say('tools/list', {})).body.result.tools.map((t) => t.name),
        call: async (name, args) => outcome(await say('tools/call', { name: tool(name), arguments: args }, tool(name))),
    };
};
const overRest = (prefix, withSession) => async (who) => {
    const client = gateway.client({ token: who.token, prefix });
    const more = withSession ? { session_id: (await client.post('/mcp/initialize', {})).want(200).session_id } : {};
    return {
        list: async () => (await client.post('/mcp/tools/list', more)).want(200).tools.map((t) => t.name),
        call: async (name, args) => {
            const { status, json: body } = await client.post('/mcp/tools/call', { ...more, name: `demo__${name}`, arguments: args });
            return outcome({ status, body });
        },
    };
};
const prefixed = (name) => `demo__${name}`;
const plain = (name) => name;
/** Door -> open(who) -> { list(), call(name, args) }; what it calls a tool that is none; what it shows. */
const doors = {
    '/mcp, 2025-03-26': [overMcp('/mcp', '2025-03-26', prefixed), UNKNOWN, prefixed],
    '/mcp, 2025-11-25': [overMcp('/mcp', '2025-11-25', prefixed), UNKNOWN, prefixed],
    '/mcp, 2026-07-28': [overModern('/mcp', prefixed), UNKNOWN, prefixed],
    '/s/demo/mcp, 2025-11-25': [overMcp('/s/demo/mcp', '2025-11-25', plain), UNKNOWN, plain],
    '/s/demo/mcp, 2026-07-28': [overModern('/s/demo/mcp', plain), UNKNOWN, plain],
    '/mcp/tools, with a session': [overRest('', true), 'not-found', prefixed],
    '/api/v1/mcp/tools, without': [overRest('/api/v1', false), 'not-found', prefixed],
};
const may = async (kind, who, tool, what) => (await admin.put(`/permissions/${kind}/${who.id}`, { tool, ...what })).want(200);
const SUM = { a: 1, b: 2 };
const refusals = []; // ms

for (const [name, [open, unknown, shown]] of Object.entries(doors)) {
    test(`${name}: a denied tool is neither listed nor callable`, async () => {
        const who = await callerOf(admin, { tools: [] });
        await may('service-account', who, 'demo/add', { can_read: false });
        const door = await open(who);
        const listed = await door.list();
        assert.ok(listed.includes(shown('echo')) && !listed.includes(shown('add')), `${listed}`);
        assert.equal(await door.call('add', SUM), unknown);
        assert.equal(await door.call('echo', { text: 'x' }), 'ran');
        await eventually('it is on the record', async () => (await audit(admin, `action=tool.refused&actor=${who.id}`))[0]?.details.tool === 'add');
    });

    test(`${name}: a permission that is taken away ends it for the next call of an open session`, async () => {
        const who = await callerOf(admin, { tools: [] });
        const door = await open(who);
        assert.equal(await door.call('add', SUM), 'ran');
        await may('service-account', who, 'demo/*', { is_enabled: false });
        assert.equal(await door.call('add', SUM), unknown);
        assert.ok(!(await door.list()).includes(shown('add')));
    });

    test(`${name}: a revoked device is out with its next call`, async () => {
        const device = await enrol(gateway.client(), admin);
        const door = await open(device);
        assert.equal(await door.call('add', SUM), 'ran');
        (await admin.post(`/devices/${device.id}/revoke`, { reason: 'lost' })).want(200);
        const since = performance.now();
        assert.equal(await door.call('add', SUM), 'device-revoked');
        refusals.push(performance.now() - since);
        await assert.rejects(door.list());
        await assert.rejects(async () => (await open(device)).list());
    });
}

test('a revoked device is told so within 50 ms', () => {
    assert.equal(refusals.length, Object.keys(doors).length);
    const median = refusals.sort((a, b) => a - b)[refusals.length >> 1];
    assert.ok(median < 50, `${refusals.map((ms) => ms.toFixed(1))} ms`);
});

test('by no other name: another prefix, a server in front, another case, blanks', async () => {
    const who = await callerOf(admin, { tools: [] });
    await may('service-account', who, 'demo/add', { can_read: false });
    const door = await overMcp('/mcp', '2025-11-25', plain)(who);
    const rest = gateway.client({ token: who.token });
    for (const name of ['add', 'demo/add', 'DEMO__add', 'demo__ADD', 'demo__add ', 'demo____add', 'other__demo__add', '/s/demo/add']) {
        assert.equal(await door.call(name, SUM), UNKNOWN, name);
        const { status } = await rest.post('/mcp/tools/call', { name, arguments: SUM });
        assert.ok(status === 404 || status === 422, `${name}: ${status}`);
    }
    assert.equal(await door.call('other__add', SUM), 'ran', 'what is denied at one server is not at another');
    await may('service-account', who, 'other/*', { is_enabled: false });
    assert.equal(await (await overMcp('/s/other/mcp', '2025-11-25', plain)(who)).call('echo', { text: 'x' }), UNKNOWN);
});

test('by no header: what it names counts for nothing', async () => {
    const who = await callerOf(admin, { tools: [] });
    await may('service-account', who, 'demo/add', { can_read: false });
    const tricks = { 'mcp-name': 'demo__echo', 'mcp-method': 'tools/list', 'x-original-url': '/s/other/mcp', 'x-http-method-override': 'GET', 'seneschal-device': '1' };
    const say = await mcpSession('/mcp', who, '2025-11-25');
    const { session } = await send('/mcp', who, {}, request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } }));
    for (const [name, value] of Object.entries(tricks)) {
        const answer = await send('/mcp', who, { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25', [name]: value }, request('tools/call', { name: 'demo__add', arguments: SUM }));
        assert.notEqual(outcome(answer), 'ran', name);
        (await gateway.client({ token: who.token }).with({ [name]: value }).post('/mcp/tools/call', { name: 'demo__add', arguments: SUM })).wantProblem(404, 'not-found');
    }
    const batch = await mcpSession('/mcp', who, '2025-03-26');
    const { body } = await batch([request('tools/call', { name: 'demo__echo', arguments: { text: 'x' } }), { ...request('tools/call', { name: 'demo__add', arguments: SUM }), id: 2 }]);
    assert.deepEqual(body.map((one) => [one.id, one.error?.code ?? 'ran']).sort(), [[1, 'ran'], [2, UNKNOWN]]);
    assert.equal(outcome(await say(request('tools/call', { name: 'demo__echo', arguments: { text: 'x' } }))), 'ran');
});

test('a device that is revoked loses its streams and the calls that are under way, at once', async () => {
    const held = [];
    const slow = await startOlder({
        call: ({ id, method }, res) => (method === 'tools/list'
            ? json(res, result(id, { tools: [{ name: 'work', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] }))
            : held.push(() => json(res, said(id, 'late')))),
    });
    after(() => slow.close());
    const server = await addServer(admin, { url: slow.url });
    const device = await enrol(gateway.client(), admin);
    const client = await clients['2.x legacy'](`${gateway.url}/mcp`, bearer(device));
    after(() => client.close().catch(() => {}));
    const rest = gateway.client({ token: device.token });
    const calls = [client.call(`${server.prefix}__work`).then(() => 'ran', () => 'refused'),
        rest.post('/mcp/tools/call', { name: `${server.prefix}__work` }).then((r) => r.status)];
    await eventually('both are with the server', () => held.length === 2);
    const since = performance.now();
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    assert.deepEqual(await Promise.all(calls), ['refused', 404]);
    const took = performance.now() - since;
    (await rest.post('/mcp/tools/list', {})).wantProblem(403, 'device-revoked');
    assert.ok(took < 2000, `it took ${took} ms`);
});
