// SPDX-License-Identifier: Apache-2.0
// The registry of an older agent server is brought over: its tokens and revocations go on working, nothing doubles.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { audit, enrol, enrolmentKey, init, poll, serviceClient, uniqueName } from './lib/fleet.mjs';
import { BIN, Child, eventually, run, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('import');
const server = await startServer();
const admin = await server.admin();
const nobody = server.client();

const hash = (token) => createHash('sha256').update(token).digest('hex');
const COLUMNS = 'id INTEGER PRIMARY KEY, machine_id TEXT, user_name TEXT, user_email TEXT, user_id TEXT, hostname TEXT, os_info TEXT, ' +
    'version TEXT, status TEXT, enrolled_at TEXT, last_seen_at TEXT, uninstalled_at TEXT, uninstall_reason TEXT, token_hash TEXT, token_issued_at TEXT';

let files = 0;
/** A database file made by the `sqlite3` command line. */
async function sqlite(sql, file = path.join(dir, `old-${++files}.db`)) {
    const { code, stderr } = await run('sqlite3', ['-bail', file], { input: sql });
    assert.equal(code, 0, stderr);
    return file;
}

const quoted = (v) => (v === null || v === undefined ? 'NULL' : typeof v === 'number' ? String(v) : `'${String(v).replaceAll("'", "''")}'`);
const insert = (row) => `INSERT INTO enrolled_agents (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(quoted).join(', ')});\n`;
/** A registry with these rows. */
const registry = (rows, { columns = COLUMNS, more = '' } = {}) =>
    sqlite(`CREATE TABLE enrolled_agents (${columns});\nBEGIN;\n${rows.map(insert).join('')}COMMIT;\n${more}`);

/** `import agents` to its end, with its final table as {created: {active: [2, 1], ...}, kept: n, ...}. */
async function importAgents(file, { to = server, args = [], env = {} } = {}) {
    const done = await seneschal(['import', 'agents', file, '-o', 'json', ...args], { env: { SENESCHAL_URL: to.url, SENESCHAL_DATA: to.data, ...env } });
    const table = {};
    if (done.stdout !== '') {
        const rows = JSON.parse(done.stdout);
        const n = (outcome, status = '') => rows.filter((r) => r.outcome === outcome && r.status === status).map((r) => r.rows);
        const [withToken, without] = n('created', 'active');
        const [uninstalled] = n('created', 'uninstalled');
        const [revoked] = n('created', 'revoked');
        Object.assign(table, { withToken, without, uninstalled, revoked });
        for (const outcome of ['unchanged', 'kept', 'duplicate', 'skipped', 'total']) [table[outcome]] = n(outcome);
    }
    return { ...done, table };
}
const counts = (given) =>
    ({ withToken: 0, without: 0, uninstalled: 0, revoked: 0, unchanged: 0, kept: 0, duplicate: 0, skipped: 0, ...given });
const agent = async (machine_id) => (await admin.get(`/agents/${machine_id}`)).want(200);
const verify = async (token) => (await admin.post('/agents/verify', { token })).want(200).machine_id;
const heartbeat = (token, machine_id) => nobody.as(token).post('/agents/heartbeat', { machine_id });

/** One machine of each kind, with names of their own. */
function fleet() {
    const name = (kind) => uniqueName(kind);
    const rows = {
        // A token of the older server: any text, no prefix, no checksum.
        active: { machine_id: name('active'), status: 'active', token: `Zm9v+${name('tok')}/==` },
        bare: { machine_id: name('bare'), status: 'active' },
        gone: { machine_id: name('gone'), status: 'uninstalled', token: name('tok'), uninstall_reason: 'update', uninstalled_at: '2025-02-03 04:05:06' },
        out: { machine_id: name('out'), status: 'uninstalled', token: name('tok'), uninstall_reason: 'admin_revoke', uninstalled_at: '2025-02-03T04:05:06Z' },
    };
    const sql = Object.values(rows).map(({ token, ...row }) => ({
        ...row, hostname: `host-${row.machine_id}`, user_name: 'Ada', user_email: 'ada@example.org', user_id: '17', os_info: 'Windows 11', version: '1.4.2',
        enrolled_at: '2024-05-01 10:00:00.5', last_seen_at: 1735689600, token_hash: token && hash(token), token_issued_at: token && '2024-05-01T12:00:00+02:00',
    }));
    return { ...rows, sql };
}

test('statuses, tokens and revocations go on working; a second import changes nothing', async () => {
    const f = fleet();
    const file = await registry(f.sql);
    const before = (await admin.get('/agents/count')).want(200).count;
    const first = await importAgents(file);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(first.table, counts({ withToken: 1, without: 1, uninstalled: 1, revoked: 1, total: 4 }));

    const row = await agent(f.active.machine_id);
    assert.equal(row.status, 'active');
    assert.deepEqual([row.user_name, row.user_email, row.user_id, row.os_info, row.version], ['Ada', 'ada@example.org', '17', 'Windows 11', '1.4.2']);
    assert.equal(row.hostname, `host-${f.active.machine_id}`);
    assert.equal(row.enrolled_at, '2024-05-01T10:00:00.500Z');
    assert.equal(row.last_seen_at, '2025-01-01T00:00:00.000Z');
    assert.equal(row.token_issued_at, '2024-05-01T10:00:00.000Z');
    (await heartbeat(f.active.token, f.active.machine_id)).want(202);
    (await poll(nobody, f.active.token)).want(200);
    assert.equal(await verify(f.active.token), f.active.machine_id);

    assert.equal((await agent(f.bare.machine_id)).token_issued_at, null);
    const gone = await agent(f.gone.machine_id);
    assert.deepEqual([gone.status, gone.uninstall_reason, gone.uninstalled_at], ['uninstalled', 'update', '2025-02-03T04:05:06.000Z']);
    (await heartbeat(f.gone.token, f.gone.machine_id)).wantProblem(401, 'unauthenticated');
    assert.equal(await verify(f.gone.token), null);

    const out = await agent(f.out.machine_id);
    assert.equal(out.status, 'revoked');
    const device = (await admin.get(`/devices/${out.id}`)).want(200);
    assert.deepEqual([device.status, device.revoke_reason, device.revoked_at], ['REVOKED', 'admin_revoke', '2025-02-03T04:05:06.000Z']);
    (await poll(nobody, f.out.token)).wantProblem(403, 'device-revoked');
    (await heartbeat(f.out.token, f.out.machine_id)).wantProblem(403, 'device-revoked');
    assert.equal(await verify(f.out.token), null);
    const key = await enrolmentKey(admin, { adopt: true });
    (await nobody.as(key.key).post('/agents/enroll', { machine_id: f.out.machine_id })).wantProblem(403, 'device-revoked');
    (await init(nobody, f.out.machine_id)).wantProblem(403, 'device-revoked');

    const events = async () => (await audit(admin, 'action=device.imported&limit=500')).length;
    const recorded = await events();
    const again = await importAgents(file);
    assert.deepEqual(again.table, counts({ unchanged: 4, total: 4 }));
    assert.equal((await admin.get('/agents/count')).want(200).count, before + 4);
    assert.equal(await events(), recorded, 'what changes nothing is no event');
    assert.equal(await verify(f.active.token), f.active.machine_id);
});

test('each machine is an event of its own, with a summary beside them', async () => {
    const f = fleet();
    assert.equal((await importAgents(await registry(f.sql))).code, 0);
    for (const { machine_id } of [f.active, f.bare, f.gone, f.out]) {
        const { id } = await agent(machine_id);
        const [event] = await audit(admin, `action=device.imported&target=${id}`);
        assert.equal(event.target.name, machine_id);
        assert.ok(!JSON.stringify(event).includes(hash(f.active.token)), 'no token, not even its hash');
    }
    const [summary] = await audit(admin, 'action=agents.imported');
    assert.deepEqual(summary.details, { created: 4, kept: 0, unchanged: 0 });
});

test('a dry run says what would happen, and writes nothing', async () => {
    const f = fleet();
    const file = await registry(f.sql);
    const tried = await importAgents(file, { args: ['--dry-run'] });
    assert.equal(tried.code, 0, tried.stderr);
    (await admin.get(`/agents/${f.active.machine_id}`)).wantProblem(404, 'not-found');
    assert.equal(await verify(f.active.token), null);
    const done = await importAgents(file);
    assert.deepEqual(tried.table, done.table);
    assert.deepEqual(await importAgents(file, { args: ['--dry-run'] }).then((r) => r.table), counts({ unchanged: 4, total: 4 }));
});

test('what has changed here since is kept', async () => {
    const f = fleet();
    const file = await registry(f.sql);
    await importAgents(file);
    const { id } = await agent(f.active.machine_id);
    (await admin.post(`/devices/${id}/revoke`, { reason: 'stolen' })).want(200);
    (await nobody.as((await enrolmentKey(admin, { adopt: true })).key).post('/agents/enroll', { machine_id: f.bare.machine_id })).want(200);
    const own = await enrol(nobody, admin);
    const more = await registry([...f.sql, { machine_id: own.machine_id, status: 'active', token_hash: hash('planted') }]);
    const again = await importAgents(more);
    assert.deepEqual(again.table, counts({ kept: 3, unchanged: 2, total: 5 }));
    assert.match(again.stderr, new RegExp(`row 1 \\(${f.active.machine_id}\\): kept: it is revoked here, active in the file`));
    assert.equal((await agent(f.active.machine_id)).status, 'revoked');
    (await poll(nobody, 'planted')).want(401);
    (await poll(nobody, own.token)).want(200);
});

test('a machine without a token gets its first by an adopting key, once', async () => {
    const f = fleet();
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    await importAgents(await registry(f.sql));
    const plain = nobody.as((await enrolmentKey(admin)).key);
    (await plain.post('/agents/enroll', { machine_id: f.bare.machine_id })).wantProblem(409, 'already-enrolled');
    const slow = nobody.as((await enrolmentKey(admin, { adopt: true, auto_approve: false })).key);
    (await slow.post('/agents/enroll', { machine_id: f.bare.machine_id })).wantProblem(403, 'approval-required');
    const made = await enrolmentKey(admin, { adopt: true, uses: 1, groups: [group.name], labels: { site: 'paris' } });
    const key = nobody.as(made.key);
    const enroll = (machine_id) => key.post('/agents/enroll', { machine_id, version: '2.0.0' });
    const [one, two] = await Promise.all([enroll(f.bare.machine_id), enroll(f.bare.machine_id)]);
    const [good, late] = one.status === 200 ? [one, two] : [two, one];
    const got = good.want(200);
    late.wantProblem(409, 'already-enrolled');
    assert.deepEqual([got.created, got.reactivated, got.agent.machine_id], [false, false, f.bare.machine_id]);
    assert.equal(got.agent.version, '2.0.0');
    assert.equal(got.agent.hostname, `host-${f.bare.machine_id}`, 'what it does not say stays');
    assert.match(got.token, /^sen_d_/);
    (await poll(nobody, got.token)).want(200);
    assert.equal((await audit(admin, `action=device.adopted&target=${got.agent.id}`)).length, 1);
    const device = (await admin.get(`/devices/${got.agent.id}`)).want(200);
    assert.deepEqual([device.groups, device.labels], [[group.name], { site: 'paris' }]);
    assert.equal((await admin.get(`/enrollment-keys/${made.id}`)).want(200).uses_left, 1, 'it was in all the time: no use counts');
    (await enroll(f.active.machine_id)).wantProblem(409, 'already-enrolled');
    const back = (await enroll(f.gone.machine_id)).want(200);
    assert.equal(back.reactivated, true, 'an imported machine comes back with any key');
    assert.equal((await heartbeat(f.gone.token, f.gone.machine_id)).status, 401);
});

test('generations of the table: what is there is taken, what is missing is named', async () => {
    const small = uniqueName('small');
    const file = await sqlite(`CREATE TABLE enrolled_agents (Machine_ID TEXT PRIMARY KEY, os TEXT, last_heartbeat REAL, created_at INTEGER, uninstalled_at TEXT) WITHOUT ROWID;
        INSERT INTO enrolled_agents VALUES ('${small}', 'Debian 12', 1735689600.25, 1714557600000, NULL), ('${small}-x', NULL, NULL, NULL, '2025-01-02');`);
    const done = await importAgents(file);
    assert.deepEqual(done.table, counts({ without: 1, uninstalled: 1, total: 2 }));
    assert.match(done.stderr, /does not have: status reason token_hash/);
    const row = await agent(small);
    assert.deepEqual([row.os_info, row.last_seen_at, row.enrolled_at], ['Debian 12', '2025-01-01T00:00:00.250Z', '2024-05-01T10:00:00.000Z']);
    assert.equal((await agent(`${small}-x`)).uninstalled_at, '2025-01-02T00:00:00.000Z');
});

test('times as older servers wrote them', async () => {
    const cases = {
        '2024-05-01 10:00:00': '2024-05-01T10:00:00.000Z',
        '2024-05-01T10:00': '2024-05-01T10:00:00.000Z',
        '2024-05-01 10:00:00.123456+00:00': '2024-05-01T10:00:00.123Z',
        '2024-05-01T10:00:00+0200': '2024-05-01T08:00:00.000Z',
        '2024-05-01 10:00:00 UTC': '2024-05-01T10:00:00.000Z',
        '2024-05-01 10:00:00-05': '2024-05-01T15:00:00.000Z',
        '2024-05-01': '2024-05-01T00:00:00.000Z',
        '1714557600': '2024-05-01T10:00:00.000Z',
        '1714557600000000': '2024-05-01T10:00:00.000Z',
    };
    const bad = ['yesterday', '2024-13-01 10:00:00', '2024-05-01 10:00:00 CEST', '1.2.3', '-5', '9'.repeat(40)];
    const rows = [...Object.keys(cases), ...bad].map((last_seen_at) => ({ machine_id: uniqueName('time'), status: 'active', last_seen_at }));
    const done = await importAgents(await registry(rows));
    assert.deepEqual(done.table, counts({ without: rows.length, total: rows.length }));
    for (const { machine_id, last_seen_at } of rows) {
        assert.equal((await agent(machine_id)).last_seen_at, cases[last_seen_at] ?? null, last_seen_at);
        assert.equal(done.stderr.includes(`(${machine_id}): last_seen_at is left out: it is no time`), !(last_seen_at in cases), last_seen_at);
    }
});

test('rows that break a rule are named and stay behind; the rest comes over', async () => {
    const good = uniqueName('good');
    const rows = [
        { machine_id: good, status: 'active', hostname: 'x'.repeat(300), token_hash: 'abc' },
        { machine_id: 'a/b', status: 'active' },
        { machine_id: '', status: 'active' },
        { machine_id: null, status: 'active' },
        { machine_id: 'é', status: 'active' },
        { machine_id: 'x'.repeat(129), status: 'active' },
        { machine_id: uniqueName('odd'), status: 'dancing' },
    ];
    const file = await registry(rows);
    const done = await importAgents(file);
    assert.equal(done.code, 0);
    assert.deepEqual(done.table, counts({ without: 1, skipped: 6, total: 7 }));
    for (const n of [2, 3, 4, 5, 6]) assert.match(done.stderr, new RegExp(`^row ${n} \\(.*\\): machine_id wants 1 to 128 printable`, 'm'));
    assert.match(done.stderr, /^row 7 .*status is none of active, uninstalled, revoked/m);
    assert.match(done.stderr, /^row 1 .*token_hash is no SHA-256.*hostname is left out/m);
    assert.equal((await importAgents(file, { args: ['--strict'] })).code, 1);
    assert.equal((await importAgents(await registry(rows.slice(1)))).code, 1, 'nothing at all came over');
    assert.equal((await importAgents(await registry([]))).code, 0);
});

test('several rows of one machine: a revocation counts, else the newest; tokens that two machines share prove neither', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((n) => uniqueName(n));
    const rows = [
        { machine_id: a, status: 'uninstalled', uninstall_reason: 'admin_revoke', token_hash: hash(`${a}-1`) },
        { machine_id: a, status: 'active', token_hash: hash(`${a}-2`) },
        { machine_id: b, status: 'uninstalled' },
        { machine_id: b, status: 'active', token_hash: hash(b) },
        { machine_id: c, status: 'active', token_hash: hash(`${c}-shared`) },
        { machine_id: d, status: 'active', token_hash: hash(`${c}-shared`).toUpperCase() },
        { machine_id: d.toUpperCase(), status: 'active' },
    ];
    const file = await registry(rows);
    const tried = await importAgents(file, { args: ['--dry-run'] });
    const done = await importAgents(file);
    assert.deepEqual(done.table, counts({ withToken: 1, without: 3, revoked: 1, duplicate: 2, total: 7 }));
    assert.deepEqual(done.table, tried.table);
    assert.match(done.stderr, /^row 2 .*duplicate: row 1 of this machine counts/m);
    assert.match(done.stderr, /^row 3 .*duplicate: row 4 of this machine counts/m);
    assert.match(done.stderr, /^row 5 .*its token is another machine's too/m);
    assert.match(done.stderr, /^row 7 .*differs from that of row 6 only in case/m);
    assert.equal((await agent(a)).status, 'revoked');
    (await poll(nobody, `${a}-1`)).wantProblem(403, 'device-revoked');
    (await poll(nobody, `${a}-2`)).want(401);
    (await poll(nobody, b)).want(200);
    (await poll(nobody, `${c}-shared`)).want(401);
    assert.deepEqual((await importAgents(file)).table, counts({ unchanged: 5, duplicate: 2, total: 7 }));
});

test('a status "active" beside the reason admin_revoke is a revocation', async () => {
    const machine_id = uniqueName('revoked');
    const done = await importAgents(await registry([{ machine_id, status: 'active', uninstall_reason: 'admin_revoke', token_hash: hash(machine_id) }]));
    assert.deepEqual(done.table, counts({ revoked: 1, total: 1 }));
    (await poll(nobody, machine_id)).wantProblem(403, 'device-revoked');
});

test('a machine that only asks to come in does not keep the imported one out', async () => {
    const machine_id = uniqueName('squat');
    const squatter = (await init(nobody, machine_id)).want(201);
    const done = await importAgents(await registry([{ machine_id, status: 'active', token_hash: hash(machine_id) }]));
    assert.deepEqual(done.table, counts({ withToken: 1, total: 1 }));
    (await poll(nobody, machine_id)).want(200);
    (await nobody.post('/devices/enroll/confirm', { device_id: squatter.device_id, claim: squatter.claim })).wantProblem(403, 'claim-wrong');
});

test('another organisation is not touched, and its tokens are not given away', async () => {
    const f = fleet();
    const file = await registry(f.sql);
    await importAgents(file);
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: 'Other' })).want(201);
    const done = await importAgents(file, { args: ['--org', slug] });
    assert.deepEqual(done.table, counts({ without: 2, uninstalled: 1, revoked: 1, total: 4 }), 'the same machines, without the tokens of others');
    assert.match(done.stderr, /its token is somebody else's on this server/);
    assert.equal(await verify(f.active.token), f.active.machine_id);
    const there = admin.with({ 'Seneschal-Org': slug });
    assert.equal((await there.post('/agents/verify', { token: f.active.token })).want(200).machine_id, null);
    const [mine, theirs] = [await agent(f.active.machine_id), (await there.get(`/agents/${f.active.machine_id}`)).want(200)];
    assert.notEqual(mine.id, theirs.id);
});

test('who may: device:approve and device:revoke; the rows are checked', async () => {
    const rows = [{ machine_id: uniqueName('may'), status: 'active' }];
    (await nobody.post('/agents/import', { rows })).want(401);
    (await nobody.as((await enrolmentKey(admin)).key).post('/agents/import', { rows })).wantProblem(403, 'forbidden');
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await enroller.post('/agents/import', { rows })).wantProblem(403, 'forbidden');
    const { client: operator } = await serviceClient(admin, ['operator']);
    const answer = (await operator.post('/agents/import', { rows })).want(200);
    assert.deepEqual(answer, { dry_run: false, created: 1, unchanged: 0, kept: 0, results: [{ row: 1, outcome: 'created', status: 'active' }] });
    for (const bad of [{ machine_id: 'a/b', status: 'active' }, { machine_id: 'a', status: 'pending' }, { machine_id: 'a' },
        { machine_id: 'a', status: 'active', token_hash: 'zz' }, { machine_id: 'a', status: 'active', user_name: 'x'.repeat(257) }])
        (await operator.post('/agents/import', { rows: [bad] })).wantProblem(422, 'bad-field');
    (await operator.post('/agents/import', { rows: [{ ...rows[0], surprise: 1 }] })).wantProblem(422, 'unknown-field');
    (await operator.post('/agents/import', { rows: Array(251).fill(rows[0]) })).wantProblem(422, 'bad-field');
});

test('the same Idempotency-Key gives the same answer', async () => {
    const headers = { 'Idempotency-Key': uniqueName('idempotency-key-of-an-import') };
    const rows = [{ row: 7, machine_id: uniqueName('idem'), status: 'active' }];
    const first = (await admin.post('/agents/import', { rows }, { headers })).want(200);
    assert.deepEqual((await admin.post('/agents/import', { rows }, { headers })).want(200), first);
    assert.equal(first.results[0].outcome, 'created');
    (await admin.post('/agents/import', { rows: [] }, { headers })).wantProblem(409, 'conflict');
});

test('files that are no registry are refused with a sentence', async () => {
    const cases = [
        ['no such file', path.join(dir, 'nothing.db'), 3, /nothing\.db: No such file/],
        ['a directory', dir, 1, /want a file/],
        ['another database', await sqlite('CREATE TABLE t (a);'), 3, /there is no table enrolled_agents/],
        ['a view of that name', await sqlite(`CREATE TABLE t (machine_id); CREATE VIEW enrolled_agents AS SELECT machine_id FROM t;`), 3, /no table enrolled_agents/],
        ['a virtual table of that name', await sqlite('CREATE VIRTUAL TABLE enrolled_agents USING fts5(machine_id);'), 3, /no table enrolled_agents/],
        ['no machine_id', await sqlite('CREATE TABLE enrolled_agents (name TEXT);'), 3, /no column machine_id/],
    ];
    const text = path.join(dir, 'text.db');
    writeFileSync(text, 'not a database at all, but long enough to look like one'.repeat(50));
    cases.push(['a text', text, 1, /no SQLite database/]);
    const cut = path.join(dir, 'cut.db');
    copyFileSync(await registry(Array.from({ length: 500 }, () => ({ machine_id: uniqueName('cut'), status: 'active', hostname: 'h'.repeat(200) }))), cut);
    await run('truncate', ['-s', '20480', cut]);
    cases.push(['half a file', cut, 1, /SQLite cannot read it/]);
    for (const [what, file, code, says] of cases) {
        const done = await importAgents(file, { args: ['--dry-run'] });
        assert.equal(done.code, code, `${what}: ${done.stderr}`);
        assert.match(done.stderr, says, what);
        assert.equal(done.stdout, '', what);
    }
});

test('what a hostile file carries does not run, and its texts reach no terminal', async () => {
    const name = uniqueName('hostile');
    const file = await registry([{ machine_id: name, status: 'active' }], {
        more: `CREATE TABLE taken (x);
            CREATE TRIGGER t AFTER INSERT ON enrolled_agents BEGIN INSERT INTO taken VALUES (1); END;
            CREATE INDEX i ON enrolled_agents (abs(id));
            INSERT INTO enrolled_agents (machine_id, status, hostname) VALUES ('${name}-nul' || char(0) || 'x', 'active', ''), (char(27) || '[31mred', 'active', NULL),
                ('${name}-text', 'active', 'a' || char(0) || 'b'), ('${name}-long', 'active', hex(zeroblob(200000)));
            INSERT INTO enrolled_agents (machine_id, status) VALUES (x'00ff', 'active');`,
    });
    const done = await importAgents(file);
    assert.deepEqual(done.table, counts({ without: 3, skipped: 3, total: 6 }));
    assert.ok(!done.stderr.includes('\x1b') && !done.stderr.includes('\0'), JSON.stringify(done.stderr));
    assert.equal((await agent(`${name}-text`)).hostname, null);
    const huge = await registry([{ machine_id: name, status: 'active' }], { more: `INSERT INTO enrolled_agents (machine_id, hostname) VALUES ('big', hex(zeroblob(2000000)));` });
    const refused = await importAgents(huge);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /a row is larger than 1048576 bytes/);
});

test('a file in WAL mode in a directory that cannot be written; a log beside it is refused', async () => {
    const name = uniqueName('wal');
    const home = path.join(dir, 'readonly');
    mkdirSync(home);
    const file = path.join(home, 'odd ?#% name.db');
    copyFileSync(await registry([{ machine_id: name, status: 'active' }], { more: 'PRAGMA journal_mode=WAL;' }), file);
    const before = statSync(file);
    chmodSync(home, 0o555);
    try {
        assert.deepEqual((await importAgents(file)).table, counts({ without: 1, total: 1 }));
        assert.deepEqual(readdirSync(home), ['odd ?#% name.db'], 'nothing was made beside it');
        assert.equal(statSync(file).mtimeMs, before.mtimeMs);
    } finally {
        chmodSync(home, 0o755);
    }
    writeFileSync(`${file}-wal`, 'frames');
    const refused = await importAgents(file);
    assert.equal(refused.code, 5);
    assert.match(refused.stderr, /-wal is not empty: stop the program that writes this file/);
});

test('kill -9 of the command and of the server in the middle: the next run completes it', async () => {
    const own = await startServer();
    const N = 3000;
    const boot = uniqueName('kill');
    const file = await registry(Array.from({ length: N }, (_, i) => ({ machine_id: `${boot}-${i}`, status: 'active', token_hash: hash(`${boot}-${i}`) })));
    const counted = async () => (await (await own.admin()).get('/agents/count')).want(200).count;
    for (const victim of ['command', 'server']) {
        const before = await counted();
        const child = new Child(BIN, ['import', 'agents', file], { env: { SENESCHAL_URL: own.url, SENESCHAL_DATA: own.data } });
        const client = await own.admin();
        await eventually('some of it is over', async () => (await client.get('/agents/count')).want(200).count > before);
        if (victim === 'command') {
            await child.kill();
        } else {
            await own.kill();
            const { code } = await child.ended();
            assert.notEqual(code, 0);
            assert.match(child.stderr, /run the same command again/);
            await own.start();
        }
    }
    const last = await importAgents(file, { to: own });
    assert.equal(last.code, 0, last.stderr);
    assert.equal(last.table.withToken + last.table.unchanged, N);
    assert.equal(await counted(), N);
    const client = await own.admin();
    for (const i of [0, 1, N >> 1, N - 1]) assert.equal((await client.post('/agents/verify', { token: `${boot}-${i}` })).want(200).machine_id, `${boot}-${i}`);
    assert.deepEqual((await importAgents(file, { to: own })).table, counts({ unchanged: N, total: N }));
    const verified = await seneschal(['audit', 'verify', '--data', own.data]);
    assert.equal(verified.code, 0, verified.stderr);
});

test('the settings of the older server are understood: its lock, and one line about its tokens', async () => {
    const own = await startServer({ env: { RPA_FLEET_ENROLL_LOCKED: 'True', RPA_FLEET_PER_AGENT_TOKEN: '1' } });
    const client = await own.admin();
    assert.deepEqual((await client.get('/fleet/lock')).want(200), { locked: true, known: 'allow', by: 'RPA_FLEET_ENROLL_LOCKED' });
    assert.equal(own.log.split('\n').filter((line) => line.includes('RPA_FLEET_PER_AGENT_TOKEN')).length, 1);
    const f = fleet();
    assert.equal((await importAgents(await registry(f.sql), { to: own })).code, 0, 'a lock keeps machines out, not an administrator');
    const key = own.client().as((await enrolmentKey(client)).key);
    (await key.post('/agents/enroll', { machine_id: uniqueName() })).wantProblem(403, 'fleet-locked');
    (await key.post('/agents/enroll', { machine_id: f.gone.machine_id })).want(200);
});
