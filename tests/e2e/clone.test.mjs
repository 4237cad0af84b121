// SPDX-License-Identifier: Apache-2.0
// A copied state directory is found and shut out; a lost answer, a kill or two requests at once are not taken for one.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startAgent } from './lib/agent.mjs';
import { audit, confirm, enrol, enrolmentKey, init, makeKey, makeNonce, poll, prove, publishPolicy, rotate, self, uniqueName } from './lib/fleet.mjs';
import { eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };
const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
await publishPolicy(admin, { model: 'one' });

const details = async (id) => (await admin.get(`/devices/${id}`)).want(200);
const events = (id, action) => audit(admin, `target=${id}&action=${action}`);
const output = (agent) => agent.child.stdout + agent.child.stderr;
const applied = (agent) => eventually('a configuration', () => agent.config?.config?.model === 'one' || agent.config?.model === 'one', WAIT);

/** The device that this agent became. */
async function deviceOf(name) {
    const rows = await admin.all(`/devices?status=ENROLLED&label=of%3D${name}`);
    assert.equal(rows.length, 1);
    return rows[0].id;
}

/** An agent in, and how to start another one from its files: {agent, id, options}. */
async function agentIn(to = server, more = []) {
    const name = uniqueName('of');
    const { key } = await enrolmentKey(admin, { labels: { of: name } });
    const options = { key, args: ['--machine-id', name, ...more] };
    const agent = startAgent(to, options);
    await applied(agent);
    return { agent, options, id: await deviceOf(name) };
}

async function blockedAsClone(id) {
    const row = await details(id);
    assert.deepEqual([row.status, row.status_reason], ['BLOCKED', 'clone']);
    const blocks = await events(id, 'device.blocked');
    assert.equal(blocks.length, 1, 'one block, one event');
    assert.deepEqual([blocks[0].result, blocks[0].reason, blocks[0].actor.kind, blocks[0].actor.id], ['ok', 'clone', 'device', id]);
}

test('an imaged disk: both agents rotate, the device is BLOCKED, neither is served; unblock and rotate bring one back', async () => {
    const { agent, options, id } = await agentIn();
    await agent.stop();
    const dir = tempDir('image');
    cpSync(agent.state, path.join(dir, 'state'), { recursive: true });
    const rotating = { ...options, args: [...options.args, '--rotate'] };
    const copy = startAgent(server, { ...rotating, dir });
    agent.options = rotating;
    agent.start();
    await eventually('the device is blocked', async () => (await details(id)).status === 'BLOCKED', WAIT);
    for (const one of [agent, copy]) await eventually('it is off', () => /DISABLED/i.test(output(one)), WAIT);
    await blockedAsClone(id);

    /* The administrator takes the copy away, lets the device in again and gives it a new credential. */
    await copy.kill();
    await agent.kill();
    (await admin.post(`/devices/${id}/unblock`, {})).want(200);
    (await admin.post(`/devices/${id}/rotate`, {})).want(200);
    agent.options = options;
    agent.start();
    await applied(agent);
    assert.equal((await details(id)).status, 'ENROLLED');
});

test('lost answers of rotations, kills of the agent and of the server: never a clone', { timeout: 180_000 }, async () => {
    const proxy = await startProxy(server);
    const { agent, id } = await agentIn(proxy, ['--rotate']);
    const activated = async () => (await events(id, 'device.token-activated')).length;
    for (let i = 0; i < 6; i++) {
        const before = await activated();
        proxy.lose(/^POST \S*\/devices\/self\/rotate /, 1 + (i % 2));
        await agent.kill();
        agent.start(); // asks for a new token first
        const lost = proxy.lost.length;
        await eventually('an answer is lost', () => proxy.lost.length > lost, WAIT);
        if (i % 3 === 1) await agent.kill(); // after the server has committed, before anybody heard of it
        if (i % 3 === 1) agent.start();
        if (i % 3 === 2) {
            await server.kill();
            await server.start();
            admin.base = server.url;
            nobody.base = server.url;
            admin.token = await server.adminToken();
        }
        await eventually('the new token is in use', async () => (await activated()) > before, WAIT);
        assert.equal((await details(id)).status, 'ENROLLED', `round ${i}`);
    }
    assert.equal((await events(id, 'device.blocked')).length, 0);
});

test('two rotations at once with one nonce give one token; used at once by two requests, it is one token', async () => {
    const device = await enrol(nobody, admin);
    const nonce = makeNonce();
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(nobody, device.token, device.join_seq, nonce)));
    const tokens = new Set(answers.map((a) => a.want(200).token));
    assert.equal(tokens.size, 1);
    assert.deepEqual([...new Set(answers.map((a) => a.json.join_seq))], [device.join_seq + 1]);
    const [token] = tokens;
    for (const reply of await Promise.all(Array.from({ length: 8 }, () => self(nobody, token)))) reply.want(200);
    assert.equal((await details(device.id)).status, 'ENROLLED');
    assert.equal((await events(device.id, 'device.token-activated')).length, 2, 'its first token, and this one');
});

test('two rotations at once with two nonces: one of them is a clone, and says so', async () => {
    const device = await enrol(nobody, admin);
    const replies = await Promise.all([rotate(nobody, device.token, device.join_seq), rotate(nobody, device.token, device.join_seq)]);
    assert.deepEqual(replies.map((r) => r.status).sort(), [200, 403]);
    replies.find((r) => r.status === 403).wantProblem(403, 'device-blocked');
    await blockedAsClone(device.id);
    const won = replies.find((r) => r.status === 200).json.token;
    (await poll(nobody, won)).wantProblem(403, 'device-blocked');
    (await poll(nobody, device.token)).wantProblem(403, 'device-blocked');
    const [asked] = (await events(device.id, 'device.rotation-asked')).filter((e) => e.result === 'refused');
    assert.equal(asked.reason, 'clone');
});

test('an old token after a rotation blocks, once; both tokens stay out until an administrator acts', async () => {
    const device = await enrol(nobody, admin);
    const next = (await rotate(nobody, device.token, device.join_seq)).want(200);
    (await poll(nobody, next.token)).want(200);
    (await poll(nobody, device.token)).wantProblem(403, 'device-blocked');
    await blockedAsClone(device.id);
    for (const token of [device.token, next.token]) {
        (await poll(nobody, token)).wantProblem(403, 'device-blocked');
        (await nobody.as(token).post('/devices/self/heartbeat', {})).wantProblem(403, 'device-blocked');
        (await rotate(nobody, token, next.join_seq)).wantProblem(403, 'device-blocked');
    }
    assert.equal((await admin.post('/agents/verify', { token: next.token })).want(200).machine_id, null);
    await blockedAsClone(device.id);
    (await admin.post(`/devices/${device.id}/unblock`, {})).want(200);
    (await poll(nobody, next.token)).want(200);
});

test('a state from two rotations ago, and after a restart of the server: still a clone', async () => {
    const device = await enrol(nobody, admin);
    let { token, join_seq } = device;
    for (let i = 0; i < 2; i++) {
        ({ token, join_seq } = (await rotate(nobody, token, join_seq)).want(200));
        (await self(nobody, token)).want(200);
    }
    await server.restart();
    admin.base = nobody.base = server.url;
    admin.token = await server.adminToken();
    (await poll(nobody, token)).want(200);
    (await poll(nobody, device.token)).wantProblem(403, 'device-blocked');
    await blockedAsClone(device.id);
});

test('a token that an administrator ended is 401 and no clone: rotate, reactivation, reinstatement', async () => {
    const device = await enrol(nobody, admin);
    const next = (await rotate(nobody, device.token, device.join_seq)).want(200);
    (await self(nobody, next.token)).want(200);
    const { claim } = (await admin.post(`/devices/${device.id}/rotate`, {})).want(200);
    for (const old of [device.token, next.token]) (await poll(nobody, old)).wantProblem(401, 'unauthenticated');
    const back = (await confirm(nobody, device.id, claim)).want(200);
    (await poll(nobody, back.token)).want(200);
    (await poll(nobody, next.token)).wantProblem(401, 'unauthenticated');
    assert.equal((await details(device.id)).status, 'ENROLLED');

    const key = nobody.as((await enrolmentKey(admin)).key);
    const machine_id = uniqueName('agent');
    const first = (await key.post('/agents/enroll', { machine_id })).want(201);
    (await nobody.as(first.token).post('/agents/uninstall', { machine_id })).want(200);
    const second = (await key.post('/agents/enroll', { machine_id })).want(200);
    (await poll(nobody, first.token)).wantProblem(401, 'unauthenticated');
    (await poll(nobody, second.token)).want(200);
    (await admin.post(`/devices/${second.agent.id}/revoke`, {})).want(200);
    (await admin.post(`/devices/${second.agent.id}/reinstate`, {})).want(200);
    (await poll(nobody, second.token)).wantProblem(401, 'unauthenticated');
    assert.equal((await events(second.agent.id, 'device.blocked')).length, 0);
});

test('a machine that lost its state and proves its key: its old token is a clone once the new one is used', async () => {
    const key = makeKey();
    const device = await enrol(nobody, admin, { key });
    (await self(nobody, device.token)).want(200);
    const asked = (await init(nobody, device.machine_id, { key })).want(201);
    const got = (await confirm(nobody, asked.device_id, asked.claim, { signature: prove(key, asked.device_id, asked.challenge) })).want(200);
    (await poll(nobody, device.token)).want(200);
    (await poll(nobody, got.token)).want(200);
    (await poll(nobody, device.token)).wantProblem(403, 'device-blocked');
    await blockedAsClone(device.id);
});

test('an imported token rotates like any other, and its copy is found', async () => {
    const machine_id = uniqueName('old');
    const token = `plain-${machine_id}`;
    const rows = [{ machine_id, status: 'active', token_hash: createHash('sha256').update(token).digest('hex') }];
    (await admin.post('/agents/import', { rows })).want(200);
    const { id, join_seq } = (await self(nobody, token)).want(200);
    const next = (await rotate(nobody, token, join_seq)).want(200);
    assert.match(next.token, /^sen_d_/);
    (await poll(nobody, next.token)).want(200);
    (await poll(nobody, token)).wantProblem(403, 'device-blocked');
    await blockedAsClone(id);
});
