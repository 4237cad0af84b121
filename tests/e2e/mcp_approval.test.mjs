// SPDX-License-Identifier: Apache-2.0
// A call that waits for a person's yes: who sees what, who may answer, how often, and what ends it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeCaller, makeServer } from './lib/gateway.mjs';
import { clients } from './mcp/clients.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const waitFor = (holds) => eventually('it happens', holds);
const server = await startServer({ env: { SENESCHAL_GATEWAY_APPROVAL_HOLD: '1' } });
const admin = await server.admin();
const demo = await makeServer(admin, { name: 'demo', transport: 'demo', url: undefined });
const operator = await makeCaller(server, admin, { roles: ['operator'] });
const caller = await makeCaller(server, admin);
const tool = `/gateway/servers/${demo.id}/tools/echo`;

const connect = (kind, who = caller) => clients[kind](`${server.url}/mcp`, { authorization: `Bearer ${who.token}` });
const modern = await connect('2.x pinned');
await modern.tools();
await waitFor(async () => (await admin.get(tool)).status === 200);
const { etag } = (await admin.get(tool)).want(200);
(await admin.patch(tool, { approval: true }, { headers: { 'if-match': etag } })).want(200);

const waiting = async () => (await operator.client.get('/gateway/approvals?state=waiting')).want(200).items;
const one = () => waitFor(async () => (await waiting())[0]);
const answer = (who, row, how, body = {}) => who.client.post(`/gateway/approvals/${row.id}/${how}`, body);
const texts = (result) => result.content[0].text;

test('it is shown with who, where and the very bytes; a yes runs them, once', async () => {
    const call = modern.call('demo__echo', { text: 'hé llo', n: 100 });
    call.catch(() => {}); // it may be denied before anybody looks
    const row = await one();
    assert.deepEqual([row.state, row.caller_kind, row.caller_id, row.server_name, row.tool, row.arguments], ['waiting', 'service', caller.id, 'demo', 'echo', undefined]);
    const full = (await operator.client.get(`/gateway/approvals/${row.id}`)).want(200);
    assert.deepEqual(full.arguments, { text: 'hé llo', n: 100 });
    assert.equal(full.caller_name, caller.name);
    assert.equal((await answer(operator, row, 'approve', { digest: '0'.repeat(64) })).status, 412);
    const both = await Promise.all([answer(operator, row, 'approve', { digest: row.digest }), answer({ client: admin }, row, 'deny')]);
    assert.deepEqual(both.map((r) => r.status).sort(), [200, 409]);
    if (both[0].status === 200) assert.equal(texts(await call), 'hé llo');
    else await assert.rejects(call, /Nobody has approved this call: a person has denied the call/);
    const after = (await operator.client.get(`/gateway/approvals/${row.id}`)).want(200);
    assert.equal(after.arguments, null, 'they are gone');
    assert.equal(after.digest, row.digest);
    assert.equal((await answer(operator, row, 'approve')).status, 409);
});

test('a no is told, and is on the record', async () => {
    const call = modern.call('demo__echo', { text: 'x' });
    call.catch(() => {});
    const row = await one();
    const said = (await answer(operator, row, 'deny', { reason: 'not today' })).want(200);
    assert.deepEqual([said.state, said.reason, said.decided_by], ['denied', 'not today', operator.id]);
    await assert.rejects(call, /Nobody has approved this call: a person has denied the call: not today/);
    const actions = async () => (await admin.get('/admin/security/audit?limit=100')).want(200).items.map((e) => e.action);
    for (const action of ['approval.asked', 'approval.denied', 'tool.refused']) await waitFor(async () => (await actions()).includes(action));
});

test('nobody decides about his own, and only who may decide at all', async () => {
    const mine = await connect('2.x pinned', operator);
    const call = mine.call('demo__echo', { text: 'mine' });
    const row = await one();
    assert.equal((await answer(operator, row, 'approve')).status, 403);
    assert.equal((await answer(caller, row, 'approve')).status, 403);
    assert.equal((await caller.client.get(`/gateway/approvals/${row.id}`)).status, 403);
    assert.deepEqual((await caller.client.get('/gateway/approvals?state=waiting')).want(200).items, []); // his own alone, and he has none
    const ids = async (query) => (await operator.client.get(`/gateway/approvals?${query}`)).want(200).items.map((one) => one.id);
    assert.deepEqual(await ids('newest=true'), (await ids('')).reverse());
    assert.deepEqual(await ids('newest=true&state=denied'), (await ids('state=denied')).reverse());
    (await answer({ client: admin }, row, 'approve')).want(200);
    assert.equal(texts(await call), 'mine');
    await mine.close();
});

for (const kind of ['1.x Streamable HTTP', '2.x legacy'])
    test(`${kind}: held, with progress`, async () => {
        const client = await connect(kind);
        const heard = [];
        const call = client.call('demo__echo', { text: 'held' }, { onprogress: (p) => heard.push(p), resetTimeoutOnProgress: true });
        const row = await one();
        await waitFor(() => heard.length > 0);
        assert.equal(heard[0].message, 'waiting for approval');
        assert.ok(heard[0].progress > 0 && heard[0].progress < 1);
        (await answer(operator, row, 'approve')).want(200);
        assert.equal(texts(await call), 'held');
        await client.close();
    });

test('a client of 2026-07-28 comes back with what it was given, as often as it takes', async () => {
    const call = modern.call('demo__echo', { text: 'patient' });
    const row = await one();
    await new Promise((done) => setTimeout(done, 2500)); // longer than gateway.approval_hold
    assert.deepEqual((await waiting()).map((r) => r.id), [row.id], 'one call, whatever its rounds');
    (await answer(operator, row, 'approve')).want(200);
    assert.equal(texts(await call), 'patient');
});

test('who gives up, or is shut out, waits no more', async () => {
    const abort = new AbortController();
    const call = modern.call('demo__echo', { text: 'never' }, { signal: abort.signal });
    const row = await one();
    abort.abort();
    await assert.rejects(call);
    await waitFor(async () => (await operator.client.get(`/gateway/approvals/${row.id}`)).want(200).state === 'expired');
    assert.equal((await answer(operator, row, 'approve')).status, 409);
    const other = await makeCaller(server, admin);
    const shut = await connect('2.x pinned', other);
    const last = shut.call('demo__echo', { text: 'shut' });
    last.catch(() => {});
    const waits = await one();
    (await admin.patch(`/service-accounts/${other.id}`, { status: 'disabled' }, { headers: { 'if-match': (await admin.get(`/service-accounts/${other.id}`)).want(200).etag } })).want(200);
    await assert.rejects(last);
    await waitFor(async () => (await operator.client.get(`/gateway/approvals/${waits.id}`)).want(200).state === 'expired');
});

test('a server that was killed has nobody waiting', async () => {
    modern.call('demo__echo', { text: 'lost' }).catch(() => {});
    const row = await one();
    await server.kill();
    await server.restart();
    const again = server.client({ token: operator.token });
    await waitFor(async () => (await again.get(`/gateway/approvals/${row.id}`)).want(200).state === 'expired');
    assert.equal((await again.post(`/gateway/approvals/${row.id}/approve`, {})).status, 409);
    await modern.close().catch(() => {});
});
