// SPDX-License-Identifier: Apache-2.0
// Which tokens open the doors of the gateway: made for this door, with the scope for it, and alive.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import test from 'node:test';
import { allow, connect, Memory, REDIRECT, sdks } from './lib/mcp_person.mjs';
import { Browser, claimsOf, makeApp, makePerson, PASSWORD, Rp, setPassword } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin);
const ALL = ['openid', 'email', 'offline_access', 'api', 'mcp'];
const app = await makeApp(admin, { people: [ann], scopes: ALL, grants: ['authorization_code', 'refresh_token'] });
const MCP = `${server.url}/mcp`;
const INITIALIZE = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } });

async function door(token, path = '/mcp') {
    const answer = await fetch(server.url + path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: INITIALIZE });
    return { status: answer.status, challenge: answer.headers.get('www-authenticate'), session: answer.headers.get('mcp-session-id') };
}
async function tokens(params) {
    const browser = new Browser(server.url);
    const session = signIn(browser, server, ann);
    return { ...(await new Rp(server, app).tokens(browser, params)), session };
}

test('IDENTITY 22: a token for another place, and what is no access token, is 401 here', async () => {
    const both = await tokens({ scope: 'openid offline_access mcp', resource: MCP });
    assert.equal((await door(both.access_token)).status, 200);
    const wrong = {
        'an id_token': both.id_token,
        'a refresh token': both.refresh_token,
        'one for userinfo': (await tokens({ scope: 'openid' })).access_token,
        'one for the API': (await tokens({ scope: 'api' })).access_token,
        'one for the API, with the scope': (await tokens({ scope: 'mcp api', resource: `${server.url}/api/v1` })).access_token,
        'one for one server': (await tokens({ scope: 'mcp', resource: `${server.url}/s/files/mcp` })).access_token,
    };
    for (const [name, token] of Object.entries(wrong)) {
        const { status, challenge } = await door(token);
        assert.equal(status, 401, name);
        assert.match(challenge, /^Bearer error="invalid_token", scope="mcp", resource_metadata="[^"]*\/oauth-protected-resource\/mcp"$/, name);
    }
    assert.equal((await server.client({ token: both.access_token }).get('/users')).status, 401, 'nor is one for /mcp good for the API');
});

test('one server\'s token is good at its own door; one for /mcp at every door', async () => {
    const one = (await tokens({ scope: 'mcp', resource: `${server.url}/s/files/mcp` })).access_token;
    const all = (await tokens({ scope: 'mcp', resource: MCP })).access_token;
    assert.deepEqual([(await door(one, '/s/files/mcp')).status, (await door(one, '/s/other/mcp')).status, (await door(all, '/s/other/mcp')).status], [200, 401, 200]);
    const two = (await tokens({ scope: 'mcp', resource: `${server.url}/s/other/mcp` })).access_token;
    assert.deepEqual([(await door(two, '/s/files/mcp')).status, (await door(one, '/s/files/mcp')).status], [401, 200], 'what memory knows of one is not said of another');
});

test('403 where the scope is missing, and only there; a client steps up by itself', async () => {
    const less = (await tokens({ scope: 'email', resource: MCP })).access_token;
    const { status, challenge } = await door(less);
    assert.equal(status, 403);
    assert.match(challenge, /^Bearer error="insufficient_scope", scope="mcp", resource_metadata="/);
    const sdk = sdks['2.x'];
    const mine = await makeApp(admin, { people: [ann], native: true, client_type: 'public', redirect_uris: [REDIRECT], scopes: ALL, grants: ['authorization_code', 'refresh_token'] });
    const provider = new Memory({ client: { client_id: mine.client_id } });
    const { client } = await connect(sdk, { server, person: ann, provider });
    await client.close();
    provider.saved = { access_token: less, token_type: 'Bearer', scope: 'email' };
    const transport = new sdk.Transport(new URL(MCP), { authProvider: provider });
    await assert.rejects(new sdk.Client({ name: 'test', version: '1' }).connect(transport));
    const [url] = provider.asked;
    assert.deepEqual(url.searchParams.get('scope').split(' ').filter((one) => one !== 'offline_access').sort(), ['email', 'mcp'], 'what it had, and what is missing');
    await sdk.finish(transport, await allow(server, ann, url));
    assert.ok(claimsOf(provider.saved.access_token).scope.includes('mcp'));
    assert.equal((await door(provider.saved.access_token)).status, 200);
});

test('the tokens of simple clients are good here too', async () => {
    await setPassword(server, admin, ann);
    const pair = (await server.client().post('/auth/login', { username: ann.username, password: PASSWORD })).want(200);
    assert.equal((await door(pair.access_token)).status, 200);
});

/** The stream of an open session; `gone`: its end. */
function stream(token, session) {
    const request = http.get(`${server.url}/mcp`, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'mcp-session-id': session } });
    return once(request, 'response').then(([response]) => {
        assert.equal(response.statusCode, 200);
        return { gone: once(response.resume(), 'close') };
    });
}

const ends = {
    'his session is revoked': () => admin.delete(`/users/${ann.id}/sessions`),
    'the application is switched off': () => admin.patch(`/applications/${app.id}`, { status: 'disabled' }),
    'his account is disabled': () => admin.patch(`/users/${ann.id}`, { status: 'disabled' }),
};
for (const [what, end] of Object.entries(ends)) {
    test(`IDENTITY 54: ${what}: his next call is 401, whatever his token says`, async () => {
        const { access_token } = await tokens({ scope: 'mcp', resource: MCP });
        const { status, session } = await door(access_token);
        assert.equal(status, 200);
        const { gone } = await stream(access_token, session);
        assert.ok((await end()).status < 300);
        assert.equal((await door(access_token)).status, 401);
        await gone;
        (await admin.patch(`/users/${ann.id}`, { status: 'active' })).want(200);
        (await admin.patch(`/applications/${app.id}`, { status: 'active' })).want(200);
    });
}

test('a page may read what the documents say, as the SDKs ask in a browser', async () => {
    for (const path of ['oauth-protected-resource', 'oauth-protected-resource/mcp', 'oauth-protected-resource/s/files/mcp', 'oauth-authorization-server', 'openid-configuration']) {
        const answer = await fetch(`${server.url}/.well-known/${path}`, { method: 'OPTIONS', headers: { origin: 'https://page.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' } });
        assert.equal(answer.headers.get('access-control-allow-origin'), '*', path);
        assert.match(answer.headers.get('access-control-allow-headers'), /mcp-protocol-version/i, path);
        const got = await fetch(`${server.url}/.well-known/${path}`, { headers: { origin: 'https://page.example', 'mcp-protocol-version': '2025-11-25' } });
        assert.deepEqual([got.status, got.headers.get('access-control-allow-origin')], [200, '*'], path);
    }
});
