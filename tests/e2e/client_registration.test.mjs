// SPDX-License-Identifier: Apache-2.0
// Clients that register themselves (RFC 7591, RFC 7592): IDENTITY 63.
import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { basic, tokenForm } from './lib/machine.mjs';
import { Browser, CALLBACK, makePerson, Rp, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const root = server.client({ prefix: '' });
const metadata = (more = {}) => ({ client_name: 'An agent', redirect_uris: ['https://agent.example/cb'], ...more });
const register = (body, token) => (token === undefined ? root : root.as(token)).post('/oauth2/register', body);
const path = (client) => `/oauth2/register/${client.client_id}`;
const own = (client) => root.as(client.registration_access_token);

test('IDENTITY 63: closed, unless somebody who makes applications lets it in', async () => {
    wantOauth(await register(metadata()), 401, 'invalid_token');
    wantOauth(await register(metadata(), (await serviceClient(admin, ['operator'])).token), 400, 'access_denied');
    const made = (await register(metadata(), admin.token)).want(201);
    assert.match(made.client_secret, /^sen_x_/);
    assert.match(made.registration_access_token, /^sen_g_/);
    assert.equal(made.registration_client_uri, `${server.url}${path(made)}`);
    assert.deepEqual([made.client_secret_expires_at, made.token_endpoint_auth_method, made.response_types], [0, 'client_secret_basic', ['code']]);
    const [app] = (await admin.get('/applications?search=An%20agent')).want(200).items;
    assert.deepEqual([app.origin, app.consent, app.admin, app.pkce], ['registered', true, false, true]);
    assert.ok(!app.scopes.includes('api'), 'a stranger does not act at this server in somebody\'s name');
});

test('IDENTITY 63: what a client may not choose, and what it may not have', async () => {
    const made = (await register(metadata({ client_secret: 'chosen', client_id: 'chosen', scope: 'openid api administrator', token_endpoint_auth_method: 'client_secret_post', whatever: { is: 'ignored' } }), admin.token)).want(201);
    assert.notEqual(made.client_secret, 'chosen');
    assert.notEqual(made.client_id, 'chosen');
    assert.equal(made.scope, 'openid');
    const uris = ['javascript:alert(1)', 'data:text/html,x', 'http://agent.example/cb', 'https://agent.example/cb#x', 'https://a@agent.example/', 'https://agent.example/../x', 'https://*.example/', 'myapp:cb', 'file:///etc/passwd'];
    for (const uri of uris) wantOauth(await register(metadata({ redirect_uris: ['https://agent.example/cb', uri] }), admin.token), 400, 'invalid_redirect_uri');
    wantOauth(await register(metadata({ redirect_uris: [] }), admin.token), 400, 'invalid_redirect_uri');
    wantOauth(await register(metadata({ redirect_uris: undefined }), admin.token), 400, 'invalid_redirect_uri');
    wantOauth(await register(metadata({ application_type: 'web', redirect_uris: ['http://127.0.0.1/cb'] }), admin.token), 400, 'invalid_redirect_uri');
    for (const more of [{ grant_types: ['client_credentials'] }, { grant_types: ['password'] }, { response_types: ['token'] }, { token_endpoint_auth_method: 'tls_client_auth' }, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } }]) {
        wantOauth(await register(metadata(more), admin.token), 400, 'invalid_client_metadata');
    }
    const native = (await register(metadata({ redirect_uris: ['http://127.0.0.1/cb', 'org.example.app:/cb'], token_endpoint_auth_method: 'none' }), admin.token)).want(201);
    assert.equal(native.client_secret, undefined);
    wantOauth(await tokenForm(server, { grant_type: 'client_credentials' }, basic(made)), 400, 'unauthorized_client');
});

test('IDENTITY 63: its token is good for its own row, and for nothing else', async () => {
    const [one, two] = [(await register(metadata(), admin.token)).want(201), (await register(metadata(), admin.token)).want(201)];
    const seen = (await own(one).get(path(one))).want(200);
    assert.equal(seen.client_secret, undefined);
    assert.equal(seen.registration_access_token, undefined);
    assert.deepEqual(seen.redirect_uris, ['https://agent.example/cb']);
    for (const call of [(c) => c.get(path(one)), (c) => c.put(path(one), metadata()), (c) => c.delete(path(one))]) {
        for (const client of [own(two), root, root.as('sen_g_wrong'), admin.atRoot()]) wantOauth(await call(client), 401, 'invalid_token');
    }
    wantOauth(await own(one).get('/oauth2/register/nobody'), 401, 'invalid_token');
    (await server.client({ token: one.registration_access_token }).get('/portal/applications')).wantProblem(401, 'unauthenticated');
    wantOauth(await register(metadata(), one.registration_access_token), 401, 'invalid_token');
    const changed = (await own(one).put(path(one), metadata({ redirect_uris: ['https://agent.example/new'], scope: 'openid' }))).want(200);
    assert.deepEqual([changed.redirect_uris, changed.scope, changed.client_id], [['https://agent.example/new'], 'openid', one.client_id]);
    wantOauth(await own(one).put(path(one), metadata({ redirect_uris: ['javascript:x'] })), 400, 'invalid_redirect_uri');
    (await own(one).delete(path(one))).want(204);
    wantOauth(await own(one).get(path(one)), 401, 'invalid_token');
    wantOauth(await tokenForm(server, { grant_type: 'refresh_token', refresh_token: 'x' }, basic(one)), 401, 'invalid_client');
});

test('IDENTITY 63: what a person allows one client she has not allowed the next, of the same name and address', async () => {
    const ann = await makePerson(admin);
    const browser = new Browser(server.url);
    signIn(browser, server, ann);
    const clients = [];
    for (let i = 0; i < 2; i++) {
        const made = (await register(metadata({ redirect_uris: [CALLBACK] }), admin.token)).want(201);
        const [app] = (await admin.all('/applications')).filter((one) => one.client_id === made.client_id);
        (await admin.post(`/applications/${app.id}/bindings`, { user_id: ann.id })).want(201);
        clients.push(new Rp(server, made));
    }
    const [one, two] = clients;
    const scope = 'openid';
    const consent = await browser.go(one.authorizeUrl({ scope }));
    assert.equal(consent.status, 200, consent.text);
    assert.match(consent.text, /An agent/);
    assert.ok((await browser.submit(consent, '/oauth2/continue', { decision: 'allow' })).location.searchParams.has('code'));
    assert.ok(await one.code(browser, { scope, prompt: 'none' }));
    const back = (await browser.go(two.authorizeUrl({ scope, prompt: 'none' }))).location;
    assert.equal(back.searchParams.get('error'), 'consent_required');
    (await browser.go(two.authorizeUrl({ scope }))).form('/oauth2/continue');
});

test('IDENTITY 63: open by a setting that can be changed while it runs; who may use what comes is another', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    await server.restart({ env: { SENESCHAL_OAUTH_CLIENTS_OPEN: 'true', SENESCHAL_OAUTH_CLIENTS_GROUPS: group.name } });
    const again = await server.admin();
    const client = server.client({ prefix: '' });
    const made = (await client.post('/oauth2/register', metadata())).want(201);
    const [app] = (await again.all('/applications')).filter((one) => one.client_id === made.client_id);
    const bindings = (await again.get(`/applications/${app.id}/bindings`)).want(200).items;
    assert.deepEqual(bindings.map((b) => b.target_id ?? b.id), [group.id]);
    let status = 201;
    for (let i = 0; i < 205 && status === 201; i++) status = (await client.post('/oauth2/register', metadata())).status;
    assert.equal(status, 400, 'two hundred of them are enough');
});
