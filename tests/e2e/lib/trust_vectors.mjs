// SPDX-License-Identifier: Apache-2.0
// Known answers of what a client has to check, from keys with fixed seeds:
//   node tests/e2e/lib/trust_vectors.mjs >clients/js/vectors.json
import { fileURLToPath } from 'node:url';
import { etagOf, SigningKey } from './signer.mjs';

const T = 1_700_000_000;
const ORG = '01890a5d-ac96-774b-bcce-b302099a8057';
const DEVICE = '01890a5d-ac96-774b-bcce-b302099a8058';
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8059';
const BODY = '{"config":{"greeting":"Bonjour \u00e0 tous","model":"small"},"enabled":true,"version":"2023-11-14.1"}';

const [root, old, now, next, foreign] = ['root', 'old', 'now', 'next', 'foreign'].map((name) => SigningKey.from(`seneschal-vector ${name}`));
const known = { device: DEVICE, org: ORG, root: root.jwk, n: 3, seq: 41, iat: T - 600, now: T + 5 };
const claims = { device: DEVICE, etag: etagOf(BODY), exp: T + 3600, iat: T, seq: 42, status: 'ENROLLED' };

const set = (name, { text, signature }, want = 'ok') => ({ name, text, signature, want });

function keySets() {
    const two = root.keySet(ORG, 4, [now, old]);
    return [
        set('two keys while one follows the other', two),
        set('the same generation again', root.keySet(ORG, 3, [now])),
        set('an older generation', root.keySet(ORG, 2, [old]), 'key-set-invalid'),
        set('of another organisation', root.keySet(OTHER, 4, [now]), 'key-set-invalid'),
        set('signed by somebody else', foreign.keySet(ORG, 4, [foreign]), 'key-set-invalid'),
        set('signed by a configuration key', now.keySet(ORG, 5, [next]), 'key-set-invalid'),
        set('by the root, a byte changed', { ...two, text: two.text.replace('"n":4', '"n":5') }, 'key-set-invalid'),
        set('not signed', { text: two.text }, 'key-set-invalid'),
    ];
}

/** `claim` changes claims of the lease, `know` what is known; `more` are members of the answer as they shall be. */
function answer(name, want, { key = now, leaseKey = key, claim = {}, know = {}, ...more } = {}) {
    const full = { text: BODY, etag: etagOf(BODY), signature: key.detached(BODY), lease: leaseKey.lease({ ...claims, ...claim }) };
    return { name, known: { seq: known.seq, iat: known.iat, now: known.now, ...know }, ...full, ...more, want };
}

const changed = (text) => text.replace('small', 'large');
const lastByte = (text) => text.slice(0, -2) + (text.at(-2) === 'A' ? 'B' : 'A') + text.at(-1);

function answers() {
    const whole = answer('', '');
    return [
        answer('genuine and current', 'ok'),
        answer('by the key that is on its way out', 'ok', { key: old }),
        answer('body by the old key, lease by the new one', 'ok', { key: old, leaseKey: now }),
        answer('the same sequence again', 'ok', { know: { seq: 42 } }),
        answer('with a grace of ten minutes', 'ok', { claim: { grace_s: 600 } }),
        answer('with a claim that is not known', 'ok', { claim: { zone: 'later' } }),
        answer('over, but within the leeway', 'ok', { know: { now: T + 3660 } }),
        answer('a clock that is a minute behind', 'ok', { know: { now: T - 60 } }),
        answer('no signature', 'signature-missing', { signature: undefined }),
        answer('a byte of the body changed', 'signature-invalid', { text: changed(BODY) }),
        answer('body and ETag changed together', 'signature-invalid', { text: changed(BODY), etag: etagOf(changed(BODY)) }),
        answer('a bit of the signature changed', 'signature-invalid', { signature: lastByte(whole.signature) }),
        answer('another alg in the header', 'signature-invalid', { signature: now.detached(BODY, { alg: 'none', b64: false, crit: ['b64'], kid: now.kid }) }),
        answer('a header without b64', 'signature-invalid', { signature: now.detached(BODY, { alg: 'EdDSA', kid: now.kid }) }),
        answer('a lease in place of the signature', 'signature-invalid', { signature: whole.lease }),
        answer('by a key of the next set', 'key-unknown', { key: next }),
        answer('by somebody else', 'key-unknown', { key: foreign }),
        answer('by somebody else, under our kid', 'signature-invalid', { signature: foreign.detached(BODY, { alg: 'EdDSA', b64: false, crit: ['b64'], kid: now.kid }) }),
        answer('by the root itself', 'key-unknown', { key: root }),
        answer('no lease', 'lease-missing', { lease: undefined }),
        answer('a lease by somebody else', 'key-unknown', { leaseKey: foreign }),
        answer('a lease of another type', 'lease-invalid', { lease: now.lease(claims, { alg: 'EdDSA', kid: now.kid, typ: 'JWT' }) }),
        answer('a bit of the lease changed', 'lease-invalid', { lease: lastByte(whole.lease) }),
        answer('a lease of another body', 'lease-invalid', { claim: { etag: etagOf('{}') } }),
        answer('an ETag of another body', 'lease-invalid', { etag: etagOf('{}') }),
        answer('a lease that says REVOKED', 'lease-invalid', { claim: { status: 'REVOKED' } }),
        answer('a lease that ends before it begins', 'lease-invalid', { claim: { exp: T - 1 } }),
        answer('a lease without an end', 'lease-invalid', { claim: { exp: undefined } }),
        answer('over', 'lease-expired', { know: { now: T + 3661 } }),
        answer('of another device', 'lease-device', { claim: { device: OTHER } }),
        answer('of another device, for another body', 'lease-device', { claim: { device: OTHER, etag: etagOf('{}') } }),
        answer('an older configuration, replayed', 'sequence-back', { claim: { seq: 40 } }),
        answer('a clock behind this lease', 'clock-back', { know: { now: T - 61 } }),
        answer('a clock behind an earlier lease', 'clock-back', { know: { iat: T + 67 } }),
    ];
}

function refusal(name, want, lease, { key = now, know = {} } = {}) {
    const { etag, ...rest } = claims;
    return { name, known: { seq: known.seq, iat: known.iat, now: known.now, ...know }, lease: lease && key.lease({ ...rest, ...lease }), want };
}

function refusals() {
    return [
        refusal('revoked', 'REVOKED', { status: 'REVOKED' }),
        refusal('blocked', 'BLOCKED', { status: 'BLOCKED' }),
        refusal('signed by somebody else', 'key-unknown', { status: 'REVOKED' }, { key: foreign }),
        refusal('of another device', 'lease-device', { status: 'REVOKED', device: OTHER }),
        refusal('over', 'lease-expired', { status: 'REVOKED' }, { know: { now: T + 3661 } }),
        refusal('from before the newest lease', 'sequence-back', { status: 'REVOKED' }, { know: { iat: T + 1 } }),
        refusal('with an older sequence', 'sequence-back', { status: 'REVOKED', seq: 40 }),
        refusal('a lease that refuses nothing', 'lease-invalid', { status: 'ENROLLED' }),
        refusal('the lease of a configuration', 'lease-invalid', { status: 'REVOKED', etag: etagOf(BODY) }),
        refusal('without a lease', 'lease-missing', undefined),
    ];
}

export function makeVectors() {
    return {
        about: 'Judged with `known`, to which a row adds its own; keys: the set named two keys. In the order of the checks; times in seconds.',
        known,
        keys: [now, old].map(({ kid, jwk: { x } }) => ({ kid, x })),
        key_sets: keySets(),
        answers: answers(),
        refusals: refusals(),
    };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(makeVectors(), null, 1));
