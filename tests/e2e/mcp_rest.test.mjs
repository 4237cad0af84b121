// SPDX-License-Identifier: Apache-2.0
// The gateway for clients without MCP: the same tools, by plain JSON.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { audit } from './lib/fleet.mjs';
import { said, startOlder, json, result } from './lib/mcp_odd.mjs';
import { eventually } from './lib/process.mjs';
import { makePerson } from './lib/person.mjs';
import { plantSession } from './lib/session.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway({ env: { SENESCHAL_GATEWAY_APPROVAL_HOLD: '1' } });
const admin = await gateway.admin();
const demo = await addServer(admin, { name: 'demo', transport: 'demo' });
const caller = await callerOf(admin);
const call = (name, args, { who = caller.client, ...more } = {}) => who.post('/mcp/tools/call', { name, arguments: args, ...more });
const text = (reply) => reply.want(200).result.content[0].text;

for (const [where, client] of [['/api/v1/mcp', caller.client], ['/mcp', caller.client.atRoot()]])
    test(`${where}: a session, its tools, a call, the status`, async () => {
        const before = (await client.get('/mcp/status')).want(200);
        const { session_id, instructions } = (await client.post('/mcp/initialize', { client_info: { name: 'cron', version: '1' } })).want(200);
        assert.match(session_id, /^[0-9a-f]{32}$/);
        assert.equal(instructions, null);
        const { tools } = (await client.post('/mcp/tools/list', { session_id })).want(200);
        assert.deepEqual(tools.map((t) => t.name), ['demo__echo', 'demo__add', 'demo__time', 'demo__ask']);
        assert.deepEqual(tools[1].inputSchema.required, ['a', 'b']);
        assert.equal(text(await call('demo__add', { a: 1, b: 41 }, { who: client, session_id, priority: 5, timeout_ms: 5000 })), '42');
        const status = (await client.get('/mcp/status')).want(200);
        assert.deepEqual(status, { status: 'ok', sessions: before.sessions + 1, servers: [{ name: 'demo', state: 'ready', waiting: 0, running: 0 }], queue: { waiting: 0, running: 0 } });
    });

test('nothing but a name is needed; what the tool says is passed on as it is', async () => {
    assert.match(text(await call('demo__time')), /^\d{4}-/);
    assert.equal(text(await call('demo__echo', { text: 'h\u00e9 "\\ \u{1f600}', more: [1.5, null, 9007199254740991] })), 'h\u00e9 "\\ \u{1f600}');
    const failed = (await call('demo__add', { a: 1 })).want(200).result;
    assert.equal(failed.isError, true, 'a tool that fails has answered');
    assert.equal((await caller.client.post('/mcp/tools/list', '')).want(200).tools.length, 4, 'nor is a body needed');
});

test('a call is on the record like any other, with its session or without', async () => {
    const mine = await callerOf(admin);
    const { session_id } = (await mine.client.post('/mcp/initialize', {})).want(200);
    for (const more of [{}, { session_id }]) text(await call('demo__echo', { text: 'x' }, { who: mine.client, ...more }));
    const events = await eventually('both are there', async () => {
        const all = await audit(admin, `action=tool.call&actor=${mine.id}`);
        return all.length === 2 && all;
    });
    for (const { details } of events) assert.deepEqual([details.server, details.tool, details.class, details.outcome], ['demo', 'echo', 'READ', 'done']);
});

test('a session is of its caller, and of this door', async () => {
    const { session_id } = (await caller.client.post('/mcp/initialize', {})).want(200);
    const other = await callerOf(admin);
    for (const id of ['0'.repeat(32), 'x', session_id.toUpperCase().replace(/^./, 'F')])
        assert.equal((await call('demo__echo', { text: 'x' }, { session_id: id })).wantProblem(404, 'not-found').errors[0].field, 'session_id');
    (await call('demo__echo', { text: 'x' }, { who: other.client, session_id })).wantProblem(404, 'not-found');
    const mcp = (path, headers, method, params) => fetch(gateway.url + path, {
        method: 'POST', headers: { ...bearer(caller), 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    assert.equal((await mcp('/mcp', { 'mcp-session-id': session_id }, 'tools/list', {})).status, 404);
    const begun = await mcp('/mcp', {}, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } });
    (await call('demo__echo', { text: 'x' }, { session_id: begun.headers.get('mcp-session-id') })).wantProblem(404, 'not-found');
});

test('what a caller sees is his: another organisation has nothing here', async () => {
    const org = (await admin.post('/organisations', { slug: 'elsewhere', name: 'Elsewhere' })).want(201);
    const theirs = await callerOf(admin.with({ 'Seneschal-Org': org.slug }), { tools: [] });
    (await caller.client.post('/mcp/initialize', {})).want(200);
    assert.deepEqual((await theirs.client.get('/mcp/status')).want(200), { status: 'ok', sessions: 0, servers: [], queue: { waiting: 0, running: 0 } });
    assert.deepEqual((await theirs.client.post('/mcp/tools/list', {})).want(200).tools, []);
    (await call('demo__echo', { text: 'x' }, { who: theirs.client })).wantProblem(404, 'not-found');
    assert.match((await theirs.client.post('/mcp/initialize', {})).want(200).instructions, /No server is open to you/);
});

test('a person calls by the token of a sign-in, and from a page with its CSRF token alone', async () => {
    const ann = await makePerson(gateway, admin);
    const { access_token } = (await gateway.client().post('/auth/login', { username: ann.username, password: ann.password })).want(200);
    assert.equal(text(await call('demo__echo', { text: 'by token' }, { who: admin.as(access_token) })), 'by token');
    const cookie = { Cookie: `seneschal=${plantSession(gateway, ann).cookie}` };
    const { csrf } = (await gateway.client().with(cookie).get('/auth/me')).want(200);
    const page = (headers) => call('demo__echo', { text: 'by page' }, { who: gateway.client().with({ ...cookie, ...headers }) });
    (await page({})).wantProblem(403, 'forged-request');
    (await page({ 'Seneschal-CSRF': csrf, 'Sec-Fetch-Site': 'cross-site' })).wantProblem(403, 'forged-request');
    assert.equal(text(await page({ 'Seneschal-CSRF': csrf, 'Sec-Fetch-Site': 'same-origin' })), 'by page');
});

test('HEAD of the status is that of GET, without its body', async () => {
    const head = (await caller.client.call('HEAD', '/mcp/status'));
    assert.deepEqual([head.status, head.type, head.bytes.length], [200, 'application/json', 0]);
});

test('who calls no tools gets none here', async () => {
    (await gateway.client().post('/mcp/tools/list', {})).wantProblem(401, 'unauthenticated');
    (await admin.post('/mcp/tools/list', {})).wantProblem(403, 'forbidden');
    (await caller.client.with({ 'Seneschal-Org': 'elsewhere' }).post('/mcp/tools/list', {})).wantProblem(403, 'forbidden');
});

test('bad input is refused by its name', async () => {
    const bad = async (body, code, field) => assert.equal((await caller.client.post('/mcp/tools/call', body)).wantProblem(422, code).errors[0].field, field);
    await bad({ arguments: {} }, 'bad-field', 'name');
    await bad({ name: 'demo__echo', argument: {} }, 'unknown-field', 'argument');
    await bad({ name: 'demo__echo', arguments: [1] }, 'bad-field', 'arguments');
    await bad({ name: 'demo__echo', arguments: null }, 'bad-field', 'arguments');
    await bad({ name: 'demo__echo', timeout_ms: 0 }, 'bad-field', 'timeout_ms');
    await bad({ name: 'demo__echo', priority: 1000 }, 'bad-field', 'priority');
    (await caller.client.post('/mcp/tools/call', { name: 'demo__echo', arguments: { text: 'x'.repeat(1 << 20) } })).wantProblem(413, 'too-large');
    (await caller.client.post('/mcp/tools/call', '[]')).wantProblem(422, 'bad-field');
    (await caller.client.get('/mcp/tools/call')).wantProblem(405, 'method-not-allowed');
});

for (const kind of ['modern', 'stateful'])
    test(`${kind}: a tool that asks in the middle needs an MCP client, and the call ends`, async () => {
        const upstream = await startUpstream(kind);
        after(() => upstream.close());
        const server = await addServer(admin, { url: upstream.url });
        for (const tool of ['test_elicitation', 'test_sampling']) {
            const problem = (await call(`${server.prefix}__${tool}`, { message: 'm', prompt: 'p' })).wantProblem(409, 'needs-mcp');
            assert.match(problem.detail, /MCP client, at \/mcp/);
        }
        assert.equal((await caller.client.get('/mcp/status')).want(200).queue.running, 0);
        assert.ok(text(await call(`${server.prefix}__test_simple_text`)).length > 0);
    });

test('a call waits for a person like any other', async () => {
    await caller.client.post('/mcp/tools/list', {});
    const tool = `/gateway/servers/${demo.id}/tools/echo`;
    (await admin.patch(tool, { approval: true })).want(200);
    const calls = ['yes', 'no'].map((word) => call('demo__echo', { text: word }));
    const rows = await eventually('both wait', async () => {
        const { items } = (await admin.get('/gateway/approvals?state=waiting')).want(200);
        return items.length === 2 && Promise.all(items.map(async ({ id }) => (await admin.get(`/gateway/approvals/${id}`)).want(200)));
    });
    for (const row of rows) (await admin.post(`/gateway/approvals/${row.id}/${row.arguments.text === 'yes' ? 'approve' : 'deny'}`, { digest: row.arguments.text === 'yes' ? row.digest : undefined })).want(200);
    const [yes, no] = await Promise.all(calls);
    assert.equal(text(yes), 'yes');
    no.wantProblem(403, 'not-approved');
    (await admin.patch(tool, { approval: false })).want(200);
});

test('one call at a time: what has priority goes first', async () => {
    const held = [];
    const order = [];
    const slow = await startOlder({
        call: ({ id, method, params }, res) => {
            if (method === 'tools/list') json(res, result(id, { tools: [{ name: 'work', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] }));
            else {
                order.push(params.arguments.n);
                held.push(() => json(res, said(id, params.arguments.n)));
            }
        },
    });
    after(() => slow.close());
    const server = await addServer(admin, { url: slow.url, parallel_max: 1 });
    const work = (n, priority) => call(`${server.prefix}__work`, { n }, { priority });
    const calls = [work('first')];
    await eventually('it is with the server', () => held.length === 1);
    const waits = (n) => eventually('it waits', async () => (await caller.client.get('/mcp/status')).want(200).servers.find((s) => s.name === server.name).waiting === n);
    for (const [i, [name, priority]] of [['low', -1], ['ordinary', 0], ['high', 1]].entries()) {
        calls.push(work(name, priority));
        await waits(i + 1);
    }
    for (let i = 0; i < calls.length; i++) {
        await eventually('the next one', () => held.length === i + 1);
        held[i]();
    }
    assert.deepEqual((await Promise.all(calls)).map(text), ['first', 'low', 'ordinary', 'high']);
    assert.deepEqual(order, ['first', 'high', 'ordinary', 'low']);
});
