// SPDX-License-Identifier: Apache-2.0
// Retention now: what is over goes, what is not stays, free pages go back to the system, and changes go on meanwhile.
import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { audit, enrol, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const PATH = '/admin/cleanup';
const server = await startServer();
const admin = await server.admin();
const { client: runner } = await serviceClient(admin, ['administrator']);
const DAY_US = 86_400_000_000;

/** Runs while the server does not: {before it, a statement with its values}. */
async function meanwhile(act) {
    await server.stop();
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'));
    act(db);
    db.close();
    await server.start();
    return server.client().as(runner.token);
}

const removed = (answer, name) => answer.what.find((row) => row.name === name).removed;

test('retired tokens of a year ago and old keys go, younger ones stay, pages are freed, and it is on the record', async () => {
    const device = await enrol(server.client(), admin);
    (await server.client().as(device.token).get('/devices/self')).want(200); // its first use makes it the current one
    const by = await meanwhile((db) => {
        const old = Date.now() * 1000 - 366 * DAY_US;
        const young = Date.now() * 1000 - 300 * DAY_US;
        const add = db.prepare('INSERT INTO token (hash, id, org, principal_kind, principal, state, join_seq, created_at) SELECT ?, id, org, principal_kind, principal, 2, join_seq - ?, ? FROM token WHERE state = 1 AND principal IN (SELECT id FROM device) LIMIT 1');
        db.exec('BEGIN');
        for (let i = 0; i < 2000; i++) add.run(Buffer.from(String(i).padStart(32, 'o')), 2, old);
        for (let i = 0; i < 3; i++) add.run(Buffer.from(String(i).padStart(32, 'y')), 2, young);
        add.run(Buffer.from('old, and current until the other day'.slice(0, 32)), 1, old);
        db.prepare('UPDATE job SET due = ?').run(Date.now() * 1000 + DAY_US); // or the server's own jobs are faster
        db.exec('COMMIT; CREATE TABLE ballast AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT randomblob(4000) AS b FROM n; DROP TABLE ballast;');
    });
    const would = (await by.post(PATH, { dry_run: true })).want(200);
    assert.equal(would.dry_run, true);
    assert.deepEqual(would.what.at(-1), { name: 'device_tokens', removed: 500, more: true });
    assert.equal(would.complete, false, 'more than it has counted');
    assert.ok(would.bytes_freed > 8_000_000, `${would.bytes_freed}`);
    assert.deepEqual((await by.post(PATH, { dry_run: true })).want(200), would, 'nothing has gone');
    assert.deepEqual(await audit(by, 'action=store.cleaned'), []);
    const answer = (await by.post(PATH)).want(200);
    assert.deepEqual(answer.what.at(-1), { name: 'device_tokens', removed: 2000, more: false });
    assert.equal(answer.dry_run, false);
    assert.ok(answer.removed >= 2000);
    assert.ok(answer.bytes_freed > 8_000_000, `${answer.bytes_freed}`);
    assert.equal(answer.complete, true);
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { readOnly: true, timeout: 5000 });
    assert.equal(db.prepare('SELECT count(*) AS n FROM token WHERE state = 2').get().n, 4);
    db.close();
    (await server.client().as(device.token).get('/devices/self')).want(200);
    const [event] = await audit(by, 'action=store.cleaned');
    assert.deepEqual(event.details, { bytes_freed: answer.bytes_freed, log_bytes_freed: 0, removed: answer.removed });
    for (const body of [{}, { dry_run: true }]) assert.equal(removed((await by.post(PATH, body)).want(200), 'device_tokens'), 0);
});

test('two at once: one waits its turn or is told so; changes go on meanwhile', async () => {
    const by = server.client().as(runner.token);
    const asked = [1, 2, 3].map(() => by.post(PATH));
    const made = [1, 2, 3, 4, 5].map(() => by.post('/groups', { name: uniqueName('g') }));
    for (const reply of await Promise.all(made)) reply.want(201);
    const statuses = (await Promise.all(asked)).map((reply) => reply.status);
    assert.ok(statuses.includes(200) && statuses.every((status) => [200, 409, 503].includes(status)), `${statuses}`);
});

test('bad input, rights', async () => {
    const by = server.client().as(runner.token);
    (await by.post(PATH, { hard: true })).wantProblem(422, 'unknown-field');
    (await by.post(PATH, { dry_run: 'yes' })).wantProblem(422, 'bad-field');
    (await by.post(`${PATH}?hard=1`)).wantProblem(422, 'unknown-field');
    const { client: auditor } = await serviceClient(by, ['auditor']);
    for (const body of [{}, { dry_run: true }]) (await auditor.post(PATH, body)).wantProblem(403, 'forbidden');
    (await server.client().post(PATH)).wantProblem(401, 'unauthenticated');
});
