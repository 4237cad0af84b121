// SPDX-License-Identifier: Apache-2.0
// Limits that hold now: set while the server runs, kept over a restart, given back by null, and never so low that whoever set them is locked out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const PATH = '/admin/security/limits';
const server = await startServer({ limits: true });
const admin = await server.admin();
const { client: runner } = await serviceClient(admin, ['administrator']);
const limits = async (by = runner) => (await by.get(PATH)).want(200);
const NAMES = ['address', 'signin', 'device', 'principal', 'enrollment_key'];

test('what holds, what is configured, what was set', async () => {
    const before = await limits();
    assert.deepEqual(Object.keys(before), ['enabled', ...NAMES]);
    assert.equal(before.enabled, true);
    for (const name of NAMES) {
        assert.equal(before[name].set, null, name);
        assert.equal(before[name].per_minute, before[name].configured, name);
    }
    const after = (await runner.put(PATH, { device: 77, principal: 4000 })).want(200);
    assert.deepEqual(after, await limits());
    assert.deepEqual(after.device, { ...before.device, per_minute: 77, set: 77 });
    const [event] = await audit(admin, 'action=limits.changed');
    assert.deepEqual(event.details, { address: null, signin: null, device: 77, principal: 4000, enrollment_key: null });
});

test('it holds at once, and raising it again does not make anybody wait for the old one', async () => {
    const { client: busy } = await serviceClient(admin, ['auditor']);
    (await runner.put(PATH, { principal: 60 })).want(200);
    const refused = async () => {
        for (let i = 0; i < 40; i++) {
            const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await busy.get('/auth/me')).status));
            if (statuses.includes(429)) return true;
        }
        return false;
    };
    assert.ok(await refused(), 'a burst of 300, then one a second');
    (await runner.put(PATH, { principal: 1_000_000 })).want(200);
    await eventually('served', async () => (await busy.get('/auth/me')).status === 200, { ms: 5000 });
    await eventually('given back', async () => (await runner.put(PATH, {})).status === 200, { ms: 5000 });
});

test('bad input, rights', async () => {
    for (const body of [{ address: 9 }, { principal: 59 }, { signin: 0 }, { device: 1_000_001 }, { device: '60' }, { device: 60.5 }])
        (await runner.put(PATH, body)).wantProblem(422, 'bad-field');
    (await runner.put(PATH, { devices: 60 })).wantProblem(422, 'unknown-field');
    for (const name of NAMES) assert.equal((await limits())[name].set, null, name);
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    await limits(auditor);
    (await auditor.put(PATH, { device: 100 })).wantProblem(403, 'forbidden');
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const { client: stranger } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['administrator']);
    (await stranger.get(PATH)).wantProblem(403, 'forbidden');
    (await stranger.put(PATH, { device: 100 })).wantProblem(403, 'forbidden');
    (await server.client().get(PATH)).wantProblem(401, 'unauthenticated');
});

test('two at once: memory has what the store has, also after a kill', async () => {
    await Promise.all([100, 200, 300, 400].map(async (n) => (await runner.put(PATH, { device: n, address: null })).want(200)));
    const held = await limits();
    await server.kill();
    await server.start();
    assert.deepEqual(await limits(server.client().as(runner.token)), held);
    const again = server.client().as(runner.token);
    (await again.put(PATH, { device: null })).want(200);
    assert.equal((await limits(again)).device.per_minute, held.device.configured);
});
