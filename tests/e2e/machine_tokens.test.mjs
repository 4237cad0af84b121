// SPDX-License-Identifier: Apache-2.0
// Programs get tokens: client credentials and assertions (RFC 6749 section 4.4, RFC 7523), and what they are refused.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, makeKey, uniqueName } from './lib/fleet.mjs';
import { ACCESS_TOKEN, basic, clientProof, Dpop, form, jws, JWT_BEARER, Machine, pair, seconds, TOKEN_EXCHANGE, tokenForm, withNonce } from './lib/machine.mjs';
import { makeApp, verified, wantOauth } from './lib/oauth.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const bearer = (params, headers) => tokenForm(server, { grant_type: JWT_BEARER, ...params }, headers);
const credentials = (params, headers) => tokenForm(server, { grant_type: 'client_credentials', ...params }, headers);
const acts = (token) => server.client({ token });
/** An application with a secret that speaks for this service account. */
async function appOf(machine, more = {}) {
    const app = await makeApp(admin, { grants: ['client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer'], scopes: ['api', 'auditor'], ...more });
    if (machine !== undefined) (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    return app;
}

test('an account with a key is its own client, by client_credentials and by jwt-bearer', async () => {
    for (const type of ['ed25519', 'ec', 'rsa']) {
        const machine = await Machine.make(server, admin, { roles: ['auditor'], type });
        for (const answer of [await credentials(machine.proof()), await bearer({ assertion: machine.assertion() })]) {
            const tokens = answer.want(200);
            assert.equal(tokens.token_type, 'Bearer');
            assert.equal(tokens.refresh_token, undefined, 'it can always ask again');
            const claims = await verified(server, tokens.access_token);
            assert.deepEqual([claims.sub, claims.client_id, claims.scope, claims.aud], [machine.id, machine.id, 'api', [`${server.url}/api/v1`]]);
            assert.equal(claims.exp - claims.iat, 3600);
            (await acts(tokens.access_token).get('/users')).want(200);
            (await acts(tokens.access_token).post('/groups', { name: uniqueName() })).wantProblem(403, 'forbidden');
        }
    }
});

test('IDENTITY 26: no machine gets an id_token, whatever it asks for, so that none can end as it begins', async () => {
    const machine = await Machine.make(server, admin);
    const app = await appOf(machine, { scopes: ['openid', 'api'] });
    const asked = [
        await bearer({ assertion: machine.assertion(), scope: 'openid api' }),
        await bearer({ assertion: machine.assertion(), scope: 'openid api' }, basic(app)),
        await credentials({ ...machine.proof(), scope: 'openid api' }),
        await credentials({ scope: 'openid api' }, basic(app)),
    ];
    for (const answer of asked) {
        const tokens = answer.want(200);
        assert.deepEqual([tokens.id_token, tokens.scope], [undefined, 'api']);
        const claims = await verified(server, tokens.access_token);
        assert.ok(claims.exp > claims.iat);
    }
});

test('an application speaks for the one service account that is bound to it', async () => {
    const machine = await Machine.make(server, admin, { roles: ['administrator'] });
    const app = await appOf(machine);
    const tokens = (await credentials({ scope: 'auditor' }, basic(app))).want(200);
    const claims = await verified(server, tokens.access_token);
    assert.deepEqual([claims.sub, claims.client_id, claims.scope], [machine.id, app.client_id, 'auditor']);
    (await acts(tokens.access_token).get('/users')).want(200);
    (await acts(tokens.access_token).post('/groups', { name: uniqueName() })).wantProblem(403, 'forbidden');
    assert.equal((await credentials({ client_id: app.client_id, client_secret: app.client_secret })).want(200).scope, 'api auditor');
    wantOauth(await credentials({ scope: 'administrator' }, basic(app)), 400, 'invalid_scope');
    wantOauth(await credentials({ resource: 'https://elsewhere.example/' }, basic(app)), 400, 'invalid_target');
    wantOauth(await credentials({}, basic({ ...app, client_secret: 'sen_x_wrong' })), 401, 'invalid_client');
    wantOauth(await credentials({}, basic(await appOf(undefined))), 400, 'unauthorized_client');
    const second = await Machine.make(server, admin);
    (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: second.id })).want(201);
    wantOauth(await credentials({}, basic(app)), 400, 'unauthorized_client');
    const mute = await appOf(machine, { grants: ['authorization_code'] });
    wantOauth(await credentials({}, basic(mute)), 400, 'unauthorized_client');
    const [event] = (await admin.get(`/admin/security/audit?action=token.issued&target=${app.id}`)).want(200).items;
    assert.deepEqual([event.actor.kind, event.actor.id], ['service', machine.id]);
});

test('IDENTITY 24: what an assertion must say, and by whose key', async () => {
    const machine = await Machine.make(server, admin);
    const other = await Machine.make(server, admin);
    const now = seconds();
    const soon = new Date(Date.now() + 900).toISOString();
    const expiring = await Machine.make(server, admin, { expires_at: soon });
    const refused = [
        ['wrong aud', machine.assertion({ aud: 'https://other.example' }), /audience/],
        ['two audiences', machine.assertion({ aud: [server.url, 'https://other.example'] }), /alone/],
        ['iss is not sub', machine.assertion({ sub: other.id }), /same/],
        ['no exp', machine.assertion({ exp: undefined }), /no exp/],
        ['no iat', machine.assertion({ iat: undefined }), /no iat/],
        ['iat more than an hour ago', machine.assertion({ iat: now - 3700 }), /too old/],
        ['exp far away', machine.assertion({ exp: now + 7200 }), /too long/],
        ['nbf to come', machine.assertion({ nbf: now + 100 }), /yet/],
        ['unknown kid', machine.assertion({}, { kid: '00000000-0000-7000-8000-000000000000' }), /not signed/],
        ['kid as a path', machine.assertion({}, { kid: '../../../dev/null' }), /not signed/],
        ['kid as SQL', machine.assertion({}, { kid: "' OR 1=1 --" }), /not signed/],
        ['a key that it brings along', jws(pair().privateKey, { kid: machine.key.id, jwk: pair().jwk, jku: `${server.url}/x` }, { iss: machine.id, sub: machine.id, aud: server.url, iat: now, exp: now + 60 }), /not signed/],
        ['another account\'s key', jws(other.pair.privateKey, { kid: other.key.id }, { iss: machine.id, sub: machine.id, aud: server.url, iat: now, exp: now + 60 }), /not signed/],
        ['alg none', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${machine.assertion().split('.')[1]}.`, /well-formed|not signed/],
        ['no JWT', 'x', /well-formed/],
        ['an access token', (await credentials(machine.proof())).want(200).access_token, /not signed|something else/],
    ];
    for (const [name, assertion, why] of refused) {
        const answer = wantOauth(await bearer({ assertion }), 400, 'invalid_grant');
        assert.match(answer.error_description, why, name);
    }
    wantOauth(await bearer({}), 400, 'invalid_request');
    (await admin.patch(`/service-accounts/${machine.id}/keys/${machine.key.id}`, { status: 'disabled' })).want(200);
    assert.match(wantOauth(await bearer({ assertion: machine.assertion() }), 400, 'invalid_grant').error_description, /switched off/);
    await eventually('the key is over', () => Date.now() > Date.parse(soon));
    assert.match(wantOauth(await bearer({ assertion: expiring.assertion() }), 400, 'invalid_grant').error_description, /expired on \d{4}-\d\d-\d\d: make a new one/);
});

test('IDENTITY 66: the clock of who signs may be a minute off, and no more', async () => {
    const machine = await Machine.make(server, admin);
    const now = seconds();
    for (const claims of [{ iat: now + 50 }, { iat: now - 200, exp: now - 50 }, { nbf: now + 50 }]) (await bearer({ assertion: machine.assertion(claims) })).want(200);
    for (const claims of [{ iat: now + 75 }, { iat: now - 200, exp: now - 65 }, { nbf: now + 75 }]) wantOauth(await bearer({ assertion: machine.assertion(claims) }), 400, 'invalid_grant');
});

test('IDENTITY 25: an assertion is good once: one of twenty, and none after kill -9', async () => {
    const machine = await Machine.make(server, admin);
    for (const params of [{ grant_type: JWT_BEARER, assertion: machine.assertion() }, { grant_type: 'client_credentials', ...machine.proof() }]) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => tokenForm(server, params)));
        assert.deepEqual(answers.map((r) => r.status).filter((s) => s === 200), [200], 'exactly one');
        await server.kill();
        await server.restart({ listen: `127.0.0.1:${server.port}` });
        assert.notEqual((await tokenForm(server, params)).status, 200);
    }
    const one = machine.assertion({ jti: 'mine' });
    (await bearer({ assertion: one })).want(200);
    wantOauth(await bearer({ assertion: machine.assertion({ jti: 'mine' }) }), 400, 'invalid_grant');
    const bare = machine.assertion({ jti: undefined });
    (await bearer({ assertion: bare })).want(200);
    wantOauth(await bearer({ assertion: bare }), 400, 'invalid_grant');
});

test('IDENTITY 18: a service account that is switched off is out at once, whatever it holds', async () => {
    const by = await server.admin();
    const machine = await Machine.make(server, by, { roles: ['auditor'] });
    const app = (await by.post('/applications', { name: uniqueName('app'), kind: 'oidc', grants: ['client_credentials'], scopes: ['api'] })).want(201);
    (await by.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    const opaque = (await by.post(`/service-accounts/${machine.id}/tokens`, { name: 't' })).want(201).token;
    const jwts = [(await credentials({}, basic(app))).want(200), (await bearer({ assertion: machine.assertion() })).want(200)].map((t) => t.access_token);
    for (const token of [opaque, ...jwts]) (await acts(token).get('/users')).want(200);
    (await by.patch(`/service-accounts/${machine.id}`, { status: 'disabled' })).want(200);
    for (const token of [opaque, ...jwts]) (await acts(token).get('/users')).wantProblem(403, 'account-disabled');
    wantOauth(await credentials({}, basic(app)), 400, 'unauthorized_client');
    wantOauth(await credentials(machine.proof()), 401, 'invalid_client');
    wantOauth(await bearer({ assertion: machine.assertion() }), 400, 'invalid_grant');
    (await by.patch(`/service-accounts/${machine.id}`, { status: 'active' })).want(200);
    (await credentials({}, basic(app))).want(200);
    (await by.patch(`/applications/${app.id}`, { status: 'disabled' })).want(200);
    (await acts(jwts[0]).get('/users')).wantProblem(401, 'unauthenticated');
    (await acts(jwts[1]).get('/users')).want(200);
});

test('a key that is deleted or switched off ends at once what it has brought, and nothing else', async () => {
    const by = await server.admin();
    const machine = await Machine.make(server, by, { roles: ['auditor'] });
    const app = await makeApp(by, { grants: [JWT_BEARER, TOKEN_EXCHANGE], scopes: ['api', 'auditor'] });
    (await by.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    const given = async (answer) => (await answer).want(200).access_token;
    const works = async (token) => (await acts(token).get('/users')).status;
    const brought = async (key, privateKey) => {
        const signed = () => machine.assertion({}, { kid: key.id }, privateKey);
        const through = await given(bearer({ assertion: signed() }, basic(app)));
        const params = { grant_type: TOKEN_EXCHANGE, subject_token: through, subject_token_type: ACCESS_TOKEN };
        return [through, await given(bearer({ assertion: signed() })), await given(credentials(clientProof(signed()))), await given(tokenForm(server, params, basic(app)))];
    };
    const other = pair('ec');
    const key = (await by.post(`/service-accounts/${machine.id}/keys`, { public_key: other.jwk })).want(201);
    const path = `/service-accounts/${machine.id}/keys/${key.id}`;
    const stays = await brought(machine.key, machine.pair.privateKey);
    const goes = await brought(key, other.privateKey);
    for (const token of [...stays, ...goes]) assert.equal(await works(token), 200);
    (await by.patch(path, { status: 'disabled' })).want(200);
    for (const token of goes) assert.equal(await works(token), 401);
    assert.deepEqual((await form(server, '/oauth2/introspect', { token: goes[0] }, basic(app))).want(200), { active: false });
    wantOauth(await tokenForm(server, { grant_type: TOKEN_EXCHANGE, subject_token: goes[0], subject_token_type: ACCESS_TOKEN }, basic(app)), 400, 'invalid_grant');
    (await by.patch(path, { status: 'active' })).want(200);
    for (const token of goes) assert.equal(await works(token), 200);
    (await by.delete(path)).want(204);
    for (const token of goes) assert.equal(await works(token), 401);
    for (const token of stays) assert.equal(await works(token), 200);
});

test('private_key_jwt: an application proves itself by a key of its own', async () => {
    const by = await server.admin();
    const machine = await Machine.make(server, by);
    const key = pair('ec');
    const app = (await by.post('/applications', { name: uniqueName('app'), kind: 'oidc', auth_method: 'private_key_jwt', jwks: { keys: [{ ...key.jwk, kid: 'k1', use: 'sig' }] }, grants: ['client_credentials'], scopes: ['api'] })).want(201);
    assert.equal(app.client_secret, undefined);
    (await by.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    const proof = (more = {}, head = {}) => {
        const now = seconds();
        return clientProof(jws(key.privateKey, { kid: 'k1', ...head }, { iss: app.client_id, sub: app.client_id, aud: `${server.url}/oauth2/token`, iat: now, exp: now + 60, jti: String(Math.random()), ...more }));
    };
    (await credentials(proof())).want(200);
    const twice = proof();
    (await credentials({ client_id: app.client_id, ...twice })).want(200);
    wantOauth(await credentials(twice), 401, 'invalid_client');
    wantOauth(await credentials({ client_id: app.client_id }), 401, 'invalid_client');
    wantOauth(await credentials(proof({ aud: 'https://other.example' })), 401, 'invalid_client');
    wantOauth(await credentials(proof({}, { kid: 'k2' })), 401, 'invalid_client');
    wantOauth(await credentials(proof({ sub: machine.id, iss: machine.id })), 401, 'invalid_client');
    wantOauth(await credentials({ client_id: 'somebody-else', ...proof() }), 401, 'invalid_client');
    wantOauth(await credentials({ ...proof(), client_assertion_type: 'x' }), 400, 'invalid_request');
    wantOauth(await credentials(proof(), basic({ client_id: app.client_id, client_secret: 'x' })), 400, 'invalid_request');
});

test('each algorithm that discovery tells is taken, for what it is told', async () => {
    const told = (await server.client().atRoot().get('/.well-known/openid-configuration')).want(200);
    const types = { ES256: 'ec', EdDSA: 'ed25519', Ed25519: 'ed25519', RS256: 'rsa' };
    assert.deepEqual([...told.token_endpoint_auth_signing_alg_values_supported].sort(), Object.keys(types).sort());
    assert.deepEqual(told.dpop_signing_alg_values_supported, told.token_endpoint_auth_signing_alg_values_supported);
    const by = await server.admin();
    for (const [alg, type] of Object.entries(types)) {
        const machine = await Machine.make(server, by, { type });
        (await credentials(machine.proof({}, { alg }))).want(200);
        (await bearer({ assertion: machine.assertion({}, { alg }) })).want(200);
        const dpop = new Dpop(type);
        const bound = (nonce) => credentials(machine.proof({}, { alg }), { DPoP: dpop.proof('POST', `${server.url}/oauth2/token`, { nonce, head: { alg } }) });
        assert.equal((await withNonce(bound)).want(200).token_type, 'DPoP', alg);
    }
});

test('a device signs by the key that it enrolled with', async () => {
    const by = await server.admin();
    const key = makeKey();
    const { id } = await enrol(server.client(), by, { key });
    const now = seconds();
    const assertion = (more = {}) => jws(key.private, { typ: 'JWT' }, { iss: id, sub: id, aud: server.url, iat: now, exp: now + 60, ...more });
    const tokens = (await bearer({ assertion: assertion({ jti: 'a' }) })).want(200);
    assert.equal((await verified(server, tokens.access_token)).kind, 'device');
    (await acts(tokens.access_token).get('/users')).wantProblem(403, 'forbidden');
    (await by.post(`/devices/${id}/revoke`, {})).want(200);
    wantOauth(await bearer({ assertion: assertion({ jti: 'b' }) }), 400, 'invalid_grant');
    assert.notEqual((await acts(tokens.access_token).get('/portal/applications')).status, 200);
});
