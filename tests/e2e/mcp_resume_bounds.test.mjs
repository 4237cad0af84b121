// SPDX-License-Identifier: Apache-2.0
// How much of a stream is kept for who comes back, and what is told where that was not enough.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { json, result, said, events, event, startOlder } from './lib/mcp_odd.mjs';
import { McpSession } from './lib/mcp_session.mjs';
import { eventually } from './lib/process.mjs';
import { addServer, callerOf, startGateway } from './mcp/gateway.mjs';

const EVENTS_MAX = 1024; // as src/mcp/replay.h has it
const gateway = await startGateway();
const admin = await gateway.admin();
const TOOLS = [{ name: 'held', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }];
const held = [];
const listening = [];
const upstream = await startOlder({
    call: (m, res) => (m.method === 'tools/call' ? held.push({ m, res }) : json(res, result(m.id, { tools: TOOLS }))),
    get: (_req, res) => listening.push(events(res)),
});
after(() => upstream.close());
const server = await addServer(admin, { url: upstream.url });
const caller = await callerOf(admin);
const session = await McpSession.open(gateway.url, caller);
const call = () => session.call(`${server.prefix}__held`, {}, { progressToken: 't' });
const progress = (m, n) => event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: m.params._meta.progressToken, progress: n } });
const textOf = (e) => e.data.result?.content[0].text;

/** A call whose client has gone: its id, and what its server has to answer it. */
async function left() {
    const before = held.length;
    const stream = await call();
    const { id } = await stream.next();
    stream.cut();
    return { id, ...(await eventually('the call', () => held[before])) };
}

test('of more events than are kept the oldest go: their place is refused, the next one is not', async () => {
    const { id, m, res } = await left();
    events(res);
    const made = EVENTS_MAX + 100;
    for (let n = 1; n < made; n++)
        res.write(progress(m, n));
    res.end(event(said(m.id, 'done')));
    const at = (n) => id.replace(/0$/, String(n));
    const oldest = made - EVENTS_MAX; // the first that is gone
    await eventually('all of it', async () => (await session.get(at(made))).status === 204);
    const refused = await session.get(at(oldest - 1));
    assert.equal(refused.status, 400);
    assert.match((await refused.rest())[0].data.error.message, /Last-Event-ID/);
    assert.equal((await session.get(id)).status, 400);
    const kept = (await (await session.get(at(oldest))).rest()).slice(1);
    assert.equal(kept.length, EVENTS_MAX);
    assert.equal(kept[0].data.params.progress, oldest + 1);
    assert.equal(textOf(kept.at(-1)), 'done');
});

test('an answer that is larger than what a session keeps is kept alone', async () => {
    const first = await left();
    first.res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(said(first.m.id, 'small')));
    await eventually('the small one', async () => (await session.get(first.id.replace(/0$/, '1'))).status === 204);
    const { id, m, res } = await left();
    const large = 'x'.repeat(3 * 1024 * 1024);
    json(res, said(m.id, large));
    const stream = await session.get(id);
    const [, answer] = await stream.rest();
    assert.equal(textOf(answer), large);
    assert.equal((await session.get(first.id)).status, 400, 'what was before it has gone');
});

test('a large answer that is there at once can be taken up again too', async () => {
    const calling = call();
    const { m, res } = await eventually('the call', () => held.at(-1)?.m.id !== undefined && !held.at(-1).res.writableEnded && held.at(-1));
    json(res, said(m.id, 'y'.repeat(100_000)));
    const stream = await calling;
    const [beginning, answer] = await stream.rest();
    assert.equal(beginning.data, '');
    assert.equal(textOf(answer).length, 100_000);
    assert.deepEqual((await (await session.get(beginning.id)).rest())[1], answer);
    assert.equal((await session.get(answer.id)).status, 204);
});

test('the stream of what comes outside of calls goes on; what was missed while nobody listened is told', async () => {
    const other = await McpSession.open(gateway.url, caller, { path: `/s/${server.name}/mcp` });
    const [up] = await eventually('the stream of the upstream', () => listening.length > 0 && listening);
    const changed = () => up.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    const first = await other.get();
    const { id } = await first.next();
    changed();
    const told = await first.next();
    assert.equal(told.data.method, 'notifications/tools/list_changed');
    first.cut();
    const second = await other.get(id);
    assert.equal((await second.next()).data, '');
    assert.deepEqual(await second.next(), told, 'told again to who has not had it');
    second.cut();
    await eventually('it was noticed', async () => (await other.get()).status === 200);
    const third = await other.get(told.id); // takes it over, from one that may be dead
    assert.equal(third.status, 200);
    assert.equal((await other.get()).status, 409, 'there is one');
});
