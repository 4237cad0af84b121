// SPDX-License-Identifier: Apache-2.0
// The doors of the MCP gateway: who is let in, in which version, and what those without a token are told.
import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { noteCall } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const { token } = await serviceClient(admin, []);
const MODERN = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
};

/** One POST: {status, headers, body}; a text is sent as it is. Clients of 2025-11-25 are answered by an event. */
async function post(message, { path = '/mcp', bearer = token, ...headers } = {}) {
    const answer = await fetch(server.url + path, {
        method: 'POST',
        headers: {
            ...(bearer && { authorization: `Bearer ${bearer}` }),
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...headers,
        },
        body: typeof message === 'string' ? message : JSON.stringify(message),
    });
    noteCall('POST', path.startsWith('/s/') ? '/s/{server}/mcp' : '/mcp', answer.status);
    const text = await answer.text();
    const [, json = text] = /^data: (.*)$/m.exec(text) ?? [];
    return { status: answer.status, headers: answer.headers, body: json === '' ? null : JSON.parse(json) };
}

const request = (method, params, id = 1) => ({ jsonrpc: '2.0', id, method, params });
const initialize = (protocolVersion, options) =>
    post(request('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } }), options);

async function session(version = '2025-11-25', options = {}) {
    const { headers } = await initialize(version, options);
    return { 'mcp-session-id': headers.get('mcp-session-id'), ...options };
}

const modern = (method, params = {}, headers = {}) =>
    post(request(method, { ...params, _meta: MODERN }), {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...headers,
    });

test('without a token: 401, and where to learn how to get one', async () => {
    const { status, headers } = await post(request('ping'), { bearer: null });
    assert.equal(status, 401);
    const challenge = headers.get('www-authenticate');
    assert.match(challenge, /^Bearer scope="mcp", resource_metadata="(.*)"$/);
    const [, url] = /resource_metadata="(.*?)"/.exec(challenge);
    const answer = await fetch(url);
    noteCall('GET', '/.well-known/oauth-protected-resource/mcp', answer.status);
    const told = await answer.json();
    assert.equal(told.resource, `${server.url}/mcp`);
    assert.deepEqual(told.authorization_servers, [server.url]);
    assert.deepEqual(told.scopes_supported, ['mcp']);
    const bad = await post(request('ping'), { bearer: `${token}x` });
    assert.equal(bad.status, 401);
    assert.match(bad.headers.get('www-authenticate'), /error="invalid_token"/);
});

test('each endpoint has its own metadata', async () => {
    const one = await fetch(`${server.url}/.well-known/oauth-protected-resource/s/files/mcp`);
    noteCall('GET', '/.well-known/oauth-protected-resource/s/{server}/mcp', one.status);
    assert.equal((await one.json()).resource, `${server.url}/s/files/mcp`);
    const root = await fetch(`${server.url}/.well-known/oauth-protected-resource`);
    noteCall('GET', '/.well-known/oauth-protected-resource', root.status);
    assert.equal((await root.json()).resource, `${server.url}/mcp`);
    const { headers } = await post(request('ping'), { bearer: null, path: '/s/files/mcp' });
    assert.match(headers.get('www-authenticate'), /oauth-protected-resource\/s\/files\/mcp"/);
});

test('initialize agrees on the version that is asked for, or offers the newest', async () => {
    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
        const { status, body, headers } = await initialize(version);
        assert.equal(status, 200);
        assert.equal(body.result.protocolVersion, version);
        assert.match(headers.get('mcp-session-id'), /^[0-9a-f]{32}$/);
    }
    assert.equal((await initialize('1999-01-01')).body.result.protocolVersion, '2025-11-25');
});

test('a session is wanted, and only of whom it was made for', async () => {
    const mine = await session();
    assert.deepEqual((await post(request('ping', undefined, 7), mine)).body, { jsonrpc: '2.0', id: 7, result: {} });
    assert.equal((await post(request('ping'))).status, 400);
    const gone = await post(request('ping'), { 'mcp-session-id': '0'.repeat(32) });
    assert.equal(gone.status, 404);
    assert.equal(gone.body.error.code, -32001);
    const other = await serviceClient(admin, []);
    assert.equal((await post(request('ping'), { ...mine, bearer: other.token })).status, 404);
    assert.equal((await post(request('ping'), { ...mine, path: '/s/files/mcp' })).status, 404); // of another face
});

test('notifications and answers are taken without a word; a batch only where its version has them', async () => {
    const note = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const new1 = await session('2025-11-25');
    const old = await session('2025-03-26');
    assert.equal((await post(note, new1)).status, 202);
    assert.equal((await post({ jsonrpc: '2.0', id: 'seneschal-1', result: {} }, new1)).status, 202);
    const batch = [request('ping', undefined, 1), note, request('nothing/such', undefined, 2)];
    assert.deepEqual(
        (await post(batch, old)).body.map((m) => [m.id, m.error?.code]),
        [
            [1, undefined],
            [2, -32601],
        ],
    );
    assert.equal((await post([note], old)).status, 202);
    assert.equal((await post(batch, new1)).status, 400);
});

test('what is no message is refused as JSON-RPC says', async () => {
    assert.equal((await post('{')).body.error.code, -32700);
    assert.equal((await post('{"jsonrpc":"1.0"}')).body.error.code, -32600);
    assert.equal((await post('{"a":1,"a":2}')).status, 400);
    assert.equal((await post(request('ping'), { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post(request('ping'), { accept: 'text/html' })).status, 406);
    assert.equal((await post(`"${'x'.repeat(9 * 1024 * 1024)}"`)).status, 413);
});

test('2026-07-28 needs no session, and its headers must agree with its body', async () => {
    const { body } = await modern('server/discover');
    assert.deepEqual(body.result.supportedVersions, ['2026-07-28']);
    assert.equal(body.result.resultType, 'complete');
    assert.equal(body.result.cacheScope, 'private');
    assert.equal(body.result._meta['io.modelcontextprotocol/serverInfo'].name, 'seneschal');
    assert.match(body.result.instructions, /^No server is open to you here/);
    assert.deepEqual((await modern('tools/list')).body.result.tools, []);
    const wrong = await modern('tools/list', {}, { 'mcp-method': 'tools/call' });
    assert.deepEqual([wrong.status, wrong.body.error.code], [400, -32020]);
    const gone = await modern('ping');
    assert.deepEqual([gone.status, gone.body.error.code], [404, -32601]);
    const get = await fetch(`${server.url}/mcp`, {
        headers: { authorization: `Bearer ${token}`, 'mcp-protocol-version': '2026-07-28' },
    });
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
});

test('a name that nobody has is no tool', async () => {
    for (const path of ['/mcp', '/s/nowhere/mcp']) {
        const { body } = await post(request('tools/call', { name: 'rm' }), await session('2025-11-25', { path }));
        assert.deepEqual(body.error, { code: -32602, message: 'Unknown tool' });
    }
});

test('a session has one stream; it ends with the session', async () => {
    const mine = await session();
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...mine };
    const stream = await fetch(`${server.url}/mcp`, { headers });
    noteCall('GET', '/mcp', stream.status);
    assert.equal(stream.headers.get('content-type'), 'text/event-stream');
    assert.equal((await fetch(`${server.url}/mcp`, { headers })).status, 409);
    const end = await fetch(`${server.url}/mcp`, { method: 'DELETE', headers });
    noteCall('DELETE', '/mcp', end.status);
    assert.equal(end.status, 200);
    await stream.text(); // to its end
    assert.equal((await post(request('ping'), mine)).status, 404);
    const one = await session('2025-11-25', { path: '/s/files/mcp' });
    const at = { headers: { ...headers, 'mcp-session-id': one['mcp-session-id'] } };
    const other = await fetch(`${server.url}/s/files/mcp`, at);
    noteCall('GET', '/s/{server}/mcp', other.status);
    assert.equal(other.status, 200);
    const ended = await fetch(`${server.url}/s/files/mcp`, { method: 'DELETE', ...at });
    noteCall('DELETE', '/s/{server}/mcp', ended.status);
    assert.equal(ended.status, 200);
});

test('a GET without a session is the HTTP+SSE transport of 2024-11-05', async () => {
    const stream = await fetch(`${server.url}/mcp`, {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (pattern) => {
        while (!pattern.test(text)) text += (await reader.read()).value;
        return pattern.exec(text);
    };
    const [, path] = await until(/event: endpoint\ndata: (\S+)\n\n/);
    assert.equal((await initialize('2024-11-05', { path })).status, 202);
    const [, hello] = await until(/event: message\ndata: (.*)\n\n/);
    assert.equal(JSON.parse(hello).result.protocolVersion, '2024-11-05');
    text = '';
    assert.equal((await post(request('ping', undefined, 9), { path })).status, 202);
    await until(/"id":9,"result":\{\}/);
    const batch = await post([request('ping', undefined, 10)], { path });
    assert.deepEqual([batch.status, batch.body.error.code], [400, -32600], 'its version has no batches');
    assert.equal((await post(request('ping', undefined, 11), { path })).status, 202);
    await until(/"id":11,"result":\{\}/);
    await reader.cancel();
});

test('a stranger host or page may not ask', async () => {
    assert.equal((await post(request('ping'), { origin: 'https://evil.example' })).status, 403);
});

test('who enrols, and a token of an administrator of the machine, call no tools', async () => {
    assert.equal((await post(request('ping'), { bearer: await server.adminToken() })).status, 403);
});

test('a revoked token ends at once; its stream too', async () => {
    const account = (await admin.post('/service-accounts', { name: uniqueName('svc') })).want(201);
    const made = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 'test' })).want(201);
    const options = { bearer: made.token };
    const mine = await session('2025-11-25', options);
    const stream = await fetch(`${server.url}/mcp`, {
        headers: { authorization: `Bearer ${made.token}`, accept: 'text/event-stream', 'mcp-session-id': mine['mcp-session-id'] },
    });
    assert.equal(stream.status, 200);
    (await admin.delete(`/service-accounts/${account.id}/tokens/${made.token_id ?? made.id}`)).want(204);
    assert.equal((await post(request('ping'), mine)).status, 401);
    await stream.text();
});
