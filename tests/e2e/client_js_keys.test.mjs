// SPDX-License-Identifier: Apache-2.0
// Whom clients/js believes: the key set of the root that it pinned, through a change of keys; and what a refusal does to it,
// signed or said by anybody.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { jsClient, QuickClock, startFront, WAIT } from './lib/js_client.mjs';
import { claimsOf, isPoll, KEYS, setHeaders, Trusting } from './lib/js_trust.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { SigningKey } from './lib/signer.mjs';

const MINUTE = 60_000;

const server = await startServer();
const admin = await server.admin();
const foreign = new SigningKey(randomBytes(32));

const active = () => new Trusting(admin).start(server);
const seconds = () => Math.floor(Date.now() / 1000);

/** A problem that is ours by its looks. */
function problem(status, code) {
    const body = JSON.stringify({ status, code, title: 't', request_id: 'r' });
    return { status, headers: { 'Content-Type': 'application/problem+json' }, body };
}

test('a key set that is not the root\'s, or an older one, counts for nothing; and is asked for once a minute', async () => {
    const it = await active();
    const { org, rootKey, keySet } = it.client.kept;
    const sign = (answer) => setHeaders(answer, { 'seneschal-signature': foreign.detached(answer.body), 'seneschal-lease': foreign.lease(claimsOf(answer.headers['seneschal-lease'])) });
    const forged = { ...foreign.keySet(org, keySet.n + 1, [foreign]) };
    const sets = [];
    it.front.lie = (request) => {
        if (!request.url.includes(KEYS)) return undefined;
        sets.push(it.clock.ran);
        return { status: 200, headers: { 'Content-Type': 'application/json', 'Seneschal-Signature': forged.signature }, body: forged.text };
    };
    it.front.tamper = (answer) => (answer.status === 200 ? sign(answer) : undefined);
    await it.change();
    await it.rejects('key-set-invalid');
    await eventually('four times', () => sets.length >= 4, WAIT);
    sets.slice(1).forEach((at, i) => assert.ok(at - sets[i] >= MINUTE, `${at - sets[i]} ms`));
    assert.deepEqual([it.client.kept.rootKey, it.client.kept.keySet], [rootKey, keySet]);
    it.front.lie = (request) => (request.url.includes(KEYS) ? { status: 503, headers: {}, body: '' } : undefined);
    await it.client.noticed('unreached', /key set could not be fetched/);
    it.front.lie = () => undefined;
    await it.rejects('key-unknown');
    assert.equal(it.own, 0);
    it.front.tamper = undefined;
    await it.has(1);
});

test('another key follows: the set is fetched once, and nothing is refused or off meanwhile', async () => {
    const it = await active();
    const sets = () => it.front.asked.filter((line) => line.includes(KEYS)).length;
    const [before, n] = [sets(), it.client.kept.keySet.n];
    const seen = it.client.notices.length;
    (await admin.post('/keys/config/rotate')).want(200);
    await it.change();
    await it.has(1);
    assert.equal(sets(), before + 1);
    assert.ok(it.client.kept.keySet.n > n);
    await it.client.restart();
    await it.change();
    await it.has(2);
    assert.equal(sets(), before + 1, 'and kept');
    assert.deepEqual(it.client.notices.slice(seen).filter(({ event }) => event === 'rejected' || event === 'unreached'), []);
});

test('the pinned root stays: enrolled anew at somebody who names another one, nothing is taken from him', async () => {
    const it = await active();
    const { token, rootKey } = it.client.kept;
    const { alter } = it.front;
    it.front.alter = (request, answer) => {
        if (!request.url.endsWith('/enroll/confirm') || answer.status !== 200) return alter(request, answer);
        return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), root_key: foreign.jwk }) };
    };
    it.front.lie = (request) => (isPoll(request) ? problem(401, 'unauthenticated') : undefined);
    await it.rejects('key-set-invalid');
    assert.deepEqual([it.client.kept.token, it.client.kept.rootKey], [token, rootKey]);
});

test('one whose token came without a root key asks for it, before it believes anything', async () => {
    const it = await active();
    await it.client.stop();
    const { rootKey, org, keySet, ...rest } = it.client.kept;
    it.client.store.kept.set('state', rest);
    await it.client.restart();
    await eventually('it knows them', () => it.client.kept.keySet, WAIT);
    assert.deepEqual([it.client.kept.rootKey, it.client.kept.org], [rootKey, org]);
    await it.has(0);
    assert.ok(it.front.asked.some((line) => line === 'GET /api/v1/devices/self'));
});

test('a 403 that is not signed switches off and keeps everything; signed by somebody else it is worth no more', async () => {
    const it = await active();
    const claims = { device: it.client.kept.deviceId, exp: seconds() + 3600, iat: seconds() + 30, seq: 1_000_000, status: 'REVOKED' };
    for (const more of [{}, { 'Seneschal-Lease': foreign.lease(claims) }, { 'Seneschal-Lease': 'x' }]) {
        const { token } = it.client.kept;
        it.front.lie = (request) => (isPoll(request) ? setHeaders(problem(403, 'device-revoked'), more) : undefined);
        await it.client.off('device-revoked');
        await it.client.restart();
        await it.client.off('device-revoked');
        assert.equal(it.client.kept.token, token);
        for (const key of ['key', 'config']) assert.ok(it.client.store.kept.has(key), key);
        it.front.lie = () => undefined;
        await it.has(0);
    }
});

test('a refusal on the side counts as well; a block keeps everything, a revocation nothing', async () => {
    const it = await active();
    const { deviceId, token } = it.client.kept;
    (await admin.post(`/devices/${deviceId}/block`, {})).want(200);
    await it.client.off('device-blocked');
    assert.equal(it.client.kept.token, token);
    (await admin.post(`/devices/${deviceId}/unblock`, {})).want(200);
    await it.has(0);
    it.front.lie = (request) => (isPoll(request) ? 'silence' : undefined);
    (await admin.post(`/devices/${deviceId}/revoke`, {})).want(200);
    it.client.client.rotate();
    await it.client.off('device-revoked');
    await it.wiped();
});

test('a store that fails while it is wiped: off at once, and wiped as soon as it can be', async () => {
    const it = await active();
    let failing = 6;
    it.client.store.fail = (operation) => {
        if (operation !== 'get' && failing-- > 0) throw new Error('the disk is full');
    };
    (await admin.post(`/devices/${it.client.kept.deviceId}/revoke`, {})).want(200);
    await it.client.off('device-revoked');
    await it.wiped();
    assert.equal(it.client.configs.filter(({ enabled }) => enabled).length, 1);
});

test('without Ed25519 in WebCrypto it is off, says what it needs, and asks nobody', async (t) => {
    const front = await startFront(server);
    t.mock.method(crypto.subtle, 'importKey', async () => {
        throw new DOMException('not known', 'NotSupportedError');
    });
    const client = jsClient(front, { clock: new QuickClock() }).start();
    await client.off('no-ed25519');
    await client.noticed('failed', /Chromium 137/);
    assert.deepEqual([(await client.client.view()).state, front.asked], ['DISABLED', []]);
    await client.stop();
});
