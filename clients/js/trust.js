// SPDX-License-Identifier: Apache-2.0
// Is it genuine, meant for us, and current? Bytes, keys and times in, a verdict out: no clock, no network, no store.
// A counterpart of src/agent/verify.c; docs/CLIENTS.md says what is checked, vectors.json gives examples for others.
import { base64url, fromBase64url, hex, isObject, parseObject, sha256, utf8 } from './wire.js';

/** What a configuration is refused for, in the order of the checks. */
export const REASONS = [
    'signature-missing', 'signature-invalid', 'key-unknown', 'key-set-invalid', 'lease-missing', 'lease-invalid', 'lease-expired',
    'lease-device', 'sequence-back', 'clock-back',
];
export const LEEWAY_S = 60;

const KEYS_MAX = 16;
const JWS_MAX = 4096;
const KID = /^[\w-]{43}$/;
const LEASE_TYPE = 'seneschal-lease+jwt';
const ED25519 = { name: 'Ed25519' };

const refused = (reason, kid) => ({ reason, kid });
const isTime = (value) => Number.isSafeInteger(value) && value >= 0;
export const etagOf = async (text) => `"${hex(await sha256(utf8(text)))}"`;

/** Where WebCrypto has no Ed25519 nothing can be checked, so nothing may be used. */
export async function checkCrypto() {
    try {
        await importKey({ x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }); // RFC 8037, appendix A.2
    } catch (cause) {
        const needs = 'Chromium 137, Firefox 129, Safari 17 or Node 20.16, and in a browser https';
        const error = new Error(`WebCrypto has no Ed25519 here, and without it no configuration can be checked: use ${needs}`, { cause });
        throw Object.assign(error, { reason: 'no-ed25519' });
    }
}

const importKey = ({ x }) => crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, ED25519, false, ['verify']);

/** RFC 7638; undefined for what is no Ed25519 key. */
export async function thumbprint(jwk) {
    if (!isObject(jwk) || jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || fromBase64url(jwk.x)?.length !== 32) return undefined;
    return base64url(await sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`)));
}

/**
 * HEADER.PAYLOAD.SIGNATURE (RFC 7515): its parts, or undefined. The header has one form, so that `alg` decides nothing;
 * detached (RFC 7797) the payload is left out, and signed are the bytes themselves.
 */
function readJws(text, form) {
    const parts = typeof text === 'string' && text.length <= JWS_MAX ? text.split('.') : [];
    const [head, payload, signature] = parts.map(fromBase64url);
    if (parts.length !== 3 || !head || signature?.length !== 64) return undefined;
    const header = decode(head);
    const kid = parseObject(header)?.kid;
    if (!KID.test(kid) || header !== form(kid)) return undefined;
    return { kid, signature, payload: decode(payload), signed: `${parts[0]}.${parts[1]}` };
}

const detachedForm = (kid) => `{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"${kid}"}`;
const leaseForm = (kid) => `{"alg":"EdDSA","kid":"${kid}","typ":"${LEASE_TYPE}"}`;

function decode(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
    } catch {
        return undefined;
    }
}

async function isSigned(key, { signature }, text) {
    try {
        return await crypto.subtle.verify(ED25519, await importKey(key), signature, utf8(text));
    } catch {
        return false;
    }
}

/** The detached signature of `text`: nothing when it is right, else why not. */
async function refuseSignature(text, signature, keys) {
    if (!signature) return refused('signature-missing');
    const jws = readJws(signature, detachedForm);
    if (!jws || jws.payload !== '') return refused('signature-invalid');
    const key = keys.find(({ kid }) => kid === jws.kid);
    if (!key) return refused('key-unknown', jws.kid);
    return (await isSigned(key, jws, jws.signed + text)) ? undefined : refused('signature-invalid');
}

/** The root's word on the keys of an organisation: {n, keys}, or why it counts for nothing. */
export async function readKeySet({ text, signature }, { rootKey, org, n = 0 }) {
    const kid = await thumbprint(rootKey);
    const bad = !kid || (await refuseSignature(text, signature, [{ kid, x: rootKey.x }]));
    const set = bad ? undefined : parseObject(text);
    if (!set || set.org !== org || !isTime(set.n) || set.n < n || !Array.isArray(set.keys)) return refused('key-set-invalid');
    const keys = [];
    for (const jwk of set.keys.slice(0, KEYS_MAX)) {
        if (jwk?.use === 'sig' && KID.test(jwk.kid) && jwk.kid === (await thumbprint(jwk))) keys.push({ kid: jwk.kid, x: jwk.x });
    }
    return { n: set.n, keys };
}

/** A lease that is genuine: {claims}. Whether it is ours, and current, is not looked at. */
export async function readLease(text, keys) {
    if (!text) return refused('lease-missing');
    const jws = readJws(text, leaseForm);
    const claims = jws && parseObject(jws.payload);
    if (!claims) return refused('lease-invalid');
    const key = keys.find(({ kid }) => kid === jws.kid);
    if (!key) return refused('key-unknown', jws.kid);
    const { device, exp, iat, seq, grace_s = 0 } = claims;
    const whole = typeof device === 'string' && [exp, iat, seq, grace_s].every(isTime) && iat < exp;
    return whole && (await isSigned(key, jws, jws.signed)) ? { claims: { ...claims, grace_s } } : refused('lease-invalid');
}

/** A clock behind the newest lease would give every lease more time than the server meant. In seconds. */
export const isClockBack = (iat, now) => iat - now > LEEWAY_S;

/** Ours, of what we ask about, not older than what was seen, and current: nothing, else the first reason why not. */
function refuseClaims({ device, exp, iat, seq, status, etag }, wanted, known) {
    if (device !== known.deviceId) return refused('lease-device');
    if (!wanted.status.includes(status) || etag !== wanted.etag) return refused('lease-invalid');
    if (known.now - exp > LEEWAY_S) return refused('lease-expired');
    if (seq < (known.seq ?? 0)) return refused('sequence-back');
    return isClockBack(Math.max(iat, known.iat ?? 0), known.now) ? refused('clock-back') : undefined;
}

async function judge(lease, wanted, known) {
    const read = await readLease(lease, known.keys);
    return read.reason ? read : (refuseClaims(read.claims, wanted, known) ?? read);
}

/** The lease of what has this ETag: {claims}, or {reason, kid?}. `known`: {keys, deviceId, seq, iat, now}. */
export const judgeLease = (lease, etag, known) => judge(lease, { status: ['ENROLLED'], etag }, known);

/** A configuration as it came, {text, etag, signature, lease}: {claims}, or {reason, kid?}. */
export async function judgeConfig({ text, etag, signature, lease }, known) {
    const bad = await refuseSignature(text, signature, known.keys);
    if (bad) return bad;
    if (lease && etag !== (await etagOf(text))) return refused('lease-invalid');
    return judgeLease(lease, etag, known);
}

/** The signed word behind a refusal: {claims}, whose `status` is REVOKED or BLOCKED, or {reason, kid?}. */
export async function judgeRefusal(lease, known) {
    const judged = await judge(lease, { status: ['REVOKED', 'BLOCKED'], etag: undefined }, known);
    // What was true once may not be said again after the device was let in anew.
    return judged.claims?.iat < (known.iat ?? 0) ? refused('sequence-back') : judged;
}
