// SPDX-License-Identifier: Apache-2.0
// What clients/js believes, without network or store: the known answers of clients/js/vectors.json, which are for other clients too.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { checkCrypto, judgeConfig, judgeLease, judgeRefusal, readKeySet, REASONS, thumbprint } from '../../clients/js/trust.js';
import { etagOf, SigningKey } from './lib/signer.mjs';
import { makeVectors } from './lib/trust_vectors.mjs';

const vectors = JSON.parse(readFileSync('clients/js/vectors.json', 'utf8'));
const { known } = vectors;
const knownOf = (row) => ({ deviceId: known.device, keys: vectors.keys, ...row.known });

test('the file is what its maker makes', () => {
    assert.deepEqual(vectors, JSON.parse(JSON.stringify(makeVectors())));
});

test('key sets', async () => {
    for (const { name, want, ...set } of vectors.key_sets) {
        const got = await readKeySet(set, { rootKey: known.root, org: known.org, n: known.n });
        assert.equal(got.reason ?? 'ok', want, name);
    }
    const { keys } = await readKeySet(vectors.key_sets[0], { rootKey: known.root, org: known.org, n: known.n });
    assert.deepEqual(keys, vectors.keys);
});

test('answers: each is refused for what is wrong with it, and every reason occurs', async () => {
    for (const row of vectors.answers) {
        const got = await judgeConfig(row, knownOf(row));
        assert.equal(got.reason ?? 'ok', row.want, row.name);
        if (row.want === 'ok') assert.equal(got.claims.device, known.device);
        if (row.want === 'key-unknown') assert.match(got.kid, /^[\w-]{43}$/, 'says which one to ask for');
    }
    const wanted = new Set([...vectors.answers, ...vectors.key_sets].map(({ want }) => want));
    assert.deepEqual([...wanted].filter((want) => want !== 'ok').sort(), [...REASONS].sort());
});

test('refusals: only a signed one for this device, and not an older one', async () => {
    for (const row of vectors.refusals) {
        const { claims, reason } = await judgeRefusal(row.lease, knownOf(row));
        assert.equal(reason ?? claims.status, row.want, row.name);
    }
});

test('a key set has none but Ed25519 keys under their own names, and of those not too many', async () => {
    const [root, key] = ['r', 'k'].map((name) => SigningKey.from(name));
    const row = { crv: 'Ed25519', kid: key.kid, kty: 'OKP', use: 'sig', x: key.jwk.x };
    const odd = [null, 7, {}, { ...row, kid: root.kid }, { ...row, use: 'enc' }, { ...row, kty: 'EC' }, { ...row, x: `${row.x}A` }, { ...row, x: undefined }];
    const read = (keys) => readKeySet(root.keySet('o', 1, [], { keys }), { rootKey: root.jwk, org: 'o' });
    assert.deepEqual((await read([...odd, row])).keys, [{ kid: key.kid, x: key.jwk.x }]);
    assert.equal((await read(Array(1000).fill(row))).keys.length, 16);
    for (const more of [{ keys: 'none' }, { n: -1 }, { n: 1.5 }, { n: '1' }, { org: undefined }]) {
        assert.deepEqual((await readKeySet(root.keySet('o', 1, [key], more), { rootKey: root.jwk, org: 'o' })).reason, 'key-set-invalid');
    }
    for (const rootKey of [undefined, null, {}, { ...root.jwk, crv: 'X25519' }, { ...root.jwk, x: 'AAAA' }, key.jwk]) {
        assert.deepEqual((await readKeySet(root.keySet('o', 1, [key]), { rootKey, org: 'o' })).reason, 'key-set-invalid');
    }
});

test('texts that are no signature: refused, whatever they are', async () => {
    const row = vectors.answers[0];
    const [head, , end] = row.signature.split('.');
    const texts = ['.', '..', '...', head, `${head}.`, `${head}..`, `.${head}.${end}`, `${head}.e30.${end}`, `${head}..${end}=`, `${head}..${end}.`,
        ` ${row.signature}`, `${row.signature} `, `${head}..${end}A`, `${head}=..${end}`, `${head}..${'A'.repeat(100_000)}`, 'é..é', '\u0000', 'null', '{}'];
    for (const text of texts) {
        assert.equal((await judgeConfig({ ...row, signature: text }, knownOf(row))).reason, 'signature-invalid', text.slice(0, 200));
        assert.equal((await judgeLease(text, row.etag, knownOf(row))).reason, 'lease-invalid', text.slice(0, 200));
    }
});

test('a lease whose claims are not of their kinds is none', async () => {
    const key = SigningKey.from('k');
    const known = { keys: [{ kid: key.kid, x: key.jwk.x }], deviceId: 'd', now: 100 };
    const claims = { device: 'd', etag: '"e"', exp: 200, iat: 100, seq: 1, status: 'ENROLLED' };
    assert.deepEqual((await judgeLease(key.lease(claims), '"e"', known)).claims, { ...claims, grace_s: 0 });
    const odd = [{ exp: '200' }, { exp: 1e300 }, { exp: 100.5 }, { exp: -1 }, { iat: null }, { iat: 200 }, { seq: '1' }, { seq: -1 }, { grace_s: -1 }, { grace_s: '9' },
        { device: undefined }, { device: 7 }, { status: 'enrolled' }, { status: undefined }, { etag: undefined }];
    for (const more of odd) assert.equal((await judgeLease(key.lease({ ...claims, ...more }), '"e"', known)).reason, 'lease-invalid', JSON.stringify(more));
    for (const payload of ['', '[]', 'null', '7', '{"device"']) {
        const head = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: key.kid, typ: 'seneschal-lease+jwt' })).toString('base64url');
        assert.equal((await judgeLease(`${head}.${Buffer.from(payload).toString('base64url')}.${'A'.repeat(86)}`, '"e"', known)).reason, 'lease-invalid', payload);
    }
});

test('the signer of these tests signs what OpenSSL accepts, over the bytes as they are', async () => {
    const key = SigningKey.from('k');
    const body = '{"config":{"a":"é 漢字"},"enabled":true,"version":null}';
    const [head, , signature] = key.detached(body).split('.');
    const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' });
    assert.ok(verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')));
    assert.equal(await thumbprint(key.jwk), key.kid);
    assert.equal(await thumbprint({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }), 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', 'RFC 8037, appendix A.3');
    assert.equal(etagOf(''), '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"');
});

test('where WebCrypto has no Ed25519 it says what is needed', async (t) => {
    await checkCrypto();
    t.mock.method(crypto.subtle, 'importKey', async () => {
        throw new DOMException('not known', 'NotSupportedError');
    });
    await assert.rejects(checkCrypto(), /no Ed25519.*Chromium 137, Firefox 129, Safari 17 or Node 20\.16/);
    const row = vectors.answers[0];
    assert.equal((await judgeConfig(row, knownOf(row))).reason, 'signature-invalid', 'and believes nothing');
});
