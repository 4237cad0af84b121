// SPDX-License-Identifier: Apache-2.0
// MCP servers and permissions by the command line, and servers by files.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makeCaller, seeTool } from './lib/gateway.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const dir = tempDir('gateway-cli');
const write = async (name, text) => {
    await writeFile(path.join(dir, name), text, { mode: 0o600 });
    return path.join(dir, name);
};
const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: await write('token', `${await server.adminToken()}\n`), FILES_KEY: 'from-the-vault' };
const run = (...args) => seneschal(args, { env });
const ok = async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
};
const json = async (...args) => JSON.parse(await ok(...args, '-o', 'json'));

test('a server from its name to the approval of its tools', async () => {
    const name = uniqueName('mcp');
    const headers = await write('headers.json', '{"X-Key":"secret"}');
    const made = await json('server', 'add', name, 'http', '--url', 'https://mcp.example.org/mcp', '--headers', headers, '--pinning', 'strict');
    assert.deepEqual([made.name, made.header_names, made.pinning], [name, ['X-Key'], 'strict']);
    assert.match(await ok('server', 'list'), new RegExp(`^${name} `, 'm'));
    assert.equal((await json('server', 'set', name, '--per-user', 'true', '--title', 'Mail')).per_user, true);
    const definition = { name: 'look', inputSchema: { type: 'object' } };
    seeTool(server, made, 'look', { state: 2, definition, pending: { ...definition, description: 'new' } });
    assert.match(await ok('server', 'tools', name, '--state', 'quarantined'), /^look +quarantined/m);
    assert.deepEqual((await json('server', 'tool', name, 'look')).changes.map((c) => c.pointer), ['/description']);
    assert.equal((await json('server', 'approve', name, 'look')).state, 'active');
    assert.equal((await json('server', 'class', name, 'look', '--class', 'EXECUTE', '--approval', 'true')).class, 'EXECUTE');
    assert.equal((await json('server', 'class', name, 'look', '--class', 'null')).class, 'WRITE', 'it says nothing of itself');
    assert.match((await run('server', 'class', name, 'look', '--class', 'ANY')).stderr, /READ.*WRITE.*EXECUTE.*null/s);
    const refused = await run('server', 'credentials');
    assert.match(refused.stderr, /only people/, 'an administrator token is no person');
    assert.equal((await run('server', 'delete', name)).code, 2);
    await ok('server', 'delete', name, '--yes');
});

test('what an assistant has is taken over, as its file is', async () => {
    const [one, keyed] = [uniqueName('one'), uniqueName('keyed')];
    const servers = {
        [one]: { type: 'http', url: 'https://one.example.org/mcp' },
        [keyed]: { url: 'https://keyed.example.org/mcp', headers: { 'X-Key': '${input:key}' } },
        files: { command: 'npx', args: ['-y', 'mcp-files', '/srv'], env: { API_KEY: 'x' } },
        shell: { command: '/bin/sh', args: ['-c', 'a b'] },
    };
    const outcomes = ({ stdout }) => JSON.parse(stdout).results.map((r) => [r.name, r.outcome]).sort();
    for (const [i, file] of [servers, { mcpServers: servers, globalShortcut: '' }, { inputs: [], servers }].entries()) {
        const args = ['server', 'import', '--servers', await write('servers.json', JSON.stringify(file)), '-o', 'json'];
        const seen = await run(...args, '--check');
        assert.equal(seen.code, 1, 'some are refused');
        assert.match(seen.stderr, /3 of 4 would be refused/);
        assert.deepEqual(outcomes(seen), [['files', 'refused'], [keyed, 'refused'], [one, i === 0 ? 'created' : 'exists'], ['shell', 'refused']].sort());
        assert.deepEqual(outcomes(await run(...args)), outcomes(seen));
    }
    const { stdout } = await run('server', 'import', '--servers', path.join(dir, 'servers.json'));
    assert.match(stdout, /^files +refused +command-not-allowed: .*want an entry such as files=\/PATH\/TO\/npx -y mcp-files \/srv env:API_KEY$/m);
    assert.match(stdout, /^shell +refused +command-not-allowed: .*put this call into a script/m);
    assert.match(stdout, new RegExp(`^${keyed} +refused +headers: .*want the value itself$`, 'm'));
    assert.equal((await run('server', 'import', '--servers', await write('good.json', JSON.stringify({ [one]: servers[one] })))).code, 0);
    const nothing = await run('server', 'import');
    assert.deepEqual([nothing.code, /want --servers FILE/.test(nothing.stderr)], [2, true]);
});

test('what is written wrongly is answered with what would be right', async () => {
    const name = uniqueName('right');
    await ok('server', 'add', name, 'demo');
    for (const [said, ...args] of [
        [/transport: want http, sse, stdio or demo\n/, 'server', 'add', 'x', 'ftp'],
        [/command: gateway.commands .* has no entry npx: want one there such as npx=\/PATH\/TO\/PROGRAM/, 'server', 'add', 'x', 'stdio', '--command', 'npx'],
        [new RegExp(`there is no server .*\nhint: did you mean ${name}\\?`), 'server', 'get', `${name}x`],
        [/want READ, WRITE or EXECUTE\n/, 'tool', 'check', `${name}/echo`, 'RAED'],
        [/want 64 bytes of text\n/, 'approval', 'approve', 'x', '--digest', 'abc'],
        [/hint: `seneschal help server add` shows/, 'server', 'add', 'x', 'demo', '--colour', 'red'],
    ]) {
        const { code, stderr } = await run(...args);
        assert.match(stderr, said);
        assert.ok([2, 3, 4].includes(code), `${args.join(' ')}: ${code}`);
    }
});

test('who may call what, said and asked', async () => {
    const name = uniqueName('home');
    const made = await json('server', 'add', name, 'http', '--url', 'https://home.example.org/mcp');
    seeTool(server, made, 'HassTurnOn', { kind: 'WRITE' });
    const group = (await admin.post('/groups', { name: uniqueName('family') })).want(201);
    const caller = await makeCaller(server, admin, { groups: [group.id] });
    const check = async () => (await json('tool', 'check', `${name}/HassTurnOn`, 'WRITE', '--service-account', caller.name)).allowed;
    assert.equal(await check(), false);
    const only = await write('only.json', '[{"pointer":"/domain","op":"absent"}]');
    assert.equal((await json('tool', 'grant', group.name, `${name}/HassTurnOn`, '--write', 'true', '--arguments', only)).can_write, true);
    assert.equal(await check(), true);
    await ok('tool', 'deny-service', caller.name, `${name}/*`);
    assert.equal(await check(), false);
    await ok('tool', 'grant-service', caller.name, `${name}/*`, '--enabled', 'true');
    assert.equal(await check(), true);
    assert.match(await ok('tool', 'permissions', group.name), new RegExp(`^${name}/HassTurnOn `, 'm'));
    await ok('tool', 'grant-all', `${name}/*`, '--read', 'false');
    assert.match(await ok('tool', 'permissions-all'), new RegExp(`^${name}/\\* `, 'm'));
    assert.match((await run('tool', 'grant', group.name, 'nobody/x', '--read', 'true')).stderr, /there is no server nobody/);
});

test('servers stand in files: made, changed, left, and no secret comes out', async () => {
    const files = path.join(dir, 'files');
    await mkdir(files);
    const say = (title) => writeFile(path.join(files, 'upstreams.yaml'),
        `upstreams:\n  filed:\n    transport: http\n    url: https://filed.example.org/mcp\n    title: ${title}\n    pinning: strict\n    headers: {X-Key: {env: FILES_KEY}}\n`);
    await say('One');
    assert.match(await ok('apply', '-f', files), /^\+ upstream filed$/m);
    assert.equal(await ok('apply', '-f', files), 'no change\n');
    const row = (await admin.get('/gateway/servers')).want(200).items.find((s) => s.name === 'filed');
    assert.deepEqual([row.title, row.pinning, row.header_names], ['One', 'strict', ['X-Key']]);
    await say('Two');
    assert.match(await ok('plan', '-f', files), /^~ upstream filed$/m);
    await ok('apply', '-f', files);
    const all = await ok('export');
    assert.match(all, /filed:\n(.*\n)*? +title: Two/);
    assert.ok(!all.includes('from-the-vault'));
    await writeFile(path.join(files, 'upstreams.yaml'), 'upstreams: {}\n');
    assert.match(await ok('apply', '-f', files, '--prune', '--yes'), /^- upstream filed$/m);
    assert.ok(!(await admin.get('/gateway/servers')).want(200).items.some((s) => s.name === 'filed'));
});
