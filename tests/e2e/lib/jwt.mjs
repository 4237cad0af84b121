// SPDX-License-Identifier: Apache-2.0
// Tokens as the server makes them, and as those make them who would like to be it. The issuer's own key is opened as the
// server does: by the master key of its data directory (SAFETY rule 4), so that a test can sign what the server never would.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { run } from './process.mjs';

export const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
export const json64 = (value) => b64u(JSON.stringify(value));
export const now = () => Math.floor(Date.now() / 1000);

const uuid = (hex) => hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

async function rows(server, sql) {
    const { code, stdout, stderr } = await run('sqlite3', ['-readonly', '-json', path.join(server.data, 'seneschal.db'), sql]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout || '[]');
}

function masterKey(server) {
    const bytes = fs.readFileSync(path.join(server.data, 'master.key'));
    return bytes.length === 32 ? bytes : Buffer.from(bytes.toString('ascii').trim(), 'hex');
}

/** The private key that signs now: {kid, alg, key}. */
export async function issuerKey(server, alg = 'ES256') {
    const [row] = await rows(server, `SELECT hex(k.id) AS id, k.kid, s.epoch, hex(s.sealed) AS sealed FROM issuer_key k
        JOIN sealed_key s ON s.id = k.id WHERE k.retires_at IS NULL AND k.alg = ${alg === 'ES256' ? 1 : 2}`);
    assert.ok(row, `no key of ${alg}`);
    const sealed = Buffer.from(row.sealed, 'hex');
    const open = crypto.createDecipheriv('aes-256-gcm', masterKey(server), sealed.subarray(0, 12));
    open.setAAD(Buffer.from(`sealed_key|${uuid(row.id)}|sealed|${row.epoch}`));
    open.setAuthTag(sealed.subarray(-16));
    const der = Buffer.concat([open.update(sealed.subarray(12, -16)), open.final()]);
    return { kid: row.kid, alg, key: crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
}

/** Somebody else's key, under the kid that is given. */
export function ownKey(alg = 'ES256', kid = 'mine') {
    const made = alg === 'RS256' ? crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
        : alg === 'EdDSA' ? crypto.generateKeyPairSync('ed25519')
            : crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { kid, alg, key: made.privateKey, jwk: { ...made.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg } };
}

export function signature({ alg, key }, input) {
    if (alg === 'HS256') return crypto.createHmac('sha256', key).update(input).digest();
    if (alg === 'EdDSA') return crypto.sign(null, Buffer.from(input), key);
    return crypto.sign('sha256', Buffer.from(input), alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key);
}

/** HEADER.PAYLOAD.SIGNATURE; `head` is added to the header, or replaces members of it. */
export function sign(by, claims, head = {}) {
    const input = `${json64({ alg: by.alg, kid: by.kid, typ: 'at+jwt', ...head })}.${json64(claims)}`;
    return `${input}.${b64u(signature(by, input))}`;
}

/** Claims of an access token of a service account as its own client: what needs no sign-in. */
export function accessClaims(server, account, more = {}) {
    return {
        iss: server.url,
        aud: [`${server.url}/api/v1`],
        sub: account.id,
        client_id: account.id,
        kind: 'service',
        org: account.org_id,
        scope: 'api',
        jti: crypto.randomUUID(),
        iat: now(),
        exp: now() + 300,
        ...more,
    };
}

/** The claims of a token, not verified. */
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
export const headOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes in another spelling: the unused bits of the last character set (RFC 4648 section 3.5). */
function otherSpelling(part) {
    if (part.length % 4 === 0) return undefined;
    const last = alphabet.indexOf(part.at(-1));
    return part.slice(0, -1) + alphabet[last ^ 1];
}

/**
 * Every way in which a good token was ever forged or misspelt: [name, text]. `key`: the issuer's public key, as its set has
 * it (JWK).
 */
export function hostile(token, jwk) {
    const [head, payload, mac] = token.split('.');
    const claims = claimsOf(token);
    const header = headOf(token);
    const pem = crypto.createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const with_ = (more) => `${json64({ ...header, ...more })}.${payload}.${mac}`;
    const evil = ownKey('ES256', header.kid);
    const rsa = ownKey('RS256', header.kid);
    const list = [
        ['alg none, no signature', `${json64({ ...header, alg: 'none' })}.${payload}.`],
        ['alg none, the old signature', with_({ alg: 'none' })],
        ['alg nOnE', `${json64({ ...header, alg: 'nOnE' })}.${payload}.`],
        ['no alg', `${json64({ kid: header.kid, typ: header.typ })}.${payload}.${mac}`],
        ['HS256 with the public key as PEM', sign({ alg: 'HS256', key: pem, kid: header.kid }, claims)],
        ['HS256 with the public key as JWK', sign({ alg: 'HS256', key: JSON.stringify(jwk), kid: header.kid }, claims)],
        ['RS256 by another key under our kid', sign(rsa, claims)],
        ['ES256 by another key under our kid', sign(evil, claims)],
        ['an empty signature', `${head}.${payload}.`],
        ['a signature of zeros', `${head}.${payload}.${b64u(Buffer.alloc(64))}`],
        ['half a signature', `${head}.${payload}.${mac.slice(0, 43)}`],
        ['a signature as DER', `${head}.${payload}.${b64u(crypto.sign('sha256', `${head}.${payload}`, evil.key))}`],
        ['an unknown kid', with_({ kid: 'x' })],
        ['a kid that is a path', sign({ ...evil, kid: '../../../../dev/null' }, claims)],
        ['a kid that is SQL', sign({ ...evil, kid: "' UNION SELECT 1 --" }, claims)],
        ['a key that it brings along', sign(evil, claims, { jwk: evil.jwk })],
        ['crit', with_({ crit: ['exp'], exp: 1 })],
        ['unencoded payload', with_({ crit: ['b64'], b64: false })],
        ['cut', token.slice(0, -1)],
        ['cut in the middle', token.slice(0, token.length / 2)],
        ['padded', `${token}==`],
        ['padded header', `${head}=.${payload}.${mac}`],
        ['a fourth part', `${token}.e30`],
        ['an encrypted form', `${head}.e30.e30.e30.e30`],
        ['a blank inside', `${head}. ${payload}.${mac}`],
        ['base64 instead of base64url', `${head}.${payload}.${mac.replaceAll('-', '+').replaceAll('_', '/')}+/`],
        ['other claims under the old signature', `${head}.${json64({ ...claims, scope: 'api openid' })}.${mac}`],
        ['claims twice', `${head}.${b64u(`{"sub":"x",${JSON.stringify(claims).slice(1)}`)}.${mac}`],
        ['very long', sign(evil, { ...claims, fill: 'x'.repeat(9_000) })],
    ];
    for (const [name, parts] of [['header', 0], ['payload', 1], ['signature', 2]]) {
        const spelt = token.split('.');
        spelt[parts] = otherSpelling(spelt[parts]);
        if (spelt[parts] !== undefined) list.push([`${name} in another spelling`, spelt.join('.')]);
    }
    return list;
}
