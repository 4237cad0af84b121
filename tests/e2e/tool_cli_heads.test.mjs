// SPDX-License-Identifier: Apache-2.0
// Tools of 2026-07-28 may want arguments in the head of a request too (x-mcp-header): `seneschal tool call` sends them there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after } from 'node:test';
import { DISCOVERED, json, result, startOdd } from './lib/mcp_odd.mjs';
import { BIN, tempDir } from './lib/process.mjs';
import { noteCall } from './lib/routes.mjs';
import { addServer, callerOf, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const caller = await callerOf(admin);
const strict = await startUpstream('modern');
after(() => strict.close());
const behind = await addServer(admin, { url: strict.url });
const tokenFile = path.join(tempDir('tool-heads'), 'token');
await writeFile(tokenFile, `${caller.token}\n`, { mode: 0o600 });

async function call(url, ...args) {
    const child = spawn(BIN, ['tool', 'call', ...args], { env: { ...process.env, SENESCHAL_URL: url, SENESCHAL_TOKEN_FILE: tokenFile }, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = async (stream) => (await stream.toArray()).map(String).join('');
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((done) => child.on('close', done))]);
    noteCall('POST', '/mcp', 200);
    return { code, stdout, stderr };
}

for (const [name, url, tool] of [['the official server itself', new URL(strict.url).origin, 'test_x_mcp_header'], ['the same behind the gateway', gateway.url, `${behind.prefix}__test_x_mcp_header`]])
    test(`${name} takes it, however the arguments are written`, async () => {
        for (const [args, said] of [[['region=us'], 'us'], [['{"region":"us"}'], 'us'], [['region=östlich '], 'östlich '], [['region==?base64?eA==?='], '=?base64?eA==?=']])
            assert.deepEqual(await call(url, tool, ...args), { code: 0, stdout: `region ${said}\n`, stderr: '' }, args.join(' '));
    });

test('what stands in the head, and what does not', async () => {
    const inputSchema = { type: 'object', properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        count: { type: 'integer', 'x-mcp-header': 'Count' },
        deep: { type: 'object', properties: { on: { type: 'boolean', 'x-mcp-header': 'On' } } },
        free: { type: 'string' },
    } };
    const bad = { type: 'object', properties: { list: { type: 'array', 'x-mcp-header': 'List' } } };
    const odd = await startOdd(({ id, method }, _req, res) => json(res, result(id, {
        'server/discover': DISCOVERED,
        'tools/list': { tools: [{ name: 'marked', inputSchema }, { name: 'spoilt', inputSchema: bad }], resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
        'tools/call': { content: [{ type: 'text', text: 'ok' }], resultType: 'complete' },
    }[method])));
    after(() => odd.close());
    const heads = () => Object.fromEntries(Object.entries(odd.seen.findLast((one) => one.message.method === 'tools/call').headers).filter(([name]) => name.startsWith('mcp-param-')));
    assert.equal((await call(odd.origin, 'marked', 'region=a b', 'count=7', 'deep:={"on":false}', 'free=secret')).code, 0);
    assert.deepEqual(heads(), { 'mcp-param-region': 'a b', 'mcp-param-count': '7', 'mcp-param-on': 'false' });
    assert.equal((await call(odd.origin, 'marked', '{"region":null,"count":9007199254740993,"deep":7}')).code, 0);
    assert.deepEqual(heads(), {}, 'nothing for what is none, is no scalar, or is more than a client can hold');
    assert.equal((await call(odd.origin, 'marked')).code, 0);
    const calls = odd.seen.filter((one) => one.message.method === 'tools/call').length;
    const spoilt = await call(odd.origin, 'spoilt', 'list:=[1]');
    assert.notEqual(spoilt.code, 0);
    assert.match(spoilt.stderr, /x-mcp-header/);
    const long = await call(odd.origin, 'marked', `region=${'x'.repeat(9000)}`);
    assert.equal(long.code, 2);
    assert.match(long.stderr, /too long for the head/);
    assert.equal(odd.seen.filter((one) => one.message.method === 'tools/call').length, calls, 'neither was called');
});
