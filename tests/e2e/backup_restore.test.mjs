// SPDX-License-Identifier: Apache-2.0
// The store as a file, and a file as the store again: whole or not at all, whatever comes in between.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { audit, enrol, uniqueName } from './lib/fleet.mjs';
import { BIN, Child, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const room = tempDir('copies');
const file = (name) => path.join(room, name);
const backup = (to, data = server.data) => seneschal(['backup', '--data', data, '--output', to]);
const restore = (from, data) => seneschal(['restore', from, '--data', data]);
const stores = (dir) => (existsSync(dir) ? readdirSync(dir).filter((name) => !['lock', 'master.key'].includes(name)) : []);
const sha256 = (name) => createHash('sha256').update(readFileSync(name)).digest('hex');

function changedIn(data, sql, name = 'seneschal.db') {
    const db = new DatabaseSync(path.join(data, name));
    db.exec(sql);
    db.close();
}

/** A copy of the good copy, changed by a statement. */
function changed(name, sql) {
    copyFileSync(file('good.db'), file(name));
    changedIn(room, sql, name);
    for (const suffix of ['-wal', '-shm']) rmSync(file(name) + suffix, { force: true });
    return file(name);
}

test('a copy of a running server under writes is served elsewhere, and holds what was answered before', async () => {
    const device = await enrol(server.client(), admin);
    let writing = true;
    const load = (async () => {
        while (writing) (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    })();
    const made = await backup(file('good.db'));
    writing = false;
    await load;
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.stdout, `${sha256(file('good.db'))}  ${file('good.db')}\n`);
    assert.equal(readFileSync(file('good.db.sha256'), 'utf8'), `${sha256(file('good.db'))}  good.db\n`);
    assert.equal(statSync(file('good.db')).mode & 0o777, 0o600);
    assert.match(made.stderr, /^next: .*seneschal restore FILE/);
    const data = path.join(tempDir('restored'), 'new', 'data');
    const done = await restore(file('good.db'), data);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /^restored \S+: \d+ events in \d+ chains, 0 faults$/m);
    assert.match(done.stderr, /next: put the master key/);
    assert.deepEqual(stores(data), ['seneschal.db']);
    assert.equal(statSync(data).mode & 0o777, 0o700);
    copyFileSync(path.join(server.data, 'master.key'), path.join(data, 'master.key'));
    const again = await startServer({ data });
    const by = await again.admin();
    (await by.as(device.token).get('/devices/self')).want(200);
    const verify = await seneschal(['audit', 'verify', '--data', data]);
    assert.equal(verify.code, 0, verify.stderr);
    const [event] = await audit(by, 'action=store.restored');
    assert.equal(event.target.name, 'good.db');
    assert.deepEqual(event.details, { bytes: event.details.bytes, sha256: sha256(file('good.db')), uid: process.getuid() });
    await again.stop();
});

test('the key that is there before is taken note of; a wrong one is said', async () => {
    for (const [name, key, word] of [
        ['right', readFileSync(path.join(server.data, 'master.key')), /^next: seneschal serve/],
        ['wrong', Buffer.alloc(32, 7), /^next: put the master key/],
    ]) {
        const data = path.join(tempDir(name), 'data');
        mkdirSync(data, { mode: 0o700 });
        writeFileSync(path.join(data, 'master.key'), key, { mode: 0o400 });
        const done = await restore(file('good.db'), data);
        assert.equal(done.code, 0, done.stderr);
        assert.match(done.stderr, word, name);
    }
});

test('what is damaged, changed or no store at all is refused, and nothing is left', async () => {
    const half = readFileSync(file('good.db'));
    half.fill(0xa5, half.length / 2, half.length / 2 + 40_000);
    writeFileSync(file('page.db'), half);
    copyFileSync(file('good.db'), file('short.db'));
    truncateSync(file('short.db'), Math.floor(statSync(file('good.db')).size / 2));
    copyFileSync(file('good.db'), file('note.db'));
    copyFileSync(file('good.db.sha256'), file('note.db.sha256'));
    appendFileSync(file('note.db'), 'x');
    writeFileSync(file('text.db'), 'no store');
    writeFileSync(file('empty.db'), '');
    changed('record.db', "UPDATE audit_event SET body = replace(body, 'group.created', 'group.deleted')");
    changed('gap.db', 'DELETE FROM audit_event WHERE seq = 3');
    changed('newer.db', 'UPDATE migration SET number = number + 1000 WHERE number = (SELECT max(number) FROM migration)');
    for (const [name, why] of [
        ['page.db', /damaged|malformed/],
        ['short.db', /damaged/],
        ['note.db', /SHA-256/],
        ['text.db', /no copy of a store/],
        ['empty.db', /no copy of a store/],
        ['record.db', /FAULT changed[^]*its record is broken \(\d+ faults\)\nhint: /],
        ['gap.db', /FAULT gap[^]*its record is broken/],
        ['newer.db', /hint: restore it with the program that made it/],
        ['.', /is no file|cannot be read/],
    ]) {
        const data = path.join(tempDir('refused'), 'data');
        const done = await restore(file(name), data);
        assert.equal(done.code, 1, `${name}: ${done.stdout}${done.stderr}`);
        assert.match(done.stderr, why, name);
        assert.deepEqual(stores(data), [], name);
    }
});

test('nothing is replaced: not a store, not a file; exit statuses', async () => {
    const busy = path.join(tempDir('busy'), 'data');
    mkdirSync(busy);
    writeFileSync(path.join(busy, 'notes.txt'), 'mine');
    const where = path.join(tempDir('none'), 'data');
    const before = sha256(file('good.db'));
    for (const [args, code, why] of [
        [['restore', file('good.db'), '--data', busy], 5, /is not empty \(notes\.txt\)/],
        [['restore', file('good.db'), '--data', server.data], 5, /is not empty/],
        [['restore', file('none.db'), '--data', where], 3, /is not there/],
        [['restore', '--data', where], 2, /name the copy first/],
        [['restore', file('good.db'), '--data', where, '--colour'], 2, /colour/],
        [['backup', '--data', server.data, '--output', file('good.db')], 5, /is there already/],
        [['backup', '--data', server.data, '--output', path.join(room, 'none', 'x.db')], 3, /./],
        [['backup', '--data', server.data], 2, /--output FILE/],
        [['backup', '--data', where, '--output', file('x.db')], 3, /there is no store/],
        [['backup', '--output'], 2, /want a value/],
    ]) {
        const done = await seneschal(args);
        assert.equal(done.code, code, `${args.join(' ')}: ${done.stderr}`);
        assert.match(done.stderr, why);
    }
    assert.equal(sha256(file('good.db')), before);
    assert.ok(!existsSync(where) && !existsSync(file('x.db')));
});

test('two at once into one directory: one of them', async () => {
    const data = path.join(tempDir('two'), 'data');
    const done = await Promise.all([1, 2, 3].map(() => restore(file('good.db'), data)));
    const codes = done.map((one) => one.code).sort();
    assert.deepEqual(codes, [0, 5, 5], done.map((one) => one.stderr).join());
    assert.deepEqual(stores(data), ['seneschal.db']);
});

test('kill -9 at any moment leaves no half of anything, and the next run is not in its way', async () => {
    const big = changed(
        'big.db',
        `CREATE TABLE ballast AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        SELECT randomblob(4000) AS b FROM n; DROP TABLE ballast;`,
    );
    const data = path.join(tempDir('killed'), 'data');
    let ends = 0;
    for (const ms of [10, 40, 70]) {
        const child = new Child(BIN, ['restore', big, '--data', data]);
        await new Promise((resolve) => setTimeout(resolve, ms));
        await child.kill();
        if (stores(data).includes('seneschal.db')) {
            ends++;
            assert.equal((await seneschal(['audit', 'verify', '--data', data])).code, 0);
            rmSync(data, { recursive: true });
        }
    }
    if (!stores(data).includes('seneschal.db')) assert.equal((await restore(big, data)).code, 0);
    assert.deepEqual(stores(data), ['seneschal.db'], `${ends} had come to their end`);
    const copies = tempDir('killed-copies');
    const parts = () => readdirSync(copies).filter((name) => name.endsWith('.seneschal-part'));
    let left = 0;
    for (let i = 0; left === 0 || i < 3; i++) {
        assert.ok(i < 40, 'no kill came while a copy was made');
        const to = path.join(copies, `killed-${i}.db`);
        const child = new Child(BIN, ['backup', '--data', data, '--output', to]);
        await new Promise((resolve) => setTimeout(resolve, 10 * (1 + (i % 10))));
        await child.kill();
        left += parts().length > 0 ? 1 : 0;
        if (existsSync(to)) assert.equal(readFileSync(`${to}.sha256`, 'utf8'), `${sha256(to)}  ${path.basename(to)}\n`);
    }
    const last = path.join(copies, 'last.db');
    assert.equal((await backup(last, data)).code, 0);
    assert.deepEqual(parts(), [], 'the next run takes away what the dead have left');
    copyFileSync(last, path.join(copies, '.last.db.seneschal-part'));
    assert.equal((await restore(last, path.join(tempDir('after'), 'data'))).code, 0);
    assert.deepEqual(parts(), [], 'and so does a restore');
});

test('a copy is on the record before it is there: by the running server, and without one', async () => {
    const told = async (by) => (await audit(await by.admin(), 'action=store.backed-up')).map((e) => [e.result, e.actor.kind, e.target, e.details]);
    const entry = (name) => ['ok', 'system', { kind: 'backup', id: null, name }, { bytes: statSync(file(name)).size, sha256: sha256(file(name)), uid: process.getuid() }];
    const own = await startServer();
    assert.deepEqual(await told(own), []);
    assert.equal((await backup(file('beside é.db'), own.data)).code, 0);
    assert.deepEqual(await told(own), [entry('beside é.db')]);
    await own.stop();
    assert.equal((await backup(file('alone.db'), own.data)).code, 0);
    const verify = await seneschal(['audit', 'verify', '--data', own.data]);
    assert.equal(verify.code, 0, verify.stdout);
    await own.start();
    assert.deepEqual(await told(own), [entry('alone.db'), entry('beside é.db')]);
    const both = await Promise.all(['one.db', 'two.db'].map((name) => backup(file(name), own.data)));
    assert.deepEqual(both.map((one) => one.code), [0, 0], both.map((one) => one.stderr).join());
    assert.equal((await told(own)).length, 4);
});

test('a server without its key, and a store that an older program has made, are copied and recorded too', async () => {
    const recorded = (data) => {
        const db = new DatabaseSync(path.join(data, 'seneschal.db'), { readOnly: true });
        const { n } = db.prepare("SELECT count(*) AS n FROM audit_event WHERE body LIKE '%store.backed-up%'").get();
        db.close();
        return n;
    };
    const data = path.join(tempDir('sealed'), 'data');
    assert.equal((await restore(file('good.db'), data)).code, 0);
    const before = recorded(data);
    const sealed = await startServer({ data });
    (await sealed.client().get('/devices')).wantProblem(503, 'sealed');
    assert.equal((await backup(file('sealed.db'), data)).code, 0);
    await sealed.stop();
    assert.equal(recorded(data), before + 1);
    changedIn(data, 'DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)');
    assert.equal((await backup(file('older.db'), data)).code, 0);
    assert.equal(recorded(data), before + 2);
});

test('what cannot be put on the record is not made', async () => {
    const data = path.join(tempDir('held'), 'data');
    assert.equal((await restore(file('good.db'), data)).code, 0);
    changedIn(data, "CREATE TRIGGER no BEFORE INSERT ON audit_event BEGIN SELECT raise(ABORT, 'no'); END");
    const done = await backup(file('unsaid.db'), data);
    assert.notEqual(done.code, 0);
    assert.match(done.stderr, /no copy was made, because it cannot be put on the record/);
    assert.deepEqual(readdirSync(room).filter((name) => name.includes('unsaid')), []);
});

test('what root makes in the directory of another is the other’s', { skip: process.getuid() !== 0 && 'only root makes files of others' }, async () => {
    const data = path.join(tempDir('theirs'), 'data');
    mkdirSync(data, { mode: 0o700 });
    chownSync(data, 65534, 65534);
    assert.equal((await restore(file('good.db'), data)).code, 0);
    for (const name of ['seneschal.db', 'lock']) assert.equal(statSync(path.join(data, name)).uid, 65534, name);
    assert.equal((await backup(file('of-theirs.db'), data)).code, 0);
    for (const name of readdirSync(data)) assert.equal(statSync(path.join(data, name)).uid, 65534, name);
});
