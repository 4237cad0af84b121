// SPDX-License-Identifier: Apache-2.0
// Rollouts through a whole fleet: one that goes well, and one that breaks a twentieth of the devices.
// `seneschal rollout watch` looks on. SENESCHAL_ROLLOUT=20000 for the full figure.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, publishPolicy } from './lib/fleet.mjs';
import { BIN, Child, PATIENCE } from './lib/process.mjs';
import { filledServer, Sim } from './lib/sim.mjs';

const FLEET = Number(process.env.SENESCHAL_ROLLOUT ?? 2000);
const LONG = FLEET > 5000;
/* So many that a twentieth of the first ring is seen to fail, whoever is in it. */
const RINGS = LONG ? [1, 10, 100] : [10, 30, 100];
const RUN_S = LONG ? 600 : 90;

/** The devices of `server` as they live: each polls, and acknowledges what is new. */
const live = (server, more) => new Sim({ server: server.url, devices: FLEET, prefilled: true, interval: LONG ? 10 : 2,
    ramp: LONG ? 10 : 1, connections: 256, for: RUN_S * PATIENCE, ...more });

/** A policy at version 1 that everybody follows, and a draft of its second version: {id, to}. */
async function twoVersions(admin) {
    const { id } = await publishPolicy(admin, { model: 'small' });
    const { number } = (await admin.post(`/policies/${id}/versions`, { content: { model: 'large' } })).want(201);
    return { id, to: number };
}

/** The second version on its way: {rollout, watch, end, took_s} once nothing more happens. */
async function rollOut(server, admin, policy) {
    const gate = { min_executed: 10, max_failed_percent: 1, timeout_s: 120 };
    const rings = RINGS.map((percent) => ({ percent, soak_s: 1 }));
    const began = performance.now();
    const rollout = (await admin.post('/rollouts', { policy_id: policy.id, to: policy.to, rings, gate })).want(201);
    const watch = new Child(BIN, ['rollout', 'watch', rollout.id, '--server', server.url, '--data', server.data]);
    (await admin.post(`/rollouts/${rollout.id}/start`)).want(200);
    const { code } = await watch.ended(RUN_S * 1000 * PATIENCE);
    const end = (await admin.get(`/rollouts/${rollout.id}`)).want(200);
    return { code, end, told: watch.stdout + watch.stderr, took_s: (performance.now() - began) / 1000 };
}

/** What was decided of it, from the first on. */
async function decided(admin, { id }) {
    const { items } = (await admin.get(`/rollouts/${id}/events?limit=500`)).want(200);
    return items.map((event) => event.kind).reverse();
}

test(`${FLEET} devices: ${RINGS.join(' %, ')} % complete`, async (t) => {
    const server = await filledServer(FLEET);
    const admin = await server.admin();
    const policy = await twoVersions(admin);
    const sim = live(server);
    await sim.started();
    const { code, end, told, took_s } = await rollOut(server, admin, policy);
    await sim.child.kill();
    assert.equal(code, 0, told);
    assert.equal(end.state, 'completed', told);
    for (const [i, ring] of end.rings.entries()) {
        assert.equal(ring.failed + ring.timed_out + ring.lost, 0, JSON.stringify(ring));
        assert.match(told, new RegExp(`running, ring ${i + 1} of 3 .*\\d+ of \\d+`));
    }
    assert.equal(end.progress.applied, FLEET, JSON.stringify(end.progress));
    assert.match(told, /completed/);
    t.diagnostic(`completed in ${took_s.toFixed(1)} s; rings of ${end.rings.map((r) => r.members).join(', ')} devices`);
});

test(`${FLEET} devices, a twentieth of them fails: aborted in the first ring, and taken back`, async (t) => {
    const server = await filledServer(FLEET);
    const admin = await server.admin();
    const policy = await twoVersions(admin);
    const sim = live(server, { fail: '5%', 'from-change': 2 });
    await sim.started();
    const { code, end, told, took_s } = await rollOut(server, admin, policy);
    await sim.child.kill();
    assert.equal(code, 5, told);
    assert.equal(end.state, 'rolled_back', told);
    assert.equal(end.ring, 1);
    assert.equal(end.rings[1].members + end.rings[2].members, 0, 'nobody beyond the first ring ever had it');
    assert.match(told, /aborted, ring 1 of 3/);
    assert.match(told, /rolled_back/);
    assert.equal((await admin.get(`/policies/${policy.id}`)).want(200).newest_number, 1);
    assert.equal((await decided(admin, end)).filter((kind) => kind === 'aborted').length, 1);
    assert.equal((await audit(admin, 'action=rollout.aborted')).length, 1);
    t.diagnostic(`aborted and taken back in ${took_s.toFixed(1)} s: ${end.rings[0].failed} of ${end.rings[0].executed} failed`);
});
