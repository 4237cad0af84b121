// SPDX-License-Identifier: Apache-2.0
// Calls as spans: in the trace of their client, with the upstream's span below ours, and without a word of what was said.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { after } from 'node:test';
import { startCollector } from './lib/collector.mjs';
import { audit } from './lib/fleet.mjs';
import { json, result, said, startOdd, startOlder, DISCOVERED } from './lib/mcp_odd.mjs';
import { eventually } from './lib/process.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';
import { clients } from './mcp/clients.mjs';

const SECRET = 'word-that-nobody-exports';
const TOOLS = ['say', 'fails', 'errs', 'never'].map((name) => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }));
const answer = (m, res) => {
    if (m.method === 'tools/list') return json(res, result(m.id, { tools: TOOLS, resultType: 'complete', ttlMs: 0, cacheScope: 'private' }));
    if (m.params.name === 'fails') return json(res, result(m.id, { content: [{ type: 'text', text: SECRET }], isError: true, resultType: 'complete' }));
    if (m.params.name === 'errs') return json(res, { jsonrpc: '2.0', id: m.id, error: { code: -32603, message: SECRET } });
    if (m.params.name === 'never') return undefined;
    return json(res, said(m.id, SECRET));
};
const modern = await startOdd((m, _req, res) => (m.method === 'server/discover' ? json(res, result(m.id, { ...DISCOVERED, capabilities: { tools: {} } })) : answer(m, res)));
const older = await startOlder({ call: answer });
after(() => Promise.all([modern.close(), older.close()]));

const collector = await startCollector();
const gateway = await startGateway({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_EXPORTER_OTLP_HEADERS: 'X-Token=a%20secret%2C%3D,X-Other=b', OTEL_SERVICE_NAME: 'door' } });
const admin = await gateway.admin();
await addServer(admin, { name: 'new', url: modern.url, timeout_ms: 1000 });
await addServer(admin, { name: 'old', url: older.url });
const caller = await callerOf(admin);

const traceparent = (flags = '01') => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}`;
const parts = (text) => { const [, trace, span, flags] = text.split('-'); return { trace, span, flags }; };

/** tools/call of 2026-07-28 on /mcp; what the body says of it besides. */
async function call(name, { meta = {}, headers = {}, id = 7, who = caller } = {}) {
    const response = await fetch(`${gateway.url}/mcp`, {
        method: 'POST',
        headers: { ...bearer(who), 'content-type': 'application/json', accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name, ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: { text: SECRET },
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}, ...meta } } }),
    });
    return response.json();
}
const lastCall = (upstream) => upstream.seen.findLast((one) => one.message?.method === 'tools/call');
const both = async (trace) => {
    const found = await collector.waitFor(2, (s) => s.traceId === trace);
    assert.equal(found.length, 2);
    return { server: found.find((s) => s.kind === 2), client: found.find((s) => s.kind === 3) };
};

for (const [name, upstream] of [['new', modern], ['old', older]]) {
    test(`${name} upstream: the client's trace goes on, and the upstream is told of our span`, async () => {
        const parent = traceparent();
        const { trace, span } = parts(parent);
        await call(`${name}__say`, { meta: { traceparent: parent, tracestate: 'congo=t61rcWkgMzE' }, headers: { traceparent: traceparent(), tracestate: 'not=this' } });
        const { server, client } = await both(trace);
        assert.deepEqual([server.parentSpanId, server.name, server.flags, server.traceState], [span, `tools/call ${name}__say`, 0x301, 'congo=t61rcWkgMzE']);
        assert.deepEqual([client.parentSpanId, client.name, client.flags], [server.spanId, 'tools/call say', 0x101]);
        assert.deepEqual(server.attributes, {
            'mcp.method.name': 'tools/call', 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `${name}__say`, 'seneschal.mcp.server': name,
            'jsonrpc.request.id': '7', 'mcp.protocol.version': '2026-07-28', 'network.transport': 'tcp', 'network.protocol.name': 'http',
        });
        assert.deepEqual(client.attributes, {
            'mcp.method.name': 'tools/call', 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'say', 'seneschal.mcp.server': name,
            'mcp.protocol.version': name === 'new' ? '2026-07-28' : '2025-06-18', 'network.transport': 'tcp', 'network.protocol.name': 'http',
            'server.address': '127.0.0.1', 'server.port': Number(new URL(upstream.url).port),
        });
        assert.deepEqual([server.status, client.status], [{}, {}]);
        assert.ok(BigInt(server.startTimeUnixNano) <= BigInt(client.startTimeUnixNano) && BigInt(client.endTimeUnixNano) <= BigInt(server.endTimeUnixNano));
        assert.ok(Math.abs(Date.now() - Number(BigInt(server.endTimeUnixNano) / 1_000_000n)) < 60_000);
        const { message, headers } = lastCall(upstream);
        const told = `00-${trace}-${client.spanId}-01`;
        assert.deepEqual([message.params._meta.traceparent, message.params._meta.tracestate], [told, 'congo=t61rcWkgMzE']);
        assert.deepEqual([headers.traceparent, headers.tracestate], [told, 'congo=t61rcWkgMzE']);
        const event = await eventually('the call on the record', async () => (await audit(admin, `action=tool.call&actor=${caller.id}`)).find((e) => e.details.trace === trace));
        assert.equal(event.details.tool, 'say');
    });
}

test('the resource says who we are, and the collector is shown its headers', async () => {
    const [{ headers, path }] = collector.receiver.calls;
    assert.deepEqual([path, headers['x-token'], headers['x-other']], ['/v1/traces', 'a secret,=', 'b']);
    const { resource, scope } = collector.spans[0];
    assert.equal(resource['service.name'], 'door');
    assert.match(resource['service.instance.id'], /^[0-9a-f-]{36}$/);
    assert.deepEqual(scope, { name: 'seneschal', version: resource['service.version'] });
});

test('the head of the request counts where _meta says nothing', async () => {
    const parent = traceparent();
    const { trace, span } = parts(parent);
    await call('new__say', { headers: { traceparent: parent, tracestate: 'a=1' } });
    const { server, client } = await both(trace);
    assert.deepEqual([server.parentSpanId, server.traceState], [span, 'a=1']);
    const { _meta } = lastCall(modern).message.params;
    assert.deepEqual([_meta.traceparent, _meta.tracestate], [`00-${trace}-${client.spanId}-01`, 'a=1']);
});

test('what is not sampled is not exported, and the upstream hears that', async () => {
    const parent = traceparent('00');
    const { trace } = parts(parent);
    await call('new__say', { meta: { traceparent: parent } });
    const told = parts(lastCall(modern).message.params._meta.traceparent);
    assert.deepEqual([told.trace, told.flags], [trace, '00']);
    const later = traceparent();
    await call('new__say', { meta: { traceparent: later } });
    await both(parts(later).trace);
    assert.equal(collector.spans.filter((s) => s.traceId === trace).length, 0);
});

for (const [what, bad] of [['nothing', undefined], ['garbage', 'not-a-traceparent\r\nX: y'], ['zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]]) {
    test(`a client that says ${what} of its trace: ours begins one`, async () => {
        const id = `root-${what}`;
        await call('new__say', { id, meta: bad === undefined ? {} : { traceparent: bad } });
        const [server] = await collector.waitFor(1, (s) => s.attributes['jsonrpc.request.id'] === id);
        assert.deepEqual([server.parentSpanId, server.flags, server.kind], [undefined, 0x101, 2]);
        const told = parts(lastCall(modern).message.params._meta.traceparent);
        assert.deepEqual([told.trace, told.flags], [server.traceId, '01']);
        assert.equal(lastCall(modern).headers.x, undefined);
    });
}

for (const [tool, error, server, client] of [
    ['fails', 'tool_error', {}, {}],
    ['errs', '-32603', { 'rpc.response.status_code': '-32603' }, { 'rpc.response.status_code': '-32603' }],
    ['never', '-31003', { 'rpc.response.status_code': '-31003' }, { 'error.type': 'timeout' }],
]) {
    test(`a tool that ${tool} is an error of both spans`, async () => {
        const parent = traceparent();
        await call(`new__${tool}`, { meta: { traceparent: parent } });
        const spans = await both(parts(parent).trace);
        assert.deepEqual([spans.server.status.code, spans.client.status.code], [2, 2]);
        assert.equal(spans.server.attributes['error.type'], error);
        assert.equal(spans.client.attributes['error.type'], client['error.type'] ?? error);
        for (const [key, value] of Object.entries(server)) assert.equal(spans.server.attributes[key], value);
    });
}

test('a tool that there is not is an error of ours, and its name is in no span', async () => {
    const parent = traceparent();
    await call(`new__${SECRET}`, { meta: { traceparent: parent } });
    const [server] = await collector.waitFor(1, (s) => s.traceId === parts(parent).trace);
    assert.deepEqual([server.name, server.attributes['error.type'], server.status.code], ['tools/call', '-32602', 2]);
});

test('a client with a session: its id and version are in its spans', async () => {
    const client = await clients['1.x Streamable HTTP'](`${gateway.url}/s/old/mcp`, bearer(caller));
    await client.call('say', {});
    const [server] = await collector.waitFor(1, (s) => s.kind === 2 && s.attributes['mcp.session.id'] && s.attributes['gen_ai.tool.name'] === 'say');
    assert.equal(server.attributes['mcp.protocol.version'], '2025-11-25');
    assert.match(server.attributes['mcp.session.id'], /^[0-9a-f]{32}$/);
    await client.close();
});

test('neither arguments, nor results, nor tokens are in what was exported', async () => {
    assert.deepEqual(collector.wrong, []);
    for (const { text } of collector.receiver.calls)
        for (const word of [SECRET, caller.token]) assert.ok(!text.includes(word));
});
