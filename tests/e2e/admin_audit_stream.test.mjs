// SPDX-License-Identifier: Apache-2.0
// The record as it is written: what the list gives, filters, a reader who is told what he missed, an end of rights that is an end of the stream.
import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { EventStream } from './lib/stream.mjs';

const PATH = '/admin/security/audit/stream';
const server = await startServer();
const admin = await server.admin();
const schemas = { audit: 'AuditEvent', lost: 'AuditLost' };
const tail = (query = '', token = admin.token, options = {}) => EventStream.open(server.url, token, { path: `/api/v1${PATH}${query}`, schemas, ...options });
const group = async () => (await admin.post('/groups', { name: uniqueName('g') })).want(201);
const newest = async (query = '') => (await admin.get(`/admin/security/audit?limit=1${query}`)).want(200).items[0];

test('events come as the list gives them, once each, and only those that the filters leave', async () => {
    const stream = await tail('?action=group.created');
    assert.equal(stream.status, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    assert.equal(stream.headers['cache-control'], 'no-store');
    for (let i = 0; i < 10; i++) {
        const made = await group();
        (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
        const told = await stream.next('audit');
        assert.equal(told.data.target.id, made.id);
        assert.equal(told.id, String(told.data.seq));
        assert.deepEqual(told.data, await newest('&action=group.created'));
    }
    assert.equal(stream.more, 0);
    assert.equal(stream.retry, 3000);
    stream.close();
});

test('who comes back goes on where he was; who was away too long is told how much he missed', async () => {
    const { seq } = await newest();
    const made = [await group(), await group(), await group()];
    const stream = await tail('', admin.token, { headers: { 'Last-Event-ID': String(seq) } });
    for (const { id } of made) assert.equal((await stream.next('audit')).data.target.id, id);
    stream.close();
    const far = await tail('', admin.token, { headers: { 'Last-Event-ID': '99999999' } });
    const last = await group();
    assert.equal((await far.next('audit')).data.target.id, last.id);
    far.close();
});

test('a reader who does not read loses events and is told how many; others go on', async () => {
    const slow = await tail();
    const quick = await tail('?action=group.created');
    const { seq: before } = await newest();
    let after;
    slow.pause();
    // Few commits: a reader who stands still for STALL_S is not told what he lost but ended, and the disk may be slow.
    for (let made = 0; made < 4000; made += 500) {
        const rows = () => Array.from({ length: 250 }, () => ({ machine_id: uniqueName(), status: 'active', reason: 'r'.repeat(512) }));
        for (const half of [rows(), rows()]) (await admin.post('/agents/import', { rows: half })).want(200);
        const last = await group();
        ({ seq: after } = (await quick.next('audit')).data);
        assert.equal(quick.events.at(-1).data.target.id, last.id);
    }
    assert.equal((await newest()).seq, after);
    slow.resume();
    await eventually('the last has come', () => slow.events.some((e) => e.event === 'audit' && e.data.seq === after), { ms: 30_000 });
    const lost = slow.events.filter((e) => e.event === 'lost').reduce((n, e) => n + e.data.events, 0);
    const seen = slow.events.filter((e) => e.event === 'audit').map((e) => e.data.seq);
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
    assert.ok(lost > 0);
    assert.equal(seen.length + lost, after - before, `${seen.length} came, ${lost} were lost`);
    // Whoever comes back from long ago is told at once, and gets the newest thousand.
    const late = await tail('', admin.token, { headers: { 'Last-Event-ID': '1' } });
    assert.equal((await late.next('lost')).data.events, after - 1000 - 1);
    await eventually('all of them', () => late.events.filter((e) => e.event === 'audit').length === 1000);
    for (const stream of [slow, quick, late]) stream.close();
});

test('HEAD, bad input, rights, places', async () => {
    assert.equal((await tail('', admin.token, { method: 'HEAD' })).status, 200);
    (await admin.get(`${PATH}?result=perhaps`)).wantProblem(422, 'bad-field');
    (await admin.get(`${PATH}?limit=5`)).wantProblem(422, 'unknown-field');
    (await admin.get(`${PATH}?org=nowhere`)).wantProblem(404, 'not-found');
    (await server.client().get(PATH)).wantProblem(401, 'unauthenticated');
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await enroller.get(PATH)).wantProblem(403, 'forbidden');
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    (await auditor.get(`${PATH}?org=system`)).wantProblem(404, 'not-found');
    const streams = [];
    await eventually('sixteen', async () => {
        const stream = await tail();
        if (stream.status === 200) streams.push(stream);
        return streams.length === 16;
    });
    assert.match((await admin.get(PATH)).wantProblem(503, 'overloaded').detail, /close one/);
    const log = await EventStream.open(server.url, admin.token, { path: '/api/v1/admin/logs/stream' });
    assert.equal(log.status, 200, 'the log has places of its own');
    for (const stream of [log, ...streams]) stream.close();
});

test('whose token is revoked, or whose rights are taken, follows no longer, and sees nothing that came after', async () => {
    for (const end of ['rights', 'token', 'account']) {
        const account = (await admin.post('/service-accounts', { name: uniqueName('s'), roles: ['auditor'] })).want(201);
        const { token, id } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
        const stream = await eventually('a place', async () => {
            const opened = await tail('', token);
            return opened.status === 200 && opened;
        });
        await group();
        await stream.next('audit');
        if (end === 'rights') (await admin.patch(`/service-accounts/${account.id}`, { roles: [] })).want(200);
        if (end === 'token') (await admin.delete(`/service-accounts/${account.id}/tokens/${id}`)).want(204);
        if (end === 'account') (await admin.patch(`/service-accounts/${account.id}`, { status: 'disabled' })).want(200);
        const after = await group();
        await stream.end();
        assert.ok(!stream.events.some((e) => e.data.target.id === after.id), end);
    }
});

test('a restart ends it well, and the next one goes on behind it', async () => {
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    const { seq } = await newest();
    const made = await group();
    const stream = await tail();
    const stopped = server.stop();
    await stream.end();
    await stopped;
    await server.start();
    const again = await tail('?action=group.created', auditor.token, { headers: { 'Last-Event-ID': String(seq) } });
    assert.equal((await again.next('audit')).data.target.id, made.id);
    again.close();
});
