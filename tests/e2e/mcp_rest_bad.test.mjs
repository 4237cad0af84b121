// SPDX-License-Identifier: Apache-2.0
// What a client without MCP is told when the server behind the gateway does wrong, and who gives up.
import assert from 'node:assert/strict';
import http from 'node:http';
import test, { after } from 'node:test';
import { json, result, startOlder } from './lib/mcp_odd.mjs';
import { eventually } from './lib/process.mjs';
import { startBad } from './mcp/bad.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway({ env: { SENESCHAL_GATEWAY_CALL_TIMEOUT: '10' } });
const admin = await gateway.admin();
const caller = await callerOf(admin);
const bad = await startBad();
after(() => bad.close());
const server = await addServer(admin, { url: bad.url, pinning: 'off' });
const call = (tool, more = {}) => caller.client.post('/mcp/tools/call', { name: `${server.prefix}__${tool}`, ...more });

const says = {
    reset: [502, 'upstream-broke'],
    close: [502, 'upstream-broke'],
    malformed: [502, 'upstream-broke'],
    html: [502, 'upstream-broke'],
    huge: [502, 'upstream-broke'],
    redirect: [502, 'upstream-unreachable'],
    broken: [502, 'upstream-unreachable'],
};
for (const [tool, [status, code]] of Object.entries(says))
    test(`"${tool}" is ${status} ${code}, run once, and the next call is well`, async () => {
        const problem = (await call(tool)).wantProblem(status, code);
        assert.ok(problem.detail.length > 20);
        assert.equal(bad.calls[tool], 1);
        assert.equal((await call('good')).want(200).result.content[0].text, 'good');
    });

test('a server that hangs is waited for as long as the call says', async () => {
    const since = Date.now();
    (await call('hang', { timeout_ms: 300 })).wantProblem(504, 'upstream-timeout');
    assert.ok(Date.now() - since < 9000, 'and not for as long as it may be');
    assert.equal(bad.calls.hang, 1);
});

test('who closes the connection wants the answer no more, and his place is free', async () => {
    const running = async () => (await caller.client.get('/mcp/status')).want(200).queue.running;
    const before = bad.calls.hang;
    const request = http.request(`${gateway.url}/mcp/tools/call`, { method: 'POST', headers: { ...bearer(caller), 'content-type': 'application/json' } });
    request.on('error', () => {});
    request.end(JSON.stringify({ name: `${server.prefix}__hang` }));
    await eventually('it runs', async () => bad.calls.hang === before + 1 && (await running()) === 1);
    request.destroy();
    await eventually('it does not', async () => (await running()) === 0);
});

test('an error of the server is told in its own words, one that is not there as such', async () => {
    const odd = await startOlder({
        call: ({ id, method }, res) => (method === 'tools/list'
            ? json(res, result(id, { tools: [{ name: 'err', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] }))
            : json(res, { jsonrpc: '2.0', id, error: { code: -32602, message: 'text: Required' } })),
    });
    const other = await addServer(admin, { url: odd.url });
    const ask = () => caller.client.post('/mcp/tools/call', { name: `${other.prefix}__err` });
    assert.match((await ask()).wantProblem(502, 'upstream-error').detail, /-32602: text: Required/);
    await odd.close();
    const gone = (await ask()).wantProblem(502, 'upstream-unreachable');
    assert.ok(!gone.detail.includes(caller.token));
});

test('a credential of one\'s own that nobody has given is asked for', async () => {
    const mine = await addServer(admin, { url: bad.url, pinning: 'off', per_user: true });
    (await caller.client.post('/mcp/tools/call', { name: `${mine.prefix}__good` })).wantProblem(403, 'credential-wanted');
    const strict = await addServer(admin, { url: bad.url, pinning: 'off', headers: { Authorization: 'Bearer of yesterday' } });
    (await caller.client.post('/mcp/tools/call', { name: `${strict.prefix}__unauthorized` })).wantProblem(403, 'credential-wanted');
});

test('a full queue is said at once, with when to come back', async () => {
    const narrow = await addServer(admin, { url: bad.url, pinning: 'off', parallel_max: 1, queue_max: 1 });
    const hang = () => caller.client.post('/mcp/tools/call', { name: `${narrow.prefix}__hang`, timeout_ms: 500 });
    const all = await Promise.all([hang(), hang(), hang(), hang()]);
    const codes = all.map((r) => r.json.code);
    assert.ok(codes.includes('overloaded') && codes.includes('upstream-timeout'), `${codes}`);
    for (const r of all.filter((one) => one.status === 503)) assert.match(r.headers['retry-after'], /^\d+$/);
});
