// SPDX-License-Identifier: Apache-2.0
// openid-client 6 against what programs and other machines call: client credentials, assertions, device flow, questions about
// tokens, exchange, DPoP.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as oidc from 'openid-client';
import { ACCESS_TOKEN, DEVICE_CODE, JWT_BEARER, Machine, TOKEN_EXCHANGE } from './lib/machine.mjs';
import { Browser, claimsOf, makeApp, makePerson } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const machine = await Machine.make(server, admin, { roles: ['auditor'] });
const GRANTS = ['client_credentials', JWT_BEARER, TOKEN_EXCHANGE];

async function clientOf(more = {}, auth = (app) => oidc.ClientSecretBasic(app.client_secret)) {
    const app = await makeApp(admin, { grants: GRANTS, scopes: ['api', 'auditor'], ...more });
    (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    const config = await oidc.discovery(new URL(server.url), app.client_id, {}, auth(app), { execute: [oidc.allowInsecureRequests] });
    return { app, config };
}

test('client_credentials, introspection, revocation', async () => {
    const { config } = await clientOf();
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'auditor' });
    assert.equal(tokens.expires_in, 86_400);
    const seen = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual([seen.active, seen.sub, seen.scope], [true, machine.id, 'auditor']);
    await oidc.tokenRevocation(config, tokens.access_token);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
});

test('private_key_jwt, of an application', async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey);
    const { config } = await clientOf({ auth_method: 'private_key_jwt', jwks: { keys: [{ ...jwk, kid: 'k' }] } }, () => oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'k' }));
    for (let i = 0; i < 2; i++) assert.equal(claimsOf((await oidc.clientCredentialsGrant(config)).access_token).sub, machine.id);
});

test('jwt-bearer and token exchange', async () => {
    const { app, config } = await clientOf();
    const tokens = await oidc.genericGrantRequest(config, JWT_BEARER, { assertion: machine.assertion() });
    assert.equal(claimsOf(tokens.access_token).client_id, app.client_id);
    const less = await oidc.genericGrantRequest(config, TOKEN_EXCHANGE, { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN, scope: 'auditor' });
    assert.deepEqual([less.issued_token_type, less.scope], [ACCESS_TOKEN, 'auditor']);
});

test('DPoP: the client finds the nonce by itself, and reads with a bound token', async () => {
    const { config } = await clientOf({ dpop: true });
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const tokens = await oidc.clientCredentialsGrant(config, {}, { DPoP });
    assert.equal(tokens.token_type, 'dpop');
    const reply = await oidc.fetchProtectedResource(config, tokens.access_token, new URL('/api/v1/users', server.url), 'GET', null, new Headers(), { DPoP });
    assert.equal(reply.status, 200);
});

test('the device flow', async () => {
    const ann = await makePerson(admin);
    const app = await makeApp(admin, { people: [ann], client_type: 'public', grants: [DEVICE_CODE, 'refresh_token'] });
    const config = await oidc.discovery(new URL(server.url), app.client_id, {}, oidc.None(), { execute: [oidc.allowInsecureRequests] });
    const asked = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email' });
    const browser = new Browser(server.url);
    signIn(browser, server, ann);
    const confirm = await browser.submit(await browser.get('/device'), '/device', { user_code: asked.user_code });
    assert.equal((await browser.submit(confirm, '/device', { decision: 'approve' })).status, 200);
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...asked, interval: 1 });
    assert.equal(tokens.claims().sub, ann.id);
    assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
});
