// SPDX-License-Identifier: Apache-2.0
// The code flow from both sides: what an application gets for a code, and for nothing else (RFC 6749, RFC 7636, RFC 9700).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { Browser, CALLBACK, headOf, makeApp, makePerson, pkce, Rp, verified, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';
import { inStore } from './lib/store.mjs';

const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin, { display_name: 'Ann Other' });
const browser = new Browser(server.url);
const session = signIn(browser, server, ann);
const rp = new Rp(server, await makeApp(admin, { people: [ann] }));
const other = new Rp(server, await makeApp(admin, { people: [ann] }));
const root = server.client({ prefix: '' });
const userinfo = (tokens) => server.client({ prefix: '', token: tokens.access_token }).get('/oauth2/userinfo');

test('a person signs in to an application', async () => {
    const tokens = await rp.tokens(browser);
    assert.equal(tokens.token_type, 'Bearer');
    assert.equal(tokens.expires_in, 86_400);
    assert.equal(tokens.scope, 'openid profile email groups offline_access');
    const access = await verified(server, tokens.access_token);
    assert.equal(access.sub, ann.id);
    assert.deepEqual(access.aud, [`${server.url}/oauth2/userinfo`]);
    const info = (await userinfo(tokens)).want(200);
    assert.deepEqual(info, { sub: ann.id, name: 'Ann Other', preferred_username: ann.username, email: ann.email, email_verified: false, groups: [] });
    (await server.client({ prefix: '', token: tokens.access_token }).post('/oauth2/userinfo')).want(200);
    (await server.client({ token: tokens.access_token }).get('/portal/applications')).wantProblem(401, 'unauthenticated');
    const seen = (await admin.get(`/admin/security/audit?action=token.issued&target=${rp.app.id}`)).want(200).items;
    assert.equal(seen[0].actor.id, ann.id);
    assert.ok(!JSON.stringify(seen).includes('sen_'));
});

test('IDENTITY 27: an id_token says exactly what it should', async () => {
    const before = Math.floor(Date.now() / 1000);
    const tokens = await rp.tokens(browser, { max_age: '3600' });
    const claims = await verified(server, tokens.id_token);
    const { iat, exp, auth_time: at, ...rest } = claims;
    const hash = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url');
    assert.deepEqual(rest, {
        iss: server.url, sub: ann.id, aud: rp.app.client_id, azp: rp.app.client_id, sid: session.id, acr: '1', amr: ['pwd'], nonce: 'n0nce', at_hash: hash,
        name: 'Ann Other', preferred_username: ann.username, email: ann.email, email_verified: false, groups: [],
    });
    assert.ok(iat >= before && exp > iat && at <= before);
    assert.equal(headOf(tokens.id_token).typ, 'JWT');
    assert.equal((await verified(server, (await rp.tokens(browser, { nonce: undefined })).id_token)).nonce, undefined, 'only the echo of one');
});

test('IDENTITY 27: at_hash is of the hash that the algorithm names; EdDSA, which clients fail on, there is none', async () => {
    for (const alg of ['ES256', 'RS256']) {
        const tokens = await new Rp(server, await makeApp(admin, { people: [ann], id_token_alg: alg })).tokens(browser);
        assert.equal(headOf(tokens.id_token).alg, alg);
        const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url');
        assert.equal((await verified(server, tokens.id_token)).at_hash, half, alg);
    }
    for (const alg of ['EdDSA', 'Ed25519', 'HS256', 'none']) {
        (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', redirect_uris: [CALLBACK], id_token_alg: alg })).wantProblem(422, 'bad-field');
    }
    const { id_token_signing_alg_values_supported: told } = (await root.get('/.well-known/openid-configuration')).want(200);
    assert.deepEqual(told.sort(), ['ES256', 'RS256']);
});

test('scopes decide what is said of a person', async () => {
    const tokens = await rp.tokens(browser, { scope: 'openid email' });
    assert.deepEqual(Object.keys((await userinfo(tokens)).want(200)), ['sub', 'email', 'email_verified']);
    const less = await rp.tokens(browser, { scope: 'profile' });
    assert.equal(less.id_token, undefined);
    assert.equal((await userinfo(less)).status, 401);
});

test('IDENTITY 1: a code is good once, and coming twice it ends what it gave', async () => {
    const code = await rp.code(browser);
    const tokens = (await rp.redeem(code)).want(200);
    (await userinfo(tokens)).want(200);
    wantOauth(await other.redeem(code), 400, 'invalid_grant');
    (await userinfo(tokens)).want(200); // what a stranger shows ends nothing
    wantOauth(await rp.redeem(code), 400, 'invalid_grant');
    assert.equal((await userinfo(tokens)).status, 401);
    wantOauth(await rp.refresh(tokens.refresh_token), 400, 'invalid_grant');
    const seen = (await admin.get(`/admin/security/audit?action=token.reused&target=${rp.app.id}`)).want(200).items;
    assert.equal(seen[0].result, 'refused');
    assert.equal(seen[0].reason, 'code');
});

test('IDENTITY 1: half a minute later, and when a code would be over by itself, a second time still ends what it gave', async () => {
    for (const seconds of [31, 61]) {
        const code = await rp.code(browser);
        const tokens = (await rp.redeem(code)).want(200);
        const age = BigInt(seconds) * 1_000_000n;
        inStore(server, 'UPDATE auth_code SET created_at = created_at - ?, expires_at = expires_at - ?, used_at = used_at - ?', age, age, age);
        wantOauth(await rp.redeem(code), 400, 'invalid_grant');
        assert.equal((await userinfo(tokens)).status, 401, `${seconds} s later`);
        wantOauth(await rp.refresh(tokens.refresh_token), 400, 'invalid_grant');
    }
});

test('IDENTITY 2: of twenty at once one gets tokens', async () => {
    const code = await rp.code(browser);
    const replies = await Promise.all(Array.from({ length: 20 }, () => rp.redeem(code)));
    assert.equal(replies.filter((one) => one.status === 200).length, 1);
    for (const one of replies) if (one.status !== 200) wantOauth(one, 400, 'invalid_grant');
});

test('IDENTITY 3: the verifier of a challenge must be shown', async () => {
    const code = await rp.code(browser);
    wantOauth(await rp.redeem(code, { code_verifier: undefined }), 400, 'invalid_grant');
    wantOauth(await rp.redeem(code, { code_verifier: pkce().verifier }), 400, 'invalid_grant');
    wantOauth(await rp.redeem(code, { code_verifier: '' }), 400, 'invalid_grant');
    (await rp.redeem(code)).want(200);
});

test('IDENTITY 4: no verifier without a challenge, and no public client without one', async () => {
    const exempt = new Rp(server, await makeApp(admin, { people: [ann], pkce: false }));
    const none = { code_challenge: undefined, code_challenge_method: undefined };
    const code = await exempt.code(browser, none);
    wantOauth(await exempt.redeem(code), 400, 'invalid_grant');
    (await exempt.redeem(code, { code_verifier: undefined })).want(200);
    const pub = new Rp(server, await makeApp(admin, { people: [ann], client_type: 'public' }));
    for (const client of [pub, rp]) {
        const back = (await browser.go(client.authorizeUrl(none))).location;
        assert.equal(back.searchParams.get('error'), 'invalid_request', back.href);
    }
    (await pub.redeem(await pub.code(browser))).want(200);
    wantOauth(await pub.redeem(await pub.code(browser), { client_secret: 'sen_x_guess' }), 401, 'invalid_client');
});

test('IDENTITY 5: plain is refused, and not advertised', async () => {
    const { challenge } = pkce();
    for (const method of ['plain', undefined, 'S512']) {
        const back = (await browser.go(rp.authorizeUrl({ code_challenge: challenge, code_challenge_method: method }))).location;
        assert.equal(back.searchParams.get('error'), 'invalid_request');
    }
    const back = (await browser.go(rp.authorizeUrl({ code_challenge: 'short' }))).location;
    assert.equal(back.searchParams.get('error'), 'invalid_request');
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
        const says = (await root.get(path)).want(200);
        assert.equal(says.issuer, server.url);
        assert.deepEqual(says.code_challenge_methods_supported, ['S256']);
        assert.deepEqual(says.response_types_supported, ['code']);
    }
});

test('IDENTITY 6: a code of one client is nothing to another', async () => {
    const code = await rp.code(browser);
    wantOauth(await other.redeem(code, { code_verifier: rp.pkce.verifier }), 400, 'invalid_grant');
    wantOauth(await rp.redeem(code, {}, { headers: other.basic() }), 400, 'invalid_grant');
    (await rp.redeem(code)).want(200);
});

test('IDENTITY 11: the redirect_uri of the request must come again', async () => {
    const code = await rp.code(browser);
    wantOauth(await rp.redeem(code, { redirect_uri: undefined }), 400, 'invalid_grant');
    wantOauth(await rp.redeem(code, { redirect_uri: `${CALLBACK}/` }), 400, 'invalid_grant');
    (await rp.redeem(code)).want(200);
});

test('IDENTITY 66: what the token row refuses', async () => {
    const code = await rp.code(browser);
    const send = (body, headers = {}) => root.post('/oauth2/token', body, { headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...rp.basic(), ...headers } });
    wantOauth(await send('grant_type=authorization_code&grant_type=refresh_token'), 400, 'invalid_request');
    wantOauth(await send('{"grant_type":"authorization_code"}', { 'Content-Type': 'application/json' }), 400, 'invalid_request');
    assert.equal((await root.get('/oauth2/token')).status, 405);
    wantOauth(await send(''), 400, 'invalid_request');
    wantOauth(await send('grant_type=password&username=a&password=b'), 400, 'unsupported_grant_type');
    wantOauth(await send('grant_type=authorization_code'), 400, 'invalid_request');
    const wrong = await rp.redeem(code, {}, { headers: { Authorization: `Basic ${Buffer.from(`${rp.app.client_id}:no`).toString('base64')}` } });
    wantOauth(wrong, 401, 'invalid_client');
    assert.match(wrong.headers['www-authenticate'], /^Basic /);
    for (const bad of ['Basic', 'Basic !!', `Basic ${Buffer.from('no colon').toString('base64')}`, 'Bearer x']) {
        assert.ok([400, 401].includes((await rp.redeem(code, {}, { headers: { Authorization: bad } })).status), bad);
    }
    wantOauth(await rp.redeem(code, { client_secret: rp.app.client_secret }), 400, 'invalid_request');
    wantOauth(await rp.redeem(code, { client_id: other.app.client_id }), 400, 'invalid_request');
    assert.ok((await send(`grant_type=authorization_code&code=${'x'.repeat(200_000)}`)).status >= 400);
    (await rp.redeem(code, { client_id: rp.app.client_id, client_secret: rp.app.client_secret }, { headers: {} })).want(200);
});
