// SPDX-License-Identifier: Apache-2.0
// The server's own log, kept and asked for: pages that hold still, filters, exports, and what a kill, a restart or a full
// disk leaves of it.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ env: { SENESCHAL_LOG_ACCESS: 'all' } });
const admin = await server.admin();
const nobody = server.client();
const logs = (query, by = admin) => by.get(`/admin/logs?${query}`);
const items = async (query) => (await logs(query)).want(200).items;

/** All pages, and how many there were. */
async function all(query) {
    const lines = [];
    let pages = 0;
    for (let cursor = ''; cursor !== null; pages++) {
        const page = (await logs(`${query}${cursor && `&cursor=${cursor}`}`)).want(200);
        lines.push(...page.items);
        cursor = page.next_cursor;
    }
    return { lines, pages };
}

test('a request is found by its id, and what it says is what standard error says', async () => {
    const reply = await nobody.get(`/${uniqueName('nowhere')}`);
    const id = reply.headers['seneschal-request-id'];
    const [line, ...more] = await items(`request_id=${id}`);
    assert.equal(more.length, 0);
    assert.equal(line.event, 'request');
    assert.equal(line.request_id, id);
    assert.equal(line.fields.status, 404);
    const written = server.log.split('\n').find((text) => text.includes(id));
    const { at, level, event, ...fields } = JSON.parse(written);
    assert.deepEqual(line, { at, level, event, request_id: id, fields });
});

test('level, q and time leave what they say', async () => {
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.includes('"event":"reloaded"'));
    assert.deepEqual(new Set((await items('q=RELOADED')).map((l) => l.event)), new Set(['reloaded']));
    assert.equal((await items('level=error')).length, 0);
    const lines = await items('limit=500');
    const middle = lines[Math.floor(lines.length / 2)].at;
    assert.ok((await items(`limit=500&from=${middle}`)).every((l) => l.at >= middle));
    const before = await items(`limit=500&to=${middle}`);
    assert.ok(before.length > 0 && before.every((l) => l.at < middle));
    assert.ok(lines.every((l, i) => i === 0 || l.at <= lines[i - 1].at), 'newest first');
});

test('pages hold still while lines come, across many files of the log', async () => {
    const mark = uniqueName('steady');
    for (let i = 0; i < 120; i++) {
        (await nobody.get(`/healthy/${i}`)).wantProblem(404, 'not-found');
        if (i % 30 === 29) (await admin.post('/admin/logs/rotate')).want(200);
    }
    const to = new Date(Date.now() + 1000).toISOString();
    const once = await all(`limit=7&q="status":404&to=${to}`.replaceAll('"', '%22'));
    const again = await all(`limit=500&q="status":404&to=${to}`.replaceAll('"', '%22'));
    assert.ok(once.pages >= 17 && again.pages < once.pages, mark);
    assert.ok(once.lines.length >= 120);
    const ids = once.lines.map((l) => l.request_id);
    assert.equal(new Set(ids).size, ids.length, 'nothing twice');
    assert.deepEqual(ids, again.lines.map((l) => l.request_id).slice(-ids.length));
    assert.ok(readdirSync(path.join(server.data, 'logs')).length >= 4);
});

test('exports hold the same lines; CSV is safe for a spreadsheet', async () => {
    const reply = await logs('format=ndjson&q=rotate');
    assert.equal(reply.type, 'application/x-ndjson');
    const lines = reply.text.trim().split('\n').map((text) => JSON.parse(text));
    assert.deepEqual(lines.map((l) => l.request_id), (await all('limit=500&q=rotate')).lines.map((l) => l.request_id).slice(-lines.length));
    const csv = await logs('format=csv&q=rotate');
    assert.equal(csv.type, 'text/csv');
    const [head, first] = csv.text.split('\r\n');
    assert.equal(head, 'at,level,event,request_id,fields');
    assert.match(first, /^"20[^"]+","info","[a-z.-]+","[0-9a-f-]*","\{.*\}"$/);
    const none = await logs('format=ndjson&q=nothing-says-this');
    assert.equal(none.want(200), undefined);
    assert.equal(none.text, '');
});

test('bad input is named', async () => {
    for (const query of ['level=loud', 'limit=0', 'limit=501', 'from=yesterday', 'request_id=7', 'format=xml', 'q=', `q=${'x'.repeat(200)}`, 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'])
        (await logs(query)).wantProblem(422, 'bad-field');
    (await logs('sort=at')).wantProblem(422, 'unknown-field');
    const { next_cursor: cursor } = (await logs('limit=1')).want(200);
    assert.equal((await logs(`limit=1&level=error&cursor=${cursor}`)).status, 400, 'a cursor of other filters');
    assert.equal((await logs(`limit=1&cursor=${cursor.slice(0, -2)}AA`)).status, 400);
});

test('rights: audit:read, and of the organisation that runs the server', async () => {
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    (await logs('limit=1', auditor)).want(200);
    (await auditor.post('/admin/logs/rotate')).wantProblem(403, 'forbidden');
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await logs('limit=1', enroller)).wantProblem(403, 'forbidden');
    const slug = uniqueName('other').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const { client: stranger } = await serviceClient(there, ['administrator']);
    (await logs('limit=1', stranger)).wantProblem(403, 'forbidden');
    (await logs('format=csv', stranger)).wantProblem(403, 'forbidden');
    (await stranger.get('/admin/logs/stream')).wantProblem(403, 'forbidden');
    (await stranger.post('/admin/logs/rotate')).wantProblem(403, 'forbidden');
    (await stranger.get('/admin/stats/series?name=requests')).wantProblem(403, 'forbidden');
    assert.equal((await stranger.get('/admin/stats')).want(200).server, undefined);
});

test('logs.days is read again: what is older goes at once', async () => {
    const data = path.join(tempDir('days'), 'data');
    const file = path.join(tempDir('days'), 'seneschal.yaml');
    mkdirSync(path.join(data, 'logs'), { recursive: true, mode: 0o700 });
    chmodSync(data, 0o700);
    const at = new Date(Date.now() - 3 * 86_400_000).toISOString();
    writeFileSync(path.join(data, 'logs/log-00000001.ndjson'), `{"at":"${at}","level":"info","event":"three-days-old"}\n`);
    writeFileSync(file, 'logs: {days: 30}\n');
    const other = await startServer({ data, args: ['--config', file] });
    const by = await other.admin();
    assert.equal((await by.get('/admin/logs?q=three-days-old')).want(200).items.length, 1);
    await by.as().get('/nowhere');
    writeFileSync(file, 'logs: {days: 2}\n');
    other.signal('SIGHUP');
    await eventually('gone', async () => (await by.get('/admin/logs?q=three-days-old')).want(200).items.length === 0);
    assert.ok(!readdirSync(path.join(data, 'logs')).includes('log-00000001.ndjson'));
});

test('kill -9 and a cut line: what was written is there, and the next start goes on behind it', async () => {
    const reply = await nobody.get(`/${uniqueName('last')}`);
    const id = reply.headers['seneschal-request-id'];
    assert.equal((await items(`request_id=${id}`)).length, 1); // asking writes what waits
    await server.kill();
    const dir = path.join(server.data, 'logs');
    const newest = path.join(dir, readdirSync(dir).sort().at(-1));
    appendFileSync(newest, '{"at":"2026-11-22T00:00:00.000Z","level":"info","event":"cut');
    writeFileSync(path.join(dir, 'log-00000001.ndjson'), 'no line of ours\n\0\0\n');
    writeFileSync(path.join(dir, 'not-ours.txt'), 'stays');
    await server.start();
    const again = await server.admin();
    const found = (await again.get(`/admin/logs?request_id=${id}`)).want(200);
    assert.equal(found.items.length, 1);
    const everything = (await again.get('/admin/logs?format=ndjson')).text.trim().split('\n').map((text) => JSON.parse(text));
    assert.ok(everything.length > 100 && everything.every((l) => l.event !== 'cut'));
    assert.ok(readdirSync(dir).includes('not-ours.txt'));
    assert.equal(statSync(newest).mode & 0o777, 0o600);
});

test('a directory that takes nothing: the server goes on, says so and counts', { skip: process.getuid() === 0 && 'root writes everywhere' }, async () => {
    const by = await server.admin();
    const dir = path.join(server.data, 'logs');
    (await by.post('/admin/logs/rotate')).want(200);
    chmodSync(dir, 0o500);
    await nobody.as().get('/nowhere');
    await eventually('said', () => server.log.includes('"event":"log-not-kept"'));
    chmodSync(dir, 0o700);
    assert.ok((await by.get('/admin/stats')).want(200).server.log_lost > 0);
});
