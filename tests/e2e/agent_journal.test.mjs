// SPDX-License-Identifier: Apache-2.0
// What the agent records of its configuration, and the minimal one that it falls back to.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentCommand, startAgent } from './lib/agent.mjs';
import { enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };

async function house(content) {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, content);
    const agent = startAgent(server, { key: (await enrolmentKey(admin)).key });
    const device = async () => (await admin.get('/devices')).want(200).items[0];
    const has = (what, probe) => eventually(what, () => agent.config !== undefined && probe(agent.config), WAIT);
    await has('the first configuration', (c) => c.enabled);
    return { server, admin, policy, agent, device, has };
}

async function journal(agent) {
    const { code, stdout, stderr } = await agentCommand(['journal', '--state', agent.state, '-o', 'json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
}

test('every change is recorded as pointer, old and new; secrets are not; a torn last line is passed over', async () => {
    const { admin, policy, agent, device, has } = await house({ model: 'one', tools: { shell: true } });
    await publishVersion(admin, policy.id, { model: 'two', tools: { shell: true }, proxy: { password_hint: 'ask the desk' } });
    await has('two', (c) => c.config.model === 'two');
    const { id } = await device();
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await has('off', (c) => c.enabled === false);
    await agent.stop();
    const file = path.join(agent.state, 'journal.ndjson');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    appendFileSync(file, '{"at":"2026-');
    const lines = await journal(agent);
    assert.deepEqual(lines.map((l) => [l.event, l.enabled]), [['configured', true], ['configured', true], ['device-blocked', false]]);
    assert.deepEqual(lines[0].changes, [{ pointer: '/model', new: 'one' }, { pointer: '/tools/shell', new: true }]);
    assert.deepEqual(lines[1].changes, [{ pointer: '/model', old: 'one', new: 'two' }, { pointer: '/proxy/password_hint', hidden: true, new: '***' }]);
    assert.equal(lines[2].changes.length, 3);
    assert.match(lines[1].etag, /^"[0-9a-f]{64}"$/);
    assert.match(lines[1].version, /^\d{4}-\d\d-\d\d\.\d+$/);
    assert.equal(lines[1].from, lines[0].to, 'one follows the other');
    assert.ok(!readFileSync(file, 'utf8').includes('ask the desk'));
    const table = await agentCommand(['journal', '--state', agent.state]);
    assert.match(table.stdout, /"\/model" {2}"one" -> "two"/);
    assert.equal((await agentCommand(['journal', '-o', 'nonsense', '--state', agent.state])).code, 2);
});

test('kill -9 while configurations come and go: each that was in force is recorded once, in order', { timeout: 240_000 }, async () => {
    const { admin, policy, agent, has } = await house({ n: 0 });
    const rounds = 8;
    for (let n = 1; n <= rounds; n++) {
        await publishVersion(admin, policy.id, { n });
        await sleep(Math.random() * 40);
        await agent.kill();
        agent.start();
        await has(`n = ${n}`, (c) => c.config.n === n);
    }
    await agent.stop();
    const lines = await journal(agent);
    for (let i = 1; i < lines.length; i++) assert.equal(lines[i].from, lines[i - 1].to, `line ${i} follows`);
    assert.deepEqual(lines.map((l) => l.changes[0].new), Array.from({ length: rounds + 1 }, (_, n) => n));
});

test('degraded: the minimal configuration while BLOCKED, off when REVOKED', async () => {
    const minimal = { model: 'small', tools: {} };
    const { admin, agent, device, has } = await house({ model: 'large', degraded: minimal });
    const { id } = await device();
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await has('the minimal one', (c) => c.degraded === true);
    const { version, ...rest } = agent.config;
    assert.deepEqual(rest, { config: minimal, degraded: true, enabled: false, reason: 'device-blocked' });
    assert.match(version, /^\d{4}-/);
    await agent.stop();
    (await admin.post(`/devices/${id}/unblock`, {})).want(200);
    assert.equal((await agent.once()).code, 0);
    assert.equal(agent.config.config.model, 'large');
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    assert.equal((await agent.once()).code, 4);
    assert.deepEqual(agent.config, { config: {}, enabled: false, reason: 'device-revoked', version: null });
});

test('degraded: the minimal configuration once the server has been away for a lease, the whole one when it is back', async () => {
    const { server, agent, has } = await house({ model: 'large', degraded: { model: 'small' } });
    const listen = `127.0.0.1:${server.port}`;
    await agent.stop();
    await server.stop();
    agent.age(3700);
    agent.start();
    await has('STALE', (c) => c.degraded === true && c.reason === 'lease-over' && c.config.model === 'small');
    await agent.kill();
    agent.start();
    await agent.waitFor(/"state":"STALE"/, { from: 'stderr' });
    assert.equal(agent.config.degraded, true, 'a restart changes nothing');
    await server.restart({ listen });
    await has('all of it', (c) => c.enabled && c.config.model === 'large');
});

test('without degraded a server that is away for a lease switches off', async () => {
    const { server, agent, has } = await house({ model: 'large' });
    await agent.stop();
    await server.stop();
    agent.age(3700);
    agent.start();
    await has('off', (c) => c.enabled === false && c.reason === 'grace-over' && Object.keys(c.config).length === 0);
});
