// SPDX-License-Identifier: Apache-2.0
// Calls of tools in the figures: each is counted once, by what became of it, and the time of its server where that has answered.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { DISCOVERED, json, result, said, startOdd } from './lib/mcp_odd.mjs';
import { freePort } from './lib/ports.mjs';
import { eventually } from './lib/process.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const SLOW_MS = 600;
const ENDS = ['refused', 'ok', 'error', 'timeout', 'unreachable', 'cancelled', 'busy'];
const TOOLS = {
    well: (id, res) => json(res, said(id, 'well')),
    slow: (id, res) => setTimeout(() => json(res, said(id, 'at last')), SLOW_MS),
    tells: (id, res) => json(res, said(id, 'whoever says "isError":true has not failed')),
    fails: (id, res) => json(res, result(id, { content: [], isError: true })),
    errs: (id, res) => json(res, { jsonrpc: '2.0', id, error: { code: -32000, message: 'no' } }),
    breaks: (_id, res) => res.destroy(),
    hangs: () => {},
};
const upstream = await startOdd((m, _req, res) => {
    if (m.method === 'server/discover')
        json(res, result(m.id, { ...DISCOVERED, capabilities: { tools: {} } }));
    else if (m.method === 'tools/list')
        json(res, result(m.id, { tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } })), resultType: 'complete', ttlMs: 0, cacheScope: 'private' }));
    else
        TOOLS[m.params.name](m.id, res);
});
after(() => upstream.close());

const gateway = await startGateway();
const admin = await gateway.admin();
await addServer(admin, { name: 'up', url: upstream.url });
await addServer(admin, { name: 'hasty', url: upstream.url, timeout_ms: 1000 });
await addServer(admin, { name: 'narrow', url: upstream.url, parallel_max: 1, queue_max: 1 });
await addServer(admin, { name: 'down', url: `http://127.0.0.1:${await freePort()}/mcp` });
const caller = await callerOf(admin);
const stranger = await callerOf(admin, { access: { can_read: false } });

/** One request of 2026-07-28: its answer. */
async function ask(server, name, { who = caller, signal, method = 'tools/call' } = {}) {
    const response = await fetch(`${gateway.url}/s/${server}/mcp`, {
        method: 'POST', signal,
        headers: { ...bearer(who), 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...(name && { 'mcp-name': name }) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...(name && { name, arguments: {} }), _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    });
    return response.json();
}

const text = async () => (await admin.atRoot().get('/metrics')).text;
const figure = (all, name) => Number(all.split('\n').find((line) => line.startsWith(`${name} `)).slice(name.length));
const counts = async () => {
    const all = await text();
    return Object.fromEntries(ENDS.map((end) => [end, figure(all, `seneschal_mcp_tool_calls_total{result="${end}"}`)]));
};
/** What has become more since `before`; what has not is left out. */
const rise = async (before) => Object.fromEntries(Object.entries(await counts()).map(([end, n]) => [end, n - before[end]]).filter(([, n]) => n !== 0));
const waiting = async () => figure(await text(), 'seneschal_mcp_calls_waiting');
const hanging = () => upstream.seen.filter((one) => one.message.params?.name === 'hangs').length;

await ask('up', undefined, { method: 'tools/list' });

test('lists are no calls of tools', async () => assert.deepEqual(await counts(), Object.fromEntries(ENDS.map((end) => [end, 0]))));

for (const [end, server, name, options] of [
    ['ok', 'up', 'well'], ['ok', 'up', 'tells'], ['error', 'up', 'fails'], ['error', 'up', 'errs'], ['refused', 'up', 'nothing'], ['refused', 'up', 'well', { who: stranger }],
    ['timeout', 'hasty', 'hangs'], ['unreachable', 'up', 'breaks'], ['unreachable', 'down', 'well'],
]) {
    test(`${server}/${name} is ${end}${options ? ' to a stranger' : ''}`, async () => {
        const before = await counts();
        await ask(server, name, options);
        assert.deepEqual(await rise(before), { [end]: 1 });
    });
}

test('no room to wait is busy, and whoever leaves has cancelled, waiting or not', async () => {
    const before = await counts();
    const leave = new AbortController();
    const calls = [];
    const seen = hanging();
    calls.push(assert.rejects(ask('narrow', 'hangs', { signal: leave.signal })));
    await eventually('one is with the server', () => hanging() > seen);
    calls.push(assert.rejects(ask('narrow', 'hangs', { signal: leave.signal })));
    await eventually('one waits', async () => await waiting() === 1);
    assert.equal((await ask('narrow', 'hangs')).error.code, -31001);
    assert.deepEqual(await rise(before), { busy: 1 });
    leave.abort();
    await Promise.all(calls);
    await eventually('both have ended', async () => (await rise(before)).cancelled === 2);
    assert.deepEqual(await rise(before), { busy: 1, cancelled: 2 });
});

test('the time of a server is counted where it has answered, in the bucket that it fits', async () => {
    const name = 'seneschal_mcp_answer_duration_seconds';
    const take = async () => {
        const all = await text();
        const below = [...all.matchAll(new RegExp(`^${name}_bucket{le="(.+)"} (\\d+)$`, 'gm'))].map(([, le, n]) => [le, Number(n)]);
        return { below: new Map(below), sum: figure(all, `${name}_sum`), count: figure(all, `${name}_count`) };
    };
    const before = await take();
    await ask('up', 'nothing');
    await ask('down', 'well');
    assert.deepEqual(await take(), before, 'neither refused nor unreachable');
    await ask('up', 'slow');
    const later = await take();
    assert.equal(later.count - before.count, 1);
    assert.ok(later.sum - before.sum >= (SLOW_MS - 2) / 1000, `${later.sum - before.sum} s`);
    for (const [le, n] of later.below) {
        if (le === '+Inf' || Number(le) <= 0.5)
            assert.equal(n - before.below.get(le), le === '+Inf' ? 1 : 0, le);
    }
    assert.equal(later.below.size, 17);
    assert.equal(later.below.get('+Inf'), later.count);
});
