// SPDX-License-Identifier: Apache-2.0
// Migrations and statements are written in what SQLite and PostgreSQL share: here a real PostgreSQL applies the first and
// prepares every one of the second, and says what columns come out.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEBIAN = '/usr/lib/postgresql';
const PATIENCE_MS = 30_000;

function findBin() {
    const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((v) => Number(v) >= 15) : [];
    return versions.map((v) => path.join(DEBIAN, v, 'bin')).find((dir) => existsSync(path.join(dir, 'initdb')));
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user of that name. */
function asServer(command, args) {
    if (process.getuid() !== 0) return [command, args];
    return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]];
}

class Postgres {
    constructor(bin) {
        this.bin = bin;
        this.dir = mkdtempSync(path.join(tmpdir(), 'seneschal-pg-'));
        if (process.getuid() === 0) {
            const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
            chownSync(this.dir, id('-u'), id('-g'));
        }
        this.run('initdb', ['-D', `${this.dir}/data`, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync']);
    }

    run(name, args, input) {
        const [command, full] = asServer(path.join(this.bin, name), args);
        const done = spawnSync(command, full, { input, encoding: 'utf8', cwd: this.dir, timeout: PATIENCE_MS * 2 });
        if (name !== 'psql') assert.equal(done.status, 0, `${name}: ${done.stderr}`);
        return done;
    }

    /** Unaligned, without titles; a statement that fails ends it when `strict`. */
    psql(input, strict) {
        return this.run('psql', ['-h', this.dir, '-U', 'postgres', '-XAtq', '-v', `ON_ERROR_STOP=${strict ? 1 : 0}`, 'postgres'], input);
    }

    async start() {
        const args = ['-D', `${this.dir}/data`, '-k', this.dir, '-c', 'listen_addresses=', '-c', 'fsync=off'];
        const [command, full] = asServer(path.join(this.bin, 'postgres'), args);
        this.child = spawn(command, full, { cwd: this.dir, stdio: 'ignore' });
        process.on('exit', () => this.child.kill('SIGQUIT')); // whatever becomes of this test
        const until = Date.now() + PATIENCE_MS;
        while (this.psql('SELECT 1;', true).status !== 0) {
            assert.ok(Date.now() < until && this.child.exitCode === null, 'PostgreSQL does not start');
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }

    async stop() {
        if (this.child !== undefined && this.child.exitCode === null) {
            const ended = new Promise((resolve) => this.child.once('exit', resolve));
            this.child.kill('SIGINT'); // a fast shutdown
            await ended;
        }
        rmSync(this.dir, { recursive: true, force: true });
    }
}

/** What tools/mksql.py prints: the migrations, then of each statement its columns' types and its PREPARE line. */
function render() {
    const text = execFileSync('python3', ['tools/mksql.py', '--sqldir', 'sql', '--dialect', 'postgres'], { cwd: ROOT, encoding: 'utf8' });
    const lines = text.split('\n');
    const first = lines.findIndex((line) => line.startsWith('-- gives'));
    const statements = [];
    for (let at = first; at + 1 < lines.length; at += 2) {
        const [, name, types = '', body] = /^PREPARE (\w+)(?: \(([^)]*)\))? AS (.*);$/.exec(lines[at + 1]);
        const gives = lines[at].split(' ').slice(2);
        statements.push({ name, line: lines[at + 1], types: types.split(', '), body, gives });
    }
    return { migrations: lines.slice(0, first).join('\n'), statements };
}

const bin = findBin();
const skip = bin === undefined && `no PostgreSQL 15 or newer under ${DEBIAN}`;

test('every migration and statement is understood by PostgreSQL', { skip }, async (t) => {
    const postgres = new Postgres(bin);
    after(() => postgres.stop());
    await postgres.start();
    const { migrations, statements } = render();

    await t.test('the migrations apply', () => {
        const done = postgres.psql(migrations, true);
        assert.equal(done.status, 0, done.stderr);
    });

    await t.test('every statement can be prepared', () => {
        const names = 'SELECT name FROM pg_prepared_statements ORDER BY name COLLATE "C";';
        const done = postgres.psql(`${statements.map((s) => s.line).join('\n')}\n${names}\n`, false);
        assert.equal(done.stderr, '');
        assert.deepEqual(done.stdout.trim().split('\n'), statements.map((s) => s.name).sort());
        assert.ok(statements.length > 0);
    });

    await t.test('every row has the types that its @row says', () => {
        const describe = (s) => `${s.body.replace(/\$(\d+)/g, (_, n) => `NULL::${s.types[n - 1]}`)} \\gdesc\n\\echo .${s.name}\n`;
        const done = postgres.psql(statements.map(describe).join(''), false);
        assert.equal(done.stderr, '');
        let got = [];
        const described = new Map();
        for (const line of done.stdout.trim().split('\n')) {
            if (line.startsWith('.')) {
                described.set(line.slice(1), got);
                got = [];
            } else if (line.includes('|')) {
                got.push(line.slice(line.indexOf('|') + 1));
            }
        }
        for (const s of statements) assert.deepEqual(described.get(s.name), s.gives, s.name);
    });
});
