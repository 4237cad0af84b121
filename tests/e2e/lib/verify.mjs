// SPDX-License-Identifier: Apache-2.0
// What a device checks of an answer (docs/SIGNING.md), with node's own crypto and nothing of the server's.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
export const thumbprint = ({ crv, kty, x }) => createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
const good = (jwk, text, signature) =>
    verify(null, Buffer.from(text), createPublicKey({ key: { crv: jwk.crv, kty: jwk.kty, x: jwk.x }, format: 'jwk' }), Buffer.from(signature, 'base64url'));

/** The key set, once the root that was pinned has signed it. */
export function readKeySet(reply, root) {
    const set = reply.want(200);
    const [head, empty, signature] = reply.headers['seneschal-signature'].split('.');
    assert.deepEqual([parse(head).kid, empty], [thumbprint(root), '']);
    assert.ok(good(root, Buffer.concat([Buffer.from(`${head}.`), reply.bytes]), signature), 'the root has not signed this set');
    assert.equal(JSON.stringify({ iat: set.iat, keys: set.keys, n: set.n, org: set.org }), reply.text, 'canonical');
    for (const key of set.keys) assert.deepEqual(Object.keys(key), ['crv', 'kid', 'kty', 'use', 'x']);
    for (const key of set.keys) assert.equal(key.kid, thumbprint(key));
    return set;
}

/** Somebody who believes nothing but his pinned root. */
export class Verifier {
    fetches = 0;
    set;

    /** client: anybody's; self: the answer of GET /devices/self, or of a confirm. */
    constructor(client, { jwks_uri, root_key }) {
        this.client = client;
        this.path = new URL(jwks_uri).pathname.replace('/api/v1', '');
        this.root = root_key;
    }

    async fetch() {
        const next = readKeySet(await this.client.as().get(this.path), this.root);
        assert.ok(!this.set || next.n >= this.set.n, 'the generation of a set never falls');
        this.set = next;
        this.fetches++;
    }

    /** The key, if need be from a set that is fetched once more. */
    async #key(kid) {
        const find = () => this.set?.keys.find((key) => key.kid === kid);
        if (!find()) await this.fetch();
        assert.ok(find(), `no key ${kid} in the set`);
        return find();
    }

    async signature(reply) {
        const text = reply.headers['seneschal-signature'];
        assert.ok(text, `${reply.what}: no Seneschal-Signature`);
        const [head, empty, signature] = text.split('.');
        const { kid } = parse(head);
        assert.equal(Buffer.from(head, 'base64url').toString(), `{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"${kid}"}`);
        assert.equal(empty, '');
        const key = await this.#key(kid);
        assert.ok(good(key, Buffer.concat([Buffer.from(`${head}.`), reply.bytes]), signature), `${reply.what}: a bad signature`);
        return kid;
    }

    /** Its claims. */
    async lease(reply) {
        const text = reply.headers['seneschal-lease'];
        assert.ok(text, `${reply.what}: ${reply.status} without Seneschal-Lease`);
        const [head, payload, signature] = text.split('.');
        const { kid } = parse(head);
        assert.equal(Buffer.from(head, 'base64url').toString(), `{"alg":"EdDSA","kid":"${kid}","typ":"seneschal-lease+jwt"}`);
        const key = await this.#key(kid);
        assert.ok(good(key, `${head}.${payload}`, signature), `${reply.what}: a bad lease`);
        const claims = parse(payload);
        assert.equal(Buffer.from(payload, 'base64url').toString(), JSON.stringify(claims), 'no blanks');
        assert.deepEqual(Object.keys(claims), Object.keys(claims).toSorted());
        return { kid, ...claims };
    }

    /** Signature and lease of a 200, for this device. */
    async whole(reply, device) {
        reply.want(200);
        await this.signature(reply);
        const claims = await this.lease(reply);
        assert.equal(claims.device, device.id);
        assert.equal(claims.etag, reply.headers.etag);
        assert.equal(claims.etag, `"${createHash('sha256').update(reply.bytes).digest('hex')}"`);
        return claims;
    }
}
