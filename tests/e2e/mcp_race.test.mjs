// SPDX-License-Identifier: Apache-2.0
// Rules are read while they change: whatever is kept of them in memory is never older than the last change that was answered.
import assert from 'node:assert/strict';
import test from 'node:test';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway({ env: { SENESCHAL_LIMITS_PRINCIPAL: '1000000' } });
const admin = await gateway.admin();
await addServer(admin, { name: 'demo', transport: 'demo' });
const ROUNDS = 60;
const BESIDE = 6;

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
async function ask(caller, method, params) {
    const r = await fetch(`${gateway.url}/mcp`, {
        method: 'POST',
        headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': META['io.modelcontextprotocol/protocolVersion'],
            'mcp-method': method, ...(params.name && { 'mcp-name': params.name }) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } }),
    });
    return r.json();
}
const echo = (caller) => ask(caller, 'tools/call', { name: 'demo__echo', arguments: { text: 'x' } });

test('a rule that changes while many read it counts from the next call on', async () => {
    const caller = await callerOf(admin, { tools: [] });
    const beside = await callerOf(admin, { tools: [] });
    assert.ok((await ask(caller, 'tools/list', {})).result.tools.length > 0);
    let over = false;
    const reading = Array.from({ length: BESIDE }, async (_, i) => {
        while (!over)
            await echo(i % 2 === 0 ? caller : beside);
    });
    const wrong = [];
    for (let round = 0; round < ROUNDS; round++) {
        const may = round % 2 === 1;
        (await admin.put(`/permissions/service-account/${caller.id}`, { tool: 'demo/echo', can_read: may })).want(200);
        const got = await echo(caller);
        if (may !== (got.error === undefined) || (!may && got.error.code !== -32602))
            wrong.push([round, may, got]);
    }
    over = true;
    await Promise.all(reading);
    assert.deepEqual(wrong, []);
});

test('tools that are seen for the first time while others are read are there from then on', async () => {
    const caller = await callerOf(admin);
    const missing = [];
    for (let round = 0; round < ROUNDS; round++) {
        const made = await Promise.all([1, 2, 3].map(() => addServer(admin, { transport: 'demo' })));
        await Promise.all([ask(caller, 'tools/list', {}), ask(caller, 'tools/list', {})]);
        const names = (await ask(caller, 'tools/list', {})).result.tools.map((tool) => tool.name);
        missing.push(...made.filter((server) => !names.includes(`${server.prefix}__echo`)).map((server) => [round, server.prefix]));
        await Promise.all(made.map(async (server) => (await admin.delete(`/gateway/servers/${server.id}`)).want(204)));
    }
    assert.deepEqual(missing, []);
});
