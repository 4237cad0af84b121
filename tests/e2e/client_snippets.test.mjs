// SPDX-License-Identifier: Apache-2.0
// What the portal's page "connect a client" gives to be copied, run as it stands: what is a command by a shell, what is JSON for
// mcp-remote by mcp-remote, and what is JSON for a client by the official SDK, which Cursor, VS Code, LM Studio and Claude Code are made of or like.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import test, { after } from 'node:test';
import { writeFileSync } from 'node:fs';
import en from '../../web/src/i18n/parts/portal.en.ts';
import { signingIn, withToken } from '../../web/src/pages/portal/snippets.ts';
import { uniqueName } from './lib/fleet.mjs';
import { allow, connect, Memory, sdks } from './lib/mcp_person.mjs';
import { makePerson, PASSWORD } from './lib/person.mjs';
import { eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const { Client, Transport } = sdks['1.x'];
const REMOTE = path.resolve('node_modules/mcp-remote/dist/proxy.js');
const dir = tempDir('snippets');
const file = path.join(dir, 'seneschal.yaml');
const people = uniqueName('people');
writeFileSync(file, `oauth: {clients_open: true, clients_groups: [${people}]}\n`);
const server = await startServer({ args: ['--config', file] });
const admin = await server.admin();
const { id: group } = (await admin.post('/groups', { name: people })).want(201);
const ann = await makePerson(server, admin, { groups: [group] });
(await admin.post('/gateway/servers', { name: 'demo', transport: 'demo' })).want(201);
const { access_token: session } = (await server.client().post('/auth/login', { username: ann.username, password: PASSWORD })).want(200);
const { token } = (await server.client({ token: session }).post('/auth/tokens', { name: 'a client' })).want(201);

const open = Object.fromEntries(signingIn(server.url, en.connect).map((one) => [one.key, one.text]));
const closed = Object.fromEntries(withToken(server.url, en.connect).map((one) => [one.key, one.text.replace('TOKEN', token)]));
const tools = async (client) => (await client.listTools()).tools.map((tool) => tool.name);

/** What a program of this name is given, where a shell reads the text. */
function wordsOf(program, text) {
    const out = execFileSync('bash', ['-euc', `${program}() { printf '%s\\0' "$@"; }\n${text}`], { encoding: 'utf8' });
    return out.split('\0').slice(0, -1);
}

/** The words of `claude mcp add`, as that program reads them. */
function added(text) {
    const [mcp, add, flag, transport, name, url, ...more] = wordsOf('claude', text);
    assert.deepEqual([mcp, add, flag, transport, name], ['mcp', 'add', '--transport', 'http', 'seneschal']);
    if (more.length === 0) return { url };
    assert.deepEqual([more[0], more.length], ['--header', 2]);
    const [header, value] = more[1].split(/: (.*)/);
    return { url, headers: { [header]: value } };
}

const oneOf = (text, member = 'mcpServers') => {
    const servers = JSON.parse(text)[member];
    assert.deepEqual(Object.keys(servers), ['seneschal']);
    return servers.seneschal;
};

/** Those of a client that takes a header. */
async function toolsBy({ url, headers }) {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new Transport(new URL(url), { requestInit: { headers } }));
    const found = await tools(client);
    await client.close();
    return found;
}

test('curl lists the tools', () => {
    const { tools: found } = JSON.parse(execFileSync('bash', ['-euc', `${closed.curl} --silent --fail-with-body`], { encoding: 'utf8' }));
    assert.ok(found.some((tool) => JSON.stringify(tool).includes('echo')), JSON.stringify(found));
});

for (const [key, read] of Object.entries({ lmstudio: oneOf, json: oneOf, claude: added })) {
    test(`with a token: ${key}`, async () => {
        assert.ok((await toolsBy(read(closed[key]))).includes('demo__echo'));
    });
}

for (const [key, read] of Object.entries({ claude: added, cursor: oneOf, json: oneOf, vscode: (text) => oneOf(text, 'servers') })) {
    test(`signing in: ${key}`, async () => {
        const { url, headers } = read(open[key]);
        assert.equal(headers, undefined);
        const { client } = await connect(sdks['1.x'], { server, person: ann, provider: new Memory(), path: url });
        assert.ok((await tools(client)).includes('demo__echo'));
        await client.close();
    });
}

test('n8n is told the address', () => {
    assert.ok(open.n8n.includes(`${server.url}/mcp`), open.n8n);
});

test('signing in: Claude Desktop, by the bridge that it starts', async () => {
    const { command, args } = oneOf(open.desktop);
    const [yes, program, ...given] = args;
    assert.deepEqual([command, yes, program], ['npx', '-y', 'mcp-remote']);
    const env = { ...process.env, MCP_REMOTE_CONFIG_DIR: dir, BROWSER: 'true' }; // what it would open is not opened here
    const child = spawn(process.execPath, [REMOTE, ...given], { env });
    after(() => child.kill());
    let log = '';
    child.stderr.on('data', (text) => (log += text));
    const address = /visiting:\s+(http\S+)/;
    await eventually('the address to visit', () => address.test(log), { ms: 30_000 * PATIENCE });
    const asked = new URL(address.exec(log)[1]);
    const back = await allow(server, ann, asked, asked.searchParams.get('redirect_uri'));
    assert.equal((await fetch(back)).status, 200);
    const answer = new Promise((resolve) => readline.createInterface(child.stdout).on('line', (line) => JSON.parse(line).id === 1 && resolve(JSON.parse(line))));
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } })}\n`);
    assert.equal((await answer).result.serverInfo.name, 'seneschal');
});
