// SPDX-License-Identifier: Apache-2.0
// kill -9 of the server at random moments of a rollout while devices acknowledge: what was decided
// stays decided, nothing is decided twice, and the rollout comes to its end.
// KILL9_ROUNDS: how often (./dev test: 10; the release is held to 50).
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { publishPolicy } from './lib/fleet.mjs';
import { seneschal } from './lib/process.mjs';
import { act, look, makeRollout, members, until } from './lib/rollout.mjs';
import { startServer } from './lib/server.mjs';

const ROUNDS = Number(process.env.KILL9_ROUNDS ?? 10);
const DEVICES = 24;
const RINGS = [{ percent: 10 }, { percent: 30, soak_s: 1 }, { percent: 60 }, { percent: 100, soak_s: 1 }];

/** What may be decided once in a rollout, and once for each ring. */
const key = (kind, ring) => (kind.startsWith('ring-') ? `${kind} ${ring}` : kind);

/** Every decision is in the rollout's events and in the record, and in each of them once. */
async function decisions(admin, id) {
    const events = (await admin.all(`/rollouts/${id}/events`)).reverse();
    assert.deepEqual(events.map((e) => e.n), events.map((_, i) => i + 1), 'numbers without a gap');
    const decided = events.map((e) => key(e.kind, e.ring));
    assert.equal(new Set(decided).size, decided.length, `decided twice: ${decided}`);
    const audited = (await admin.all('/admin/security/audit?limit=500'))
        .filter((e) => e.target?.id === id && e.action !== 'rollout.created')
        .map((e) => key(e.action.slice('rollout.'.length), e.details.ring));
    assert.deepEqual(audited.reverse(), decided);
    return decided;
}

/** Devices go round until `stop.now`; a server that is gone is asked again. */
async function work(devices, stop) {
    const one = async (device) => {
        while (!stop.now) {
            await device.round().catch((error) => {
                if (!/ECONN|socket hang up|no answer/.test(String(error))) throw error;
            });
            await sleep(20 + Math.random() * 100);
        }
    };
    await Promise.all(devices.map(one));
}

test(`${ROUNDS} rounds of kill -9 in the middle of rollouts`, { timeout: 900_000 }, async (t) => {
    const server = await startServer();
    let io = { admin: await server.admin(), nobody: server.client() };
    const devices = await members(() => io.nobody, io.admin, DEVICES);
    const { id: policy } = await publishPolicy(io.admin, { v: 0 });
    let rollout = null;
    let before = null;
    let completed = 0;
    const next = async () => {
        const { number } = (await io.admin.post(`/policies/${policy}/versions`, { content: { v: completed + 1 } })).want(201);
        rollout = await makeRollout(io.admin, { id: policy, to: number }, { rings: RINGS });
        before = await act(io.admin, rollout, 'start');
    };
    for (const device of devices) await device.round();
    for (let round = 0; round < ROUNDS; round++) {
        if (rollout === null) await next();
        const stop = { now: false };
        const working = work(devices, stop);
        await sleep(100 + Math.random() * 1200);
        before = await look(io.admin, rollout);
        await sleep(Math.random() * 200);
        await server.kill();
        stop.now = true;
        await working;
        io.nobody.close();
        const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', server.data]);
        assert.equal(code, 0, stdout + stderr);
        await server.start();
        io = { admin: await server.admin(), nobody: server.client() };
        const now = await look(io.admin, rollout);
        assert.ok(now.ring >= before.ring, `ring ${before.ring} became ${now.ring}`);
        assert.ok(['running', 'completed'].includes(now.state), `${now.state}: ${now.reason}`);
        for (const [i, ring] of before.rings.entries()) {
            assert.ok(now.rings[i].applied >= ring.applied, 'an acknowledgement was lost');
            for (const at of ['started_at', 'met_at', 'ended_at']) assert.ok(ring[at] === null || now.rings[i][at] === ring[at], `${at} of ring ${i + 1} was decided again`);
        }
        await decisions(io.admin, rollout.id);
        if (now.state === 'completed') {
            completed++;
            rollout = null;
        }
    }
    if (rollout === null) await next();
    const done = await until(io.admin, rollout, devices, (r) => r.state === 'completed', { ms: 120_000 });
    assert.deepEqual([done.progress.members, done.progress.applied, done.progress.failed, done.progress.timed_out], [DEVICES, DEVICES, 0, 0]);
    const decided = await decisions(io.admin, rollout.id);
    assert.deepEqual(decided.filter((d) => d.startsWith('ring-')).length, 2 * RINGS.length - 1);
    for (const device of devices) assert.equal(device.config.v, completed + 1);
    t.diagnostic(`${completed + 1} rollouts completed under ${ROUNDS} kills`);
});
