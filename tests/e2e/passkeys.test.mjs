// SPDX-License-Identifier: Apache-2.0
// Passkeys by JSON: made in a session, proven alone or as the second step, and everything that proves nothing.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Authenticator, callerOf } from './lib/factor.mjs';
import { PASSWORD, makePerson, signInBy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const OPTIONS = '/auth/factors/passkeys/options';

async function signedIn(who) {
    const browser = new Browser(server.url);
    const page = await signInBy(browser, who.username, PASSWORD);
    return { browser, page, call: await callerOf(browser) };
}

async function withPasskey() {
    const who = await makePerson(server, admin);
    const { browser, call } = await signedIn(who);
    const key = new Authenticator(server.url);
    const { json: options } = await call('GET', OPTIONS);
    const made = await call('POST', '/auth/factors/passkeys', { name: 'key', credential: key.make(options) });
    assert.equal(made.status, 201, made.text);
    return { ...who, browser, call, key, passkey: made.json };
}

const optionsOf = async (call) => (await call('GET', '/auth/passkey/options')).json;

test('a passkey is made: the options are those of WebAuthn', async () => {
    const who = await makePerson(server, admin);
    const { call } = await signedIn(who);
    const { json: options } = await call('GET', OPTIONS);
    assert.deepEqual(options.rp, { id: '127.0.0.1', name: 'Seneschal' });
    assert.deepEqual(options.pubKeyCredParams.map(({ alg }) => alg), [-7, -8, -257]);
    assert.equal(options.attestation, 'none');
    assert.equal(options.user.name, who.username);
    assert.deepEqual(options.excludeCredentials, []);
    const key = new Authenticator(server.url);
    const made = key.make(options);
    assert.equal((await call('POST', '/auth/factors/passkeys', { name: 'key', credential: made })).status, 201);
    const { json: { passkeys } } = await call('GET', '/auth/factors');
    assert.equal(passkeys[0].name, 'key');
});

test('what was not made for this server, page and moment is none', async () => {
    const who = await makePerson(server, admin);
    const { call } = await signedIn(who);
    const { call: other } = await signedIn(await makePerson(server, admin));
    const add = async (credential) => (await call('POST', '/auth/factors/passkeys', { name: 'key', credential })).status;
    const fresh = async () => (await call('GET', OPTIONS)).json;
    assert.equal(await add(new Authenticator('https://evil.example', { rpId: '127.0.0.1' }).make(await fresh())), 422);
    assert.equal(await add(new Authenticator(server.url, { rpId: 'evil.example' }).make(await fresh())), 422);
    assert.equal(await add(new Authenticator(server.url).make((await other('GET', OPTIONS)).json)), 422, 'a challenge of another session');
    assert.equal(await add(new Authenticator(server.url).make(await optionsOf(call))), 422, 'a challenge for another use');
    assert.equal(await add(new Authenticator(server.url).make({ challenge: 'AAAA' })), 422);
    const options = await fresh();
    const key = new Authenticator(server.url);
    assert.equal(await add(key.make(options)), 201);
    assert.equal(await add(new Authenticator(server.url).make(options)), 422, 'used up');
});

test('it signs in alone, without a name or a password', async () => {
    const who = await withPasskey();
    const browser = new Browser(server.url);
    const call = await callerOf(browser);
    const options = await optionsOf(call);
    assert.equal(options.rpId, '127.0.0.1');
    assert.equal(options.userVerification, 'required');
    assert.deepEqual(options.allowCredentials, []);
    const reply = await call('POST', '/auth/passkey', who.key.prove(options));
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.json.username, who.username);
    const me = JSON.parse((await browser.get('/api/v1/auth/me')).text);
    assert.equal(me.username, who.username);
});

test('it is the second step after a password, for its own person only', async () => {
    const who = await withPasskey();
    const { browser, page, call } = await signedIn(who);
    assert.equal(page.location.pathname, '/login/factor');
    const half = browser.cookie('seneschal');
    const options = await optionsOf(call);
    assert.equal(options.allowCredentials.length, 1);
    const other = await withPasskey();
    assert.equal((await call('POST', '/auth/passkey', other.key.prove(options))).status, 401);
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    const done = await call('POST', '/auth/passkey', who.key.prove(await optionsOf(call), { flags: 1 }));
    assert.equal(done.status, 200, done.text);
    assert.notEqual(browser.cookie('seneschal'), half);
    assert.equal((await browser.get('/api/v1/auth/me')).status, 200);
});

test('replayed, copied, unverified, framed or foreign proofs are 401, and open nothing', async () => {
    const who = await withPasskey();
    const browser = new Browser(server.url);
    const call = await callerOf(browser);
    const tried = async (credential) => (await call('POST', '/auth/passkey', credential)).status;
    const proof = who.key.prove(await optionsOf(call));
    assert.equal(await tried(proof), 200);
    browser.forgetCookies();
    assert.equal(await tried(proof), 401, 'replayed');
    assert.equal(await tried(who.key.prove(await optionsOf(call), { flags: 1 })), 401, 'only touched, and no password');
    assert.equal(await tried(who.key.prove(await optionsOf(call), { flags: 4 })), 401, 'nobody there');
    for (const client of [{ origin: 'https://evil.example' }, { type: 'webauthn.create' }, { crossOrigin: true }, { challenge: 'AAAA' }]) {
        assert.equal(await tried(who.key.prove(await optionsOf(call), { client })), 401, JSON.stringify(client));
    }
    const { count } = who.key;
    who.key.count = 0; // a copy of the key does not know how often it was used
    assert.equal(await tried(who.key.prove(await optionsOf(call))), 401, 'copied');
    who.key.count = count;
    const stranger = new Authenticator(server.url);
    assert.equal(await tried(stranger.prove(await optionsOf(call))), 401, 'not known');
    stranger.id = who.key.id;
    assert.equal(await tried(stranger.prove(await optionsOf(call))), 401, 'another key under a known id');
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    assert.equal(await tried(who.key.prove(await optionsOf(call))), 200);
});

test('a disabled person has none, and a deleted passkey is none', async () => {
    const who = await withPasskey();
    const call = await callerOf(new Browser(server.url));
    (await admin.patch(`/users/${who.id}`, { status: 'disabled' })).want(200);
    assert.ok([401, 403].includes((await call('POST', '/auth/passkey', who.key.prove(await optionsOf(call)))).status));
    (await admin.patch(`/users/${who.id}`, { status: 'active' })).want(200);
    const browser = new Browser(server.url);
    const again = await callerOf(browser);
    assert.equal((await again('POST', '/auth/passkey', who.key.prove(await optionsOf(again)))).status, 200);
    const own = await callerOf(browser);
    assert.equal((await own('DELETE', `/auth/factors/passkeys/${who.passkey.id}`)).status, 204);
    assert.equal((await call('POST', '/auth/passkey', who.key.prove(await optionsOf(call)))).status, 401);
});
