// SPDX-License-Identifier: Apache-2.0
// Results of tools that are given once more: where their server allows it, to the same caller, and never past a permission.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { audit } from './lib/fleet.mjs';
import { json, result, startOdd, DISCOVERED } from './lib/mcp_odd.mjs';
import { eventually, tempDir } from './lib/process.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const READ = { readOnlyHint: true };
const SAME = { readOnlyHint: true, idempotentHint: true };
/** What tools/list says of each tool, and what its results have besides their text. */
const TOOLS = {
    kept: { annotations: READ, more: { ttlMs: 60_000 } },
    shared: { annotations: READ, more: { ttlMs: 60_000, cacheScope: 'public' } },
    same: { annotations: SAME },
    reads: { annotations: READ },
    short: { annotations: READ, more: { ttlMs: 300 } },
    zero: { annotations: SAME, more: { ttlMs: 0 } },
    odd: { annotations: SAME, more: { ttlMs: '60000' } },
    fails: { annotations: SAME, more: { ttlMs: 60_000, isError: true } },
    writes: { annotations: { idempotentHint: true }, more: { ttlMs: 60_000 } },
    later: { annotations: SAME, more: { ttlMs: 60_000 } },
};
let description = 'as it was';
let calls = 0;
const upstream = await startOdd((m, _req, res) => {
    if (m.method === 'server/discover') return json(res, result(m.id, { ...DISCOVERED, capabilities: { tools: {} } }));
    if (m.method === 'tools/list')
        return json(res, result(m.id, { tools: Object.entries(TOOLS).map(([name, { annotations }]) => ({ name, inputSchema: { type: 'object' }, annotations, ...(name === 'later' && { description }) })),
            resultType: 'complete', ttlMs: 0, cacheScope: 'private' }));
    const { more } = TOOLS[m.params.name];
    return json(res, result(m.id, { content: [{ type: 'text', text: String(++calls) }], resultType: 'complete', ...more }));
});
after(() => upstream.close());

const file = path.join(tempDir('cache'), 'seneschal.yaml');
writeFileSync(file, 'metrics: {open: true}\n');
const gateway = await startGateway({ args: ['--config', file] });
const admin = await gateway.admin();
const server = await addServer(admin, { name: 'up', url: upstream.url });
const caller = await callerOf(admin);

/** tools/call of 2026-07-28: the answer, whole. */
async function ask(tool, { args = {}, who = caller, meta = {} } = {}) {
    const response = await fetch(`${gateway.url}/s/up/mcp`, {
        method: 'POST',
        headers: { ...bearer(who), 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool },
        body: typeof args === 'string' ? args : JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args,
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}, ...meta } } }),
    });
    return response.json();
}
/** What the tool has said: the number of the call that ran. */
const said = async (tool, options) => (await ask(tool, options)).result.content[0].text;
/** Is the second of two equal calls answered by the first? Arguments that nobody else has. */
let unique = 0;
async function isKept(tool, first = {}, second = first) {
    const own = { n: ++unique };
    const before = await said(tool, { ...first, args: { ...own, ...first.args } });
    return (await said(tool, { ...second, args: { ...own, ...second.args } })) === before;
}
const figure = async (name) => Number((await gateway.client().atRoot().get('/metrics')).text.match(new RegExp(`^seneschal_${name} (\\d+)$`, 'm'))[1]);
const reload = async (text) => {
    const before = gateway.log.split('"event":"reloaded"').length;
    writeFileSync(file, `metrics: {open: true}\n${text}`);
    gateway.signal('SIGHUP');
    await eventually('reloaded', () => gateway.log.split('"event":"reloaded"').length > before);
};

await ask('reads'); // lists have been read, and written down
await eventually('results are kept', () => isKept('kept'));

for (const [tool, kept] of [['kept', true], ['shared', true], ['same', true], ['reads', false], ['zero', false], ['odd', false], ['fails', false], ['writes', false]]) {
    test(`${tool}: ${JSON.stringify(TOOLS[tool])} is ${kept ? '' : 'not '}given again`, async () => assert.equal(await isKept(tool), kept));
}

test('for as long as its server says', async () => {
    const first = await said('short', { args: { once: 1 } });
    await eventually('it is asked again', async () => (await said('short', { args: { once: 1 } })) !== first);
});

test('the same arguments in another order and spelling are the same; others are not', async () => {
    const body = (args) => JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'kept', arguments: 0,
        _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }).replace('"arguments":0', `"arguments":${args}`);
    const first = await said('kept', { args: body('{"a":1,"b":{"c":"x","d":[1,2]}}') });
    assert.equal(await said('kept', { args: body('{ "b":{"d":[1, 2],"c":"\\u0078"}, "a":1 }') }), first);
    for (const other of ['{"a":1,"b":{"c":"x","d":[2,1]}}', '{"a":"1","b":{"c":"x","d":[1,2]}}', '{"a":1}', '{}'])
        assert.notEqual(await said('kept', { args: body(other) }), first, other);
});

test('a trace and a progress token change nothing; what the client can do, and what else it says, does', async () => {
    const trace = () => ({ meta: { traceparent: `00-${'a'.repeat(31)}${++unique % 10}-00f067aa0ba902b7-01`, progressToken: ++unique } });
    assert.equal(await isKept('kept', trace(), trace()), true);
    assert.equal(await isKept('kept', {}, { meta: { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } } }), false);
    assert.equal(await isKept('kept', {}, { meta: { 'org.example/mood': 'good' } }), false);
});

test('another person never gets it, shared or not', async () => {
    const other = await callerOf(admin);
    for (const tool of ['kept', 'shared', 'same']) {
        assert.equal(await isKept(tool, {}, { who: other }), false, tool);
        assert.equal(await isKept(tool, { who: other }), true, tool);
    }
});

test('a result that was given again is on the record, with everything that a call has', async () => {
    const own = await callerOf(admin);
    await eventually('kept', () => isKept('kept', { who: own, args: { deep: 'word' } }));
    const events = await eventually('both on the record', async () => {
        const found = await audit(admin, `action=tool.call&actor=${own.id}`);
        return found.some((e) => e.details.cached) && found;
    });
    const hit = events.find((e) => e.details.cached).details;
    assert.deepEqual([hit.tool, hit.outcome, hit.class, hit.cached], ['kept', 'done', 'READ', true]);
    assert.ok(events.some((e) => !('cached' in e.details) && e.details.arguments_sha256 === hit.arguments_sha256));
});

test('a permission that is taken away holds for what was kept, and given back it is asked anew', async () => {
    const own = await callerOf(admin, { tools: ['up/kept'] });
    await eventually('kept', () => isKept('kept', { who: own }));
    const first = await said('kept', { who: own, args: { x: 1 } });
    (await admin.put(`/permissions/service-account/${own.id}`, { tool: 'up/kept', can_read: false })).want(200);
    assert.equal((await ask('kept', { who: own, args: { x: 1 } })).error.code, -32602);
    (await admin.put(`/permissions/service-account/${own.id}`, { tool: 'up/kept', can_read: true })).want(200);
    assert.notEqual(await said('kept', { who: own, args: { x: 1 } }), first);
});

test('a server that is changed, or whose tool is, is asked anew', async () => {
    const first = await said('kept', { args: { y: 1 } });
    (await admin.patch(`/gateway/servers/${server.id}`, { timeout_ms: 20_000 })).want(200);
    assert.notEqual(await said('kept', { args: { y: 1 } }), first);
    const later = await said('later', { args: { y: 1 } });
    description = 'as it is now';
    (await admin.patch(`/gateway/servers/${server.id}`, { timeout_ms: 21_000 })).want(200); // lists are read again
    assert.equal((await ask('later', { args: { y: 1 } })).error.code, -32602); // quarantined
    (await admin.post(`/gateway/servers/${server.id}/tools/later/approve`, {})).want(200);
    assert.notEqual(await said('later', { args: { y: 1 } }), later);
});

test('a tool that needs a yes is asked each time', async () => {
    (await admin.patch(`/gateway/servers/${server.id}/tools/kept`, { approval: true })).want(200);
    const waits = ask('kept', { args: { y: 1 } });
    const [one] = await eventually('it waits', async () => {
        const { items } = (await admin.get('/gateway/approvals?state=waiting')).json;
        return items.length > 0 && items;
    });
    (await admin.post(`/gateway/approvals/${one.id}/deny`, { reason: 'no' })).want(200);
    assert.equal((await waits).error.code, -31007);
    (await admin.patch(`/gateway/servers/${server.id}/tools/kept`, { approval: false })).want(200);
});

test('gateway.result_ttl changes with SIGHUP: 0 is off, for what was kept too', async () => {
    await eventually('kept', () => isKept('kept'));
    const first = await said('kept', { args: { z: 1 } });
    assert.equal(await said('kept', { args: { z: 1 } }), first);
    await reload('gateway: {result_ttl: 0}\n');
    assert.notEqual(await said('kept', { args: { z: 1 } }), first);
    assert.equal(await isKept('kept'), false);
    await reload('');
    assert.equal(await isKept('kept'), true);
});

test('hits, misses and bytes are counted', async () => {
    const before = [await figure('mcp_results_total\\{cache="hit"\\}'), await figure('mcp_results_total\\{cache="miss"\\}')];
    assert.equal(await isKept('kept'), true);
    assert.deepEqual([await figure('mcp_results_total\\{cache="hit"\\}'), await figure('mcp_results_total\\{cache="miss"\\}')], before.map((n) => n + 1));
    assert.ok(await figure('mcp_results_bytes') > 50);
});
