// SPDX-License-Identifier: Apache-2.0
// clients/js while nobody, or somebody else, answers: what is in force stays until its lease ends, then it is off, or what the
// policy carries for this case; through restarts and a clock that was set back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrolmentKey, publishPolicy } from './lib/fleet.mjs';
import { jsClient, QuickClock, startFront, WAIT } from './lib/js_client.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const MINUTE = 60_000;
const LEASE = 10 * MINUTE;

const server = await startServer({ env: { SENESCHAL_LEASE_LIFE: '600' } });
const admin = await server.admin();
await publishPolicy(admin, { model: 'one' });
const { key } = await enrolmentKey(admin);

/** Enrolled by the key, with the configuration in force. */
async function active(target, options) {
    const client = jsClient(target, { enrollmentKey: key, ...options }).start();
    await client.has('one');
    return client;
}

const deviceOf = async (client) => (await admin.get(`/devices/${client.kept.deviceId}`)).want(200);

const LIES = {
    'a portal': { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>sign in</html>' },
    'a portal in JSON': { status: 200, headers: { 'Content-Type': 'application/json', ETag: '"0"' }, body: '{"enabled":true,"config":{"model":"evil"},"version":null}' },
    'a redirect': { status: 302, headers: { Location: 'http://127.0.0.1:9/' }, body: '' },
    'a 403 of somebody': { status: 403, headers: { 'Content-Type': 'text/html' }, body: 'device-revoked' },
    'a 403 that looks like one of ours': { status: 403, headers: { 'Content-Type': 'application/problem+json' }, body: '{"code":"device-revoked","status":403}' },
    'a 401': { status: 401, headers: { 'WWW-Authenticate': 'Basic' }, body: '' },
    'more than any configuration': { status: 200, headers: { 'Content-Type': 'application/json', ETag: `"${'0'.repeat(64)}"` }, body: `{"enabled":true,"config":{"a":"${'x'.repeat((1 << 20) + 8192)}"}}` },
    'no UTF-8': { status: 200, headers: { 'Content-Type': 'application/json', ETag: `"${'0'.repeat(64)}"` }, body: Buffer.from('7b22ff', 'hex') },
    'a 500': { status: 500, headers: {}, body: '' },
};

test('a proxy that lies is no answer: what is in force stays until its lease ends, then it is off', async () => {
    const front = await startFront(server);
    for (const [what, lie] of Object.entries(LIES)) {
        const clock = new QuickClock();
        let config;
        let [on, off] = [0, 0]; // when it last heard the truth, when it was switched off
        const onConfig = ({ enabled }) => (enabled ? (on = clock.ran) : (off = clock.ran));
        const client = await active(front, { clock, onConfig, wait: 0 });
        const began = clock.ran;
        front.lie = () => {
            if (clock.ran - began < LEASE - 5 * MINUTE) config = client.config.config.model;
            return lie;
        };
        await client.off('grace-over');
        assert.equal(config, 'one', `${what}: in force within its lease`);
        assert.ok(off - began <= LEASE && off - on >= LEASE, `${what}: on at ${on}, lies from ${began}, off at ${off}`);
        assert.deepEqual(client.states().slice(-2), ['STALE', 'DISABLED'], what);
        assert.ok(client.notices.some(({ event }) => event === (what === 'a portal in JSON' ? 'rejected' : 'unreached')), what);
        front.lie = () => undefined;
        await client.is('ACTIVE');
        await client.stop();
    }
});

test('a grace keeps it STALE for as long as it says; a server that is away is no refusal', async () => {
    const lenient = await startServer({ env: { SENESCHAL_LEASE_LIFE: '600', SENESCHAL_LEASE_GRACE: '300' } });
    const boss = await lenient.admin();
    await publishPolicy(boss, { model: 'one' });
    const front = await startFront(lenient);
    const clock = new QuickClock();
    let [on, off] = [0, 0];
    const onConfig = ({ enabled }) => (enabled ? (on = clock.ran) : (off = clock.ran));
    const client = await active(front, { clock, onConfig, wait: 0, enrollmentKey: (await enrolmentKey(boss)).key });
    front.lie = () => 'silence';
    await client.is('STALE');
    assert.equal(client.config.config.model, 'one');
    await client.off('grace-over');
    assert.ok(off - on >= 15 * MINUTE, `on at ${on}, off at ${off}`);
});

test('a policy may carry a minimal configuration for the time without a server, or blocked; not for a revoked one', async () => {
    const group = (await admin.post('/groups', { name: 'degraded' })).want(201).id;
    await publishPolicy(admin, { degraded: { model: 'tiny' } }, { scope: 'group', target_id: group });
    const mine = await enrolmentKey(admin, { groups: ['degraded'] });
    const front = await startFront(server);
    const clock = new QuickClock();
    const client = await active(front, { clock, wait: 0, enrollmentKey: mine.key });
    const { version } = client.config;
    const minimal = (reason) => ({ enabled: false, config: { model: 'tiny' }, version, reason, degraded: true });
    front.lie = () => 'silence';
    await client.off('lease-over');
    assert.deepEqual(client.config, minimal('lease-over'));
    const from = clock.ran;
    await eventually('hours', () => clock.ran - from > 2 * 60 * MINUTE, WAIT);
    await client.restart();
    await client.is('STALE');
    assert.deepEqual(client.config, minimal('lease-over'), 'and through restarts');
    front.lie = () => undefined;
    await client.has('one');
    const { id } = await deviceOf(client);
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await client.off('device-blocked');
    assert.deepEqual(client.config, minimal('device-blocked'));
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    await client.off('device-revoked');
    assert.deepEqual(client.config, { enabled: false, config: {}, version: null, reason: 'device-revoked' });
});

test('the lease goes on through restarts; a clock that was set back begins it once, not each time', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    const client = await active(front, { clock, wait: 0 });
    await client.stop();
    front.lie = () => 'silence';
    clock.pass(6 * MINUTE);
    await client.restart();
    assert.equal(client.config.config.model, 'one', 'still its lease');
    await client.stop();
    clock.shift -= 365 * 24 * 60 * MINUTE;
    await client.restart();
    await client.noticed('clock');
    await client.stop();
    assert.equal(client.config.config.model, 'one');
    clock.pass(11 * MINUTE);
    await client.restart();
    await client.off('grace-over');
});

