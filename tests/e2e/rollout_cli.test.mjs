// SPDX-License-Identifier: Apache-2.0
// A rollout from the command line, as an operator's script writes it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { members, twoVersions, until } from './lib/rollout.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const dir = tempDir('rollout-cli');
const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: path.join(dir, 'token') };
await writeFile(env.SENESCHAL_TOKEN_FILE, `${await server.adminToken()}\n`, { mode: 0o600 });
const run = (...args) => seneschal(['rollout', ...args], { env });
const json = async (...args) => {
    const { code, stdout, stderr } = await run(...args, '-o', 'json');
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
};
const name = uniqueName('policy');
const policy = await twoVersions(admin, { name });
const create = (...rings) => ['create', '--policy', name, '--number', '2', ...rings.flatMap((ring) => ['--ring', ring])];

test('written down, changed, started, promoted, watched to its end', async () => {
    (await admin.post('/groups', { name: 'canary' })).want(201);
    const devices = await members(() => nobody, admin, 2);
    const made = await json(...create('group=canary,approval', '12.5%,soak_s=60,min_devices=3', '100%'), '--max-failed', '0.5', '--timeout', '600', '--auto-rollback', 'false');
    assert.equal(made.state, 'draft');
    assert.deepEqual(made.rings.map((r) => [r.name, r.percent, r.soak_s, r.min_devices, r.approval]), [
        ['canary', null, 0, null, true],
        ['12.5 %', 12.5, 60, 3, false],
        ['100 %', 100, 0, null, false],
    ]);
    assert.deepEqual([made.gate.max_failed_percent, made.gate.timeout_s, made.auto_rollback], [0.5, 600, false]);
    const rings = path.join(dir, 'rings.json');
    await writeFile(rings, '[{"percent":100,"pause":true}]');
    const changed = await json('set', made.id, '--rings', rings, '--away-after', '1', '--min-executed', '1');
    assert.deepEqual([changed.rings.length, changed.rings[0].pause, changed.gate.away_after_s], [1, true, 1]);
    assert.equal((await json('start', made.id)).state, 'running');
    assert.equal((await json('pause', made.id, '--reason', 'lunch')).state, 'paused');
    assert.match((await run('list', '--state', 'paused')).stdout, new RegExp(`${made.id} +${name} .* lunch`));
    assert.equal((await json('resume', made.id)).state, 'running');
    await until(admin, made, devices, (r) => r.state === 'paused');
    assert.match((await run('devices', made.id, '--state', 'applied')).stdout, new RegExp(`${devices[0].id} +${devices[0].machine_id}`));
    await json('resume', made.id);
    await until(admin, made, devices, (r) => r.state === 'completed');
    assert.match((await run('events', made.id)).stdout, /completed +completed/);
    assert.match((await run('get', made.id)).stdout, /completed/);
    assert.equal((await run('delete', made.id, '--yes')).code, 0);
});

test('forced, aborted', async () => {
    const draft = (await admin.post(`/policies/${policy.id}/versions`, { content: { v: 3 } })).want(201);
    const made = await json('create', '--policy', name, '--number', String(draft.number), '--ring', 'label=a=b,approval', '--ring', '100%,approval'); // of its own an empty ring is over at the next tick
    await json('start', made.id);
    assert.match((await run('promote', made.id, '--ring', '1', '--force')).stdout, /whoever is missing/);
    assert.equal((await run('abort', made.id, '--rollback', 'true')).code, 2, 'wants --yes');
    assert.equal((await json('abort', made.id, '--reason', 'enough', '--yes')).state, 'aborted');
});

for (const [what, ring, says] of [
    ['a member that is misspelt', '1%,soaks=60', /no such member[\s\S]*did you mean soak_s/],
    ['a number that is none', '1%,soak_s=an hour', /soak_s=an hour: want a whole number/],
    ['four decimals', '0.0001%', /percent=0.0001: want a number with up to three decimals/],
    ['a switch that is none', '1%,pause=maybe', /pause=maybe: want true or false/],
]) {
    test(`refused before it is sent: ${what}`, async () => {
        const { code, stderr } = await run(...create(ring, '100%'));
        assert.equal(code, 2, stderr);
        assert.match(stderr, says);
    });
}
