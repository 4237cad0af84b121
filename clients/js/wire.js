// SPDX-License-Identifier: Apache-2.0
// What is asked, how the answers are read, and the key: no store, no state. A counterpart of src/agent/wire.c.
import { SECOND } from './rules.js';

const TEXT_MAX = 512;
const WAIT_MAX_S = 55;
const EVENT_MAX = 64 * 1024;
const RETRY_AFTER_MAX_S = 3600;
const ANSWER_MAX = (1 << 20) + 4096; // a configuration has at most 1 MiB, and a small frame around it

export const ASKS = {
    init: ['POST', '/devices/enroll/init'],
    confirm: ['POST', '/devices/enroll/confirm'],
    rotate: ['POST', '/devices/self/rotate'],
    ack: ['POST', '/iassistants/config/ack'],
    heartbeat: ['POST', '/devices/self/heartbeat'],
    fetch: ['GET', '/iassistants/config'],
    pin: ['GET', '/devices/self'],
};
const WITH_TOKEN = ['fetch', 'ack', 'heartbeat', 'rotate', 'pin'];
const WITHOUT_BODY = ['fetch', 'pin'];
const KEY_SET = '/iassistants/config/keys/';
const KEY_SET_URI = /\/iassistants\/config\/keys\/([0-9a-f-]{36})$/;

/** Which refusal of the server means what, and where it may be said. All others are as good as no answer. */
const REFUSALS = [
    [403, 'device-revoked', Object.keys(ASKS), 'device-revoked'],
    [403, 'device-blocked', Object.keys(ASKS), 'device-blocked'],
    [401, 'unauthenticated', WITH_TOKEN, 'unauthenticated'],
    [401, 'unauthenticated', ['init'], 'turned-away'],
    [403, 'forbidden', ['init'], 'turned-away'],
    [403, 'fleet-locked', ['init', 'confirm'], 'turned-away'],
    [403, 'key-exhausted', ['init', 'confirm'], 'turned-away'],
    [403, 'key-expired', ['init', 'confirm'], 'turned-away'],
    [409, 'already-enrolled', ['init'], 'turned-away'],
    [409, 'already-known', ['init'], 'turned-away'],
    [422, 'bad-field', ['init'], 'turned-away'],
    [422, 'unknown-field', ['init'], 'turned-away'],
    [409, 'conflict', ['confirm'], 'claim-wrong'], // another request was taken
    [403, 'forbidden', ['confirm'], 'claim-wrong'], // refused
    [409, 'claim-used', ['confirm'], 'claim-used'],
    [403, 'claim-wrong', ['confirm'], 'claim-wrong'],
    [404, 'not-found', ['confirm'], 'claim-wrong'],
    [403, 'signature-required', ['confirm'], 'challenge-expired'],
    [409, 'challenge-expired', ['confirm'], 'challenge-expired'],
];

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value) => typeof value === 'string' && value.length > 0 && value.length < TEXT_MAX;
const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;
export const utf8 = (text) => new TextEncoder().encode(text);
export const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Undefined for what is not base64url without padding, in its one form. */
export function fromBase64url(text) {
    if (typeof text !== 'string' || !/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    return base64url(bytes) === text ? bytes : undefined;
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const makeNonce = () => base64url(crypto.getRandomValues(new Uint8Array(24)));

export function parseObject(text) {
    try {
        const value = JSON.parse(text);
        return isObject(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

function challengeOf(body) {
    const { context, nonce } = isObject(body.challenge) ? body.challenge : {};
    return isText(context) && isText(nonce) ? { context, nonce } : undefined;
}

/** What is kept for good at enrolment: the root key, and the organisation, which the address of its key set ends with. */
function pinOf({ root_key, jwks_uri }) {
    const [, org] = String(jwks_uri).match(KEY_SET_URI) ?? [];
    return org && isObject(root_key) && isText(root_key.x) ? { rootKey: root_key, org } : undefined;
}

/** Of this server, whatever the address says: that one may be known to its neighbours only. */
export const keySetUrl = (base, org) => `${base}/api/v1${KEY_SET}${org}`;

const isConfig = ({ enabled, config }) => typeof enabled === 'boolean' && isObject(config);

/** The members of a configuration, or undefined. */
export function readConfig(text) {
    const body = parseObject(text) ?? {};
    const { enabled, config, version } = body;
    return isConfig(body) ? { enabled, config, version: isText(version) ? version : null } : undefined;
}

const READ_SUCCESS = {
    init: (_, { device_id, code, claim, ...body }) =>
        isText(device_id) && isText(claim) && challengeOf(body) && {
            event: 'request-made', deviceId: device_id, claim, code: isText(code) ? code : undefined, challenge: challengeOf(body),
        },
    confirm: ({ status }, { token, join_seq, ...body }) => {
        if (status === 202) return { event: 'device-pending', challenge: challengeOf(body) };
        return status === 200 && isText(token) && isSeq(join_seq) && { event: 'enrolled', token, joinSeq: join_seq, pin: pinOf(body) };
    },
    rotate: (_, { token, join_seq }) => isText(token) && isSeq(join_seq) && { event: 'confirmed', token, joinSeq: join_seq },
    fetch: ({ etag }, body) => isConfig(body) && isText(etag) && { event: 'configured' },
    pin: (_, body) => pinOf(body) && { event: 'pinned', pin: pinOf(body) },
};

/** A problem of ours (RFC 9457), whole: any proxy can say 403. */
const isOurs = (status, type, body) =>
    type === 'application/problem+json' && body.status === status && isText(body.code) && isText(body.title) && isText(body.request_id);

/** {status, type, etag, text, retryAfter, signature, lease, conditional} → {event, ...}; what is no answer of ours is `unreached`. */
export function readAnswer(ask, answer) {
    const { status, type, text, conditional } = answer;
    const { etag, signature, lease } = answer;
    const base = { event: 'unreached', retryAfter: secondsOf(answer.retryAfter) * SECOND, etag, text, signature, lease };
    const bare = { fetch: conditional ? 304 : undefined, ack: 204, heartbeat: 202 };
    if (status === bare[ask]) return { ...base, event: 'confirmed' };
    // What is signed is ours by its looks, and judged by its signature; a page of a portal is no answer.
    if (ask === 'fetch' && status === 200 && (signature || lease)) return { ...base, event: 'configured' };
    const body = parseObject(text);
    if (body === undefined) return base;
    if (status >= 200 && status < 300) {
        const news = type === 'application/json' && READ_SUCCESS[ask]?.(answer, body);
        return { ...base, ...(news || {}) };
    }
    if (!isOurs(status, type, body)) return base;
    const row = REFUSALS.find(([s, code, asks]) => s === status && code === body.code && asks.includes(ask));
    const news = { ...base, slug: body.code, detail: body.detail, final: status < 500 && status !== 408 && status !== 429 };
    if (row === undefined) return news;
    if (row[3] !== 'challenge-expired') return { ...news, event: row[3] };
    const challenge = challengeOf(body);
    return challenge === undefined ? base : { ...news, event: row[3], challenge };
}

/** The value of a secret; undefined where there is none for us. What is no answer of ours throws. */
export function readSecret({ status, type, text }) {
    const body = parseObject(text) ?? {};
    if (status === 200 && type === 'application/json' && typeof body.value === 'string') return body.value;
    if (isOurs(status, type, body) && status === 404) return undefined;
    throw new Error(`the server gave no secret: ${body.detail ?? status}`);
}

/** What a confirm signs: context \0 device_id \0 nonce \0 SHA-256(SPKI), the texts as they stand in the answer. */
export async function challengeBytes({ context, nonce }, deviceId, spki) {
    const head = utf8(`${context}\0${deviceId}\0${nonce}\0`);
    const bytes = new Uint8Array(head.length + 32);
    bytes.set(head);
    bytes.set(await sha256(spki), head.length);
    return bytes;
}

/** A token must not cross a network in the clear: http only to this machine, unless it is asked for. */
export function serverBase(server, insecure) {
    const url = new URL(server);
    const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (local || insecure))) {
        throw new TypeError(`server: want https, or http to this machine: ${server}`);
    }
    if (url.username || url.password || url.search || url.hash) throw new TypeError('server: want no user, query or fragment');
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

// ---- The key: Ed25519, or P-256 if it was made before all browsers had that; not extractable where the store can hold it so

const KINDS = [
    { make: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
    { make: { name: 'ECDSA', namedCurve: 'P-256' }, sign: { name: 'ECDSA', hash: 'SHA-256' } },
];

export async function makeKey(keepsKeys) {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(KINDS[0].make, !keepsKeys, ['sign', 'verify']);
    return keepsKeys ? { publicKey, privateKey } : { jwk: await crypto.subtle.exportKey('jwk', privateKey) };
}

/** A key as the store holds it, ready for use: {jwk (public), spki, sign(bytes)}. */
export async function openKey(kept) {
    const of = (algorithm) => KINDS.find(({ make }) => make.name === algorithm);
    let { publicKey, privateKey } = kept;
    if (kept.jwk !== undefined) {
        const { kty, crv, x, y } = kept.jwk;
        const { make } = KINDS[kty === 'OKP' ? 0 : 1];
        privateKey = await crypto.subtle.importKey('jwk', kept.jwk, make, false, ['sign']);
        publicKey = await crypto.subtle.importKey('jwk', { kty, crv, x, ...(y && { y }) }, make, true, ['verify']);
    }
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
    const { sign } = of(privateKey.algorithm.name);
    return {
        jwk: { kty, crv, x, ...(y && { y }) },
        spki: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)),
        sign: async (bytes) => base64url(new Uint8Array(await crypto.subtle.sign(sign, privateKey, bytes))),
    };
}

// ---- The exchange

async function readText(response) {
    const reader = response.body?.getReader();
    const parts = [];
    let size = 0;
    for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) break;
        size += value.length;
        if (size > ANSWER_MAX) throw new RangeError(`the answer is over ${ANSWER_MAX} bytes`); // the caller ends the request
        parts.push(value);
    }
    const all = new Uint8Array(size);
    parts.reduce((offset, part) => (all.set(part, offset), offset + part.length), 0);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(all);
}

/** Cookies, caches and redirects have no part in it. */
const QUIET = { redirect: 'error', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' };
const typeOf = ({ headers }) => (headers.get('Content-Type') ?? '').split(';')[0].trim().toLowerCase();
const secondsOf = (text) => (/^\d{1,9}$/.test(text ?? '') ? Math.min(Number(text), RETRY_AFTER_MAX_S) : 0);

/** Does this event of a stream say anything but what is known? */
function isNews(event, etag) {
    const field = (name) => event.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1];
    return field('event') === 'status' || (field('event') === 'config' && parseObject(field('data'))?.etag !== etag);
}

/** Listen until there is reason to ask, at most `ms`; how long the server wants to hear nothing of a stream (0: not said). */
export async function holdStream(url, { token, etag, ms, signal, fetch = globalThis.fetch }) {
    const ended = new AbortController();
    const end = () => ended.abort();
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    try {
        const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` }, ...QUIET, signal: ended.signal });
        if (typeOf(response) !== 'text/event-stream') return secondsOf(response.headers.get('Retry-After')) * SECOND;
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let text = ''; text.length < EVENT_MAX; ) {
            const { done, value } = await reader.read();
            if (done) break;
            const events = (text + value).split('\n\n');
            text = events.pop();
            if (events.some((event) => isNews(event, etag))) break;
        }
    } catch {
        // it ended: the poll that follows says how things stand
    } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        end();
    }
    return 0;
}

/** One question and its answer. */
export async function exchange(url, request, { ms, signal, fetch = globalThis.fetch }) {
    const ended = new AbortController();
    const end = () => ended.abort();
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    try {
        const response = await fetch(url, { ...request, ...QUIET, signal: ended.signal });
        const { status, headers } = response;
        return {
            status, type: typeOf(response), etag: headers.get('ETag'), retryAfter: headers.get('Retry-After'),
            signature: headers.get('Seneschal-Signature'), lease: headers.get('Seneschal-Lease'), text: await readText(response),
        };
    } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        end(); // what is left of an answer that was too long
    }
}

export function checkOptions({ machineId, store, wait }) {
    if (!isText(machineId)) throw new TypeError('machineId: want the name of this machine or installation');
    if (typeof store?.get !== 'function') throw new TypeError('store: want indexedDBStore(), chromeStore() or fileStore(directory)');
    if (!Number.isInteger(wait) || wait < 0 || wait > WAIT_MAX_S) throw new RangeError(`wait: want 0 to ${WAIT_MAX_S} whole seconds`);
}

/** The enrolment key is asked for when it is needed, so that it can be removed afterwards. */
export async function headersOf(ask, { enrollmentKey }, { etag, token }, prefersLease) {
    const bearers = { init: async () => (typeof enrollmentKey === 'function' ? enrollmentKey() : enrollmentKey), confirm: () => undefined };
    const bearer = await (bearers[ask] ?? (() => token))();
    return {
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(ask === 'fetch' && isText(etag) && { 'If-None-Match': etag }),
        ...(ask === 'fetch' && prefersLease && { Prefer: 'lease' }), // RFC 7240
        ...(!WITHOUT_BODY.includes(ask) && { 'Content-Type': 'application/json' }),
    };
}

/** The word about what was applied. */
export function ackOf({ etag, version }, now) {
    return { etag, ...(version && { version }), result: 'applied', applied_at: new Date(now).toISOString() };
}

/** What a question carries. `options` are the client's, `doc` is what it keeps. */
export async function bodyOf(ask, options, doc, key) {
    const { machineId, type, version, hostname, os, labels, metadata, userHint } = options;
    const { deviceId, claim, challenge, joinSeq, rotateNonce, ack } = doc;
    switch (ask) {
        case 'init': // no Idempotency-Key: the same public key finds the same request, and CORS lets no such header pass
            return {
                machine_id: machineId, type, client_version: version, hostname, os, labels, metadata, user_hint: userHint,
                public_key: key.jwk,
            };
        case 'confirm':
            return {
                device_id: deviceId, claim,
                ...(challenge && { signature: await key.sign(await challengeBytes(challenge, deviceId, key.spki)) }),
            };
        case 'rotate':
            return { join_seq: joinSeq, nonce: rotateNonce };
        case 'ack':
            return ack;
        case 'heartbeat':
            return { client_version: version };
        default:
            return undefined;
    }
}
