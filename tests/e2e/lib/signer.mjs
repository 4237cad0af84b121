// SPDX-License-Identifier: Apache-2.0
// Somebody who signs as the server does, with keys of his own: for vectors, and for whoever would like to be believed.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

const base64url = (text) => Buffer.from(text).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text).digest();
export const etagOf = (body) => `"${sha256(body).toString('hex')}"`;

/** A key from a seed of 32 bytes: the same seed, the same signatures (RFC 8032). */
export class SigningKey {
    constructor(seed) {
        const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
        this.private = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
        const { x } = createPublicKey(this.private).export({ format: 'jwk' });
        this.jwk = { crv: 'Ed25519', kty: 'OKP', x };
        this.kid = sha256(JSON.stringify(this.jwk)).toString('base64url');
    }

    static from(name) {
        return new SigningKey(sha256(name));
    }

    #sign(text) {
        return sign(null, Buffer.from(text), this.private).toString('base64url');
    }

    /** Seneschal-Signature of a body. */
    detached(body, header = { alg: 'EdDSA', b64: false, crit: ['b64'], kid: this.kid }) {
        const head = base64url(JSON.stringify(header));
        return `${head}..${this.#sign(`${head}.${body}`)}`;
    }

    /** Seneschal-Lease with these claims; members that are undefined are left out. */
    lease(claims, header = { alg: 'EdDSA', kid: this.kid, typ: 'seneschal-lease+jwt' }) {
        const sorted = Object.fromEntries(Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1)));
        const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(sorted))}`;
        return `${signed}.${this.#sign(signed)}`;
    }

    /** A key set that this key, as the root, vouches for: {text, signature}. */
    keySet(org, n, keys, more = {}) {
        const rows = keys.map(({ jwk: { crv, kty, x }, kid }) => ({ crv, kid, kty, use: 'sig', x }));
        const text = JSON.stringify({ iat: 1_700_000_000, keys: rows, n, org, ...more });
        return { text, signature: this.detached(text) };
    }
}
