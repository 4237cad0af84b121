// SPDX-License-Identifier: Apache-2.0
// The real agent process against the real server: in by the lobby or by a key, kill -9 at random
// moments, lost answers, revocation, refusal, and a server that is away.
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentCommand, startAgent } from './lib/agent.mjs';
import { audit, decide, enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };
const ROUNDS = Number(process.env.KILL9_ROUNDS ?? 15);
/* How much slower than the machine's own code the agent runs: under an emulator kills must come later to hit its work. */
const SLOWER = Number(process.env.AGENT_SLOWER ?? 1);
const output = (agent) => agent.child.stdout + agent.child.stderr;
const said = (agent, pattern) => eventually(`the agent says ${pattern}`, () => pattern.test(output(agent)), WAIT);
const model = (agent) => agent.config?.config?.model ?? agent.config?.model;
const hasModel = (agent, name) => eventually(`configuration ${name}`, () => model(agent) === name, WAIT);

/** A server of the test's own with a policy: {server, admin, policy, devices}. */
async function house() {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, { model: 'one' });
    const devices = async (query = '') => (await admin.get(`/devices${query}`)).want(200).items;
    return { server, admin, policy, devices };
}

const inLobby = (devices) => eventually('a device in the lobby', async () => (await devices('?status=PENDING'))[0], WAIT);

test('by the lobby: code, approval, configuration, change, acknowledgement', async () => {
    const { server, admin, policy, devices } = await house();
    const agent = startAgent(server);
    const { id } = await inLobby(devices);
    const { requests } = (await admin.get(`/devices/${id}`)).want(200);
    await eventually('the code is shown', () => output(agent).includes(requests[0].code), WAIT);
    assert.equal(agent.config, undefined);
    (await decide(admin, id, 'approve')).want(200);
    await hasModel(agent, 'one');
    await publishVersion(admin, policy.id, { model: 'two' });
    await hasModel(agent, 'two');
    const { config } = await eventually('an acknowledgement', async () => {
        const row = (await admin.get(`/devices/${id}`)).want(200);
        return row.config?.result === 'applied' && row;
    }, WAIT);
    assert.match(config.etag, /^"?[0-9a-f]{64}"?$/);
    assert.equal((await devices()).length, 1);
});

test('the directory of its configuration is made before anybody is asked to approve the machine', async () => {
    const { server } = await house();
    const dir = tempDir('agent');
    const out = path.join(dir, 'etc/assistant/config.json');
    const { stderr } = await agentCommand(['--server', server.url, '--state', path.join(dir, 'state'), '--config-out', out, '--machine-id', 'no-directory', '--once']);
    assert.equal(lstatSync(path.dirname(out)).mode & 0o777, 0o755, stderr);
});

test('by a key: --once enrols, writes the configuration and ends with 0; a second time uses its token', async () => {
    const { server, admin, devices } = await house();
    const { key } = await enrolmentKey(admin, { uses: 1 });
    const agent = startAgent(server, { key });
    await hasModel(agent, 'one');
    await agent.stop();
    const again = await agent.once();
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await devices('?status=ENROLLED')).length, 1);
});

test('its state is its own: 0700 and 0600, and neither log nor configuration holds the token', async () => {
    const { server, admin } = await house();
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { key });
    await hasModel(agent, 'one');
    await agent.stop(); // no file comes or goes any more
    assert.equal(lstatSync(agent.state).mode & 0o077, 0);
    const files = readdirSync(agent.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 0);
    const texts = files.map((entry) => {
        const file = path.join(entry.parentPath ?? entry.path, entry.name);
        assert.equal(lstatSync(file).mode & 0o177, 0, file);
        return readFileSync(file, 'latin1');
    });
    const tokens = texts.flatMap((text) => text.match(/sen_[dc]_[0-9A-Za-z]{49}/g) ?? []);
    assert.ok(tokens.length > 0, 'the token is kept');
    for (const token of [...tokens, key]) assert.ok(!output(agent).includes(token) && !readFileSync(agent.configFile, 'latin1').includes(token));
});

test('revocation disables the agent within a second; it keeps its files and comes back as nothing', async () => {
    const { server, admin, devices } = await house();
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { key });
    await hasModel(agent, 'one');
    const [{ id }] = await devices();
    await sleep(500); // its long poll is parked
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    const began = performance.now();
    await eventually('DISABLED', () => /DISABLED/i.test(output(agent)), { ...WAIT, every: 5 });
    assert.ok(performance.now() - began < 1000 * PATIENCE, `${performance.now() - began} ms`);
    assert.ok(existsSync(agent.state));
    await agent.kill();
    agent.start();
    await said(agent, /DISABLED/i);
    assert.equal((await admin.get(`/devices/${id}`)).want(200).status, 'REVOKED');
    assert.equal((await devices()).length, 1, 'no second device');
});

test('a blocked agent is DISABLED, keeps its token, and is served after unblock', async () => {
    const { server, admin, devices } = await house();
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { key });
    await hasModel(agent, 'one');
    const [{ id }] = await devices();
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await said(agent, /DISABLED/i);
    await agent.stop();
    (await admin.post(`/devices/${id}/unblock`, {})).want(200);
    const again = await agent.once();
    assert.equal(again.code, 0, again.stderr);
    assert.equal(model(agent), 'one');
});

test('a server that is away is no refusal: the configuration stays, and polls go on when it is back', async () => {
    const { server, admin, policy } = await house();
    const proxy = await startProxy(server);
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(proxy, { key });
    await hasModel(agent, 'one');
    await server.kill();
    await sleep(1500);
    assert.equal(model(agent), 'one');
    assert.doesNotMatch(output(agent), /DISABLED/i);
    await server.start();
    await publishVersion(await server.admin(), policy.id, { model: 'back' });
    await hasModel(agent, 'back');
});

test('lost answers of init and confirm: one device, one token, and it works', async () => {
    const { server, admin, devices } = await house();
    const proxy = await startProxy(server);
    proxy.lose(/^POST \S*\/enroll\/init /, 1);
    proxy.lose(/^POST \S*\/enroll\/confirm /, 1);
    const agent = startAgent(proxy);
    const { id } = await inLobby(devices);
    (await decide(admin, id, 'approve')).want(200);
    proxy.lose(/^POST \S*\/enroll\/confirm /, 1);
    await hasModel(agent, 'one');
    assert.ok(proxy.lost.length >= 3, proxy.lost.join('\n'));
    assert.equal((await devices()).length, 1);
    assert.equal((await devices('?status=ENROLLED'))[0].id, id);
});

test('kill -9 at random moments while it enrols: one device, one configuration', { timeout: 240_000 }, async () => {
    for (const byKey of [true, false]) {
        const { server, admin, devices } = await house();
        const agent = startAgent(server, byKey ? { key: (await enrolmentKey(admin)).key } : {});
        for (let i = 0; i < ROUNDS; i++) {
            await sleep(Math.random() * 120 * SLOWER);
            await agent.kill();
            agent.start();
            if (agent.config !== undefined) assert.ok(model(agent) === 'one', 'never half a configuration');
            if (i === ROUNDS >> 1) for (const row of await devices('?status=PENDING')) await decide(admin, row.id, 'approve');
        }
        await eventually('let in', async () => {
            for (const row of await devices('?status=PENDING')) (await decide(admin, row.id, 'approve')).want(200);
            return model(agent) === 'one';
        }, WAIT);
        await agent.stop();
        assert.equal((await devices('?status=PENDING')).length, 0);
        assert.equal((await devices('?status=BLOCKED')).length, 0);
    }
});

test('a lost answer of a rotation: the same token is asked for again, nobody takes it for a clone', async () => {
    const { server, admin, devices } = await house();
    const proxy = await startProxy(server);
    const agent = startAgent(proxy, { key: (await enrolmentKey(admin)).key });
    await hasModel(agent, 'one');
    const [{ id }] = await devices();
    const tokens = async () => (await audit(admin, `target=${id}`)).filter((event) => /token.activated/.test(event.action)).length;
    const before = await tokens();
    proxy.lose(/^POST \S*\/devices\/self\/rotate /, 1);
    agent.child.signal('SIGUSR1');
    await eventually('the new token is in use', async () => (await tokens()) > before, WAIT);
    assert.equal(proxy.lost.length, 1);
    assert.equal((await admin.get(`/devices/${id}`)).want(200).status, 'ENROLLED');
    await agent.stop();
    assert.equal((await agent.once()).code, 0);
});

test('kill -9 at random moments while it rotates: never a clone, and its token works', { timeout: 240_000 }, async () => {
    const { server, admin, devices } = await house();
    const agent = startAgent(server, { key: (await enrolmentKey(admin)).key, args: ['--rotate'] });
    await hasModel(agent, 'one');
    const [{ id }] = await devices();
    let device = { join_seq: 0 };
    for (let i = 0; i < ROUNDS || device.join_seq <= 3; i++) { // on a busy machine it needs more time
        assert.ok(i < 20 * ROUNDS, 'it does rotate');
        await agent.kill();
        agent.start(); // asks for a new token first
        await sleep(Math.random() * 100 * SLOWER * (1 + i / ROUNDS));
        device = (await admin.get(`/devices/${id}`)).want(200);
        assert.equal(device.status, 'ENROLLED', `round ${i}`);
    }
    await agent.kill();
    const last = await agent.once();
    assert.equal(last.code, 0, last.stderr);
    assert.equal((await admin.get(`/devices/${id}`)).want(200).status, 'ENROLLED');
});
