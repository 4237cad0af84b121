// SPDX-License-Identifier: Apache-2.0
// The certified clients openid-client 6 and oauth4webapi 3 against this issuer, with the sign-in page as people see it.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { Browser, CALLBACK, logIn, makeApp, makePerson, PASSWORD, setPassword } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin, { display_name: 'Ann Other' });
await setPassword(server, admin, ann);
const BYE = 'https://app.example.org/bye';
const issuer = new URL(server.url);

/** What openid-client knows of us, as this application. */
async function discover(more, auth) {
    const app = await makeApp(admin, { people: [ann], post_logout_redirect_uris: [BYE], ...more });
    const metadata = more?.id_token_alg === undefined ? {} : { id_token_signed_response_alg: more.id_token_alg };
    const config = await oidc.discovery(issuer, app.client_id, metadata, auth?.(app) ?? oidc.ClientSecretBasic(app.client_secret), { execute: [oidc.allowInsecureRequests] });
    return { app, config };
}

/** A person signs in; what openid-client makes of the answer. */
async function signInWith(config, { browser = new Browser(server.url), par = false, ...params } = {}) {
    const verifier = oidc.randomPKCECodeVerifier();
    const nonce = oidc.randomNonce();
    const state = oidc.randomState();
    const all = { redirect_uri: CALLBACK, scope: 'openid profile email groups offline_access', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', nonce, state, ...params };
    const url = par ? await oidc.buildAuthorizationUrlWithPAR(config, all) : oidc.buildAuthorizationUrl(config, all);
    const first = await browser.get(url);
    let page = await browser.follow(first);
    if (page.location === undefined && page.url.pathname === '/login') page = await browser.follow(await browser.submit(page, '/login', { name: ann.username, password: PASSWORD }));
    assert.ok(page.location, `${page.status} ${page.text}`);
    return oidc.authorizationCodeGrant(config, page.location, { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true, maxAge: params.max_age });
}

for (const [name, more, auth, params] of [
    ['client_secret_basic', {}],
    ['client_secret_post', {}, (app) => oidc.ClientSecretPost(app.client_secret)],
    ['a public client', { client_type: 'public' }, () => oidc.None()],
    ['RS256', { id_token_alg: 'RS256' }],
    ['pushed requests', { par: true }, undefined, { par: true }],
]) {
    test(`openid-client: ${name}`, async () => {
        const { config } = await discover(more, auth);
        const browser = new Browser(server.url);
        const tokens = await signInWith(config, { browser, ...params });
        assert.equal(tokens.claims().sub, ann.id);
        const info = await oidc.fetchUserInfo(config, tokens.access_token, ann.id);
        assert.equal(info.name, 'Ann Other');
        const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
        assert.equal(fresh.claims().sub, ann.id);
        assert.notEqual(fresh.refresh_token, tokens.refresh_token);
        const bye = await browser.get(oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: BYE, id_token_hint: fresh.id_token, state: 'x' }));
        assert.equal(bye.location?.href, `${BYE}?state=x`, bye.text);
        await assert.rejects(oidc.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });
    });
}

test('IDENTITY 29: after prompt=login and max_age=1 the time of authentication is later', async () => {
    const { config } = await discover();
    const browser = new Browser(server.url);
    const first = (await signInWith(config, { browser })).claims().auth_time;
    while (Math.floor(Date.now() / 1000) <= first + 1) await new Promise((resolve) => setTimeout(resolve, 100));
    const second = (await signInWith(config, { browser, prompt: 'login' })).claims().auth_time;
    assert.ok(second > first, `${second} after ${first}`);
    while (Math.floor(Date.now() / 1000) <= second + 2) await new Promise((resolve) => setTimeout(resolve, 100));
    const third = (await signInWith(config, { browser, max_age: 1 })).claims().auth_time;
    assert.ok(third > second, `${third} after ${second}`);
    assert.equal((await signInWith(config, { browser, max_age: 3600 })).claims().auth_time, third);
});

const insecure = { [oauth.allowInsecureRequests]: true };

/** What oauth4webapi knows of us, and an application for it. */
async function meet(more) {
    const app = await makeApp(admin, { people: [ann], post_logout_redirect_uris: [BYE], ...more });
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
    return { as, client: { client_id: app.client_id }, auth: oauth.ClientSecretBasic(app.client_secret) };
}

/** A person signs in; where she lands, and what oauth4webapi makes of her code. */
async function signInBy({ as, client, auth }, browser, { par = false } = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const nonce = oauth.generateRandomNonce();
    const url = new URL(as.authorization_endpoint);
    const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const words = { redirect_uri: CALLBACK, response_type: 'code', scope: 'openid email offline_access', code_challenge, code_challenge_method: 'S256', nonce, state: 's' };
    if (par) {
        const reply = await oauth.pushedAuthorizationRequest(as, client, auth, words, insecure);
        const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, reply);
        url.search = new URLSearchParams({ ...client, request_uri });
    } else {
        url.search = new URLSearchParams({ ...client, ...words });
    }
    const back = (await logIn(browser, await browser.get(url), ann)).location;
    const params = oauth.validateAuthResponse(as, client, back, 's');
    const reply = await oauth.authorizationCodeGrantRequest(as, client, auth, params, CALLBACK, verifier, insecure);
    return { back, tokens: await oauth.processAuthorizationCodeResponse(as, client, reply, { expectedNonce: nonce, requireIdToken: true }) };
}

test('oauth4webapi: discovery by RFC 8414, the code flow, its own checks of iss and at_hash', async () => {
    const met = await meet();
    const { as, client } = met;
    const { back, tokens } = await signInBy(met, new Browser(server.url));
    const info = await oauth.processUserInfoResponse(as, client, ann.id, await oauth.userInfoRequest(as, client, tokens.access_token, insecure));
    assert.equal(info.email, ann.email);
    const claims = await oauth.validateJwtAccessToken(as, new Request(`${server.url}/oauth2/userinfo`, { headers: { Authorization: `Bearer ${tokens.access_token}` } }), `${server.url}/oauth2/userinfo`, insecure);
    assert.equal(claims.client_id, client.client_id);
    const wrong = new URL(back);
    wrong.searchParams.set('iss', 'https://evil.example');
    assert.throws(() => oauth.validateAuthResponse(as, client, wrong, 's'));
});

test('oauth4webapi: a pushed request, refresh, and logout, which ends what was refreshed', async () => {
    const met = await meet({ par: true });
    const { as, client, auth } = met;
    assert.equal(as.pushed_authorization_request_endpoint, `${server.url}/oauth2/par`);
    const browser = new Browser(server.url);
    const { tokens } = await signInBy(met, browser, { par: true });
    const refresh = async (token) => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, token, insecure));
    const fresh = await refresh(tokens.refresh_token);
    assert.equal(oauth.getValidatedIdTokenClaims(fresh).sub, ann.id);
    assert.notEqual(fresh.refresh_token, tokens.refresh_token);
    const leave = new URL(as.end_session_endpoint);
    leave.search = new URLSearchParams({ ...client, id_token_hint: fresh.id_token, post_logout_redirect_uri: BYE, state: 'bye' });
    assert.equal((await browser.get(leave)).location?.href, `${BYE}?state=bye`);
    await assert.rejects(refresh(fresh.refresh_token), { error: 'invalid_grant' });
    assert.equal((await oauth.userInfoRequest(as, client, fresh.access_token, insecure)).status, 401);
});
