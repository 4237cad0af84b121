// SPDX-License-Identifier: Apache-2.0
// IDENTITY 65: the keys that sign tokens: their set, their rotation, and that no private half is ever in it.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';
import { accessClaims, issuerKey, sign } from './lib/jwt.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
let admin = await server.admin();
let root = server.client().atRoot();
const jwks = async () => (await root.get('/oauth2/jwks')).want(200).keys;
const rotate = (body) => admin.post('/keys/oidc/rotate', body);
const org = (await admin.get('/organisations')).want(200).items[0].id;
const { id } = (await admin.post('/service-accounts', { name: 'robot', roles: ['auditor'] })).want(201);
const signed = async () => sign(await issuerKey(server), accessClaims(server, { id, org_id: org }));
const status = async (token) => (await server.client({ token }).get('/devices')).status;

test('IDENTITY 65: the set has one key of each algorithm, public, and says how long it is good', async () => {
    const reply = await root.get('/oauth2/jwks');
    const { keys } = reply.want(200);
    assert.deepEqual(keys.map(({ alg }) => alg).sort(), ['ES256', 'RS256']);
    for (const key of keys) {
        assert.equal(key.use, 'sig');
        for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(name in key), name);
        const { asymmetricKeyType: type } = crypto.createPublicKey({ key, format: 'jwk' });
        assert.equal(type, key.alg === 'ES256' ? 'ec' : 'rsa');
        const members = key.kty === 'RSA' ? { e: key.e, kty: key.kty, n: key.n } : { crv: key.crv, kty: key.kty, x: key.x, y: key.y };
        assert.equal(key.kid, crypto.createHash('sha256').update(JSON.stringify(members)).digest('base64url'), 'RFC 7638');
    }
    assert.match(reply.headers['cache-control'], /^public, max-age=\d+$/);
    const foreign = await root.get('/oauth2/jwks', { headers: { Origin: 'https://app.example' } });
    foreign.want(200);
    assert.equal(foreign.headers['access-control-allow-origin'], '*');
    assert.ok(!('access-control-allow-credentials' in foreign.headers));
});

test('asked by many at once, the first key of RSA is made once', async () => {
    const fresh = await startServer();
    const nobody = fresh.client().atRoot();
    const sets = await Promise.all(Array.from({ length: 6 }, async () => (await nobody.get('/oauth2/jwks')).want(200).keys));
    assert.equal(new Set(sets.map((keys) => keys.map(({ kid }) => kid).sort().join())).size, 1);
    await fresh.stop();
});

test('IDENTITY 65: a new key signs; the old one verifies until its tokens have run out, over a restart too', async () => {
    const [before, old] = [await jwks(), await signed()];
    const shown = (await rotate()).want(200);
    assert.equal(shown.state, 'active');
    const after = await jwks();
    assert.equal(after.length, before.length + 2);
    for (const { kid } of before) assert.ok(after.some((key) => key.kid === kid), 'the old one stays');
    assert.ok(!before.some(({ kid }) => kid === shown.kid) && after.some(({ kid }) => kid === shown.kid));
    assert.equal((await issuerKey(server)).kid, shown.kid);
    assert.equal(await status(old), 200);
    assert.equal(await status(await signed()), 200);
    await server.stop();
    await server.start();
    [admin, root] = [await server.admin(), server.client().atRoot()];
    assert.deepEqual((await jwks()).map(({ kid }) => kid).sort(), after.map(({ kid }) => kid).sort());
    const again = await signed(); // the port is another one, and so is the issuer
    assert.equal(await status(again), 200);
    const listed = (await admin.get('/keys')).want(200).items.filter(({ use }) => use === 'oidc');
    assert.equal(listed.filter(({ state }) => state === 'active').length, 2);
    for (const { state, retires_at: at } of listed) {
        if (state === 'retiring') assert.ok(Date.parse(at) - Date.now() > 23.9 * 3600_000, 'as long as a token lives');
    }
});

test('at once: what the old keys signed is worth nothing', async () => {
    const old = await signed();
    assert.equal(await status(old), 200);
    (await rotate({ at_once: true })).want(200);
    const keys = await jwks();
    assert.equal(keys.length, 2);
    const fresh = await signed();
    assert.equal(await status(fresh), 200);
    assert.equal(await status(old), 401, 'remembered or not');
    const { items } = (await admin.get('/admin/security/audit?action=key.rotated')).want(200);
    assert.ok(items.some(({ details }) => details.use === 'oidc' && details.at_once === true));
    assert.ok(!JSON.stringify(items).includes('"d"'));
});

test('only a system administrator replaces them', async () => {
    const { token } = (await admin.post(`/service-accounts/${id}/tokens`, { name: 't' })).want(201);
    (await server.client({ token }).post('/keys/oidc/rotate')).wantProblem(403, 'forbidden');
    (await server.client().post('/keys/oidc/rotate')).wantProblem(401, 'unauthenticated');
});
