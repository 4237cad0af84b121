// SPDX-License-Identifier: Apache-2.0
// openid-client 6 and oauth4webapi 3 as programs that get tokens by themselves, bind them to a key, ask about them, give
// them back, and sign a person in on another machine.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { ACCESS_TOKEN, DEVICE_CODE, JWT_BEARER, Machine, TOKEN_EXCHANGE } from './lib/machine.mjs';
import { Browser, CALLBACK, claimsOf, makeApp, makePerson } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const issuer = new URL(server.url);
const ann = await makePerson(admin);
const browser = new Browser(server.url);
signIn(browser, server, ann);
const machine = await Machine.make(server, admin, { roles: ['auditor'], type: 'ec' });
const app = await makeApp(admin, {
    people: [ann],
    grants: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE],
    scopes: ['openid', 'email', 'offline_access', 'api', 'auditor'],
});
(await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);

const open = (id, auth, metadata = {}) => oidc.discovery(issuer, id, metadata, auth, { execute: [oidc.allowInsecureRequests] });
const config = await open(app.client_id, oidc.ClientSecretBasic(app.client_secret));

/** The person types the code that the device shows, and allows it. */
async function approve(code) {
    const confirm = await browser.submit(await browser.get('/device'), '/device', { user_code: code });
    assert.equal((await browser.submit(confirm, '/device', { decision: 'approve' })).status, 200);
}

test('openid-client: client_credentials, introspection, revocation', async () => {
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'auditor' });
    assert.equal(claimsOf(tokens.access_token).sub, machine.id);
    const seen = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual([seen.active, seen.scope, seen.sub], [true, 'auditor', machine.id]);
    await oidc.tokenRevocation(config, tokens.access_token);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
});

test('openid-client: private_key_jwt of a service account, and jwt-bearer', async () => {
    const key = await crypto.subtle.importKey('jwk', machine.pair.privateKey.export({ format: 'jwk' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    const own = await open(machine.id, oidc.PrivateKeyJwt({ key, kid: machine.key.id }));
    assert.equal(claimsOf((await oidc.clientCredentialsGrant(own)).access_token).sub, machine.id);
    const tokens = await oidc.genericGrantRequest(config, JWT_BEARER, { assertion: machine.assertion() });
    assert.equal(claimsOf(tokens.access_token).sub, machine.id);
});

test('openid-client: device code', async () => {
    const asked = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email' });
    await approve(asked.user_code);
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, asked);
    assert.equal(tokens.claims().sub, ann.id);
});

test('openid-client: token exchange', async () => {
    const { access_token: subject } = await oidc.clientCredentialsGrant(config, { scope: 'api auditor' });
    const tokens = await oidc.genericGrantRequest(config, TOKEN_EXCHANGE, { subject_token: subject, subject_token_type: ACCESS_TOKEN, scope: 'auditor' });
    const claims = claimsOf(tokens.access_token);
    assert.deepEqual([claims.sub, claims.scope, tokens.issued_token_type], [machine.id, 'auditor', ACCESS_TOKEN]);
});

test('openid-client: DPoP binds what a person gave, and what comes after it', async () => {
    const client = await makeApp(admin, { people: [ann], client_type: 'public', dpop: true });
    const own = await open(client.client_id, oidc.None());
    const handle = oidc.getDPoPHandle(own, await oidc.randomDPoPKeyPair('ES256'));
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(own, {
        redirect_uri: CALLBACK, scope: 'openid email offline_access', state: 's', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', dpop_jkt: await handle.calculateThumbprint(),
    });
    const back = (await browser.go(url)).location;
    const checks = { pkceCodeVerifier: verifier, expectedState: 's', idTokenExpected: true };
    await assert.rejects(oidc.authorizationCodeGrant(own, back, checks), { error: 'invalid_dpop_proof' });
    const tokens = await oidc.authorizationCodeGrant(own, back, checks, undefined, { DPoP: handle });
    assert.equal(tokens.token_type, 'dpop');
    assert.equal((await oidc.fetchUserInfo(own, tokens.access_token, ann.id, { DPoP: handle })).email, ann.email);
    await assert.rejects(oidc.fetchUserInfo(own, tokens.access_token, ann.id));
    const fresh = await oidc.refreshTokenGrant(own, tokens.refresh_token, undefined, { DPoP: handle });
    assert.equal(claimsOf(fresh.access_token).cnf.jkt, await handle.calculateThumbprint());
});

test('oauth4webapi: client_credentials with DPoP, introspection, revocation, device code, exchange, jwt-bearer', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client = { client_id: app.client_id };
    const auth = oauth.ClientSecretPost(app.client_secret);
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const ask = async () => oauth.processClientCredentialsResponse(as, client, await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'auditor' }, { ...insecure, DPoP }));
    const bound = await ask().catch((error) => {
        assert.ok(oauth.isDPoPNonceError(error), error); // a server that has just started wants one
        return ask();
    });
    assert.equal(bound.token_type, 'dpop');
    const list = await oauth.protectedResourceRequest(bound.access_token, 'GET', new URL('/api/v1/users', issuer), undefined, undefined, { ...insecure, DPoP });
    assert.equal(list.status, 200);
    const seen = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, bound.access_token, insecure));
    assert.deepEqual([seen.active, seen.cnf.jkt], [true, claimsOf(bound.access_token).cnf.jkt]);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, bound.access_token, insecure));
    const device = await oauth.processDeviceAuthorizationResponse(as, client, await oauth.deviceAuthorizationRequest(as, client, auth, { scope: 'openid' }, insecure));
    await approve(device.user_code);
    const tokens = await oauth.processDeviceCodeResponse(as, client, await oauth.deviceCodeGrantRequest(as, client, auth, device.device_code, insecure));
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, ann.id);
    const grant = async (type, params) => oauth.processGenericTokenEndpointResponse(as, client, await oauth.genericTokenEndpointRequest(as, client, auth, type, params, insecure));
    const asserted = await grant(JWT_BEARER, { assertion: machine.assertion() });
    assert.equal(claimsOf(asserted.access_token).sub, machine.id);
    const exchanged = await grant(TOKEN_EXCHANGE, { subject_token: asserted.access_token, subject_token_type: ACCESS_TOKEN });
    assert.deepEqual([claimsOf(exchanged.access_token).sub, exchanged.issued_token_type], [machine.id, ACCESS_TOKEN]);
});
