// SPDX-License-Identifier: Apache-2.0
// Programs that prove who they are: service accounts with keys, assertions, proofs of possession, forms of the OAuth rows.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { uniqueName } from './fleet.mjs';

const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
const json64 = (value) => b64u(JSON.stringify(value));
export const seconds = () => Math.floor(Date.now() / 1000);
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const clientProof = (client_assertion) => ({ client_assertion_type: ASSERTION_TYPE, client_assertion });

/** A compact JWS by a private key of node's. */
export function jws(key, head, claims) {
    const alg = { ed25519: 'EdDSA', ec: 'ES256', rsa: 'RS256' }[key.asymmetricKeyType];
    const input = `${json64({ alg, ...head })}.${json64(claims)}`;
    const signature = sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key);
    return `${input}.${b64u(signature)}`;
}

/** A key pair, its public half as JWK. */
export function pair(type = 'ed25519') {
    const options = { ec: { namedCurve: 'P-256' }, rsa: { modulusLength: 2048 } }[type] ?? {};
    const { privateKey, publicKey } = generateKeyPairSync(type, options);
    return { privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

/** A service account with a key of its own, and what it signs. */
export class Machine {
    static async make(server, admin, { roles = [], groups = [], type = 'ed25519', ...key } = {}) {
        const made = new Machine();
        made.server = server;
        made.account = (await admin.post('/service-accounts', { name: uniqueName('s'), roles, groups })).want(201);
        made.pair = pair(type);
        made.key = (await admin.post(`/service-accounts/${made.account.id}/keys`, { public_key: made.pair.jwk, ...key })).want(201);
        return made;
    }

    get id() {
        return this.account.id;
    }

    /** Claims that are left undefined are left out. */
    assertion(claims = {}, head = {}, privateKey = this.pair.privateKey) {
        const now = seconds();
        const all = { iss: this.id, sub: this.id, aud: this.server.url, iat: now, exp: now + 120, jti: randomUUID(), ...claims };
        return jws(privateKey, { kid: this.key.id, typ: 'JWT', ...head }, all);
    }

    /** As its own client. */
    proof(claims, head) {
        return clientProof(this.assertion(claims, head));
    }
}

/** A form to a row at the root. */
export function form(server, path, params, headers = {}) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) for (const one of [value].flat()) if (one !== undefined) body.append(name, one);
    return server.client({ prefix: '' }).post(path, body.toString(), { headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
}

export const tokenForm = (server, params, headers) => form(server, '/oauth2/token', params, headers);
export const basic = ({ client_id, client_secret }) => ({ Authorization: `Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`).toString('base64')}` });

/** Proofs by one key (RFC 9449). */
export class Dpop {
    constructor(type = 'ec') {
        Object.assign(this, pair(type));
    }

    get jkt() {
        const { kty, crv, x, y, n, e } = this.jwk;
        const members = { RSA: { e, kty, n }, EC: { crv, kty, x, y }, OKP: { crv, kty, x } }[kty];
        return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
    }

    proof(method, url, { token, head = {}, ...claims } = {}) {
        const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
        return jws(this.privateKey, { typ: 'dpop+jwt', jwk: this.jwk, ...head }, { htm: method, htu: url, iat: seconds(), jti: randomUUID(), ...ath, ...claims });
    }
}

/** With the nonce that the server asks for, as clients do (section 8): it wants one just after its start. */
export async function withNonce(call) {
    const first = await call();
    const nonce = first.headers['dpop-nonce'];
    return nonce === undefined ? first : call(nonce);
}
