// SPDX-License-Identifier: Apache-2.0
// What somebody may not call he neither sees nor calls, by whatever name; and what changes counts from the next call on.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { audit } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, faces, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const demo = await addServer(admin, { name: 'demo', transport: 'demo' });
const UNKNOWN = { code: -32602 };
const open = async (caller, url, name = '2.x auto') => {
    const client = await clients[name](url, bearer(caller));
    after(() => client.close());
    return client;
};
const may = async (caller, tool, what) => (await admin.put(`/permissions/service-account/${caller.id}`, { tool, ...what })).want(200);

for (const { face, url, tool } of faces(gateway, demo)) {
    test(`${face}: a denied tool is neither listed nor callable, and the attempt is on the record`, async () => {
        const caller = await callerOf(admin, { tools: [] });
        const client = await open(caller, url);
        assert.ok((await client.tools()).some((t) => t.name === tool('add')));
        await may(caller, 'demo/add', { can_read: false });
        assert.deepEqual((await client.tools()).map((t) => t.name), ['echo', 'time', 'ask'].map(tool));
        for (const name of [tool('add'), 'add', 'demo__add', 'demo/add', 'add ', tool('ADD')])
            await assert.rejects(client.call(name, { a: 1, b: 2 }), UNKNOWN, name);
        assert.equal((await client.call(tool('echo'), { text: 'x' })).content[0].text, 'x');
        const refused = await eventually('refusal on the record', async () => (await audit(admin, `action=tool.refused&actor=${caller.id}`))[0]);
        assert.deepEqual([refused.details.server, refused.details.tool, refused.details.class], ['demo', 'add', 'READ']);
        const called = await eventually('call on the record', async () => (await audit(admin, `action=tool.call&actor=${caller.id}`))[0]);
        assert.deepEqual([called.details.tool, called.details.outcome], ['echo', 'done']);
        assert.match(called.details.arguments_sha256, /^[0-9a-f]{64}$/);
    });

    test(`${face}: a permission that is taken away counts for the next call of an open session`, async () => {
        const caller = await callerOf(admin, { tools: [] });
        const client = await open(caller, url, '2.x legacy');
        assert.equal((await client.call(tool('echo'), { text: '1' })).content[0].text, '1');
        await may(caller, '*', { is_enabled: false });
        await assert.rejects(client.call(tool('echo'), { text: '2' }), UNKNOWN);
        assert.deepEqual(await client.tools(), []);
        const blind = await open(caller, url, '1.x Streamable HTTP');
        assert.match(blind.client.getInstructions(), /none of the tools/);
    });
}

test('the headers of a request name a tool that is allowed, its body one that is not: the body counts', async () => {
    const caller = await callerOf(admin, { tools: [] });
    await may(caller, 'demo/add', { can_read: false });
    const call = (header) => fetch(`${gateway.url}/mcp`, {
        method: 'POST',
        headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': header },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'demo__add', arguments: { a: 1, b: 2 },
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    }).then(async (r) => [r.status, (await r.json()).error.code]);
    assert.deepEqual(await call('demo__echo'), [400, -32020]);
    assert.deepEqual(await call('demo__add'), [200, -32602]);
});

test('a server that is switched off or deleted is no more, and the others go on', async () => {
    const other = await addServer(admin, { transport: 'demo' });
    const client = await open(await callerOf(admin), `${gateway.url}/mcp`);
    const names = async () => new Set((await client.tools()).map((t) => t.name.split('__')[0]));
    assert.ok((await names()).has(other.prefix));
    (await admin.patch(`/gateway/servers/${other.id}`, { status: 'disabled' })).want(200);
    assert.ok(!(await names()).has(other.prefix));
    await assert.rejects(client.call(`${other.prefix}__echo`, { text: 'x' }), UNKNOWN);
    (await admin.delete(`/gateway/servers/${other.id}`)).want(204);
    assert.ok((await names()).has('demo'));
});
