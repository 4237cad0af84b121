// SPDX-License-Identifier: Apache-2.0
// Programs that sign in to /mcp without a person at hand, by the SDKs' own providers: client credentials by secret and by
// key, and identity assertions.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import * as v2 from '@modelcontextprotocol/client';
import * as v1 from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { JWT_BEARER, Machine, tokenForm, TOKEN_EXCHANGE, basic } from './lib/machine.mjs';
import { sdks } from './lib/mcp_person.mjs';
import { Browser, claimsOf, makeApp, makePerson, Rp, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const machine = await Machine.make(server, admin);
(await admin.post('/gateway/servers', { name: 'files', transport: 'demo' })).want(201);
const MCP = `${server.url}/mcp`;
const extensions = { '1.x': v1, '2.x': v2 };

async function appOf(more = {}) {
    const app = await makeApp(admin, { grants: ['client_credentials'], scopes: ['mcp'], ...more });
    (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    return app;
}

/** What it sees, and the claims of the token that it got. */
async function seen(sdk, provider, path = '/mcp') {
    const client = new sdk.Client({ name: 'test', version: '1' });
    await client.connect(new sdk.Transport(new URL(path, server.url), { authProvider: provider }));
    const tools = (await client.listTools()).tools.map((tool) => tool.name);
    await client.close();
    return { tools, claims: claimsOf((await provider.tokens()).access_token) };
}

for (const [version, sdk] of Object.entries(sdks)) {
    test(`${version}: client_credentials by a secret`, async () => {
        const app = await appOf();
        const provider = new extensions[version].ClientCredentialsProvider({ clientId: app.client_id, clientSecret: app.client_secret, expectedIssuer: server.url });
        const { tools, claims } = await seen(sdk, provider);
        assert.deepEqual([tools.includes('files__echo'), claims.sub, claims.aud, claims.scope], [true, machine.id, [MCP], 'mcp']);
    });

    test(`${version}: client_credentials by a key`, async () => {
        const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const app = await appOf({ auth_method: 'private_key_jwt', jwks: { keys: [{ ...keys.publicKey.export({ format: 'jwk' }) }] } });
        const provider = new extensions[version].PrivateKeyJwtProvider({ clientId: app.client_id, privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), algorithm: 'ES256', expectedIssuer: server.url });
        const { tools, claims } = await seen(sdk, provider, '/s/files/mcp');
        assert.deepEqual([tools.includes('echo'), claims.sub, claims.aud, claims.scope], [true, machine.id, [`${server.url}/s/files/mcp`], 'mcp']);
    });
}

test('2.x: an identity assertion of the company\'s issuer, which is this server', async () => {
    const ann = await makePerson(admin);
    const app = await makeApp(admin, { people: [ann], grants: ['authorization_code', JWT_BEARER, TOKEN_EXCHANGE], scopes: ['openid', 'mcp'] });
    const browser = new Browser(server.url);
    signIn(browser, server, ann);
    const { id_token } = await new Rp(server, app).tokens(browser, { scope: 'openid' });
    const provider = new v2.CrossAppAccessProvider({
        clientId: app.client_id,
        clientSecret: app.client_secret,
        expectedIssuer: server.url,
        assertion: async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
            const got = await v2.discoverAndRequestJwtAuthGrant({ idpUrl: server.url, audience: authorizationServerUrl, resource: resourceUrl, idToken: id_token, clientId: app.client_id, clientSecret: app.client_secret, scope, fetchFn });
            return got.jwtAuthGrant;
        },
    });
    const { tools, claims } = await seen(sdks['2.x'], provider);
    assert.deepEqual([tools.includes('files__echo'), claims.sub, claims.aud, claims.scope], [true, ann.id, [MCP], 'mcp']);
});

test('a service account by its own key says where, and gets the scope for it', async () => {
    const own = async (params) => (await tokenForm(server, { grant_type: 'client_credentials', ...params, ...machine.proof() })).want(200);
    for (const resource of [MCP, `${server.url}/s/files/mcp`]) {
        const token = await own({ resource });
        assert.deepEqual([token.scope, claimsOf(token.access_token).aud], ['mcp', [resource]]);
    }
    assert.equal((await own({})).scope, 'api');
    assert.equal((await own({ resource: [MCP, `${server.url}/api/v1`] })).scope, 'api');
    const app = await appOf();
    for (const resource of [`${server.url}/s//mcp`, `${server.url}/s/a/b/mcp`, `${server.url}/s/a%2fb/mcp`, `${server.url}/s/${'x'.repeat(65)}/mcp`, `${MCP}/`, `${server.url}/MCP`, `${server.url}:1/mcp`]) {
        wantOauth(await tokenForm(server, { grant_type: 'client_credentials', resource }, basic(app)), 400, 'invalid_target');
        wantOauth(await tokenForm(server, { grant_type: 'client_credentials', resource, ...machine.proof() }), 400, 'invalid_target');
    }
});
