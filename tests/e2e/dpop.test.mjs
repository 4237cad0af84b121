// SPDX-License-Identifier: Apache-2.0
// Tokens that only the holder of a key can use (RFC 9449).
import assert from 'node:assert/strict';
import test from 'node:test';
import { basic, Dpop, form, Machine, seconds, tokenForm, withNonce } from './lib/machine.mjs';
import { claimsOf, makeApp, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const machine = await Machine.make(server, admin, { roles: ['auditor'] });
const app = await makeApp(admin, { grants: ['client_credentials'], scopes: ['api'] });
(await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
const tokenUrl = `${server.url}/oauth2/token`;
const usersUrl = `${server.url}/api/v1/users`;
const key = new Dpop();

const ask = (proof, by = app) => tokenForm(server, { grant_type: 'client_credentials' }, { ...basic(by), ...(proof && { DPoP: proof }) });
const bound = async (by = key) => (await withNonce((nonce) => ask(by.proof('POST', tokenUrl, { nonce })))).want(200);
const users = (token, proof, scheme = 'DPoP') => server.client({ headers: { Authorization: `${scheme} ${token}`, ...(proof && { DPoP: proof }) } }).get('/users');

test('just after a start a proof needs a nonce, and gets one', async () => {
    const refused = await ask(key.proof('POST', tokenUrl));
    wantOauth(refused, 400, 'use_dpop_nonce');
    const nonce = refused.headers['dpop-nonce'];
    assert.match(nonce, /^[\w-]{43}$/);
    (await ask(key.proof('POST', tokenUrl, { nonce }))).want(200);
    wantOauth(await ask(key.proof('POST', tokenUrl, { nonce: 'mine' })), 400, 'use_dpop_nonce');
});

test('a bound token works with its key\'s proof, each time a new one, and not otherwise', async () => {
    const { access_token: token, token_type } = await bound();
    assert.equal(token_type, 'DPoP');
    assert.deepEqual(claimsOf(token).cnf, { jkt: key.jkt });
    const first = await users(token, key.proof('GET', usersUrl, { token }));
    const nonce = first.headers['dpop-nonce'];
    assert.equal(first.status, 401);
    assert.match(first.headers['www-authenticate'], /^DPoP .*use_dpop_nonce/);
    const proof = (more = {}) => key.proof('GET', usersUrl, { token, nonce, ...more });
    const once = proof();
    (await users(token, once)).want(200);
    const thief = new Dpop();
    const refused = [
        ['the same proof again', once],
        ['no proof', undefined],
        ['another key', thief.proof('GET', usersUrl, { token, nonce })],
        ['another method', key.proof('POST', usersUrl, { token, nonce })],
        ['another URL', key.proof('GET', `${server.url}/api/v1/groups`, { token, nonce })],
        ['another token', key.proof('GET', usersUrl, { token: `${token}x`, nonce })],
        ['no ath', key.proof('GET', usersUrl, { nonce })],
        ['too old', proof({ iat: seconds() - 120 })],
        ['of a time to come', proof({ iat: seconds() + 120 })],
        ['no jti', proof({ jti: undefined })],
        ['typ JWT', proof({ head: { typ: 'JWT' } })],
        ['a private key in its header', proof({ head: { jwk: key.privateKey.export({ format: 'jwk' }) } })],
        ['no key in its header', proof({ head: { jwk: undefined } })],
        ['somebody\'s key in its header', proof({ head: { jwk: thief.jwk } })],
        ['rubbish', 'a.b.c'],
    ];
    for (const [name, text] of refused) {
        const answer = await users(token, text);
        assert.equal(answer.status, 401, name);
        assert.match(answer.headers['www-authenticate'], /^DPoP /, name);
    }
    (await users(token, undefined, 'Bearer')).wantProblem(401, 'unauthenticated');
    (await users(token, proof(), 'Bearer')).wantProblem(401, 'unauthenticated');
    const free = (await ask()).want(200).access_token;
    (await users(free, proof(), 'DPoP')).wantProblem(401, 'unauthenticated');
    (await users(free, undefined, 'Bearer')).want(200);
    (await users(token, proof())).want(200);
    const seen = (await form(server, '/oauth2/introspect', { token }, basic(app))).want(200);
    assert.deepEqual([seen.token_type, seen.cnf], ['DPoP', { jkt: key.jkt }]);
});

test('twenty at once with one proof: one passes', async () => {
    const { access_token: token } = await bound();
    const nonce = (await users(token, key.proof('GET', usersUrl, { token }))).headers['dpop-nonce'];
    const proof = key.proof('GET', usersUrl, { token, nonce });
    const answers = await Promise.all(Array.from({ length: 20 }, () => users(token, proof)));
    assert.deepEqual(answers.map((r) => r.status).filter((s) => s === 200), [200]);
});

test('a client that says so gets bound tokens only', async () => {
    const strict = await makeApp(admin, { grants: ['client_credentials'], scopes: ['api'], dpop: true });
    (await admin.post(`/applications/${strict.id}/bindings`, { service_account_id: machine.id })).want(201);
    wantOauth(await ask(undefined, strict), 400, 'invalid_dpop_proof');
    assert.equal((await withNonce((nonce) => ask(key.proof('POST', tokenUrl, { nonce }), strict))).want(200).token_type, 'DPoP');
    for (const type of ['ed25519', 'rsa']) {
        const other = new Dpop(type);
        assert.deepEqual(claimsOf((await bound(other)).access_token).cnf, { jkt: other.jkt });
    }
});

test('a restart opens nothing: a proof that was used is not good again', async () => {
    const proof = key.proof('POST', tokenUrl, { nonce: (await ask(key.proof('POST', tokenUrl))).headers['dpop-nonce'] });
    (await ask(proof)).want(200);
    await server.kill();
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    wantOauth(await ask(proof), 400, 'use_dpop_nonce');
});
