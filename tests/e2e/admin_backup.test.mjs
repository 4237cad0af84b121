// SPDX-License-Identifier: Apache-2.0
// A copy of the store while it is written: whole, listed, limited in number, and a server starts from it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { audit, enrol, serviceClient, uniqueName } from './lib/fleet.mjs';
import { BIN, PATIENCE, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const dir = path.join(server.data, 'backups');
const list = async () => (await admin.get('/admin/security/backup')).want(200).items;

test('a copy made under load is whole, and holds what was answered before', async () => {
    assert.deepEqual(await list(), []);
    const before = await enrol(server.client(), admin);
    let writing = true;
    const load = (async () => {
        while (writing) (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    })();
    const made = (await admin.post('/admin/security/backup')).want(201);
    writing = false;
    await load;
    const bytes = readFileSync(path.join(dir, made.name));
    assert.equal(bytes.length, made.bytes);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), made.sha256);
    assert.equal(readFileSync(path.join(dir, `${made.name}.sha256`), 'utf8'), `${made.sha256}  ${made.name}\n`);
    assert.equal(statSync(path.join(dir, made.name)).mode & 0o777, 0o600);
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    assert.deepEqual(await list(), [made]);
    const db = new DatabaseSync(path.join(dir, made.name), { readOnly: true });
    assert.equal(db.prepare('PRAGMA integrity_check').get().integrity_check, 'ok');
    db.close();
    const [event] = await audit(admin, 'action=store.backed-up');
    assert.equal(event.target.name, made.name);
    assert.equal(event.details.sha256, made.sha256);
    const data = path.join(tempDir('restored'), 'data'); // as docs/OPERATING.md says it
    mkdirSync(data, { mode: 0o700 });
    copyFileSync(path.join(dir, made.name), path.join(data, 'seneschal.db'));
    copyFileSync(path.join(server.data, 'master.key'), path.join(data, 'master.key'));
    const restored = await startServer({ data });
    const by = await restored.admin();
    assert.equal((await by.get(`/devices/${before.id}`)).want(200).status, 'ENROLLED');
    (await by.as(before.token).get('/devices/self')).want(200);
});

test('two at once: one is made, the other told to wait, or both one after the other', async () => {
    const replies = await Promise.all([1, 2, 3].map(() => admin.post('/admin/security/backup')));
    assert.ok(replies.some((r) => r.status === 201));
    for (const r of replies) if (r.status !== 201) r.wantProblem(409, 'conflict');
});

test('ten are kept, the newest; other files stay', async () => {
    writeFileSync(path.join(dir, 'mine.txt'), 'stays');
    for (let i = 0; i < 11; i++) (await admin.post('/admin/security/backup')).want(201);
    const kept = await list();
    assert.equal(kept.length, 10);
    assert.deepEqual(kept.map((b) => b.name), kept.map((b) => b.name).sort().reverse());
    const files = readdirSync(dir);
    assert.equal(files.filter((f) => f.endsWith('.db')).length, 10);
    assert.equal(files.filter((f) => f.endsWith('.sha256')).length, 10);
    assert.ok(files.includes('mine.txt') && !files.some((f) => f.endsWith('.part')));
});

test('rights: operation:write makes one, operation:read lists them, another organisation neither', async () => {
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    (await auditor.get('/admin/security/backup')).want(200);
    (await auditor.post('/admin/security/backup')).wantProblem(403, 'forbidden');
    const { client: operator } = await serviceClient(admin, ['operator']);
    (await operator.get('/admin/security/backup')).wantProblem(403, 'forbidden');
    const slug = uniqueName('other').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const { client: stranger } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['administrator']);
    (await stranger.get('/admin/security/backup')).wantProblem(403, 'forbidden');
    (await stranger.post('/admin/security/backup')).wantProblem(403, 'forbidden');
});

test('a directory that cannot be made: said without a path, and nothing is recorded', async () => {
    const other = await startServer();
    const by = await other.admin();
    writeFileSync(path.join(other.data, 'backups'), 'a file in its place');
    const problem = (await by.post('/admin/security/backup')).want(503);
    assert.ok(!JSON.stringify(problem).includes(other.data), JSON.stringify(problem));
    assert.equal((await audit(by, 'action=store.backed-up&result=ok')).length, 0);
});

test('what an earlier run has left when it was killed goes with the next', async () => {
    writeFileSync(path.join(dir, '.seneschal-old.db.seneschal-part'), 'half');
    (await admin.post('/admin/security/backup')).want(201);
    assert.deepEqual(readdirSync(dir).filter((f) => f.endsWith('.seneschal-part')), []);
});

test('a copy that cannot be put on the record is not kept', async () => {
    const other = await startServer();
    const by = await other.admin();
    const db = new DatabaseSync(path.join(other.data, 'seneschal.db'));
    db.exec("CREATE TRIGGER no BEFORE INSERT ON audit_event BEGIN SELECT raise(ABORT, 'no'); END");
    assert.ok((await by.post('/admin/security/backup')).status >= 400);
    assert.deepEqual(readdirSync(path.join(other.data, 'backups')).filter((f) => f !== 'lock'), []);
    db.exec('DROP TRIGGER no');
    db.close();
    (await by.post('/admin/security/backup')).want(201);
});

const LIBRARY = path.join(path.dirname(BIN), 'tests/faults/libdisk-faults.so');
const cannot = PATIENCE > 1 ? 'a sanitizer wants to be the first library' : existsSync(LIBRARY) ? false : `no ${LIBRARY} in this build`;

test('a copy that takes its time is answered, and on the record', { skip: cannot }, async () => {
    const fault = path.join(tempDir('fault'), 'on');
    writeFileSync(fault, 'slow .seneschal-part');
    const other = await startServer({ env: { LD_PRELOAD: LIBRARY, DISK_FAULT_FILE: fault } });
    const by = await other.admin();
    const made = (await by.post('/admin/security/backup')).want(201);
    const [event] = await audit(by, 'action=store.backed-up&result=ok');
    assert.equal(event?.target.name, made.name);
});
