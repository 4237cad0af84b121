// SPDX-License-Identifier: Apache-2.0
// What clients/js decides without network or store: its table is the C agent's, its waits stay in their bounds, and only
// an answer that is the server's own counts as one.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { VERSION } from '../../clients/js/seneschal.js';
import { backoff, longWait, nextAsk, RULES, STATES, step, waitAfter } from '../../clients/js/rules.js';
import { REASONS } from '../../clients/js/trust.js';
import { challengeBytes, makeKey, openKey, readAnswer, readConfig, readSecret, serverBase } from '../../clients/js/wire.js';
import * as wire from '../../clients/js/wire.js';

const read = (file) => readFileSync(file, 'utf8');

test('one version everywhere', () => {
    const version = read('VERSION').trim();
    assert.equal(VERSION, version);
    assert.equal(JSON.parse(read('clients/js/package.json')).version, version);
});

test('the table of states and events is the one of the C agent', () => {
    const source = read('src/agent/rules.c');
    const names = Object.fromEntries([...source.matchAll(/\[AGENT_(\w+)\] = "([a-z-]+)"/g)].map(([, id, name]) => [id, name]));
    const rows = [...source.matchAll(/\[AGENT_(\w+)\]\s*= ROW\(([^)]*)\)/g)];
    assert.ok(rows.length >= 15, `${rows.length} rows`);
    const waits = { NOW: 'now', GO: 'go', RETRY: 'retry', LONG: 'long', ASKED: 'asked', BACK_OFF: 'back-off' };
    const seen = rows.map(([, id, cells]) => {
        const parts = cells.split(',').map((cell) => cell.trim());
        const [to, wait, act] = RULES[names[id]] ?? [];
        const does = parts[6] === '0' ? undefined : parts[6].toLowerCase().split(' | ');
        assert.deepEqual([to, wait, act], [parts.slice(0, 5), waits[parts[5]], does], names[id]);
        return names[id];
    });
    // onConfig may throw: the one thing that a program which writes a file does not have.
    assert.deepEqual(Object.keys(RULES).filter((name) => !seen.includes(name)), ['not-applied']);
});

test('so is the table of refusals', () => {
    const source = read('src/agent/wire.c');
    const slugs = new Set([...source.matchAll(/\{ \{ "([a-z-]+)", \d+ \}/g)].map(([, slug]) => slug));
    assert.ok(slugs.size >= 15);
    for (const slug of slugs) assert.ok(read('clients/js/wire.js').includes(`'${slug}'`), slug);
});

test('the words for what is refused are those of the agent, in its order, and of the types', () => {
    const words = [...read('src/agent/refusals.def').matchAll(/^REFUSAL\(\w+,\s*"([a-z-]+)"/gm)].map(([, word]) => word);
    assert.deepEqual(REASONS, words);
    const [, types] = read('clients/js/seneschal.d.ts').match(/export type Rejection =\n([^;]*);/);
    assert.deepEqual([...types.matchAll(/'([a-z-]+)'/g)].map(([, word]) => word), words);
});

test('nothing leads out of DISABLED but a configuration, or a request that waits', () => {
    const out = Object.keys(RULES).filter((event) => step('DISABLED', event).to !== 'DISABLED');
    assert.deepEqual(out, ['device-pending', 'configured']);
    for (const state of STATES) assert.equal(step(state, 'device-revoked').to, 'DISABLED');
});

test('what is asked next', () => {
    const rows = [
        [{ state: 'UNENROLLED' }, 'init'],
        [{ state: 'PENDING', claim: 'c' }, 'confirm'],
        [{ state: 'ACTIVE', token: 't' }, 'fetch'],
        [{ state: 'ACTIVE', token: 't', ack: {}, rotate: true }, 'rotate'],
        [{ state: 'ACTIVE', token: 't', ack: {}, heartbeat: true }, 'ack'],
        [{ state: 'ACTIVE', token: 't', heartbeat: true }, 'heartbeat'],
        [{ state: 'ACTIVE', token: 't', ack: {}, rotate: true, plain: true }, 'fetch'],
        [{ state: 'DISABLED', token: 't', ack: {}, rotate: true }, 'fetch'],
        [{ state: 'DISABLED', token: 't', pin: true }, 'pin'],
        [{ state: 'ACTIVE', token: 't', pin: true, ack: {} }, 'pin'],
        [{ state: 'PENDING', claim: 'c', pin: true }, 'confirm'],
        [{ state: 'ACTIVE', token: 't', tokenRefused: true }, 'init'],
        [{ state: 'ACTIVE', token: 't', tokenRefused: true, claim: 'c' }, 'confirm'],
    ];
    for (const [view, want] of rows) assert.equal(nextAsk(view), want, JSON.stringify(view));
});

test('waits: U(0, spread) first, then U(c, 2c) with c up to the cap', () => {
    for (const random of [0, 0.5, 0.999999]) {
        assert.ok(backoff(1, random) <= 2000);
        for (let n = 2; n < 2000; n += n < 20 ? 1 : 99) {
            const c = Math.min(60_000, 1000 * 2 ** Math.min(n - 2, 30));
            assert.ok(backoff(n, random) >= c && backoff(n, random) <= 2 * c, `${n} ${random}`);
        }
        assert.ok(longWait(random) >= 240_000 && longWait(random) <= 360_000);
    }
    const many = Array.from({ length: 1000 }, () => backoff(1));
    assert.ok(Math.max(...many) > 1500 && Math.min(...many) < 500, 'spread out');
});

test('after an answer', () => {
    const rows = [
        ['go', 0, 7, { ms: 0, failures: 0 }],
        ['now', 0, 7, { ms: 0, failures: 7 }],
        ['retry', 0, 0, { ms: 0, failures: 1 }],
        ['retry', 0, 1, { ms: 1500, failures: 2 }],
        ['asked', 9000, 3, { ms: 10_000, failures: 3 }],
        ['asked', 0, 0, { ms: 1000, failures: 1 }],
        ['back-off', 9000, 2, { ms: 3000, failures: 3 }],
        ['long', 0, 2, { ms: 300_000, failures: 2 }],
        ['long', 3_600_000, 2, { ms: 3_600_000, failures: 2 }],
    ];
    for (const [wait, told, failures, want] of rows) assert.deepEqual(waitAfter(wait, told, failures, 0.5), want, `${wait} ${failures}`);
});

const JSON_TYPE = 'application/json';
const PROBLEM = 'application/problem+json';
const problem = (status, code, more = {}) => ({
    status, type: PROBLEM, text: JSON.stringify({ type: 'about:blank', title: 't', status, code, request_id: 'r', ...more }),
});
const challenge = { context: 'c', nonce: 'n' };
const good = (status, body) => ({ status, type: JSON_TYPE, text: JSON.stringify(body) });
const config = { enabled: true, config: {}, version: 'v' };
const org = '01890a5d-ac96-774b-bcce-b302099a8057';
const jwks_uri = `https://elsewhere.example/sub/api/v1/iassistants/config/keys/${org}`;

test('answers', () => {
    const rows = [
        ['init', good(201, { device_id: 'd', claim: 'c', code: 'ABCDEFGH', challenge }), 'request-made'],
        ['init', good(201, { device_id: 'd', claim: 'c' }), 'unreached'],
        ['init', problem(403, 'fleet-locked'), 'turned-away'],
        ['init', problem(401, 'unauthenticated'), 'turned-away'],
        ['init', problem(403, 'device-revoked'), 'device-revoked'],
        ['confirm', good(202, { status: 'PENDING', challenge }), 'device-pending'],
        ['confirm', good(200, { token: 't', join_seq: 1 }), 'enrolled'],
        ['confirm', good(200, { token: 't' }), 'unreached'],
        ['confirm', good(200, { token: 't', join_seq: 1.5 }), 'unreached'],
        ['confirm', good(200, { token: 'x'.repeat(600), join_seq: 1 }), 'unreached'],
        ['confirm', problem(403, 'signature-required', { challenge }), 'challenge-expired'],
        ['confirm', problem(403, 'signature-required'), 'unreached'],
        ['confirm', problem(409, 'claim-used'), 'claim-used'],
        ['confirm', problem(403, 'forbidden'), 'claim-wrong'],
        ['fetch', { ...good(200, config), etag: '"e"' }, 'configured'],
        ['fetch', good(200, config), 'unreached', 'no ETag'],
        ['fetch', { ...good(200, { enabled: true }), etag: '"e"' }, 'unreached'],
        ['fetch', { ...good(200, { ...config, enabled: 'yes' }), etag: '"e"' }, 'unreached'],
        ['fetch', { ...good(200, [config]), etag: '"e"' }, 'unreached'],
        ['fetch', { ...good(200, config), etag: '"e"', type: 'text/html' }, 'unreached'],
        ['fetch', { status: 200, type: 'text/html', text: '<html>sign in</html>', etag: '"e"' }, 'unreached'],
        ['fetch', { status: 304, type: '', text: '', conditional: true }, 'confirmed'],
        ['fetch', { status: 304, type: '', text: '' }, 'unreached', 'a 304 that nobody asked for'],
        ['fetch', problem(403, 'device-revoked'), 'device-revoked'],
        ['fetch', problem(403, 'device-blocked'), 'device-blocked'],
        ['fetch', problem(404, 'device-revoked'), 'unreached'],
        ['fetch', problem(403, 'forbidden'), 'unreached'],
        ['fetch', { ...problem(403, 'device-revoked'), type: JSON_TYPE }, 'unreached', 'not a problem by its type'],
        ['fetch', problem(403, 'device-revoked', { status: 200 }), 'unreached', 'says another status'],
        ['fetch', problem(403, 'device-revoked', { request_id: undefined }), 'unreached', 'none of our ids'],
        ['fetch', problem(401, 'unauthenticated'), 'unauthenticated'],
        ['fetch', { status: 401, type: '', text: '' }, 'unreached'],
        ['fetch', problem(503, 'overloaded'), 'unreached'],
        ['fetch', { status: 200, type: 'text/html', text: '<p>', lease: 'l' }, 'configured', 'it has a lease: that is judged, not its looks'],
        ['fetch', { ...good(200, config), signature: 's' }, 'configured', 'likewise a signature'],
        ['fetch', { ...problem(503, 'overloaded'), lease: 'l' }, 'unreached'],
        ['pin', good(200, { root_key: { x: 'x' }, jwks_uri }), 'pinned'],
        ['pin', good(200, { root_key: { x: 'x' } }), 'unreached'],
        ['pin', good(200, { jwks_uri }), 'unreached'],
        ['pin', good(200, { root_key: { x: 'x' }, jwks_uri: 'https://example.org/jwks' }), 'unreached'],
        ['pin', problem(403, 'device-revoked'), 'device-revoked'],
        ['pin', problem(401, 'unauthenticated'), 'unauthenticated'],
        ['rotate', good(200, { token: 't', join_seq: 2 }), 'confirmed'],
        ['rotate', problem(403, 'device-blocked'), 'device-blocked'],
        ['ack', { status: 204, type: '', text: '' }, 'confirmed'],
        ['ack', good(200, {}), 'unreached'],
        ['heartbeat', { status: 202, type: '', text: '' }, 'confirmed'],
    ];
    for (const [ask, answer, want, why] of rows) {
        assert.equal(readAnswer(ask, answer).event, want, why ?? `${ask} ${answer.status} ${answer.text}`);
    }
});

test('what is pinned at enrolment comes with the token, and the organisation from the end of an address', () => {
    const root_key = { kty: 'OKP', crv: 'Ed25519', x: 'x' };
    const { pin } = readAnswer('confirm', good(200, { token: 't', join_seq: 1, root_key, jwks_uri }));
    assert.deepEqual(pin, { rootKey: root_key, org });
    assert.equal(wire.keySetUrl('https://a.example/b', org), `https://a.example/b/api/v1/iassistants/config/keys/${org}`, 'asked of the server that we know');
    for (const uri of [undefined, 7, '', `${jwks_uri}/`, `${jwks_uri}?x`, `https://a.example/keys/${org}`]) {
        assert.equal(readAnswer('confirm', good(200, { token: 't', join_seq: 1, root_key, jwks_uri: uri })).pin, undefined, String(uri));
    }
});

test('a configuration is an object with `enabled` and `config`', () => {
    assert.deepEqual(readConfig('{"config":{"a":1},"enabled":true,"version":"v","more":1}'), { config: { a: 1 }, enabled: true, version: 'v' });
    assert.deepEqual(readConfig('{"config":{},"enabled":false,"version":null}'), { config: {}, enabled: false, version: null });
    for (const text of ['', '{}', '[]', 'null', '{"config":{}}', '{"config":[],"enabled":true}', '{"config":{},"enabled":1}', '{"enabled":true']) assert.equal(readConfig(text), undefined, text);
});

test('secrets: a value, none for us, or no answer of ours', () => {
    assert.equal(readSecret(good(200, { name: 'a', value: 'v', revision: 1 })), 'v');
    assert.equal(readSecret(problem(404, 'not-found')), undefined);
    for (const answer of [good(200, {}), good(200, { value: 7 }), { ...good(200, { value: 'v' }), type: 'text/html' }, { status: 404, type: 'text/html', text: '' },
        problem(503, 'overloaded'), problem(403, 'device-revoked')]) {
        assert.throws(() => readSecret(answer), /the server gave no secret/);
    }
});

test('Retry-After: seconds, bounded; anything else is as if it were not said', () => {
    const rows = [['0', 0], ['5', 5000], ['999999', 3_600_000], ['99999999999999', 0], ['soon', 0], ['-1', 0], [null, 0]];
    for (const [retryAfter, want] of rows) assert.equal(readAnswer('fetch', { ...problem(503, 'overloaded'), retryAfter }).retryAfter, want);
});

const vectors = [...read('tests/unit/agent/vectors.def').matchAll(/^VECTOR\("(.*)",\s*"(.*)",\s*"(.*)",\s*"(.*)",\s*"(.*)"\)$/gm)].map((found) => found.slice(1));

test('the signature is the one of the C agent, bit for bit', async () => {
    assert.ok(vectors.length >= 2);
    for (const [seed, context, device, nonce, want] of vectors) {
        const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(seed, 'base64url')]);
        const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
        const key = await openKey({ jwk });
        assert.equal(await key.sign(await challengeBytes({ context, nonce }, device, key.spki)), want);
        assert.equal('d' in key.jwk, false);
    }
});

test('a key is Ed25519; one of P-256, from before, goes on signing as the contract wants', async () => {
    for (const keepsKeys of [false, true]) {
        const made = await makeKey(keepsKeys);
        if (keepsKeys) assert.equal(made.privateKey.extractable, false);
        assert.deepEqual(Object.keys((await openKey(made)).jwk), ['kty', 'crv', 'x']);
        const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, !keepsKeys, ['sign', 'verify']);
        const key = await openKey(keepsKeys ? pair : { jwk: await crypto.subtle.exportKey('jwk', pair.privateKey) });
        assert.deepEqual(Object.keys(key.jwk), ['kty', 'crv', 'x', 'y']);
        const bytes = await challengeBytes(challenge, 'd', key.spki);
        const signature = Buffer.from(await key.sign(bytes), 'base64url');
        assert.equal(signature.length, 64);
        const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' });
        assert.ok(verifySignature('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature));
    }
});

test('a token crosses no network in the clear', () => {
    for (const server of ['http://192.0.2.1', 'http://127.0.0.1.example.org', 'http://localhost.evil.example', 'http://localhost:80@evil.example',
        'ftp://127.0.0.1', '127.0.0.1', '', 'https://u:p@example.org', 'https://example.org/?a', 'https://example.org/#a']) {
        assert.throws(() => serverBase(server, false), TypeError, server);
    }
    assert.equal(serverBase('https://example.org/', false), 'https://example.org');
    assert.equal(serverBase('https://example.org/seneschal//', false), 'https://example.org/seneschal');
    assert.equal(serverBase('http://[::1]:8080', false), 'http://[::1]:8080');
    assert.equal(serverBase('http://192.0.2.1', true), 'http://192.0.2.1');
});

test('what the module gives out is what its types say', async () => {
    const module = await import('../../clients/js/seneschal.js');
    const named = [...read('clients/js/seneschal.d.ts').matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(Object.keys(module).sort(), named.sort());
    const methods = Object.getOwnPropertyNames(module.Seneschal.prototype).filter((name) => name !== 'constructor');
    const types = read('clients/js/seneschal.d.ts');
    for (const method of methods) assert.match(types, new RegExp(`^    ${method}\\(`, 'm'), method);
    assert.equal(wire.ASKS.fetch[0], 'GET');
});
