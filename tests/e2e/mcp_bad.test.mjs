// SPDX-License-Identifier: Apache-2.0
// An upstream that hangs, crashes, answers a gigabyte, lies or drips harms only the calls that it was given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import { startBad } from './mcp/bad.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway({ env: { SENESCHAL_GATEWAY_CALL_TIMEOUT: '3' } });
const admin = await gateway.admin();
const caller = await callerOf(admin);
const bad = await startBad();
after(() => bad.close());
const good = await startUpstream('both');
after(() => good.close());
const badServer = await addServer(admin, { url: bad.url, pinning: 'off' });
const goodServer = await addServer(admin, { url: good.url });
const client = await clients['2.x auto'](`${gateway.url}/mcp`, bearer(caller));
after(() => client.close());

const RSS_MAX_MIB = 80; /* whatever an upstream sends */
const rssMib = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))[1]) / 1024;

const isWell = async () => {
    assert.equal((await client.call(`${goodServer.prefix}__test_simple_text`)).content[0].type, 'text');
    assert.equal((await client.call(`${badServer.prefix}__good`)).content[0].text, 'good');
};

for (const tool of ['hang', 'reset', 'close', 'huge', 'huge_event', 'drip', 'malformed', 'html', 'broken', 'redirect',
    'other_id', 'no_answer', 'flood'])
    test(`an upstream that does "${tool}" fails that call alone, and it is not run twice`, async () => {
        const before = bad.calls[tool] ?? 0;
        const failed = await client.call(`${badServer.prefix}__${tool}`, {}, { timeout: 20_000 }).then((r) => r.isError, (e) => e.message);
        assert.ok(failed, `an answer came for ${tool}`);
        assert.equal(bad.calls[tool], before + 1);
        await isWell();
        assert.ok(rssMib() < RSS_MAX_MIB * (process.env.SENESCHAL_BIN?.includes('san-') ? 10 : 1), `${rssMib()} MiB`);
    });

test('of two answers to one call the first counts', async () => {
    assert.equal((await client.call(`${badServer.prefix}__twice`)).content[0].text, 'first');
    await isWell();
});

test('an upstream that refuses the credential is left alone, and only it', async () => {
    const strict = await addServer(admin, { url: bad.url, pinning: 'off', headers: { Authorization: 'Bearer of yesterday' } });
    for (let i = 0; i < 3; i++)
        await assert.rejects(client.call(`${strict.prefix}__unauthorized`), /credential/);
    assert.equal(bad.calls.unauthorized, 1);
    await isWell();
});

test('while one upstream hangs the others answer', async () => {
    const hanging = Array.from({ length: 20 }, () => client.call(`${badServer.prefix}__hang`, {}, { timeout: 20_000 }).catch((e) => e));
    for (let i = 0; i < 10; i++)
        await client.call(`${goodServer.prefix}__test_simple_text`);
    await Promise.all(hanging);
});
