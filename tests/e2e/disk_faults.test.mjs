// SPDX-License-Identifier: Apache-2.0
// fsync fails (a preloaded library says EIO): nothing more is acknowledged, what is safe goes on, and
// what was acknowledged before is there after a restart. An fsync that failed is never tried again.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { enrol, init, poll, self, uniqueName } from './lib/fleet.mjs';
import { BIN, PATIENCE, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const LIBRARY = path.join(path.dirname(BIN), 'tests/faults/libdisk-faults.so');
const cannot = PATIENCE > 1 ? 'a sanitizer wants to be the first library' : existsSync(LIBRARY) ? false : `no ${LIBRARY} in this build`;

test('EIO at fsync: no write is acknowledged, reads go on, a restart has everything that was', { skip: cannot }, async () => {
    const fault = path.join(tempDir('fault'), 'on');
    const server = await startServer({ env: { LD_PRELOAD: LIBRARY, DISK_FAULT_FILE: fault } });
    const admin = await server.admin();
    const nobody = server.client();
    const [kept, lost] = [await enrol(nobody, admin), await enrol(nobody, admin)];
    (await poll(nobody, kept.token)).want(200);
    (await admin.post(`/devices/${lost.id}/revoke`, { reason: 'before' })).want(200);

    writeFileSync(fault, '-wal\n');
    const names = Array.from({ length: 5 }, () => uniqueName('eio'));
    for (const name of names) {
        const reply = await init(nobody, name).catch((error) => error);
        if (!(reply instanceof Error)) assert.equal(reply.status, 503, reply.text); // it may have ended itself by now
    }
    const answer = await poll(nobody, kept.token).catch((error) => error);
    if (!(answer instanceof Error)) answer.want(200);
    rmSync(fault);
    // Space for the cause to go away changes nothing: the kernel may have dropped those pages for good.
    const late = await init(nobody, uniqueName('late')).catch((error) => error);
    if (!(late instanceof Error)) assert.equal(late.status, 503, 'a failed fsync was tried again');
    if (server.running) {
        const { code } = await server.ended(60_000).catch(() => ({ code: 'still running' }));
        assert.ok(code !== 0 && code !== 'still running', `it ends by itself and says so: ${code}`);
    }
    assert.match(server.log, /"event":"store-lost","cause":"/);

    await server.start();
    const again = server.client();
    (await self(again, kept.token)).want(200);
    (await self(again, lost.token)).wantProblem(403, 'device-revoked');
    (await init(again, uniqueName('healed'))).want(201);
    const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', server.data]);
    assert.equal(code, 0, stdout + stderr);
});
