// SPDX-License-Identifier: Apache-2.0
// Identity assertions (ID-JAG, MCP's enterprise-managed authorization): this server as the issuer that gives one for an
// id_token, and as the authorization server that takes one for an access token.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { generateKeyPair } from 'jose';
import { uniqueName } from './lib/fleet.mjs';
import { startIssuer } from './lib/issuer.mjs';
import { ACCESS_TOKEN, basic, Dpop, JWT_BEARER, seconds, tokenForm, TOKEN_EXCHANGE, withNonce } from './lib/machine.mjs';
import { Browser, claimsOf, headOf, makeApp, makePerson, Rp, verified, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const GRANTS = ['authorization_code', JWT_BEARER, TOKEN_EXCHANGE];
const SCOPES = ['openid', 'email', 'offline_access', 'mcp'];
const INITIALIZE = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } });
const OTHER = 'https://chat.example';

const server = await startServer({ env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true' } });
const admin = await server.admin();
const MCP = `${server.url}/mcp`;
const ann = await makePerson(admin);
const agent = await makeApp(admin, { people: [ann], grants: GRANTS, scopes: SCOPES, resources: [OTHER, `${OTHER}/api`] });
const stranger = await makeApp(admin, { people: [ann], grants: GRANTS, scopes: SCOPES });
const works = (token, path = '/mcp') => fetch(server.url + path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: INITIALIZE });

/** Ann's browser, signed in, and the id_token that it brings to the agent. */
async function idToken({ app = agent, person = ann, scope = 'openid email' } = {}) {
    const browser = new Browser(server.url);
    signIn(browser, server, person);
    return new Rp(server, app).tokens(browser, { scope });
}
const give = (params, app = agent) => tokenForm(server, { grant_type: TOKEN_EXCHANGE, requested_token_type: ID_JAG, subject_token_type: ID_TOKEN, audience: server.url, resource: MCP, ...params }, basic(app));
const take = (assertion, params = {}, headers = basic(agent)) => tokenForm(server, { grant_type: JWT_BEARER, assertion, ...params }, headers);
const { id_token: subject_token, access_token: annsToken } = await idToken();

test('an id_token becomes an identity assertion, and that an access token for /mcp', async () => {
    const given = (await give({ subject_token, scope: 'mcp offline_access' })).want(200);
    assert.deepEqual([given.issued_token_type, given.token_type, given.expires_in, given.scope, given.refresh_token], [ID_JAG, 'N_A', 300, 'mcp', undefined]);
    assert.equal(headOf(given.access_token).typ, 'oauth-id-jag+jwt');
    const jag = await verified(server, given.access_token);
    assert.deepEqual([jag.iss, jag.sub, jag.aud, jag.client_id, jag.resource, jag.scope, jag.email], [server.url, ann.id, server.url, agent.client_id, MCP, 'mcp', ann.email]);
    assert.equal(jag.exp - jag.iat, 300);
    const taken = (await take(given.access_token)).want(200);
    assert.deepEqual([taken.token_type, taken.scope, taken.refresh_token, taken.id_token], ['Bearer', 'mcp', undefined, undefined]);
    const claims = claimsOf(taken.access_token);
    assert.deepEqual([claims.sub, claims.aud, claims.client_id], [ann.id, [MCP], agent.client_id]);
    assert.ok(taken.expires_in <= 3600, 'its issuer is asked again soon');
    wantOauth(await take(given.access_token), 400, 'invalid_grant'); // once
});

test('it opens nothing by itself, and is no other kind of token', async () => {
    const jag = (await give({ subject_token })).want(200).access_token;
    assert.equal((await server.client({ token: jag }).get('/users')).status, 401);
    assert.equal((await works(jag)).status, 401);
    wantOauth(await tokenForm(server, { grant_type: TOKEN_EXCHANGE, subject_token: jag, subject_token_type: ACCESS_TOKEN }, basic(agent)), 400, 'invalid_grant');
    wantOauth(await give({ subject_token: jag }), 400, 'invalid_grant');
    wantOauth(await tokenForm(server, { grant_type: 'client_credentials', client_assertion: jag, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }), 401, 'invalid_client');
    wantOauth(await take(annsToken), 400, 'invalid_grant');
    wantOauth(await take(subject_token), 400, 'invalid_grant');
});

test('what is refused to whoever asks for one', async () => {
    const none = await makeApp(admin, { people: [ann], scopes: SCOPES });
    const open = await makeApp(admin, { people: [ann], scopes: SCOPES, grants: ['authorization_code', JWT_BEARER], client_type: 'public' });
    const cases = [
        [{ subject_token: undefined }, 'invalid_request'],
        [{ subject_token_type: ACCESS_TOKEN }, 'invalid_request'],
        [{ subject_token_type: undefined }, 'invalid_request'],
        [{ actor_token: annsToken, actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
        [{ audience: undefined }, 'invalid_request'],
        [{ audience: [server.url, OTHER] }, 'invalid_request'],
        [{ resource: undefined }, 'invalid_request'],
        [{ audience: 'https://elsewhere.example' }, 'invalid_target'],
        [{ audience: `${server.url}/` }, 'invalid_target'],
        [{ resource: `${server.url}/mcp/` }, 'invalid_target'],
        [{ resource: [MCP, 'https://elsewhere.example'] }, 'invalid_target'],
        [{ scope: 'administrator' }, 'invalid_scope'],
        [{ scope: 'openid' }, 'invalid_scope'],
        [{ subject_token: annsToken }, 'invalid_grant'],
        [{ subject_token: `${subject_token.slice(0, -3)}AAA` }, 'invalid_grant'],
        [{ subject_token: 'a.b.c' }, 'invalid_grant'],
    ];
    for (const [params, error] of cases) wantOauth(await give({ subject_token, ...params }), 400, error);
    wantOauth(await give({ subject_token }, stranger), 400, 'invalid_grant'); // it was given to another client
    wantOauth(await give({ subject_token }, none), 400, 'unauthorized_client');
    const jag = (await give({ subject_token })).want(200).access_token;
    wantOauth(await take(jag, { client_id: open.client_id }, {}), 400, 'unauthorized_client'); // a public client proves nothing
    wantOauth(await take(jag, {}, basic(none)), 400, 'unauthorized_client');
    wantOauth(await give({ subject_token }, { ...agent, client_secret: 'x' }), 401, 'invalid_client');
});

test('another server is what an administrator has registered, with what it protects', async () => {
    const given = (await give({ subject_token, audience: OTHER, resource: `${OTHER}/api` })).want(200);
    assert.deepEqual([claimsOf(given.access_token).aud, claimsOf(given.access_token).resource], [OTHER, `${OTHER}/api`]);
    wantOauth(await take(given.access_token), 400, 'invalid_grant'); // it is not for us
});

test('who has signed out, lost the application or his account gets none, and what he had is dead', async () => {
    const zoe = await makePerson(admin);
    const binding = (await admin.post(`/applications/${agent.id}/bindings`, { user_id: zoe.id })).want(201);
    const { id_token } = await idToken({ person: zoe });
    const jag = (await give({ subject_token: id_token })).want(200).access_token;
    const token = (await take((await give({ subject_token: id_token })).want(200).access_token)).want(200).access_token;
    assert.equal((await works(token)).status, 200);
    (await admin.delete(`/users/${zoe.id}/sessions`)).want(204);
    assert.equal((await works(token)).status, 401, 'the session has ended');
    wantOauth(await take(jag), 400, 'invalid_grant');
    wantOauth(await give({ subject_token: id_token }), 400, 'invalid_grant');
    const again = (await idToken({ person: zoe })).id_token;
    const second = (await give({ subject_token: again })).want(200).access_token;
    (await admin.delete(`/applications/${agent.id}/bindings/${binding.id}`)).want(204);
    wantOauth(await take(second), 400, 'invalid_grant');
    wantOauth(await give({ subject_token: again }), 400, 'invalid_grant');
});

/* ---- of another issuer ---- */

const issuer = await startIssuer();
const provider = (await admin.post('/identity-providers', { name: 'company', title: 'Company', issuer: issuer.url, client_id: 'seneschal', sign_up: true, groups_claim: 'groups', groups: [] })).want(201);
issuer.serve({ client_id: 'seneschal', token_endpoint_auth_method: 'none', redirect_uris: [provider.redirect_uri] });
const staff = (await admin.post('/groups', { name: uniqueName('staff') })).want(201);
(await admin.post(`/applications/${agent.id}/bindings`, { group_id: staff.id })).want(201);
(await admin.patch(`/identity-providers/${provider.id}`, { groups: [{ value: 'staff', group: staff.name }] })).want(200);
const says = (more = {}, head = {}) => {
    const now = seconds();
    return issuer.sign({ sub: 'bob', aud: server.url, client_id: agent.client_id, resource: MCP, jti: randomUUID(), iat: now, exp: now + 300, email: 'bob@example.org', email_verified: true, preferred_username: 'bob', groups: ['staff'], ...more }, { typ: 'oauth-id-jag+jwt', ...head });
};

test('whom a company\'s issuer names gets an account and a token, as if he had signed in by it', async () => {
    const taken = (await take(await says({ scope: 'mcp' }))).want(200);
    const { sub, aud } = claimsOf(taken.access_token);
    const [bob] = (await admin.get('/users?username=bob')).want(200).items;
    assert.deepEqual([sub, aud, taken.scope], [bob.id, [MCP], 'mcp']);
    assert.equal((await works(taken.access_token)).status, 200);
    const again = (await take(await says({ groups: undefined }))).want(200); // it says nothing of groups: they stay
    assert.equal(claimsOf(again.access_token).sub, bob.id);
    const { items } = (await admin.get('/admin/security/audit?action=user.created')).want(200);
    assert.equal(items.filter((e) => e.target.id === bob.id && e.reason === 'company').length, 1);
    (await admin.patch(`/users/${bob.id}`, { status: 'disabled' })).want(200);
    assert.equal((await works(taken.access_token)).status, 401, 'dead at once');
    wantOauth(await take(await says()), 400, 'invalid_grant');
    (await admin.patch(`/users/${bob.id}`, { status: 'active' })).want(200);
});

test('every claim is looked at', async () => {
    const now = seconds();
    const { privateKey } = await generateKeyPair('RS256');
    const cases = [
        ['signed by nobody we know', {}, { key: privateKey }],
        ['a key that its set does not have', {}, { kid: 'two' }],
        ['an issuer that nobody signs in by', { iss: 'https://elsewhere.example' }],
        ['our own name', { iss: server.url }],
        ['no issuer', { iss: undefined }],
        ['for another server', { aud: OTHER }],
        ['for our token endpoint', { aud: `${server.url}/oauth2/token` }],
        ['for others too', { aud: [server.url, OTHER] }],
        ['for nobody', { aud: undefined }],
        ['another client', { client_id: stranger.client_id }],
        ['no client', { client_id: undefined }],
        ['a client that is not there', { client_id: 'nobody' }],
        ['no resource', { resource: undefined }],
        ['a resource that is no text', { resource: 1 }],
        ['too many resources', { resource: Array.from({ length: 9 }, () => MCP) }],
        ['nobody', { sub: undefined }],
        ['no jti', { jti: undefined }],
        ['no iat', { iat: undefined }],
        ['no exp', { exp: undefined }],
        ['expired', { iat: now - 400, exp: now - 100 }],
        ['of tomorrow', { iat: now + 86_400, exp: now + 86_700 }],
        ['too long', { exp: now + 86_400 }],
        ['too old', { iat: now - 7200 }],
        ['a scope that is no text', { scope: ['mcp'] }],
        ['bound in another way', { cnf: { 'x5t#S256': 'x' } }],
        ['another typ', {}, { typ: 'JWT' }],
        ['an access token', {}, { typ: 'at+jwt' }],
    ];
    for (const [name, claims, head] of cases) {
        const refused = await take(await says(claims, head));
        assert.equal(refused.json?.error, 'invalid_grant', `${name}: ${refused.text}`);
    }
    wantOauth(await take(await says({ resource: 'https://elsewhere.example' })), 400, 'invalid_target');
    wantOauth(await take(await says(), { resource: `${server.url}/api/v1` }), 400, 'invalid_target');
    wantOauth(await take(await says({ scope: 'email' }), { scope: 'mcp' }), 400, 'invalid_scope');
    wantOauth(await take(await says({ scope: 'chat.read' })), 400, 'invalid_scope');
    wantOauth(await take(await says(), {}, {}), 401, 'invalid_client');
    wantOauth(await take(await says(), {}, basic(stranger)), 400, 'invalid_grant');
    wantOauth(await take(await says({}, { typ: 'oauth-id-jag+jwt' }).then((text) => `${text.slice(0, -3)}AAA`)), 400, 'invalid_grant');
});

test('two at once: one of them has it', async () => {
    const text = await says();
    const answers = await Promise.all(Array.from({ length: 4 }, () => take(text)));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 400, 400, 400]);
});

test('one that is bound to a key is good for that key', async () => {
    const dpop = new Dpop();
    const proof = (by) => (nonce) => ({ ...basic(agent), DPoP: by.proof('POST', `${server.url}/oauth2/token`, { nonce }) });
    const bound = { cnf: { jkt: dpop.jkt } };
    wantOauth(await take(await says(bound)), 400, 'invalid_dpop_proof');
    const by = async (key) => {
        const text = await says(bound);
        return withNonce((nonce) => take(text, {}, proof(key)(nonce)));
    };
    wantOauth(await by(new Dpop()), 400, 'invalid_dpop_proof');
    assert.equal(claimsOf((await by(dpop)).want(200).access_token).cnf.jkt, dpop.jkt);
});

test('an issuer that is switched off is no issuer any more; nor is another organisation\'s', async () => {
    (await admin.patch(`/identity-providers/${provider.id}`, { status: 'disabled' })).want(200);
    wantOauth(await take(await says()), 400, 'invalid_grant');
    (await admin.patch(`/identity-providers/${provider.id}`, { status: 'active' })).want(200);
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const theirs = await makeApp(admin.with({ 'Seneschal-Org': slug }), { grants: GRANTS, scopes: SCOPES });
    wantOauth(await take(await says({ client_id: theirs.client_id }), {}, basic(theirs)), 400, 'invalid_grant');
    (await take(await says())).want(200);
});

test('who is not linked, where nobody may sign up, gets none', async () => {
    (await admin.patch(`/identity-providers/${provider.id}`, { sign_up: false })).want(200);
    const refused = wantOauth(await take(await says({ sub: 'eve', email: 'eve@example.org', preferred_username: 'eve' })), 400, 'invalid_grant');
    assert.match(refused.error_description, /administrator/);
    assert.equal((await admin.get('/users?username=eve')).want(200).items.length, 0);
});
