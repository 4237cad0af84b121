// SPDX-License-Identifier: Apache-2.0
// People's MCP clients sign in by this server's own provider: 401, its metadata, registration or none, the browser, a token
// for this one endpoint. The official SDKs do it all by themselves.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { connect, Memory, REDIRECT, sdks } from './lib/mcp_person.mjs';
import { claimsOf, makeApp, makePerson } from './lib/oauth.mjs';
import { BIN, run, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('mcp-signin');
const names = path.join(dir, 'names');
const file = path.join(dir, 'seneschal.yaml');
const tls = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=agent.test',
    '-addext', 'subjectAltName=DNS:agent.test', '-keyout', tls.key, '-out', tls.cert]);
assert.equal(made.code, 0, made.stderr);
writeFileSync(names, 'agent.test 127.0.0.1\n');
const people = uniqueName('people');
writeFileSync(file, `outbound: {loopback: true, ca: ${tls.cert}}\noauth: {clients_open: true, clients_groups: [${people}]}\n`);
const server = await startServer({ args: ['--config', file], env: { LD_PRELOAD: path.join(path.dirname(BIN), 'tests/faults/libname-shift.so'), NAME_SHIFT_FILE: names } });
const admin = await server.admin();
const group = (await admin.post('/groups', { name: people })).want(201);
const ann = await makePerson(admin);
(await admin.post(`/groups/${group.id}/members`, { user_id: ann.id })).want(204);
const host = await startReceiver({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });
const document = `https://agent.test:${host.port}/agent.json`;
host.answer = (call, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ client_id: document, ...new Memory().clientMetadata }));

for (const name of ['demo', 'files']) (await admin.post('/gateway/servers', { name, transport: 'demo' })).want(201);

const toolsOf = async (client) => (await client.listTools()).tools.map((tool) => tool.name);
const open = [];
after(() => Promise.all(open.map((client) => client.close())));
async function signedIn(sdk, provider, more = {}) {
    const got = await connect(sdk, { server, person: ann, provider, ...more });
    open.push(got.client);
    return got;
}

for (const [version, sdk] of Object.entries(sdks)) {
    test(`${version}: a client that registers itself`, async () => {
        const provider = new Memory();
        const { client, asked } = await signedIn(sdk, provider);
        assert.ok(provider.client.client_id, 'it was registered');
        assert.match(asked.searchParams.get('scope'), /^mcp\b/);
        assert.equal(asked.searchParams.get('resource'), `${server.url}/mcp`);
        const claims = claimsOf(provider.saved.access_token);
        assert.deepEqual([claims.sub, claims.aud, claims.client_id], [ann.id, [`${server.url}/mcp`], provider.client.client_id]);
        assert.ok(claims.scope.split(' ').includes('mcp'));
        assert.ok((await toolsOf(client)).includes('demo__echo'));
    });

    test(`${version}: a client that is a document`, async () => {
        const provider = new Memory({ url: document });
        const { client, asked } = await signedIn(sdk, provider);
        assert.equal(asked.searchParams.get('client_id'), document);
        assert.equal(claimsOf(provider.saved.access_token).client_id, document);
        assert.ok((await toolsOf(client)).includes('files__echo'));
    });

    test(`${version}: a client that an administrator has made, at one server's own door`, async () => {
        const app = await makeApp(admin, { people: [ann], native: true, client_type: 'public', redirect_uris: [REDIRECT], scopes: ['mcp', 'offline_access'], grants: ['authorization_code', 'refresh_token'] });
        const provider = new Memory({ client: { client_id: app.client_id } });
        const { client } = await signedIn(sdk, provider, { path: '/s/files/mcp' });
        const { access_token, refresh_token } = provider.saved;
        assert.deepEqual(claimsOf(access_token).aud, [`${server.url}/s/files/mcp`]);
        assert.ok((await toolsOf(client)).includes('echo'));
        // Its token runs out: the SDK asks for the next by itself, for the same door.
        provider.saved = { ...provider.saved, access_token: `${access_token.slice(0, -3)}AAA` };
        await client.listTools();
        assert.notEqual(provider.saved.refresh_token, refresh_token);
        assert.deepEqual(claimsOf(provider.saved.access_token).aud, [`${server.url}/s/files/mcp`]);
        assert.deepEqual(provider.asked, []);
    });
}
