// SPDX-License-Identifier: Apache-2.0
// A server that does not answer is said to be one: to who calls it, to administrators, in the log; and to nobody who may not know of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makeCaller, makeServer } from './lib/gateway.mjs';
import { freePort } from './lib/ports.mjs';
import { json, result, said, startOlder } from './lib/mcp_odd.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ env: { SENESCHAL_GATEWAY_COMMANDS: 'nothing=/usr/bin/no-such-program', SENESCHAL_GATEWAY_BREAKER_FAILURES: '3' } });
const admin = await server.admin();
const caller = await makeCaller(server, admin);
const demo = await makeServer(admin, { name: 'demo', transport: 'demo', url: undefined });
const down = await makeServer(admin, { name: uniqueName('down'), url: `http://127.0.0.1:${await freePort()}/mcp` });
const none = await makeServer(admin, { name: uniqueName('none'), transport: 'stdio', command: 'nothing', url: undefined });

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };

/** One request of 2026-07-28. */
async function ask(at, method, params = {}, token = caller.token) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': method, ...(params.name && { 'Mcp-Name': params.name }) };
    const reply = await fetch(server.url + at, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } }) });
    return reply.json();
}

test('whoever asks it alone is told, and /mcp lists the others', async () => {
    for (const one of [down, none]) {
        for (const { error } of [await ask(`/s/${one.name}/mcp`, 'tools/list'), await ask(`/s/${one.name}/mcp`, 'tools/call', { name: 'look' }),
            await ask('/mcp', 'tools/call', { name: `${one.prefix}__look` })]) {
            assert.deepEqual([error.code, error.message], [-31002, `The server behind the gateway cannot be reached: ${one.name}`]);
        }
    }
    const { result } = await ask('/mcp', 'tools/list');
    assert.ok(result.tools.length > 0 && result.tools.every((tool) => tool.name.startsWith(`${demo.prefix}__`)));
    assert.equal((await ask('/mcp', 'tools/call', { name: 'nobody__look' })).error.message, 'Unknown tool');
});

test('administrators see why, and so does the log', async () => {
    for (const [one, why] of [[down, /refused|connect to/], [none, /no-such-program: No such file/]]) {
        const row = await eventually('it is written down', async () => {
            const seen = (await admin.get(`/gateway/servers/${one.id}`)).want(200);
            return seen.failed !== null && seen;
        });
        assert.match(row.failed, why);
        assert.ok(Date.parse(row.failed_at) > 0);
        assert.match(server.log, new RegExp(`"event":"mcp-server-failed","server":"${one.name}"`));
    }
    assert.equal((await admin.get(`/gateway/servers/${demo.id}`)).want(200).failed, null);
    await ask(`/s/${down.name}/mcp`, 'tools/list');
    assert.equal(server.log.split(`"mcp-server-failed","server":"${down.name}"`).length, 2, 'the same is not told again at once');
});

test('who may not even read there learns nothing of it', async () => {
    const other = await makeCaller(server, admin);
    (await admin.put(`/permissions/service-account/${other.id}`, { tool: `${down.name}/*`, can_read: false })).want(200);
    assert.deepEqual((await ask(`/s/${down.name}/mcp`, 'tools/list', {}, other.token)).result.tools, []);
    assert.equal((await ask('/mcp', 'tools/call', { name: `${down.prefix}__look` }, other.token)).error.message, 'Unknown tool');
});

test('what has failed often rests, and its callers are told that, not that it cannot be reached', async () => {
    const tools = [{ name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }];
    const upstream = await startOlder({ call: (m, res) => json(res, m.method === 'tools/list' ? result(m.id, { tools }) : said(m.id, 'seen')) });
    const weak = await makeServer(admin, { name: uniqueName('weak'), url: upstream.url });
    const call = () => ask(`/s/${weak.name}/mcp`, 'tools/call', { name: 'look' });
    assert.equal((await call()).result.content[0].text, 'seen');
    await upstream.close();
    const codes = new Set();
    await eventually('it rests', async () => {
        const { error } = await call();
        codes.add(error.code);
        assert.match(error.message, error.code === -31006 ? /failed often.*left alone/ : /cannot be reached|broke off/);
        return error.code === -31006;
    });
    assert.ok(codes.size > 1 && ![...codes].some((code) => code > -31002 || code < -31006), [...codes].join());
});
