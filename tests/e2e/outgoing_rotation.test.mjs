// SPDX-License-Identifier: Apache-2.0
// The data key of what goes out is replaced while webhooks are called, and once over a power failure: every call is signed with
// the secret that its receiver knows, what is shown of the keys is right, and in the end there is one.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { audit, serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually, PATIENCE, run, seneschal } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const HOOKS = 40;
const env = { SENESCHAL_OUTBOUND_LOOPBACK: 'true' };
const server = await startServer({ env });
let admin = await server.admin();
const receiver = await startReceiver();
const secrets = new Map(); // path -> signing secret

const epochs = async () => (await admin.get('/keys')).want(200).items.filter((key) => key.use === 'outgoing').map((key) => key.epoch);
const oneEpoch = (epoch) => eventually(`only epoch ${epoch}`, async () => (await epochs()).join() === String(epoch), { ms: 30_000 * PATIENCE });
const happens = async () => (await admin.post('/groups', { name: uniqueName('group') })).want(201).id;
const about = (id) => (call) => JSON.parse(call.text).data.target.id === id;

/** Every webhook is called with it, and signed as its receiver can check. */
async function toldToAll(id) {
    const calls = await receiver.waitFor(HOOKS, about(id));
    assert.equal(calls.length, HOOKS);
    for (const call of calls) {
        new Webhook(secrets.get(call.path)).verify(call.text, call.headers);
        assert.equal(call.headers.authorization, `Bearer token-of-${call.path.slice(1)}`);
    }
}

test('what was sealed before a rotation is used and sealed anew', async () => {
    for (let i = 0; i < HOOKS; i++) {
        const made = (await admin.post('/webhooks', { name: `h-${i}`, url: `${receiver.url}/${i}`, events: ['group.created'], token: `token-of-${i}` })).want(201);
        secrets.set(`/${i}`, made.secret);
    }
    (await admin.post('/identity-providers', { name: 'keycloak', issuer: 'https://kc.example/realms/a', client_id: 'seneschal', client_secret: 'of-keycloak' })).want(201);
    assert.deepEqual(await epochs(), [1]);
    await toldToAll(await happens());

    const before = await happens(); // its calls are under way
    const rotated = await seneschal(['keys', 'rotate', 'outgoing', '--yes', '-o', 'json'], { env: { SENESCHAL_URL: server.url, SENESCHAL_DATA: server.data } });
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.equal(JSON.parse(rotated.stdout).epoch, 2);
    const meanwhile = await happens();
    await oneEpoch(2);
    await toldToAll(before);
    await toldToAll(meanwhile);
    await toldToAll(await happens());
    const [retired] = await audit(admin, 'action=key.retired');
    assert.deepEqual(retired.details, { epoch: 1, use: 'outgoing' });

    (await admin.post('/keys/outgoing/rotate')).want(200);
    await server.kill();
    await server.start();
    admin = await server.admin();
    await oneEpoch(3);
    await toldToAll(await happens());
    const shown = (await admin.get('/webhooks?limit=100')).want(200).items;
    assert.equal(shown.length, HOOKS);
    for (const hook of shown) {
        assert.equal(hook.updated_at, hook.created_at, 'sealing anew is no change');
        const lines = (await admin.get(`/webhooks/${hook.id}/deliveries`)).want(200).items;
        assert.ok(lines.every((line) => line.error === null), `a call failed: ${JSON.stringify(lines)}`);
    }
    const { stdout } = await run('sqlite3', ['-readonly', path.join(server.data, 'seneschal.db'),
        'SELECT DISTINCT epoch FROM webhook UNION SELECT epoch FROM identity_provider']);
    assert.equal(stdout.trim(), '3');
});

test('only a system administrator replaces it, and no old key goes before its values', async () => {
    const { client } = await serviceClient(admin, ['administrator']);
    (await client.post('/keys/outgoing/rotate')).wantProblem(403, 'forbidden');
    (await admin.post('/keys/outgoing/rotate', { at_once: true })).wantProblem(422, 'bad-field');
    assert.deepEqual(await epochs(), [3]);
});
