// SPDX-License-Identifier: Apache-2.0
// Counts of an organisation and of the server; figures over time, with gaps where nothing was measured.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { enrol, init, serviceClient, uniqueName } from './lib/fleet.mjs';
import { makePerson } from './lib/person.mjs';
import { BIN, eventually, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const CLOCK = path.join(path.dirname(BIN), 'tests/faults/libclock-shift.so');
const noClock = /san-/.test(BIN) ? 'the sanitizer must be loaded first' : existsSync(CLOCK) ? false : `no ${CLOCK} in this build`;
const shift = path.join(tempDir('clock'), 'seconds');
writeFileSync(shift, '0');
const server = await startServer({ env: noClock ? {} : { LD_PRELOAD: CLOCK, CLOCK_SHIFT_FILE: shift } });
const admin = await server.admin();
const nobody = server.client();
const stats = async (by = admin) => (await by.get('/admin/stats')).want(200);
const series = (query, by = admin) => by.get(`/admin/stats/series?${query}`);

test('each thing that is made is counted, and what is gone is not', async () => {
    const before = await stats();
    await enrol(nobody, admin);
    (await init(nobody, uniqueName('wait'))).want(201);
    (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const policy = (await admin.post('/policies', { name: uniqueName('p') })).want(201);
    const person = await makePerson(server, admin);
    const now = await stats();
    assert.equal(now.devices.enrolled, before.devices.enrolled + 1);
    assert.equal(now.devices.pending, before.devices.pending + 1);
    assert.equal(now.devices.all, before.devices.all + 2);
    for (const what of ['groups', 'policies', 'people', 'sessions']) assert.equal(now[what], before[what] + 1, what);
    assert.ok(now.audit_events > before.audit_events);
    assert.ok(now.server.database_bytes > 100_000 && now.server.disk_free_bytes > 0 && now.server.memory_bytes > 1e6);
    assert.equal(now.server.sessions, now.sessions);
    (await admin.delete(`/policies/${policy.id}`)).want(204);
    (await admin.delete(`/users/${person.id}`)).want(204);
    const after = await stats();
    assert.equal(after.policies, before.policies);
    assert.equal(after.sessions, before.sessions);
});

test('another organisation has its own counts and nothing of the server', async () => {
    const slug = uniqueName('other').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const { client: stranger } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['auditor']);
    const theirs = await stats(stranger);
    assert.equal(theirs.devices.all, 0);
    assert.equal(theirs.service_accounts, 1);
    assert.equal('server' in theirs, false);
    (await (await serviceClient(admin, ['enroller'])).client.get('/admin/stats')).wantProblem(403, 'forbidden');
    assert.equal((await stats()).server.organisations >= 2, true);
});

test('metrics as JSON say what the text says', async () => {
    const { families } = (await admin.get('/admin/metrics')).want(200);
    const text = (await admin.atRoot().get('/metrics')).text;
    assert.deepEqual(families.map((f) => `# TYPE ${f.name} ${f.type}`), text.split('\n').filter((l) => l.startsWith('# TYPE')));
    const samples = text.split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split(' ')[0]);
    const mine = families.flatMap((f) => f.samples.map((s) => s.name + (Object.keys(s.labels).length ? `{${Object.entries(s.labels).map(([k, v]) => `${k}="${v}"`).join(',')}}` : '')));
    const changing = (name) => !/_(refusals|acts)_total/.test(name);
    assert.deepEqual(mine.filter(changing), samples.filter(changing));
    assert.ok(families.every((f) => f.help.length > 0 && f.samples.every((s) => typeof s.value === 'number')));
    assert.ok(families.some((f) => f.name === 'seneschal_mcp_tool_calls_total' && f.samples.length > 3));
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await enroller.get('/admin/metrics')).wantProblem(403, 'forbidden');
});

test('bad input is named', async () => {
    for (const query of ['', 'name=', 'name=requests,', 'name=nothing', 'name=requests,requests', 'name=cpu_permille&step=59', 'name=requests&step=90', 'name=requests&step=5400', 'name=requests&step=86401', 'name=requests&from=2999-01-01T00:00:00Z', 'name=requests&from=2000-01-01T00:00:00Z'])
        (await series(query)).wantProblem(422, 'bad-field');
    (await series('name=requests&to=2026-01-01T00:00:00Z')).wantProblem(422, 'unknown-field');
});

/** The clock of the server goes forward: the minute that was under way is over. */
async function nextMinute(minutes) {
    writeFileSync(shift, String(minutes * 60));
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { readOnly: true, timeout: 5000 });
    const count = db.prepare('SELECT count(DISTINCT at) AS n FROM series_point WHERE step = 60');
    const seen = count.get().n;
    await eventually('a sample', () => count.get().n > seen);
    db.close();
}

test('a minute is measured, kept through kill -9, and the minutes without a server are gaps', { skip: noClock }, async () => {
    await nextMinute(1); // the first one began with the server
    for (let i = 0; i < 50; i++) await nobody.get('/nowhere');
    const person = await makePerson(server, admin);
    (await nobody.post('/auth/login', { username: person.username, password: person.password })).want(200);
    (await nobody.post('/auth/login', { username: person.username, password: 'wrong' })).wantProblem(401, 'unauthenticated');
    await nextMinute(2);
    const names = 'requests,errors,latency_p50_us,latency_p99_us,logins,logins_failed,devices_enrolled,database_bytes,cpu_permille,disk_free_bytes';
    const { step_s, at, series: now, from } = (await series(`name=${names}`)).want(200);
    assert.equal(step_s, 60);
    assert.equal(at[0], from);
    assert.ok(at.length === 1441 || at.length === 1440, `${at.length}`);
    for (const name of names.split(',')) assert.equal(now[name].length, at.length, name);
    const last = now.requests.findLastIndex((v) => v !== null);
    assert.ok(last >= at.length - 3, 'the minute before this one');
    assert.ok(now.requests[last] >= 50, `${now.requests[last]}`);
    assert.equal(now.errors[last], 0);
    assert.ok(now.latency_p50_us[last] > 0 && now.latency_p99_us[last] >= now.latency_p50_us[last]);
    assert.ok(now.logins[last] >= 1 && now.logins_failed[last] === 1, `${now.logins[last]} ${now.logins_failed[last]}`);
    assert.equal(now.devices_enrolled[last], (await stats()).devices.enrolled);
    assert.ok(now.database_bytes[last] > 0 && now.cpu_permille[last] >= 0 && now.disk_free_bytes[last] > 0);
    await server.kill();
    writeFileSync(shift, String(7 * 60));
    await server.start();
    const by = await server.admin();
    const then = (await series(`name=requests&from=${at[last]}`, by)).want(200);
    assert.equal(then.series.requests[0], now.requests[last], 'what was measured stays');
    assert.ok(then.at.length >= 6 && then.series.requests.slice(2).every((v) => v === null), JSON.stringify(then));
    const hours = (await series(`name=requests,devices_enrolled&step=3600&from=${at[last]}`, by)).want(200);
    assert.equal(hours.step_s, 3600);
    assert.ok(hours.series.requests[0] >= now.requests[last], 'an hour is the sum of its minutes');
    const coarse = (await series(`name=requests&step=600&from=${at[0]}`, by)).want(200);
    assert.ok(coarse.at.length <= 147 && coarse.series.requests.some((v) => v >= 50));
    const old = (await series(`name=requests&from=${new Date(Date.now() - 20 * 86_400_000).toISOString()}`, by)).want(200);
    assert.equal(old.step_s, 3600);
});
