// SPDX-License-Identifier: Apache-2.0
// Every answer to a device can be proven: signature, lease and key set on all kinds of answers.
import assert from 'node:assert/strict';
import test from 'node:test';
import { confirm, decide, enrol, init, makeNonce, poll, publishPolicy, publishVersion, rotate, self, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';
import { Verifier, thumbprint } from './lib/verify.mjs';

const server = await startServer({ env: { SENESCHAL_LEASE_LIFE: '900', SENESCHAL_LEASE_GRACE: '120' } });
const admin = await server.admin();
const nobody = server.client();
const selfOf = async (device, client = nobody) => (await self(client, device.token)).want(200);
const verifierOf = async (device) => new Verifier(nobody, await selfOf(device));
const near = (a, b) => Math.abs(a - b) <= 60;

test('the root key and the key set come with the confirmation, and are those of GET /devices/self', async () => {
    const asked = (await init(nobody, uniqueName())).want(201);
    (await decide(admin, asked.device_id, 'approve')).want(200);
    const got = (await confirm(nobody, asked.device_id, asked.claim)).want(200);
    const own = await selfOf(got);
    assert.deepEqual([got.jwks_uri, got.root_key], [own.jwks_uri, own.root_key]);
    assert.ok(got.jwks_uri.startsWith(`${server.url}/api/v1/iassistants/config/keys/`));
    const trust = new Verifier(nobody, got);
    await trust.fetch();
    assert.equal(trust.set.keys.length, 1);
    assert.equal(trust.set.org, got.jwks_uri.split('/').at(-1));
    assert.ok(near(trust.set.iat, Date.now() / 1000));
    assert.notEqual(trust.set.keys[0].kid, thumbprint(got.root_key));
});

test('the key set is for everybody, a strange organisation is nobody\'s', async () => {
    const { jwks_uri } = await selfOf(await enrol(nobody, admin));
    const path = new URL(jwks_uri).pathname.replace('/api/v1', '');
    const root = await nobody.atRoot().get(path, { headers: { Origin: 'chrome-extension://abc' } });
    root.want(200);
    assert.equal(root.headers['access-control-allow-origin'], '*');
    assert.match(root.headers['access-control-expose-headers'], /Seneschal-Signature/);
    for (const id of ['0', 'default', '01890a5d-ac96-774b-bcce-b302099a8057']) {
        (await nobody.get(`/iassistants/config/keys/${id}`)).wantProblem(404, 'not-found');
    }
});

test('an answer without any policy, one with content, and one that is switched off', async () => {
    const device = await enrol(nobody, admin);
    const trust = await verifierOf(device);
    const first = await poll(nobody, device.token);
    assert.equal(first.text, '{"config":{},"enabled":false,"version":null}');
    const claims = await trust.whole(first, device);
    assert.equal(claims.status, 'ENROLLED');
    assert.deepEqual([claims.exp - claims.iat, claims.grace_s], [900, 120]);
    assert.ok(near(claims.iat, Date.now() / 1000));
    const { id } = await publishPolicy(admin, { text: 'é'.repeat(5000) }, { scope: 'device', target_id: device.id });
    const second = await trust.whole(await poll(nobody, device.token), device);
    assert.ok(second.seq > claims.seq);
    const version = (await nobody.as(device.token).get('/iassistants/config/version')).want(200);
    assert.deepEqual([version.etag, version.seq], [second.etag, second.seq]);
    await publishVersion(admin, id, { a: 1 }, { enabled: false });
    const off = await poll(nobody, device.token);
    assert.equal(off.want(200).enabled, false);
    assert.ok((await trust.whole(off, device)).seq > second.seq);
});

test('a 304 carries a lease when it is preferred, and else nothing', async () => {
    const device = await enrol(nobody, admin);
    const trust = await verifierOf(device);
    const { etag } = (await poll(nobody, device.token)).headers;
    const ask = (Prefer, more = {}) => poll(nobody, device.token, { etag, headers: { ...(Prefer && { Prefer }), ...more } });
    for (const prefer of [undefined, 'wait=5', 'leased', 'respond-async; lease', '"lease"']) {
        const plain = await ask(prefer);
        assert.equal(plain.status, 304);
        assert.equal(plain.headers['seneschal-lease'], undefined, prefer);
    }
    for (const prefer of ['lease', 'LEASE', 'respond-async, lease', 'wait=5, lease; x=1', 'lease=""', ['wait=5', 'lease']]) {
        const reply = await ask(prefer);
        assert.equal(reply.status, 304);
        assert.equal((await trust.lease(reply)).etag, etag, prefer);
        assert.equal(reply.headers['seneschal-signature'], undefined);
    }
});

test('parked polls: a change, and the end of their time', async () => {
    const device = await enrol(nobody, admin);
    const trust = await verifierOf(device);
    const { etag } = (await poll(nobody, device.token)).headers;
    const quiet = poll(nobody, device.token, { etag, wait: 1, headers: { Prefer: 'lease' } });
    assert.equal((await trust.lease(await quiet)).etag, etag);
    const plain = await poll(nobody, device.token, { etag, wait: 1 });
    assert.deepEqual([plain.status, plain.headers['seneschal-lease']], [304, undefined]);
    const parked = poll(nobody, device.token, { etag, wait: 30 });
    await publishPolicy(admin, { parked: 1 }, { scope: 'device', target_id: device.id });
    const told = await parked;
    assert.deepEqual(told.want(200).config, { parked: 1 });
    await trust.whole(told, device);
});

test('refusals of a blocked and of a revoked device are signed, parked or not, on the rows that devices call', async () => {
    for (const [move, status, code] of [['block', 'BLOCKED', 'device-blocked'], ['revoke', 'REVOKED', 'device-revoked']]) {
        const device = await enrol(nobody, admin);
        const trust = await verifierOf(device);
        const first = await trust.whole(await poll(nobody, device.token), device);
        const parked = poll(nobody, device.token, { etag: first.etag, wait: 30 });
        (await admin.post(`/devices/${device.id}/${move}`)).want(200);
        const told = [await parked, await poll(nobody, device.token), await self(nobody, device.token)];
        told.push(await rotate(nobody, device.token, device.join_seq, makeNonce()));
        for (const reply of told) {
            reply.wantProblem(403, code);
            const claims = await trust.lease(reply);
            assert.deepEqual([claims.device, claims.status, claims.etag], [device.id, status, undefined]);
            assert.ok(claims.seq >= first.seq);
        }
        const before = (await trust.lease(told[1])).seq;
        if (move !== 'block') continue;
        (await admin.post(`/devices/${device.id}/unblock`)).want(200);
        const back = await trust.whole(await poll(nobody, device.token), device);
        assert.ok(back.seq > before, 'its number has passed that of its refusal');
    }
});

test('what is refused to others, or for another reason, is not', async () => {
    const device = await enrol(nobody, admin);
    const other = await enrol(nobody, admin);
    const strange = await nobody.as(device.token).get(`/iassistants/config?device_id=${other.id}`);
    strange.wantProblem(403, 'forbidden');
    const none = await nobody.get('/iassistants/config');
    none.wantProblem(401, 'unauthenticated');
    for (const reply of [strange, none]) assert.equal(reply.headers['seneschal-lease'], undefined);
});

test('an administrator reads the same signed bytes, without a lease', async () => {
    const device = await enrol(nobody, admin);
    const reply = await admin.get(`/iassistants/config?device_id=${device.id}`);
    await (await verifierOf(device)).signature(reply);
    assert.equal(reply.headers['seneschal-lease'], undefined);
});

test('two organisations have two keys, and the same plan is signed for each by its own', async () => {
    const slug = uniqueName('org');
    const org = (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const abroad = await enrol(nobody.with({ 'Seneschal-Org': slug }), there);
    const home = await enrol(nobody, admin);
    const [trustAbroad, trustHome] = [await verifierOf(abroad), await verifierOf(home)];
    assert.equal((await selfOf(abroad)).jwks_uri.split('/').at(-1), org.id);
    assert.deepEqual(trustAbroad.root, trustHome.root);
    const [a, b] = [await poll(nobody, abroad.token), await poll(nobody, home.token)];
    assert.equal(a.text, b.text);
    await trustAbroad.whole(a, abroad);
    await trustHome.whole(b, home);
    assert.notEqual(trustAbroad.set.keys[0].kid, trustHome.set.keys[0].kid);
    await assert.rejects(trustHome.whole(a, abroad), /no key/);
});

test('who may see and replace keys', async () => {
    const operator = await serviceClient(admin, ['operator']);
    (await operator.client.get('/keys')).wantProblem(403, 'forbidden');
    const auditor = await serviceClient(admin, ['auditor']);
    const rows = (await auditor.client.get('/keys')).want(200).items;
    assert.deepEqual(rows.map(({ use }) => use).filter((use) => use !== 'secrets').toSorted(), ['config', 'oidc', 'root']);
    assert.ok(rows.every(({ state }) => state === 'active'));
    const text = JSON.stringify(rows);
    assert.doesNotMatch(text, /sealed|seed|"d"/);
    (await auditor.client.post('/keys/config/rotate')).wantProblem(403, 'forbidden');
    for (const use of ['root', 'nothing']) (await admin.post(`/keys/${use}/rotate`)).wantProblem(404, 'not-found');
    (await admin.post('/keys/config/rotate', { at_once: 'yes' })).wantProblem(422, 'bad-field');
});
