// SPDX-License-Identifier: Apache-2.0
// Between a real agent and its real server stands somebody who lies. Nothing of it comes into force; the agent says
// what it refused, and the server has it in its record.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { agentCommand, askSocket, startAgent } from './lib/agent.mjs';
import { audit, enrol, enrolmentKey, poll, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { BIN, eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };
const FETCH = /^GET \S*\/iassistants\/config(\?|$)/;
const KEYS = /^GET \S*\/iassistants\/config\/keys\//;
const CLOCK = path.join(path.dirname(BIN), 'tests/faults/libclock-shift.so');
const noClock = process.env.SENESCHAL_AGENT ? 'another build of the agent' : PATIENCE > 1 ? 'a sanitizer wants to be the first library'
    : existsSync(CLOCK) ? false : `no ${CLOCK} in this build`;

/** An agent behind a proxy, with the configuration {model: "one"} in force. */
async function house({ env } = {}) {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, { model: 'one' });
    const proxy = await startProxy(server);
    proxy.lie = () => undefined;
    const dir = tempDir('agent');
    const socket = path.join(dir, 'agent.sock');
    const agent = startAgent(proxy, { dir, key: (await enrolmentKey(admin)).key, args: ['--socket', socket], env });
    await eventually('the first configuration', () => agent.config?.config.model === 'one', WAIT);
    const { id } = (await admin.get('/devices')).want(200).items[0];
    const state = async () => (await askSocket(socket, '/state')).json;
    const until = (what, probe) => eventually(what, async () => {
        const now = await state().catch(() => undefined);
        return now && probe(now) && now;
    }, WAIT);
    /** The event of this refusal. */
    const recorded = async (word) => {
        const event = await eventually(`recorded: ${word}`, async () =>
            (await audit(admin, 'action=config.rejected')).find((e) => e.target.id === id && e.reason === word), WAIT);
        assert.equal(event.details.reason, word);
        return event;
    };
    /** Refused with this word: the agent says so, goes on with what it had, and the server has recorded it. */
    const refused = async (word, model = 'one') => {
        const now = await until(`refused: ${word}`, (s) => s.refused === word);
        assert.equal(agent.config.config.model, model);
        await agent.waitFor(new RegExp(`"agent-rejected".*"${word}"`), { from: 'stderr' });
        return { now, event: await recorded(word) };
    };
    return { server, admin, policy, proxy, agent, id, state, until, recorded, refused, publish: (model) => publishVersion(admin, policy.id, { model }) };
}

const forge = (change) => (answer, line) => (FETCH.test(line) && answer.status === 200 ? change(answer) : undefined);

test('a changed byte, then a missing signature, then the truth', async () => {
    const { proxy, agent, publish, refused, until } = await house();
    const lies = [
        ['signature-invalid', ({ status, fields, body }) => ({ status, fields, body: body.replace('model', 'modem') })],
        ['signature-missing', ({ status, fields: { 'seneschal-signature': _, ...fields }, body }) => ({ status, fields, body })],
    ];
    for (const [i, [word, change]] of lies.entries()) {
        proxy.lie = forge(change);
        await publish(`never-${i}`);
        const { now } = await refused(word);
        assert.deepEqual([now.state, now.in_force], ['ACTIVE', true]);
    }
    proxy.lie = () => undefined;
    await until('the truth', (s) => s.refused === null && s.state === 'ACTIVE');
    assert.equal(agent.config.config.model, 'never-1');
    const { stdout } = await agentCommand(['journal', '--state', agent.state]);
    for (const [word] of lies) assert.match(stdout, new RegExp(`rejected +.*${word}`));
});

test('the same lie is told once, and asked about ever more slowly', async () => {
    const { proxy, admin, agent, publish, refused } = await house();
    let asked = 0;
    proxy.lie = forge((a) => {
        asked++;
        return { ...a, body: a.body.replace('model', 'modem') };
    });
    await publish('never');
    await refused('signature-invalid');
    const status = async (...more) => agentCommand(['status', '--state', agent.state, ...more]);
    const shown = JSON.parse((await status('-o', 'json')).stdout);
    assert.deepEqual([shown.state, shown.refused, shown.wiped], ['ACTIVE', 'signature-invalid', false]);
    const table = (await status()).stdout;
    assert.match(table, /^refused +"signature-invalid"$/m);
    assert.doesNotMatch(table, /sen_d_|seed|token/);
    assert.equal((await status('-o', 'nonsense')).code, 2);
    const before = asked;
    await eventually('it has asked three times more', () => asked >= before + 3, WAIT);
    assert.equal((await audit(admin, 'action=config.rejected')).length, 1);
    assert.equal(agent.child.stderr.match(/"agent-rejected"/g).length, 1);
    const sets = proxy.seen.filter(({ line }) => KEYS.test(line)).length;
    assert.ok(sets <= 1, 'the key set is not asked for again: the key is known');
});

test("another server's word, and that of another organisation on the same server", async () => {
    const { server, admin, proxy, publish, refused, until } = await house();
    const other = await startServer();
    const otherAdmin = await other.admin();
    await publishPolicy(otherAdmin, { model: 'other' });
    const stranger = await enrol(other.client(), otherAdmin);
    const take = async (client, token) => {
        const reply = await poll(client, token);
        reply.want(200);
        return { status: 200, body: reply.text, fields: reply.headers };
    };
    const theirs = await take(other.client(), stranger.token);
    proxy.lie = forge(() => theirs);
    await publish('never-0');
    await refused('key-unknown');
    const sets = proxy.seen.filter(({ line }) => KEYS.test(line)).length;
    assert.equal(sets, 2, 'at the first configuration, and once because of the strange key');

    // Their key set, too: it is signed, by another root. A new key, because nobody asks twice for one within a minute.
    const { jwks_uri } = (await other.client().as(stranger.token).get('/devices/self')).want(200);
    const { text: body, headers: fields } = await other.client().get(new URL(jwks_uri).pathname.replace('/api/v1', ''));
    (await otherAdmin.post('/keys/config/rotate')).want(200);
    await publishPolicy(otherAdmin, { model: 'later' });
    const later = await take(other.client(), stranger.token);
    proxy.lie = (answer, line) => (KEYS.test(line) ? { status: 200, body, fields } : FETCH.test(line) && answer.status === 200 ? later : undefined);
    await refused('key-set-invalid');

    // An organisation beside ours: the same root signs its set, and it is still not ours.
    const { id: org } = (await admin.post('/organisations', { slug: 'beside', name: 'Beside' })).want(201);
    const beside = await server.client().get(`/iassistants/config/keys/${org}`);
    assert.equal(beside.status, 200, beside.text);
    proxy.lie = (answer, line) => (KEYS.test(line) ? { status: 200, body: beside.text, fields: beside.headers }
        : FETCH.test(line) && answer.status === 200 ? theirs : undefined);
    await until('still refused', (s) => s.refused !== null && s.in_force);
    proxy.lie = () => undefined;
    await until('the truth', (s) => s.refused === null);
});

test('an older configuration, played again after a newer one', async () => {
    const { proxy, publish, refused, agent, until } = await house();
    const old = proxy.seen.filter(({ line, answer }) => FETCH.test(line) && answer.status === 200).at(-1).answer;
    await publish('two');
    await until('two', () => agent.config.config.model === 'two');
    proxy.lie = forge(() => old);
    await publish('three');
    const { event } = await refused('sequence-back', 'two');
    assert.equal(event.details.etag, old.fields.etag);
});

test('answers played again when their lease is over; the clock set back', { skip: noClock }, async () => {
    const shift = path.join(tempDir('clock'), 'seconds');
    writeFileSync(shift, '0');
    const { proxy, agent, publish, recorded, refused, until } = await house({ env: { LD_PRELOAD: CLOCK, CLOCK_SHIFT_FILE: shift } });
    const first = (await until('ACTIVE', (s) => s.state === 'ACTIVE')).lease_until;
    await agent.stop();
    writeFileSync(shift, '-7200');
    agent.start();
    await publish('never-0');
    const { now } = await refused('clock-back');
    assert.equal(now.state, 'ACTIVE', 'the last good one, until its lease ends');
    const left = Date.parse(now.lease_until) - (Date.now() - 7_200_000);
    assert.ok(left < 3_600_000 && left > 3_300_000, `the lease goes on where it was: ${now.lease_until}, ${first}`);
    await agent.stop();

    writeFileSync(shift, '0');
    agent.start();
    await until('the clock is right', (s) => s.refused === null && s.state === 'ACTIVE');
    const old = proxy.seen.filter(({ line, answer }) => FETCH.test(line) && answer.status === 200).at(-1).answer;
    await agent.stop();
    writeFileSync(shift, '7200'); // two hours later, for the agent
    proxy.lie = (answer, line) => (FETCH.test(line) ? old : undefined);
    agent.start();
    await until('refused', (s) => s.refused === 'lease-expired');
    await recorded('lease-expired');
    const off = await until('off', (s) => s.state === 'DISABLED');
    assert.equal(off.reason, 'grace-over');
    assert.equal(agent.config.enabled, false);
});

test('its lease is nearly gone: it asks for another, and has it', async () => {
    const { proxy, agent, until } = await house();
    await agent.stop();
    agent.age(3500);
    agent.start();
    const now = await until('a whole lease', (s) => Date.parse(s.lease_until) > Date.now() + 3_500_000);
    assert.equal(now.state, 'ACTIVE');
    assert.ok(proxy.seen.some(({ line, answer }) => FETCH.test(line) && answer.status === 304 && answer.fields['seneschal-lease']));
});

test('a token that came without a root key pins it at its first use', async () => {
    const { agent, until } = await house();
    const { root, org } = agent.stored;
    await agent.stop();
    agent.store({ root: '', org: '', keys: '', keys_n: 0, etag: '' });
    agent.start();
    await until('in force', (s) => s.in_force);
    assert.deepEqual([agent.stored.root, agent.stored.org], [root, org]);
    assert.match(root, /^[\w-]{43}$/);
});

test('a 403 that nobody signed switches off and wipes nothing; the signed one wipes for good', async () => {
    const { admin, proxy, agent, id, until, publish, state } = await house();
    proxy.lie = (answer, line) => (FETCH.test(line) ? { status: 403, fields: { 'content-type': 'application/problem+json' }, body: '{"code":"device-revoked"}' } : undefined);
    await publish('two');
    const off = await until('DISABLED', (s) => s.state === 'DISABLED' && s.reason === 'device-revoked');
    assert.equal(off.wiped, false);
    assert.match(agent.stored.token, /^sen_d_/);
    await eventually('recorded', async () => (await audit(admin, 'action=config.rejected')).some((e) => e.target.id === id && e.reason === 'lease-missing'), WAIT);
    proxy.lie = () => undefined;
    await agent.stop();
    agent.start(); // does not wait its five minutes
    await until('served again', (s) => s.state === 'ACTIVE' && s.in_force);
    const { token, seed } = agent.stored;

    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    const wiped = await until('wiped', (s) => s.wiped);
    assert.deepEqual([wiped.state, wiped.reason, wiped.in_force], ['DISABLED', 'device-revoked', false]);
    for (let round = 0; round < 2; round++) {
        assert.deepEqual(agent.config, { config: {}, enabled: false, reason: 'device-revoked', version: null });
        for (const name of readdirSync(agent.state)) {
            const text = readFileSync(path.join(agent.state, name), 'latin1');
            for (const gone of [token, seed, '"one"', '"two"']) assert.ok(!text.includes(gone), `${name} holds ${gone}`);
        }
        if (round === 0) await agent.kill();
        if (round === 0) agent.start();
        await until('still wiped', (s) => s.wiped);
    }
    (await admin.post(`/devices/${id}/reinstate`, {})).want(200);
    await agent.stop();
    const asked = proxy.seen.length;
    assert.equal((await agent.once()).code, 4, 'it does not come back by itself');
    assert.equal(proxy.seen.length, asked, 'and asks nobody');
    assert.equal((await state().catch(() => 'nobody')), 'nobody');
    assert.equal((await admin.get('/devices')).want(200).items.length, 1);
});
