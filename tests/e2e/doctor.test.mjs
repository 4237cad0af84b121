// SPDX-License-Identifier: Apache-2.0
// doctor: for each check something broken, and exactly that is found, with how to mend it.
import assert from 'node:assert/strict';
import { chmod, chown, cp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import test, { after } from 'node:test';
import { BIN, eventually, run, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

// The test's own variables mean nothing to the program, and it would say so.
delete process.env.SENESCHAL_BIN;
delete process.env.SENESCHAL_ROUTE_LOG;
const dir = tempDir('doctor');
const keyFile = path.join(dir, 'master.key');
await writeFile(keyFile, 'ab'.repeat(32), { mode: 0o400 });
const server = await startServer({ data: path.join(dir, 'data'), env: { SENESCHAL_MASTER_KEY_FILE: keyFile } });
const listen = `127.0.0.1:${server.port}`;

/** What the machine of this test is like is not its business. */
const machine = new Set(['clock', 'limits', 'disk']);
const well = ['--data', server.data, '--listen', listen, '--master-key-file', keyFile];
/** {code, found}: what is not well, "severity check: text". */
const doctor = async (args, options) => {
    const { code, stdout, stderr } = await seneschal(['doctor', '-o', 'json', ...args], options);
    assert.equal(stderr, '');
    const all = JSON.parse(stdout);
    for (const f of all) {
        assert.ok(['ok', 'info', 'warning', 'error'].includes(f.severity), f.severity);
        if (f.severity === 'warning' || f.severity === 'error') assert.ok(f.mend?.length > 5, `${f.finding}: no way to mend it`);
    }
    assert.equal(code, all.some((f) => f.severity === 'error') ? 1 : 0);
    const bad = all.filter((f) => f.severity === 'warning' || f.severity === 'error');
    return { all, bad, found: bad.filter((f) => !machine.has(f.check)).map((f) => `${f.severity} ${f.check}: ${f.finding}`) };
};
/** One finding, and no other. */
const only = (found, ...patterns) => {
    assert.equal(found.length, patterns.length, found.join('\n'));
    patterns.forEach((p, i) => assert.match(found[i], p));
};
/** A copy of the store of a server that has stopped. */
const stopped = await startServer({ data: path.join(dir, 'stopped'), env: { SENESCHAL_MASTER_KEY_FILE: keyFile } });
await stopped.stop();
const copy = async (name) => {
    const to = path.join(dir, name);
    await cp(stopped.data, to, { recursive: true, filter: (from) => !from.endsWith('.sock') });
    await chmod(to, 0o700);
    return to;
};
const at = (data) => ['--data', data, '--listen', '127.0.0.1:0', '--master-key-file', keyFile];

test('a server that is well: nothing to mend, and the table says so', async () => {
    const { all, found } = await doctor(well);
    only(found);
    assert.deepEqual([...new Set(all.map((f) => f.check))], ['configuration', 'environment', 'data', 'keys', 'store', 'disk', 'clock', 'limits', 'certificate', 'ports', 'server']);
    const text = (f) => all.filter((row) => row.check === f).map((row) => row.finding).join('\n');
    assert.match(text('ports'), new RegExp(`held by the server of this directory, pid ${server.pid}$`));
    assert.match(text('server'), /ready$/);
    assert.match(text('disk'), /^\d+ MiB free\nan fsync takes \d+ (us|ms)/);
    const { code, stdout } = await seneschal(['doctor', ...well]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok {7}store +\d+ MiB, whole$/m);
    assert.match(stdout, /^info {5}certificate +none: plain HTTP$/m);
});

// The engine leaves an empty log and its index beside a store that it has read.
test('it changes nothing', async () => {
    const data = await copy('untouched');
    const sums = async () => (await run('sh', ['-c', 'find . -type f -size +0 ! -name "*-shm" | sort | xargs sha256sum'], { cwd: data })).stdout;
    const before = await sums();
    only((await doctor(at(data))).found);
    assert.equal(await sums(), before);
    const nowhere = path.join(dir, 'nowhere');
    const { all } = await doctor(['--data', nowhere, '--listen', '127.0.0.1:0']);
    assert.ok(all.some((f) => f.check === 'data' && f.severity === 'info'));
    await assert.rejects(open(nowhere));
});

test('configuration', async () => {
    const file = path.join(dir, 'seneschal.yaml');
    const write = async (text, mode = 0o644) => {
        await writeFile(file, text);
        await chmod(file, mode);
    };
    await write('limts: true\n');
    only((await doctor([...well, '--config', file])).found, /^error configuration: .*seneschal\.yaml:1:1: there is no setting 'limts'; did you mean 'limits'\?$/);
    await write('limits: true\n', 0o664);
    only((await doctor([...well, '--config', file])).found, /^error configuration: .*seneschal\.yaml: the configuration: others may change it \(mode 0664\)$/);
    only((await doctor([...well, '--config', '/nonexistent.yaml'])).found, /^error configuration: .*nonexistent\.yaml/);
    only((await doctor([...well, '--workers', '0'])).found, /^error configuration: --workers: workers: want a whole number, 1 to 64$/);
    only((await doctor([...well, '--tls-cert', '/x.pem'])).found, /^error configuration: tls\.cert and tls\.key: one is missing$/, /^warning server: /);
    only((await doctor([...well, '--database', 'postgres://x'])).found, /^error configuration: database: this build/);
    const beyond = ['--data', server.data, '--master-key-file', keyFile, '--server', server.url];
    only((await doctor([...beyond, '--listen', '0.0.0.0:0', '--public-url', 'https://x.example'])).found, /^error configuration: .*plain HTTP beyond this machine/);
    only((await doctor([...beyond, '--listen', '0.0.0.0:0', '--insecure-http', '--metrics-open'])).found,
        /^warning configuration: public_url: not set/, /^warning configuration: metrics\.open: /);
});

test('environment', async () => {
    const { found } = await doctor(well, { env: { SENESCHAL_LISTN: 'secret' } });
    only(found, /^warning environment: SENESCHAL_LISTN: means nothing here; did you mean SENESCHAL_LISTEN\?$/);
});

test('data directory', async () => {
    const data = await copy('open');
    await chmod(data, 0o750);
    only((await doctor(at(data))).found, /^error data: .*others may look inside \(mode 0750\)$/);
    await chmod(data, 0o700);
    await chmod(path.join(data, 'seneschal.db'), 0o644);
    only((await doctor(at(data))).found, /^error data: .*seneschal\.db: part of the store: others may read it \(mode 0644\)$/);
    await chmod(path.join(data, 'seneschal.db'), 0o600);
    if (process.getuid() === 0) {
        const theirs = await copy('theirs');
        await chown(path.join(theirs, 'ballast'), 12345, 12345);
        only((await doctor(at(theirs))).found, /^error data: .*ballast: belongs to uid 12345, the directory to uid 0$/);
    }
});

test('keys', async () => {
    const data = await copy('keys');
    const without = ['--data', data, '--listen', '127.0.0.1:0'];
    only((await doctor(without)).found, /^error keys: no master key beside a store$/);
    await cp(keyFile, path.join(data, 'master.key'));
    only((await doctor(without)).found, /^warning keys: the master key lies beside what it seals/);
    await chmod(path.join(data, 'master.key'), 0o444);
    only((await doctor(without)).found, /^error keys: .*the master key: others may read it/, /^warning keys: /);
    const other = path.join(dir, 'other.key');
    await writeFile(other, 'cd'.repeat(32), { mode: 0o400 });
    only((await doctor([...without, '--master-key-file', other])).found, /^error keys: the store was made with another master key/);
    await writeFile(path.join(dir, 'short.key'), 'cd', { mode: 0o400 });
    only((await doctor([...without, '--master-key-file', path.join(dir, 'short.key')])).found, /^error keys: /);
});

test('store', async () => {
    const data = await copy('damaged');
    const file = path.join(data, 'seneschal.db');
    const { stdout } = await run('sqlite3', [file, "SELECT rootpage FROM sqlite_schema WHERE name = 'audit_event'", 'PRAGMA page_size']);
    const [page, size] = stdout.trim().split('\n').map(Number);
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(size, 0x5a), 0, size, (page - 1) * size);
    await handle.close();
    only((await doctor(at(data))).found, /^error store: the store is damaged: /);
    const newer = await copy('newer');
    assert.equal((await run('sqlite3', [path.join(newer, 'seneschal.db'), "INSERT INTO migration SELECT 9999, 'later', checksum, applied_at FROM migration LIMIT 1"])).stderr, '');
    only((await doctor(at(newer))).found, /^error store: .*9999 \(later\), newer than this program/);
    const none = await copy('none');
    await rm(path.join(none, 'seneschal.db'));
    only((await doctor(at(none))).found);
    const rubbish = await copy('rubbish');
    await writeFile(path.join(rubbish, 'seneschal.db'), 'x'.repeat(8192), { mode: 0o600 });
    only((await doctor(at(rubbish))).found, /^error store: /);
});

test('clock: an event of the record that is yet to come', async () => {
    const data = await copy('clock');
    const sql = "UPDATE audit_event SET body = replace(body, '\"at\":\"20', '\"at\":\"21')";
    assert.equal((await run('sqlite3', [path.join(data, 'seneschal.db'), sql])).stderr, '');
    const { bad } = await doctor(at(data));
    const found = bad.filter((f) => f.check === 'clock' && f.severity === 'error');
    assert.match(found[0].finding, /^the record has an event of 21\d\d-.*: the clock was set back$/);
    const sound = await doctor(at(await copy('clock-sound')));
    assert.ok(!sound.bad.some((f) => f.check === 'clock' && f.severity === 'error'));
});

test('limits: fewer files than connections', async () => {
    const { code, stdout } = await run('sh', ['-c', `ulimit -n 1000; exec ${BIN} doctor -o json "$@"`, 'sh', ...well]);
    assert.equal(code, 0, stdout);
    const found = JSON.parse(stdout).filter((f) => f.check === 'limits' && f.severity === 'warning');
    assert.match(found[0].finding, /^1000 open files at most, 20256 wanted/);
    assert.match(found[0].mend, /LimitNOFILE/);
});

test('disk: full, and read-only', async (t) => {
    const data = path.join(dir, 'mounted');
    await mkdir(data, { mode: 0o700 });
    const mount = await run('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0700', 'tmpfs', data]);
    if (mount.code !== 0) return t.skip('this machine lets nobody mount a file system');
    try {
        const disk = async () => (await doctor(at(data))).bad.filter((f) => f.check === 'disk');
        const full = await disk();
        assert.equal(full.length, 1);
        assert.deepEqual([full[0].severity, /^1[12] MiB free$/.test(full[0].finding)], ['error', true]);
        assert.equal((await run('mount', ['-o', 'remount,ro', data])).code, 0);
        assert.match((await disk())[0].finding, /is mounted read-only$/);
    } finally {
        await run('umount', [data]);
    }
});

test('certificate', async () => {
    const pem = (name) => path.join(dir, `${name}.pem`);
    const make = async (name, ...more) => {
        const { code, stderr } = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x',
            '-addext', 'subjectAltName=DNS:seneschal.example,IP:127.0.0.1', '-keyout', pem(`${name}-key`), '-out', pem(name), ...more]);
        assert.equal(code, 0, stderr);
        await chmod(pem(`${name}-key`), 0o600);
    };
    const check = async (name, key = `${name}-key`, url = 'https://seneschal.example/') => {
        const { bad } = await doctor([...at(path.join(dir, 'nowhere')), '--tls-cert', pem(name), '--tls-key', pem(key), '--public-url', url]);
        return bad.filter((f) => f.check === 'certificate' || f.check === 'configuration').map((f) => `${f.severity} ${f.check}: ${f.finding}`);
    };
    const untrusted = /^warning certificate: .*this machine does not trust it: self-signed certificate$/;
    await make('good', '-days', '90');
    await make('soon', '-days', '3');
    await make('past', '-days', '1');
    const resign = await run('openssl', ['x509', '-in', pem('past'), '-signkey', pem('past-key'), '-days', '0', '-out', pem('past')]);
    assert.equal(resign.code, 0, resign.stderr);
    only(await check('good'), untrusted);
    only(await check('good', 'good-key', 'https://127.0.0.1:8443'), untrusted);
    only(await check('good', 'good-key', 'https://other.example'), /^error certificate: .*is not for other\.example/, untrusted);
    only(await check('soon'), /^warning certificate: .*expires on \d{4}-\d\d-\d\d$/, untrusted);
    await eventually('it has expired', async () => (await check('past')).length === 2 && !(await check('past'))[0].includes('expires'));
    only(await check('past'), /^error certificate: .*expired on /, /^warning certificate: /);
    only(await check('good', 'soon-key'), /^error certificate: /, untrusted);
    await chmod(pem('good-key'), 0o640);
    only(await check('good'), /^error certificate: .*the private key: others may read it \(mode 0640\)$/, untrusted);
    await writeFile(pem('rubbish'), 'x');
    only(await check('rubbish', 'good-key'), /^error certificate: .*private key/, /^error certificate: /, /^error certificate: .*holds no certificate/);
});

test('ports: held by somebody else, who is named; an address that is not here', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
        const { port } = other.address();
        const args = ['--data', stopped.data, '--master-key-file', keyFile];
        only((await doctor([...args, '--listen', `127.0.0.1:${port}`, '--server', server.url])).found, new RegExp(`^error ports: 127\\.0\\.0\\.1:${port}: held by pid ${process.pid} \\(`));
        only((await doctor([...args, '--listen', '198.51.100.1:80', '--server', server.url, '--insecure-http', '--public-url', 'http://x'])).found, /^error ports: 198\.51\.100\.1:80: /);
        only((await doctor([...args, '--listen', listen])).found, new RegExp(`^error ports: .*held by pid ${server.pid} \\(seneschal\\)`));
    } finally {
        other.close();
    }
});

test('server: not there, sealed, of another version', async () => {
    only((await doctor([...at(stopped.data), '--server', 'http://127.0.0.1:1'])).found, /^warning server: http:\/\/127\.0\.0\.1:1: /);
    const data = await copy('sealed');
    await writeFile(path.join(dir, 'wrong.key'), 'ef'.repeat(32), { mode: 0o400 });
    const sealed = await startServer({ data, args: ['--master-key-file', path.join(dir, 'wrong.key')] });
    only((await doctor([...at(data), '--server', sealed.url])).found, /^error server: .*answers 503: sealed/);
    const old = http.createServer((request, reply) => reply.end(request.url === '/health' ? '{"version":"0.0.9"}' : 'ready\n')).listen(0, '127.0.0.1');
    after(() => old.close());
    await once(old, 'listening');
    only((await doctor([...at(stopped.data), '--server', `http://127.0.0.1:${old.address().port}`])).found, /^warning server: it runs version 0\.0\.9, this is /);
});

test('what it is asked wrongly', async () => {
    assert.equal((await seneschal(['doctor', '-o', 'csv'])).code, 2);
    const { stdout, code } = await seneschal(['doctor', ...well, '--serve', 'x']);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^error +configuration +there is no flag --serve/m);
});

test('it tells nobody a key', async () => {
    const secret = await readFile(keyFile, 'utf8');
    const { stdout } = await seneschal(['doctor', ...well]);
    assert.ok(!stdout.includes(secret));
});
