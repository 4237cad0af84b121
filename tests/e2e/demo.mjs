// SPDX-License-Identifier: Apache-2.0
// `./dev demo`: the whole main job with a real server and a real agent process. Each step says what
// it saw; the first that does not see what it should ends the demo with exit code 1.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

process.env.SENESCHAL_BIN ??= path.resolve('build/seneschal');
const { Agent } = await import('./lib/agent.mjs');
const { audit, decide, enrol, poll, publishPolicy, publishVersion, self } = await import('./lib/fleet.mjs');
const { eventually, seneschal } = await import('./lib/process.mjs');
const { Server } = await import('./lib/server.mjs');

const root = mkdtempSync(path.join(tmpdir(), 'seneschal-demo-'));
const server = new Server({ data: path.join(root, 'data'), limits: true, args: [], env: {}, listen: '127.0.0.1:0' });
let agent;
let number = 0;

/** One step: `look` answers what it saw. */
async function step(what, look) {
    const began = performance.now();
    const saw = await look();
    const ms = Math.round(performance.now() - began);
    console.log(`${String(++number).padStart(2)}. ${what}\n      ${saw}  (${ms} ms)`);
}

const hide = (token) => `${token.slice(0, 10)}… (${token.length} characters)`;
const first = { owuiEndpoint: 'https://ai.example/v1', owuiModel: 'small', limits: { tokens: 2048 } };
const second = { ...first, owuiModel: 'large' };
const has = (config) => () => agent.config?.config?.owuiModel === config.owuiModel || agent.config?.owuiModel === config.owuiModel;
const details = async (id) => (await admin.get(`/devices/${id}`)).want(200);
let admin, policy, device, byHand, etag;

async function main() {
    await step('the server starts on an empty directory', async () => {
        await server.start();
        return `listening ${server.url}, pid ${server.pid}`;
    });
    await step('`seneschal admin-token` gives the administrator a token', async () => {
        admin = await server.admin();
        return hide(admin.token);
    });
    await step('the administrator publishes a policy for the whole organisation', async () => {
        policy = await publishPolicy(admin, first, { name: 'assistants' });
        return `version ${policy.version}: ${JSON.stringify(first)}`;
    });
    await step('an agent starts and asks to enrol; the lobby lists it as PENDING with its code', async () => {
        mkdirSync(path.join(root, 'agent'));
        agent = new Agent(server, { dir: path.join(root, 'agent') }).start();
        const [row] = await eventually('a request in the lobby', async () => {
            const { items } = (await admin.get('/devices?status=PENDING')).want(200);
            return items.length > 0 && items;
        });
        device = await details(row.id);
        const { code } = device.requests[0];
        await eventually('the agent shows the same code', () => (agent.child.stdout + agent.child.stderr).includes(code));
        assert.equal(agent.config, undefined, 'no configuration before the approval');
        return `${device.machine_id}: ${device.status}, code ${code} on both sides`;
    });
    await step('the administrator approves that request', async () => {
        const request_id = device.requests[0].request_id ?? device.requests[0].id;
        (await decide(admin, device.id, 'approve', { request_id })).want(200);
        return (await details(device.id)).status;
    });
    await step('the agent proves its key, gets its token and writes its configuration', async () => {
        await eventually('the configuration is there', has(first), { ms: 30_000 });
        return `${agent.configFile}: ${JSON.stringify(agent.config)}`;
    });
    await step('a machine without an agent does the same by hand', async () => {
        byHand = await enrol(server.client(), admin, { machine_id: 'by-hand' });
        return `ENROLLED, token ${hide(byHand.token)}`;
    });
    await step('its first poll is 200 with the configuration', async () => {
        const reply = await poll(server.client(), byHand.token);
        assert.deepEqual(reply.want(200).config, first);
        ({ etag } = reply.headers);
        return `200, ${reply.bytes.length} bytes, ETag ${etag.slice(0, 14)}…`;
    });
    await step('its second poll is 304 without a body', async () => {
        const reply = await poll(server.client(), byHand.token, { etag });
        reply.want(304);
        return `304, ${reply.bytes.length} bytes`;
    });
    await step('the administrator publishes a changed version; the agent applies it', async () => {
        const version = await publishVersion(admin, policy.id, second);
        const began = performance.now();
        await eventually('the agent applied it', has(second), { ms: 30_000 });
        return `version ${version} applied ${Math.round(performance.now() - began)} ms after it was published`;
    });
    await step('the record says that the agent applied it', async () => {
        const event = await eventually('an acknowledgement in the audit', async () => {
            const events = await audit(admin, `actor=${device.id}`);
            return events.find((one) => one.action === 'config.applied');
        });
        const { config } = await details(device.id);
        assert.equal(config.result, 'applied');
        return `seq ${event.seq}: ${event.action} by ${event.actor.kind} ${event.actor.name ?? event.actor.id}, ${event.result}`;
    });
    await step('the administrator revokes the device; the agent is DISABLED within a second', async () => {
        (await admin.post(`/devices/${device.id}/revoke`, { reason: 'demo is over' })).want(200);
        const began = performance.now();
        await eventually('the agent says DISABLED', () => /DISABLED/i.test(agent.child.stdout + agent.child.stderr), { every: 5 });
        const ms = performance.now() - began;
        assert.ok(ms <= 1000, `it took ${ms} ms`);
        return `DISABLED ${Math.round(ms)} ms after the revocation was acknowledged`;
    });
    await step('the revoked device stays out, the other one is served', async () => {
        const gone = await details(device.id);
        assert.equal(gone.status, 'REVOKED');
        (await self(server.client(), byHand.token)).want(200);
        return `${gone.status}: "${gone.status_reason}"; by-hand: 200`;
    });
    await step('`seneschal audit verify` checks the whole record', async () => {
        const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', server.data]);
        assert.equal(code, 0, stdout + stderr);
        return (stdout || stderr).trim().split('\n').at(-1);
    });
    await step('agent and server end on SIGTERM', async () => {
        await agent.stop();
        await server.stop();
        return 'both gone';
    });
}

try {
    await main();
    console.log(`${number} steps, each observed`);
} catch (error) {
    console.error(`step ${number + 1} FAILED: ${error.message}`);
    console.error(`agent: ${(agent?.child.stderr ?? '').slice(-2000)}\nserver: ${server.running ? server.log.slice(-2000) : 'not running'}`);
    process.exitCode = 1;
} finally {
    await agent?.kill();
    if (server.running) await server.kill();
    rmSync(root, { recursive: true, force: true });
}
