// SPDX-License-Identifier: Apache-2.0
// Streams of sessions that break in the middle: whoever comes back with Last-Event-ID gets what he has missed, of that stream
// and no other, and nobody else gets anything.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { enrol } from './lib/fleet.mjs';
import { json, result, said, events, event, startOlder } from './lib/mcp_odd.mjs';
import { McpSession } from './lib/mcp_session.mjs';
import { eventually } from './lib/process.mjs';
import { addServer, callerOf, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();

/** Calls that wait to be answered: `of(text)` is the one with that argument. */
const held = new Map();
const TOOLS = [{ name: 'held', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }];
const upstream = await startOlder({
    call: (m, res) => (m.method === 'tools/call' ? held.set(m.params.arguments.as, { m, res }) : json(res, result(m.id, { tools: TOOLS }))),
});
after(() => upstream.close());
const of = (as) => eventually(`the call ${as}`, () => held.get(as));
/** Tells progress, as the first thing or later. */
async function progress(as, n) {
    const { m, res } = await of(as);
    if (!res.headersSent)
        events(res);
    res.write(event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: m.params._meta.progressToken, progress: n } }));
}
async function answer(as, text = `answer of ${as}`) {
    const { m, res } = await of(as);
    if (!res.headersSent)
        events(res);
    res.end(event(said(m.id, text)));
}

const server = await addServer(admin, { url: upstream.url });
const caller = await callerOf(admin);
const tool = `${server.prefix}__held`;
const open = (options) => McpSession.open(gateway.url, caller, options);
const call = (session, as) => session.call(tool, { as }, { progressToken: as });
const textOf = (e) => e.data.result?.content[0].text;
const REFUSED = { code: -32000, message: /Last-Event-ID/ };
async function refused(stream, status = 400, error = REFUSED) {
    assert.equal(stream.status, status);
    const [{ data }] = await stream.rest();
    assert.equal(data.error.code, error.code);
    assert.match(data.error.message, error.message);
}

test('an answer that is there at once is one event, with nothing to go on with', async () => {
    const session = await open();
    const pong = await session.post({ method: 'ping' });
    assert.equal(pong.type, 'text/event-stream');
    assert.deepEqual((await pong.rest()).map((e) => [e.id, e.data.result]), [[undefined, {}]]);
});

test('a call that lasts begins its stream; broken, it goes on, and is answered to who comes back', async () => {
    const session = await open();
    const first = await call(session, 'a');
    const beginning = await first.next();
    assert.equal(beginning.data, '');
    assert.equal(first.retry, 1000);
    first.cut();
    await progress('a', 1);
    const second = await session.get(beginning.id);
    assert.equal(second.status, 200);
    assert.deepEqual(await second.next(), beginning, 'whoever breaks again has somewhere to go on from');
    const told = await second.next();
    assert.equal(told.data.params.progress, 1);
    second.cut();
    await answer('a');
    const third = await session.get(told.id);
    const [again, last, ...more] = await third.rest();
    assert.deepEqual([again.id, again.data], [told.id, '']);
    assert.equal(textOf(last), 'answer of a');
    assert.deepEqual(more, [], 'what was told already is not told again');
    const nothing = await session.get(last.id);
    assert.equal(nothing.status, 204, 'there is no more to come for');
    assert.equal(textOf((await (await session.get(beginning.id)).rest())[2]), 'answer of a', 'kept for who has lost it all');
});

test('each stream has its own events, and several are open at once', async () => {
    const session = await open();
    const streams = await Promise.all(['b1', 'b2', 'b3'].map((as) => call(session, as)));
    const ids = await Promise.all(streams.map(async (s) => (await s.next()).id));
    assert.equal(new Set(ids).size, 3);
    for (const s of streams)
        s.cut();
    for (const as of ['b3', 'b1', 'b2'])
        await answer(as);
    for (const [i, id] of ids.entries())
        assert.deepEqual((await (await session.get(id)).rest()).slice(1).map(textOf), [`answer of b${i + 1}`]);
});

test('of two that come back for one stream the newest has it', async () => {
    const session = await open();
    const first = await call(session, 'c');
    const { id } = await first.next();
    const [one, two] = await Promise.all([session.get(id), session.get(id)]); // while the first is open too
    await Promise.race([one.rest(), two.rest()]); // one of them has ended, without the answer
    assert.deepEqual(await first.rest(), []);
    await answer('c');
    const ends = [await one.rest(), await two.rest()].map((es) => es.map(textOf).filter(Boolean));
    assert.deepEqual(ends.flat(), ['answer of c'], 'told once, to one of them');
    assert.ok(ends.some((texts) => texts.length === 0));
});

test('an id that was never given, or of something else, is refused with the reason', async () => {
    const session = await open();
    const other = await open();
    const { id } = await (await call(session, 'd')).next();
    const [name, stream] = id.split('-');
    const forged = [`${name}-${stream}-1`, `${name}-${stream}-18446744073709551615`, `${name}-${stream}-99999999999999999999`, `${name}-77-0`,
        `${name}-${stream}`, `${name}-${stream}-0-0`, `${name}-${stream}-`, `-${stream}-0`, `00000000-${stream}-0`, `${name}-${stream}--1`, 'x', `${id} `.repeat(100).trim()];
    for (const last of forged)
        await refused(await session.get(last));
    await refused(await other.get(id), 400, REFUSED);
    assert.equal((await other.get()).status, 200, 'and the session is well');
    await answer('d');
});

test('another principal has no such session, and an ended one is gone', async () => {
    const session = await open();
    const { id } = await (await call(session, 'e')).next();
    const stranger = await callerOf(admin);
    await refused(await session.get(id, { token: stranger.token }), 404, { code: -32001, message: /Session not found/ });
    assert.equal((await session.get(id, { token: `${caller.token}x` })).status, 401);
    const carried = await session.get(id);
    assert.equal(await session.end(), 200);
    assert.deepEqual((await carried.rest()).slice(1), [], 'it ends with its session');
    await refused(await session.get(id), 404, { code: -32001, message: /Session not found/ });
    held.get('e')?.res.destroy();
});

test('a revoked device gets nothing of what was kept for it, at once', async () => {
    const device = await enrol(gateway.client(), admin);
    (await admin.put(`/permissions/device/${device.id}`, { tool: '*', can_read: true })).want(200);
    const session = await McpSession.open(gateway.url, device);
    const first = await call(session, 'f');
    const { id } = await first.next();
    first.cut();
    await answer('f');
    const carried = await call(session, 'f2');
    const { id: open } = await carried.next();
    carried.cut();
    const again = await session.get(open); // and one that is carried by a GET when it happens
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    assert.equal((await session.get(id)).status, 403);
    assert.equal((await session.get(open)).status, 403);
    assert.deepEqual((await again.rest()).filter((e) => e.data.result), []);
});

test('clients of 2025-06-18 get no empty events; theirs have ids, and are kept', async () => {
    const session = await open({ version: '2025-06-18' });
    const pong = await session.post({ method: 'ping' });
    assert.equal(pong.type, 'application/json');
    const calling = call(session, 'g');
    await progress('g', 1);
    const first = await calling;
    const told = await first.next();
    assert.equal(told.data.params.progress, 1);
    assert.ok(told.id);
    first.cut();
    await progress('g', 2);
    await answer('g');
    const rest = await (await session.get(told.id)).rest();
    assert.deepEqual(rest.map((e) => e.data.params?.progress ?? textOf(e)), [2, 'answer of g']);
});

test('in a session of 2024-11-05 nothing has an id', async () => {
    const session = await open({ version: '2024-11-05' });
    const stream = await session.get();
    assert.equal(stream.status, 200);
    assert.deepEqual(stream.events, []);
    await refused(await session.get(`${session.id.slice(0, 8)}-0-0`));
});

test('a call that nobody can come back for any more ends with the gateway, which ends well', async () => {
    const session = await open();
    const first = await call(session, 'h');
    await first.next();
    first.cut();
    const standing = await session.get();
    assert.equal((await standing.next()).data, '');
    const ended = gateway.stop();
    await standing.rest();
    assert.equal(standing.retry, 1000, 'it says when to come back');
    await answer('h');
    await ended;
});
