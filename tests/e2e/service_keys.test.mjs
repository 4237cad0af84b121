// SPDX-License-Identifier: Apache-2.0
// Keys of service accounts: who may make them, what comes out once, whose they are.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

const account = async (more = {}, by = admin) => (await by.post('/service-accounts', { name: uniqueName('s'), ...more })).want(201);
const publicKey = (type = 'ed25519', options = {}) => generateKeyPairSync(type, options).publicKey.export({ format: 'jwk' });
const thumbprint = (key) => createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64url');

test('a public half that was made elsewhere', async () => {
    const { id } = await account();
    const jwk = publicKey();
    const key = (await admin.post(`/service-accounts/${id}/keys`, { name: 'ci', public_key: jwk })).want(201);
    assert.equal(key.alg, 'EdDSA');
    assert.equal(key.file, undefined, 'nobody here has the private half');
    assert.equal(key.thumbprint, thumbprint(createPublicKey({ key: jwk, format: 'jwk' })));
    const days = (Date.parse(key.expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 364.9 && days <= 365, `${days}`);
    assert.deepEqual((await admin.get(`/service-accounts/${id}/keys/${key.id}`)).want(200), key);
    assert.deepEqual((await admin.get(`/service-accounts/${id}/keys`)).want(200).items, [key]);
    (await admin.post(`/service-accounts/${id}/keys`, { public_key: jwk })).wantProblem(409, 'conflict');
    const off = (await admin.patch(`/service-accounts/${id}/keys/${key.id}`, { status: 'disabled', name: 'old' })).want(200);
    assert.deepEqual([off.status, off.name], ['disabled', 'old']);
    (await admin.delete(`/service-accounts/${id}/keys/${key.id}`)).want(204);
    (await admin.get(`/service-accounts/${id}/keys/${key.id}`)).wantProblem(404, 'not-found');
    (await admin.delete(`/service-accounts/${id}/keys/${key.id}`)).wantProblem(404, 'not-found');
});

test('IDENTITY 66: a key file comes out once, and its halves belong together', async () => {
    const { id } = await account();
    for (const generate of ['EdDSA', 'ES256', 'RS256']) {
        const idempotency = { 'Idempotency-Key': uniqueName('0123456789012345678901') };
        const key = (await admin.post(`/service-accounts/${id}/keys`, { generate }, { headers: idempotency })).want(201);
        assert.deepEqual(Object.keys(key.file).sort(), ['key', 'keyId', 'type', 'userId']);
        assert.deepEqual([key.file.type, key.file.keyId, key.file.userId, key.alg], ['serviceaccount', key.id, id, generate]);
        assert.match(key.file.key, /^-----BEGIN PRIVATE KEY-----\n/);
        assert.equal(thumbprint(createPublicKey(createPrivateKey(key.file.key))), key.thumbprint);
        const again = (await admin.post(`/service-accounts/${id}/keys`, { generate }, { headers: idempotency })).want(201);
        assert.deepEqual([again.id, again.file, again.secret_shown], [key.id, undefined, true]);
        assert.equal((await admin.get(`/service-accounts/${id}/keys/${key.id}`)).want(200).file, undefined);
    }
    assert.ok(!JSON.stringify((await admin.get('/admin/security/audit')).want(200)).includes('PRIVATE'));
});

test('bad keys are named; neither, and both, are refused', async () => {
    const { id } = await account();
    const pair = generateKeyPairSync('ed25519');
    const cases = [
        [{}, 'public_key'],
        [{ public_key: publicKey(), generate: 'EdDSA' }, 'public_key'],
        [{ public_key: pair.privateKey.export({ format: 'jwk' }) }, 'd'],
        [{ public_key: publicKey('ec', { namedCurve: 'P-384' }) }, 'crv'],
        [{ public_key: { kty: 'oct', k: 'c2VjcmV0' } }, 'private'],
        [{ generate: 'HS256' }, 'generate'],
        [{ generate: 'EdDSA', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
        [{ generate: 'EdDSA', status: 'active' }, 'status'],
    ];
    for (const [body, field] of cases) {
        const refused = await admin.post(`/service-accounts/${id}/keys`, body);
        assert.equal(refused.status, 422, JSON.stringify(body));
        assert.ok(refused.text.includes(field), `${JSON.stringify(body)}: ${refused.text}`);
    }
    assert.deepEqual((await admin.get(`/service-accounts/${id}/keys`)).want(200).items, []);
});

test('another organisation, another account, a lesser right: nothing', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const strange = server.client({ token: await server.adminToken(), headers: { 'Seneschal-Org': slug } });
    const { id } = await account({ roles: ['administrator'] });
    const other = await account();
    const key = (await admin.post(`/service-accounts/${id}/keys`, { public_key: publicKey() })).want(201);
    for (const client of [strange]) {
        (await client.get(`/service-accounts/${id}/keys`)).wantProblem(404, 'not-found');
        (await client.get(`/service-accounts/${id}/keys/${key.id}`)).wantProblem(404, 'not-found');
        (await client.patch(`/service-accounts/${id}/keys/${key.id}`, { status: 'disabled' })).wantProblem(404, 'not-found');
        (await client.delete(`/service-accounts/${id}/keys/${key.id}`)).wantProblem(404, 'not-found');
        (await client.post(`/service-accounts/${id}/keys`, { public_key: publicKey() })).wantProblem(404, 'not-found');
    }
    (await admin.delete(`/service-accounts/${other.id}/keys/${key.id}`)).wantProblem(404, 'not-found');
    const token = async (roles) => {
        const made = await account({ roles });
        return server.client({ token: (await admin.post(`/service-accounts/${made.id}/tokens`, { name: 't' })).want(201).token });
    };
    const auditor = await token(['auditor']);
    assert.equal((await auditor.get(`/service-accounts/${id}/keys`)).want(200).items.length, 1);
    (await auditor.post(`/service-accounts/${id}/keys`, { public_key: publicKey() })).wantProblem(403, 'forbidden');
    (await (await token(['operator'])).get(`/service-accounts/${id}/keys`)).wantProblem(403, 'forbidden');
});
