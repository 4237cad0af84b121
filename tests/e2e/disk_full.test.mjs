// SPDX-License-Identifier: Apache-2.0
// The disk is full (a small tmpfs): what is safe goes on, what is not is refused, and space alone
// heals it. A place that cannot be written is refused at the start.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { enrol, init, poll, self, uniqueName } from './lib/fleet.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const SIZE_MB = 64; /* the ballast is 16 MiB of it */

/** Why this machine cannot mount, or false. */
function mountSmall(dir) {
    try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0700`, 'tmpfs', dir], { stdio: 'pipe' });
        return false;
    } catch (error) {
        return `cannot mount a tmpfs: ${String(error.stderr ?? error.message).trim()}`;
    }
}

/** Take what is left, to the last page; at most so many bytes of it. */
function fill(file, most = Infinity) {
    const fd = openSync(file, 'w');
    const block = Buffer.alloc(4096, 1);
    try {
        for (let n = 0; n < most; n += block.length) writeSync(fd, block);
    } catch (error) {
        assert.equal(error.code, 'ENOSPC');
    } finally {
        closeSync(fd);
    }
}

const dir = tempDir('full');
const mount = path.join(dir, 'disk');
mkdirSync(mount);
const cannot = mountSmall(mount);
after(() => cannot || execFileSync('umount', ['-l', mount]));

test('disk full: writes are 503 disk-full, revocation works, polls go on, space alone heals it', { skip: cannot }, async () => {
    const server = await startServer({ data: path.join(mount, 'data') });
    const admin = await server.admin();
    const nobody = server.client();
    const [kept, lost] = [await enrol(nobody, admin), await enrol(nobody, admin)];
    (await poll(nobody, kept.token)).want(200);
    const filler = path.join(mount, 'filler');
    fill(filler);

    const refused = await eventually('a write is refused', async () => {
        fill(`${filler}-${uniqueName()}`, 1024 * 1024); // no more: a write of its own may have freed the ballast, which is for revocations
        const reply = await init(nobody, uniqueName('full'), { metadata: { pad: 'x'.repeat(4000) } });
        return reply.status === 201 ? null : reply;
    });
    refused.wantProblem(503, 'disk-full');
    assert.ok(Number(refused.headers['retry-after']) > 0);
    (await admin.post('/groups', { name: uniqueName() })).wantProblem(503, 'disk-full');

    (await poll(nobody, kept.token)).want(200);
    (await self(nobody, kept.token)).want(200);
    (await admin.get(`/devices/${kept.id}`)).want(200);
    const health = await nobody.atRoot().get('/health');
    assert.ok([200, 503].includes(health.status));
    assert.doesNotMatch(health.text, /"database":"ok"/, 'health says it');

    (await admin.post(`/devices/${lost.id}/revoke`, { reason: 'while full' })).want(200);
    (await self(nobody, lost.token)).wantProblem(403, 'device-revoked');
    const record = await admin.get(`/admin/security/audit?target=${lost.id}`);
    assert.match(record.want(200).items.map((event) => event.action).join(), /revok/);

    for (const file of execFileSync('find', [mount, '-maxdepth', '1', '-name', 'filler*'], { encoding: 'utf8' }).trim().split('\n')) rmSync(file);
    assert.ok(statfsSync(mount).bavail > 0);
    await eventually('writes work again', async () => (await init(nobody, uniqueName('healed'))).status === 201, { ms: 30_000 });
    await enrol(nobody, admin);
    assert.match((await nobody.atRoot().get('/health')).want(200).database, /ok/);
    assert.equal((await admin.get(`/devices/${lost.id}`)).want(200).status_reason, 'while full');
    const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', server.data]);
    assert.equal(code, 0, stdout + stderr);
});

test('a data directory that cannot be written is refused at the start, with the reason', async () => {
    const file = path.join(tempDir('nodir'), 'file');
    writeFileSync(file, '');
    for (const data of [file, path.join(file, 'below'), '/proc/seneschal', '/sys/seneschal']) {
        const { code, stderr, stdout } = await seneschal(['serve', '--data', data, '--listen', '127.0.0.1:0'], { ms: 10_000 });
        assert.notEqual(code, 0, data);
        assert.ok(stderr.includes(data), `${data} is not named: ${stderr}`);
        assert.doesNotMatch(stdout, /listening/);
    }
});

test('a data directory on a read-only file system is refused at the start', { skip: cannot }, async () => {
    const place = path.join(dir, 'readonly');
    mkdirSync(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', place]);
    try {
        const data = path.join(place, 'data');
        const { code, stderr } = await seneschal(['serve', '--data', data, '--listen', '127.0.0.1:0'], { ms: 10_000 });
        assert.notEqual(code, 0);
        assert.match(stderr, /read-only/i);
        assert.ok(stderr.includes(data));
    } finally {
        execFileSync('umount', [place]);
    }
});

test('a second server on the same directory is refused, and says why', async () => {
    const server = await startServer();
    const { code, stderr } = await seneschal(['serve', '--data', server.data, '--listen', '127.0.0.1:0'], { ms: 10_000 });
    assert.notEqual(code, 0);
    assert.ok(stderr.includes(server.data), stderr);
    (await server.client().atRoot().get('/livez')).want(200);
});
