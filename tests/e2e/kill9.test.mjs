// SPDX-License-Identifier: Apache-2.0
// kill -9 of the server at random moments under enrolment, approval, rotation and revocation:
// nothing acknowledged is lost, no token works that should not, the record verifies.
// KILL9_ROUNDS: how often (./dev test: 8; the release is held to 50).
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolmentKey } from './lib/fleet.mjs';
import { Ledger } from './lib/ledger.mjs';
import { seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const ROUNDS = Number(process.env.KILL9_ROUNDS ?? 8);

async function verified(data) {
    const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', data]);
    assert.equal(code, 0, stdout + stderr);
}

test(`${ROUNDS} rounds of kill -9: what was acknowledged is there`, { timeout: 900_000 }, async (t) => {
    const server = await startServer();
    const ledger = new Ledger();
    const key = await enrolmentKey(await server.admin());
    const life = async () => {
        const nobody = server.client();
        return { nobody, admin: await server.admin(), installer: nobody.as(key.key) };
    };
    let io = await life();
    for (let round = 0; round < ROUNDS; round++) {
        const working = ledger.work(io);
        await sleep(50 + Math.random() * 700);
        await server.kill();
        await working;
        io.nobody.close();
        await verified(server.data);
        await server.start();
        io = await life();
        await ledger.settle(io);
    }
    for (const device of ledger.devices.filter((d) => d.stage !== 'new' && d.stage !== 'fresh')) await ledger.check(device, io);
    const events = await io.admin.all('/admin/security/audit?limit=500');
    const told = new Set(events.filter((event) => /revok/.test(event.action)).map((event) => event.target.id));
    for (const device of ledger.revoked) assert.ok(told.has(device.id), `the revocation of ${device.machine_id} is not in the record`);
    await ledger.checkDead(io);
    await verified(server.data);
    t.diagnostic(`${ledger.acknowledged} steps of ${ledger.devices.length} devices acknowledged, ${ledger.revoked.length} revoked`);
    assert.ok(ledger.acknowledged > ROUNDS * 10, 'too little load to say anything');
});
