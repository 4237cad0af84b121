// SPDX-License-Identifier: Apache-2.0
// `seneschal tool` calls what is behind the gateway; `seneschal mcp serve-demo` is a server that any MCP client can start.
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { makeCaller, makeServer } from './lib/gateway.mjs';
import { BIN, tempDir } from './lib/process.mjs';
import { noteCall } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const demo = await makeServer(admin, { name: 'demo', transport: 'demo', url: undefined });
const caller = await makeCaller(server, admin);
const dir = tempDir('tool');
const tokenFile = path.join(dir, 'token');
await writeFile(tokenFile, `${caller.token}\n`, { mode: 0o600 });
const env = { ...process.env, SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile };

/** The command runs beside us: this process may be an upstream of the server that it calls. */
async function run(...args) {
    const child = spawn(BIN, ['tool', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = async (stream) => (await stream.toArray()).map(String).join('');
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((done) => child.on('close', done))]);
    noteCall('POST', args.includes('--upstream') ? '/s/{server}/mcp' : '/mcp', 200);
    return { code, stdout, stderr };
}

test('the list is for people, and for programs', async () => {
    const { code, stdout, stderr } = await run('list');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^name +arguments +description\n/);
    assert.match(stdout, /\ndemo__add +a b +Adds two integers\./);
    const rows = JSON.parse((await run('list', '-o', 'json')).stdout);
    assert.deepEqual(rows.map((row) => row.name), ['demo__echo', 'demo__add', 'demo__time', 'demo__ask'], 'in the order of the server');
    assert.equal(rows[0].arguments, undefined, 'as the server said it');
    assert.deepEqual(JSON.parse((await run('list', '--upstream', demo.name, '-o', 'json')).stdout).map((row) => row.name).sort(), ['add', 'ask', 'echo', 'time']);
});

test('arguments are words by the schema, JSON by the sign, or one object', async () => {
    for (const args of [['a=2', 'b=3'], ['a:=2', 'b:=3'], ['{"a":2,"b":3}']])
        assert.deepEqual(await run('call', 'demo__add', ...args), { code: 0, stdout: '5\n', stderr: '' });
    assert.equal((await run('call', 'demo__echo', 'text=12')).stdout, '12\n', 'a text stays one, whatever it looks like');
    assert.equal((await run('call', 'echo', 'text=two\nlines=\u001b[31m', '--upstream', 'demo')).stdout, 'two\nlines=?[31m\n');
    const answer = JSON.parse((await run('call', 'demo__echo', 'text=x', '-o', 'json')).stdout);
    assert.deepEqual(answer.content, [{ type: 'text', text: 'x' }]);
});

test('what goes wrong is said with what to do, and ends with a status of its own', async () => {
    for (const [args, code, said] of [
        [['call'], 2, /want NAME/],
        [['call', 'demo__add', 'a'], 2, /want KEY=VALUE/],
        [['call', 'demo__add', 'a=two'], 2, /`two` is not JSON, and the tool wants this type here: integer/],
        [['call', 'demo__add', '{"a":'], 2, /no JSON/],
        [['call', 'demo__echo'], 1, /the tool says that it failed/],
        [['call', 'demo__nothing'], 3, /Unknown tool[^]*hint: `seneschal tool list`/],
        [['call', 'demo/add'], 3, /Unknown tool[^]*hint: did you mean demo__add\?/],
        [['call', 'demo__ask'], 0, /^$/], // nobody can be asked: the tool says so itself
        [['list', '--upstream', 'nobody'], 0, /^no tool of this server, if there is one, is open to you/],
        [['call', 'demo__add', '--verbose'], 2, /is not known here/],
    ]) {
        const { code: was, stderr } = await run(...args);
        assert.match(stderr, said, args.join(' '));
        assert.equal(was, code, `${args.join(' ')}: ${stderr}`);
    }
    const admins = path.join(dir, 'admins');
    await writeFile(admins, admin.token, { mode: 0o600 });
    const admin_s = spawnSync(BIN, ['tool', 'list', '--token-file', admins], { env, encoding: 'utf8' });
    assert.equal(admin_s.status, 4);
    assert.match(admin_s.stderr, /this token is nobody's.*`seneschal login`/, 'the first token that anybody has here');
    const nobody = spawnSync(BIN, ['tool', 'list', '--no-token-cache'], { env: { ...env, SENESCHAL_TOKEN_FILE: undefined, HOME: dir }, encoding: 'utf8' });
    assert.equal(nobody.status, 4, nobody.stderr);
    assert.match(nobody.stderr, /hint: `seneschal login`/);
});

const INFO = { name: 'tests', version: '1' };
const answer = () => ({ action: 'accept', content: { name: 'Ann' } });
const program = { command: BIN, args: ['mcp', 'serve-demo'] };

async function oldClient() {
    const client = new OldClient(INFO, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, answer);
    await client.connect(new OldStdio(program));
    return client;
}

async function modernClient(mode) {
    const client = new ModernClient(INFO, { capabilities: { elicitation: {} }, versionNegotiation: { mode } });
    client.setRequestHandler('elicitation/create', answer);
    await client.connect(new ModernStdio(program));
    return client;
}

for (const [name, connect] of [['1.x', oldClient], ['2.x legacy', () => modernClient('legacy')], ['2.x pinned', () => modernClient({ pin: '2026-07-28' })]])
    test(`serve-demo is a server for the official client ${name}`, async () => {
        const client = await connect();
        try {
            assert.deepEqual((await client.listTools()).tools.map((tool) => tool.name), ['echo', 'add', 'time', 'ask']);
            const call = async (tool, args = {}) => (await client.callTool({ name: tool, arguments: args })).content[0].text;
            assert.equal(await call('add', { a: 40, b: 2 }), '42');
            assert.equal(await call('ask'), 'Hello, Ann.');
            await assert.rejects(call('nothing'), /Unknown tool/);
        } finally {
            await client.close();
        }
    });

test('serve-demo ends with its input, and survives what is no message', () => {
    const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}\n';
    const { status, stdout } = spawnSync(BIN, ['mcp', 'serve-demo'], { input: `{\n\n[]\n${ping}`, encoding: 'utf8' });
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), { jsonrpc: '2.0', id: 7, result: {} });
    assert.equal(spawnSync(BIN, ['mcp', 'serve-demo'], { input: 'x'.repeat(5 << 20) }).status === 0, false, 'a line without an end');
});
