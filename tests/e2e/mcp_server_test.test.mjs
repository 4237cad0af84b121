// SPDX-License-Identifier: Apache-2.0
// A server is tried: how far one comes with it, and what is said where it ends.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import test, { after } from 'node:test';
import { audit, uniqueName } from './lib/fleet.mjs';
import { makeCaller } from './lib/gateway.mjs';
import { INITIALIZED, json, result, startOdd, startOlder } from './lib/mcp_odd.mjs';
import { makePerson } from './lib/person.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { gone, program } from './lib/program.mjs';
import { inStore } from './lib/store.mjs';
import { addServer, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const { words, mark } = program('upstream.mjs', 'stdio');
const gateway = await startGateway({ env: { SENESCHAL_GATEWAY_COMMANDS: [`sdk=${words.join(' ')}`, 'ends=/bin/false', 'later=/bin/false'].join(',') } });
const admin = await gateway.admin();
const CANARY = 'cAnArY-7731';
const tried = async (server, who = admin) => {
    const reply = await who.post(`/gateway/servers/${server.id}/test`);
    assert.ok(!reply.text.includes(CANARY), 'no message has anything of a credential in it');
    return reply.want(200);
};
const add = async (more) => addServer(admin, more);
const HTTP = ['address', 'connect', 'credential', 'protocol', 'tools'];
const PROGRAM = ['program', 'start', 'credential', 'protocol', 'tools'];

function assertWell(said, steps, tools) {
    assert.deepEqual([said.ok, said.step, said.message, said.tools], [true, null, null, tools], JSON.stringify(said));
    assert.deepEqual(said.steps.map((s) => s.step), steps);
    assert.ok(said.steps.every((s) => s.ok && s.message.length > 0));
    assert.match(said.steps.at(-2).message, new RegExp(`MCP ${said.version}$`));
    assert.ok(said.steps.at(-1).ms >= 0 && said.ms >= said.steps.at(-1).ms);
}
function assertFailed(said, step, message) {
    assert.deepEqual([said.ok, said.step, said.tools], [false, step, null], JSON.stringify(said));
    assert.match(said.message, message);
    assert.deepEqual([said.steps.at(-1).step, said.steps.at(-1).ok, said.steps.at(-1).message], [step, false, said.message]);
    assert.ok(said.steps.slice(0, -1).every((s) => s.ok));
}

for (const [kind, transport, version] of [['both', 'http', '2026-07-28'], ['stateful', 'http', '2025-11-25'], ['sse', 'sse', '2025-11-25']])
    test(`${kind}: all steps are well`, async () => {
        const upstream = await startUpstream(kind);
        after(() => upstream.close());
        const said = await tried(await add({ url: upstream.url, transport }));
        assert.equal(said.version, version);
        assert.ok(said.tools > 10);
        assertWell(said, HTTP, said.tools);
    });

test('demo and a program: all steps are well', async () => {
    assertWell(await tried(await add({ transport: 'demo' })), ['protocol', 'tools'], 4);
    const said = await tried(await add({ transport: 'stdio', command: 'sdk' }));
    assertWell(said, PROGRAM, said.tools);
    assert.ok(said.tools > 10);
    await gone(mark);
});

test('a program that ends, and one that is not allowed any more', async () => {
    assertFailed(await tried(await add({ transport: 'stdio', command: 'ends' })), 'start', /log of this server has its last words/);
    const later = await add({ transport: 'stdio', command: 'later' });
    inStore(gateway, 'UPDATE mcp_server SET command = ? WHERE id = ?', 'never', Buffer.from(later.id.replaceAll('-', ''), 'hex'));
    assertFailed(await tried(later), 'program', /gateway\.commands/);
});

test('an address that may not be called', async () => {
    const server = await add({ url: 'https://mcp.example.org/mcp' });
    inStore(gateway, 'UPDATE mcp_server SET url = ? WHERE id = ?', 'http://169.254.169.254/mcp', Buffer.from(server.id.replaceAll('-', ''), 'hex'));
    assertFailed(await tried(server), 'address', /outbound/);
});

test('nobody is there, or no TLS', async () => {
    const listener = net.createServer().listen(0, '127.0.0.1');
    await new Promise((done) => listener.on('listening', done));
    const { port } = listener.address();
    listener.on('connection', (socket) => socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    assertFailed(await tried(await add({ url: `https://127.0.0.1:${port}/mcp` })), 'connect', /./);
    const both = await Promise.all(['http', 'sse'].map((transport) => add({ url: `http://127.0.0.1:${port}/mcp`, transport })));
    await new Promise((done) => listener.close(done));
    for (const server of both) assertFailed(await tried(server), 'connect', /is it running/);
});

test('what it is shown is not taken, or there is none', async () => {
    const strict = await startOdd((_m, _req, res) => res.writeHead(401, { 'www-authenticate': 'Bearer' }).end());
    after(() => strict.close());
    const wrong = await add({ url: strict.url, headers: { Authorization: `Bearer ${CANARY}` } });
    assertFailed(await tried(wrong), 'credential', /--headers/);
    assert.equal(strict.seen[0].headers.authorization, `Bearer ${CANARY}`);
    const each = await add({ url: strict.url, per_user: true });
    assertFailed(await tried(each), 'credential', /each person/);
    const ann = await makePerson(gateway, admin, { roles: ['administrator'] });
    const { access_token } = (await gateway.client().post('/auth/login', { username: ann.username, password: ann.password })).want(200);
    const person = admin.as(access_token);
    assertFailed(await tried(each, person), 'credential', /you have given no credential/);
    (await person.put(`/gateway/servers/${each.id}/credential`, { kind: 'bearer', value: CANARY })).want(200);
    assertFailed(await tried(each, person), 'credential', /it does not take the credential/);
});

test('it is something else, or does not answer', async () => {
    const says = {
        404: (res) => res.writeHead(404).end('nothing here'),
        200: (res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
        308: (res) => res.writeHead(308, { location: 'http://127.0.0.1:1/' }).end(),
        500: (res) => res.writeHead(500).end(CANARY),
    };
    for (const [status, answer] of Object.entries(says)) {
        const odd = await startOdd((_m, _req, res) => answer(res));
        const said = await tried(await add({ url: odd.url }));
        await odd.close();
        assertFailed(said, 'protocol', /is this the whole URL/);
        assert.deepEqual(said.steps.map((s) => s.step), HTTP.slice(0, 4), status);
    }
    const silent = await startOdd(() => {});
    after(() => silent.close());
    assertFailed(await tried(await add({ url: silent.url })), 'protocol', /in time/);
});

test('its tools: over several pages, none, or an error', async () => {
    const tool = (name) => ({ name, inputSchema: { type: 'object' } });
    const listing = (call) => startOlder({ call });
    const pages = await listing(({ id, params }, res) => json(res, result(id, params?.cursor ? { tools: [tool('b'), tool('c')] } : { tools: [tool('a')], nextCursor: 'x' })));
    const broken = await listing(({ id }, res) => json(res, { jsonrpc: '2.0', id, error: { code: -32000, message: CANARY } }));
    const none = await startOdd((m, req, res) => (m?.method === 'initialize' ? json(res, result(m.id, { ...INITIALIZED, capabilities: {} })) : m?.id !== undefined ? res.writeHead(404).end() : res.writeHead(202).end()));
    after(() => Promise.all([pages, broken, none].map((s) => s.close())));
    assertWell(await tried(await add({ url: pages.url })), HTTP, 3);
    assertWell(await tried(await add({ url: none.url })), HTTP, 0);
    assertFailed(await tried(await add({ url: broken.url })), 'tools', /error/);
});

test('who may, and what stays of it', async () => {
    const server = await add({ transport: 'demo' });
    const auditor = await makeCaller(gateway, admin, { roles: ['auditor'] });
    (await auditor.client.post(`/gateway/servers/${server.id}/test`)).wantProblem(403, 'forbidden');
    (await admin.post('/gateway/servers/019a0000-0000-7000-8000-000000000001/test')).wantProblem(404, 'not-found');
    const org = (await admin.post('/organisations', { slug: uniqueName('org'), name: 'Other' })).want(201);
    (await admin.with({ 'Seneschal-Org': org.slug }).post(`/gateway/servers/${server.id}/test`)).wantProblem(404, 'not-found');
    await tried(server);
    const [event] = await audit(admin, 'action=server.tested');
    assert.deepEqual([event.target.kind, event.target.id, event.details], ['server', server.id, { ok: true, step: null }]);
    assert.deepEqual((await admin.get(`/gateway/servers/${server.id}/tools`)).want(200).items, [], 'its tools are not seen by it');
});

test('by the command line', async () => {
    const dir = tempDir('server-test');
    const file = path.join(dir, 'token');
    await writeFile(file, await gateway.adminToken(), { mode: 0o600 });
    const run = (...args) => seneschal(['server', 'test', ...args], { env: { SENESCHAL_URL: gateway.url, SENESCHAL_TOKEN_FILE: file } });
    const [good, bad] = [await add({ transport: 'demo' }), await add({ url: 'http://127.0.0.1:1/mcp' })];
    const well = await run(good.name);
    assert.equal(well.code, 0, well.stderr);
    assert.match(well.stdout, /^ok {5}protocol {3}it speaks MCP 2025-11-25 \(\d+ ms\)\nok {5}tools {6}4 tools \(\d+ ms\)\n$/);
    const failed = await run(bad.name);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /^ok +address .*\nFAILED connect +.*is it running/);
    assert.equal(JSON.parse((await run(bad.name, '-o', 'json')).stdout).step, 'connect');
});

test('who does not wait for it ends it, and it is on the record all the same', async () => {
    const silent = await startOdd(() => {});
    after(() => silent.close());
    const server = await add({ url: silent.url });
    const abort = new AbortController();
    const asked = fetch(`${gateway.url}/api/v1/gateway/servers/${server.id}/test`, { method: 'POST', headers: { authorization: `Bearer ${await gateway.adminToken()}` }, signal: abort.signal }).catch(() => 'gone');
    await silent.until((one) => one.message?.method === 'server/discover');
    abort.abort();
    assert.equal(await asked, 'gone');
    const event = await eventually('it is on the record', async () => (await audit(admin, 'action=server.tested')).find((e) => e.target.id === server.id));
    assert.deepEqual(event.details, { ok: false, step: 'protocol' });
});

test('a server that ends meanwhile says so, and ends in time', async () => {
    const silent = await startOlder({ call: ({ id, method }, res) => (method === 'tools/list' ? undefined : json(res, result(id, {}))) });
    after(() => silent.close());
    const own = await startGateway();
    const by = await own.admin();
    const server = await addServer(by, { url: silent.url });
    const asked = by.post(`/gateway/servers/${server.id}/test`);
    await silent.until((one) => one.message?.method === 'tools/list');
    await own.stop();
    (await asked).wantProblem(503, 'stopping');
});
