// SPDX-License-Identifier: Apache-2.0
// clients/js believes what the server has signed for it, and nothing else: a proxy changes, cuts, forges and replays answers,
// clocks are set back and forward. What is in force stays until its lease ends, and everybody sees why.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { WAIT } from './lib/js_client.mjs';
import { claimsOf, setHeaders, Trusting } from './lib/js_trust.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { etagOf, SigningKey } from './lib/signer.mjs';

const MINUTE = 60_000;

const server = await startServer();
const admin = await server.admin();
const foreign = new SigningKey(randomBytes(32));

const active = () => new Trusting(admin).start(server);
const kidOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[0], 'base64url')).kid;

function without(answer, ...names) {
    const headers = { ...answer.headers };
    for (const name of names) delete headers[name];
    return { ...answer, headers };
}

const TAMPERED = {
    'a byte of the body': ['signature-invalid', (answer) => ({ ...answer, body: String(answer.body).replace('"own":', '"owm":') })],
    'a byte that makes it no JSON': ['signature-invalid', (answer) => ({ ...answer, body: String(answer.body).replace('{', '[') })],
    'body and ETag': ['signature-invalid', (answer) => setHeaders({ ...answer, body: '{"config":{"own":666},"enabled":true,"version":null}' }, { etag: etagOf('{"config":{"own":666},"enabled":true,"version":null}') })],
    'no signature': ['signature-missing', (answer) => without(answer, 'seneschal-signature')],
    'no signature and no lease': ['signature-missing', (answer) => without(answer, 'seneschal-signature', 'seneschal-lease')],
    'no lease': ['lease-missing', (answer) => without(answer, 'seneschal-lease')],
    'no ETag': ['lease-invalid', (answer) => without(answer, 'etag')],
    'another ETag': ['lease-invalid', (answer) => setHeaders(answer, { etag: etagOf('') })],
    'signed by somebody else': ['key-unknown', (answer) => setHeaders(answer, { 'seneschal-signature': foreign.detached(answer.body) })],
    'signed by somebody else under the right name': ['signature-invalid', (answer) => {
        const kid = kidOf(answer.headers['seneschal-signature']);
        return setHeaders(answer, { 'seneschal-signature': foreign.detached(answer.body, { alg: 'EdDSA', b64: false, crit: ['b64'], kid }) });
    }],
    'a lease by somebody else': ['key-unknown', (answer) => setHeaders(answer, { 'seneschal-lease': foreign.lease(claimsOf(answer.headers['seneschal-lease'])) })],
};

test('an answer that was changed on its way: refused for what is wrong with it, the last good one stays', async () => {
    const it = await active();
    for (const [what, [reason, tamper]] of Object.entries(TAMPERED)) {
        const before = it.published;
        const from = it.client.configs.length;
        it.front.tamper = (answer) => (answer.status === 200 ? tamper(answer) : undefined);
        await it.change();
        await it.rejects(reason);
        assert.equal(it.own, before, what);
        assert.equal((await it.client.client.view()).state, 'ACTIVE', what);
        assert.equal(it.client.configs.length, from, `${what}: nothing else was in force meanwhile`);
        it.front.tamper = undefined;
        await it.has(it.published);
        await it.trusts();
    }
});

test('the server hears of each refusal once, and of the end of it; a restart says nothing again', async () => {
    const it = await active();
    it.front.tamper = (answer) => (answer.status === 200 ? without(answer, 'seneschal-lease') : undefined);
    await it.change();
    const event = await eventually('in the record', async () => (await it.told('lease-missing'))[0], WAIT);
    assert.equal(event.details.result, 'rejected');
    assert.equal((await it.device()).config.result, 'rejected');
    const polls = it.polls.length;
    await eventually('five more polls', () => it.polls.length >= polls + 5, WAIT);
    await it.client.restart();
    await eventually('and five more', () => it.polls.length >= polls + 10, WAIT);
    assert.equal((await it.told('lease-missing')).length, 1);
    it.front.tamper = (answer) => (answer.status === 200 ? without(answer, 'seneschal-signature') : undefined);
    await eventually('another reason is told too', async () => (await it.told('signature-missing')).length === 1, WAIT);
    it.front.tamper = undefined;
    await it.has(1);
    await eventually('applied', async () => (await it.device()).config.result === 'applied', WAIT);
});

test('an older configuration of the same device, whole and signed: replayed it is refused', async () => {
    const it = await active();
    const older = it.first;
    await it.change();
    await it.has(1);
    await it.change();
    it.front.tamper = (answer) => (answer.status === 200 ? older : undefined);
    await it.rejects('sequence-back');
    assert.equal(it.own, 1);
    await it.client.restart();
    await eventually('after a restart too', () => it.client.notices.some(({ event, reason }) => event === 'rejected' && reason === 'sequence-back'), WAIT);
    it.front.tamper = undefined;
    await it.has(2);
});

test('the configuration of another device, whole and signed, is none of ours', async () => {
    const [it, other] = [await active(), await active()];
    const theirs = other.first;
    it.front.tamper = () => theirs;
    await it.rejects('lease-device');
    assert.equal(it.own, 0);
});

test('who keeps the answers back keeps the configuration only until its lease ends', async () => {
    const it = await active();
    const held = it.first;
    const [on, off] = [it.clock.ran, () => it.clock.ran];
    it.front.tamper = () => held;
    await it.client.off('grace-over');
    assert.ok(off() - on <= 61 * MINUTE, `${(off() - on) / MINUTE} minutes`);
    await it.rejects('lease-expired');
    assert.deepEqual(it.client.states().slice(-2), ['STALE', 'DISABLED']);
    it.front.tamper = undefined;
    await it.has(0);
    await it.trusts();
});

test('a 304 prolongs nothing without a lease, which is asked for once half of the last one is gone', async () => {
    const it = await active();
    await eventually('asked for', () => it.prefers.length > 0, WAIT);
    assert.ok(it.clock.ran >= 30 * MINUTE, `not before: ${it.clock.ran / MINUTE}`);
    assert.deepEqual([...new Set(it.prefers)], ['lease']);
    await eventually('three hours', () => it.clock.ran > 180 * MINUTE, WAIT);
    assert.deepEqual([it.client.configs.length, (await it.client.client.view()).state], [2, 'ACTIVE'], 'off at the start, on since');
    it.front.tamper = (answer) => without(answer, 'seneschal-lease');
    await it.rejects('lease-missing');
    await it.client.off('grace-over');
});

test('a clock that was set back: said at once and through restarts, and what is in force ends with its lease', async () => {
    const it = await active();
    it.clock.shift = -5 * MINUTE;
    await it.rejects('clock-back');
    await eventually('the server knows', async () => (await it.told('clock-back')).length === 1, WAIT);
    assert.equal(it.own, 0);
    const from = it.client.notices.length;
    await it.client.restart();
    await eventually('said again', () => it.client.notices.slice(from).some(({ reason }) => reason === 'clock-back'), WAIT);
    assert.equal(it.own, 0);
    await it.client.off('grace-over');
    it.clock.shift = 0;
    await it.has(0);
    await it.trusts();
});

test('a clock ahead by more than a lease: off, and on again when it is right', async () => {
    const it = await active();
    it.clock.shift = 62 * MINUTE;
    await it.client.off('grace-over');
    await it.rejects('lease-expired');
    it.clock.shift = 0;
    await it.has(0);
});

test('what is kept is checked as what comes: another text, another lease, another device\'s', async () => {
    const [it, other] = [await active(), await active()];
    for (const damage of [{ text: '{"config":{"own":666},"enabled":true,"version":null}' }, { lease: undefined }, { lease: 'x' }, { ...other.client.store.kept.get('config') }]) {
        await it.client.stop();
        const kept = it.client.store.kept.get('config');
        it.client.store.kept.set('config', { ...kept, ...damage, ...(damage.text && !damage.etag && { etag: etagOf(damage.text) }) });
        const from = it.client.configs.length;
        await it.client.restart();
        await eventually('fetched anew', () => it.client.configs.slice(from).some(({ enabled }) => enabled), WAIT);
        assert.deepEqual(it.client.configs.slice(from).map(({ enabled, config }) => (enabled ? config.own : 'off')), ['off', 0]);
    }
});

