// SPDX-License-Identifier: Apache-2.0
// A whole fleet reconnects within a second after a restart, while an administrator looks and revokes.
// SENESCHAL_STORM=10000 for the full figure.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './lib/client.mjs';
import { publishPolicy } from './lib/fleet.mjs';
import { PATIENCE } from './lib/process.mjs';
import { fill, filledServer, Sim } from './lib/sim.mjs';

const FLEET = Number(process.env.SENESCHAL_STORM ?? 2000);
const SERVED_S = 60;

/** A server whose store knows the fleet, and one machine more. */
async function serverWithFleet() {
    const server = await filledServer(FLEET + 1);
    await publishPolicy(await server.admin(), { model: 'small' });
    return server;
}

/** An administrator who is told to wait does: lists are put off while a fleet comes back. */
async function patiently(ask) {
    for (;;) {
        const reply = await ask();
        if (reply.status !== 503) return reply;
        assert.match(reply.headers['retry-after'], /^\d+$/);
        await sleep(Number(reply.headers['retry-after']) * 1000);
    }
}

/** Ask for health until told to stop, each time by a new connection: every answer, and the slowest in ms. */
async function watchHealth(server, watch) {
    const seen = { answers: 0, slowest: 0, statuses: new Set() };
    while (!watch.over) {
        const client = server.client({ prefix: '', agent: new http.Agent({ keepAlive: false }) });
        const began = performance.now();
        for (const what of ['/livez', '/readyz', '/health']) seen.statuses.add((await client.get(what)).status);
        seen.slowest = Math.max(seen.slowest, performance.now() - began);
        seen.answers += 3;
        await sleep(20);
    }
    return seen;
}

/** What work() gives, and what health said meanwhile. Where it fails nobody goes on asking. */
async function watched(server, work) {
    const watch = { over: false };
    const health = watchHealth(server, watch);
    try {
        return { ...(await work()), health };
    } finally {
        watch.over = true;
        await Promise.allSettled([health]);
    }
}

/** An administrator looks one machine up and revokes it: ms. */
async function revokeOne(server) {
    const token = await fill(['--token', FLEET]);
    const admin = await server.admin({ agent: new http.Agent({ keepAlive: false }) });
    const lost = new Client(server.url, { token });
    const began = performance.now();
    const [device] = (await patiently(() => admin.get(`/devices?search=fill-${String(FLEET).padStart(12, '0')}`))).want(200).items;
    (await admin.post(`/devices/${device.id}/revoke`, { reason: 'lost' })).want(200);
    const took = performance.now() - began;
    (await lost.get('/devices/self')).wantProblem(403, 'device-revoked');
    return took;
}

test(`${FLEET} devices come back within a second of a restart: all are served, and nothing else stops`, async (t) => {
    const server = await serverWithFleet();
    const sim = new Sim({ server: server.url, devices: FLEET, prefilled: true, wait: 50, ramp: FLEET / 2000, storm: 1,
        for: 2 * SERVED_S * PATIENCE, expect: { outages: 1 } });
    await sim.started();
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    const { revoked, got, health } = await watched(server, async () => ({ revoked: await revokeOne(server), got: await sim.result() }));
    const { answers, slowest, statuses } = await health;
    const storm = got.outages[1];
    t.diagnostic(`${storm.devices} devices served ${(storm.all_served_us / 1e6).toFixed(2)} s after the restart, ` +
        `${storm.told_to_wait} times told to wait; health ${answers} answers, the slowest ${slowest.toFixed(0)} ms; ` +
        `looked up and revoked in ${revoked.toFixed(0)} ms`);
    assert.equal(got.code, 0, got.text);
    assert.equal(storm.devices, FLEET);
    assert.ok(storm.all_served_us <= SERVED_S * 1e6 * PATIENCE, got.text);
    assert.equal(storm.others, 0, 'nothing but answers and 503 with Retry-After');
    assert.equal(got.retry_after_missing, 0);
    assert.equal(got.strange, 0, got.text);
    assert.deepEqual([...statuses], [200]);
    assert.ok(slowest < 5000 * PATIENCE, `health took ${slowest} ms`);
});
