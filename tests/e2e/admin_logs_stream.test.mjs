// SPDX-License-Identifier: Apache-2.0
// The log as it is written: filters, a slow reader who is told what he missed, an end of rights that is an end of the stream.
import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { EventStream } from './lib/stream.mjs';

const server = await startServer({ env: { SENESCHAL_LOG_ACCESS: 'all' } });
const admin = await server.admin();
const nobody = server.client();
const tail = (query = '', token = admin.token, options = {}) => EventStream.open(server.url, token, { path: `/api/v1/admin/logs/stream${query}`, ...options });
const idOf = (reply) => reply.headers['seneschal-request-id'];

test('new lines come, once each, and only those that the filters leave', async () => {
    const stream = await tail('?q=%22status%22:404');
    assert.equal(stream.status, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    assert.equal(stream.headers['cache-control'], 'no-store');
    const ids = [];
    for (let i = 0; i < 20; i++) {
        ids.push(idOf(await nobody.get(`/nowhere/${i}`)));
        (await admin.get('/admin/stats')).want(200);
    }
    for (const id of ids) assert.equal((await stream.next('line')).data.request_id, id);
    assert.equal(stream.more, 0);
    assert.equal(stream.retry, 3000);
    stream.close();
});

test('HEAD, bad input, rights', async () => {
    const head = await tail('', admin.token, { method: 'HEAD' });
    assert.equal(head.status, 200);
    (await admin.get('/admin/logs/stream?level=loud')).wantProblem(422, 'bad-field');
    (await admin.get('/admin/logs/stream?limit=5')).wantProblem(422, 'unknown-field');
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await enroller.get('/admin/logs/stream')).wantProblem(403, 'forbidden');
});

test('a bounded number follows; one that goes makes room', async () => {
    const streams = [];
    for (let i = 0; i < 16; i++) streams.push(await tail());
    assert.ok(streams.every((s) => s.status === 200));
    const refused = (await admin.get('/admin/logs/stream')).wantProblem(503, 'overloaded');
    assert.match(refused.detail, /close one/);
    streams[3].close();
    await eventually('room', async () => {
        const stream = await tail();
        if (stream.status === 200) streams.push(stream);
        else stream.close();
        return stream.status === 200;
    });
    for (const stream of streams) stream.close();
});

test('a reader who does not read loses lines and is told how many; the server keeps nothing for him', async () => {
    const quick = await eventually('a place', async () => {
        const stream = await tail('?q=long-enough');
        return stream.status === 200 && stream;
    });
    const slow = await tail();
    slow.pause();
    let asked = 0;
    // 1 KiB a line: the ring holds a thousand, and the kernel's buffers a few hundred more.
    const agentless = () => Promise.all(Array.from({ length: 40 }, () => nobody.get('/nowhere')));
    for (; asked < 8000; asked += 40) await agentless();
    slow.resume();
    const told = await eventually('told', () => slow.events.find((e) => e.event === 'lost'), { ms: 30_000 });
    assert.ok(told.data.lines > 0);
    const id = idOf(await nobody.get('/after'));
    await eventually('goes on', () => slow.events.some((e) => e.event === 'line' && e.data.request_id === id));
    const lines = slow.events.filter((e) => e.event === 'line').length;
    const lost = slow.events.filter((e) => e.event === 'lost').reduce((n, e) => n + e.data.lines, 0);
    assert.ok(lines + lost >= asked, `${lines} came, ${lost} were lost, ${asked} were asked`);
    quick.close();
    slow.close();
});

test('whose token ends follows no longer', async () => {
    const account = (await admin.post('/service-accounts', { name: uniqueName('s'), roles: ['auditor'] })).want(201);
    const { token } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    const stream = await tail('', token);
    assert.equal(stream.status, 200);
    (await admin.patch(`/service-accounts/${account.id}`, { roles: [] })).want(200);
    await stream.end();
    (await admin.as(token).get('/admin/logs/stream')).wantProblem(403, 'forbidden');
});

test('a restart ends it well', async () => {
    const stream = await tail();
    const stopped = server.stop();
    await stream.end();
    await stopped;
    await server.start();
});
