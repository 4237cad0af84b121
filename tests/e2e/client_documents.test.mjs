// SPDX-License-Identifier: Apache-2.0
// Clients whose client_id is the URL of a document (CIMD, as MCP 2026-07-28 wants it), and what else of a client is fetched.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { jws, seconds, tokenForm } from './lib/machine.mjs';
import { Browser, CALLBACK, claimsOf, logIn, makeApp, makePerson, pkce, Rp, setPassword, wantOauth } from './lib/oauth.mjs';
import { BIN, eventually, run, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('client-documents');
const names = path.join(dir, 'names');
const file = path.join(dir, 'seneschal.yaml');
const pair = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };
const OPEN = `outbound: {loopback: true, ca: ${pair.cert}}\n`;
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=agent.test',
    '-addext', 'subjectAltName=DNS:agent.test', '-keyout', pair.key, '-out', pair.cert]);
assert.equal(made.code, 0, made.stderr);
writeFileSync(names, 'agent.test 127.0.0.1\n');
writeFileSync(file, OPEN);

const shift = path.join(dir, 'shift');
const preload = ['name', 'clock'].map((what) => path.join(path.dirname(BIN), `tests/faults/lib${what}-shift.so`)).join(':');
const server = await startServer({ args: ['--config', file], env: { LD_PRELOAD: preload, NAME_SHIFT_FILE: names, CLOCK_SHIFT_FILE: shift } });
const admin = await server.admin();
const ann = await makePerson(admin);
await setPassword(server, admin, ann);
const host = await startReceiver({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) });
const pages = new Map(); // path: (call, response) => …
host.answer = (call, response) => (pages.get(call.path) ?? ((_, r) => r.writeHead(404).end()))(call, response);
const url = (name) => `https://agent.test:${host.port}${name}`;
const json = (value, type = 'application/json') => (_, response) => response.writeHead(200, { 'Content-Type': type }).end(typeof value === 'string' ? value : JSON.stringify(value));
const metadata = (name, more = {}) => ({ client_id: url(name), client_name: 'An agent', redirect_uris: [CALLBACK], ...more });
const fetched = (name) => host.calls.filter((call) => call.path === name).length;
let serial = 0;

/** A document at a path of its own; its URL. */
function publish(more = {}, answer = undefined) {
    const name = `/agents/${serial++}.json`;
    pages.set(name, answer ?? json(metadata(name, more)));
    return url(name);
}
const ask = (client_id, params = {}) => new Browser(server.url).go(new Rp(server, { client_id }).authorizeUrl({ scope: 'openid mcp', ...params }));
const apps = async () => (await admin.all('/applications')).filter((app) => app.origin === 'metadata');

/** It is not sent anywhere, and no row is made of it. */
async function refused(client_id, why, params) {
    const page = await ask(client_id, params);
    assert.equal(page.status, 400, `${client_id}: ${page.status} ${page.location} ${page.text.slice(0, 400)}`);
    assert.equal(page.location, undefined);
    assert.match(page.text, why, client_id);
    assert.ok(!(await apps()).some((app) => app.client_id === client_id), client_id);
}

let late = 0;
/** Five minutes later, for the server: what it keeps of a document is old. */
const muchLater = () => writeFileSync(shift, String((late += 301)));

async function settings(text) {
    const before = server.log.split('"event":"reloaded"').length;
    writeFileSync(file, text);
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.split('"event":"reloaded"').length > before);
}

test('IDENTITY 62: a whole sign-in by a client that is a document', async () => {
    const discovery = (await server.client({ prefix: '' }).get('/.well-known/oauth-authorization-server')).want(200);
    assert.equal(discovery.client_id_metadata_document_supported, true);
    const client_id = publish({ scope: 'openid offline_access api', grant_types: ['authorization_code', 'refresh_token'] });
    const rp = new Rp(server, { client_id });
    const browser = new Browser(server.url);
    const consent = await logIn(browser, await browser.go(rp.authorizeUrl({ scope: 'openid offline_access api' })), ann);
    assert.equal(consent.status, 200, consent.text);
    assert.match(consent.text, /An agent \(agent\.test, [0-9a-f]{8}\)/);
    assert.match(consent.text, /app\.example\.org/);
    const back = await browser.submit(consent, '/oauth2/continue', { decision: 'allow' });
    assert.equal(back.location?.searchParams.get('error') ?? null, null, back.text);
    const code = back.location.searchParams.get('code');
    wantOauth(await rp.redeem(code, { code_verifier: pkce().verifier }), 400, 'invalid_grant');
    const again = await browser.go(rp.authorizeUrl({ scope: 'openid offline_access api' }));
    const tokens = (await rp.redeem(again.location.searchParams.get('code'))).want(200);
    const claims = claimsOf(tokens.access_token);
    assert.deepEqual([claims.client_id, claims.sub, claims.scope.split(' ').sort()], [client_id, ann.id, ['offline_access', 'openid']]);
    assert.equal(claimsOf(tokens.id_token).aud, client_id);
    const next = (await rp.refresh(tokens.refresh_token)).want(200);
    assert.ok(next.access_token);
    wantOauth(await rp.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: next.refresh_token, client_secret: 'x' }), 401, 'invalid_client');
    const [app] = (await apps()).filter((one) => one.client_id === client_id);
    assert.deepEqual([app.client_type, app.auth_method, app.pkce, app.consent, app.admin], ['public', 'none', true, true, false]);
    const bare = await browser.go(rp.authorizeUrl({ code_challenge: undefined, code_challenge_method: undefined }));
    assert.equal(bare.location.searchParams.get('error'), 'invalid_request');
    const events = (await admin.get('/admin/security/audit?action=client.registered')).want(200).items;
    assert.ok(events.some((event) => event.target?.id === app.id), JSON.stringify(events[0]));
});

test('IDENTITY 62: pushed beforehand; fetched once while what is kept is young', async () => {
    const client_id = publish();
    const rp = new Rp(server, { client_id });
    const words = Object.fromEntries(rp.authorizeUrl({ scope: 'openid' }).searchParams);
    const pushed = (await rp.form('/oauth2/par', words)).want(201);
    const page = await new Browser(server.url).go(new URL(`/oauth2/authorize?${new URLSearchParams({ client_id, request_uri: pushed.request_uri })}`, server.url));
    assert.equal(page.url.pathname, '/login', page.text);
    await Promise.all([ask(client_id), ask(client_id)]);
    assert.equal(fetched(new URL(client_id).pathname), 1);
    await refused(publish({ redirect_uris: ['https://other.example/cb'] }), /redirect_uri/);
});

test('IDENTITY 62: a URL that is not the very name of a document is never fetched', async () => {
    const before = host.calls.length;
    const base = url('/agents/x.json');
    for (const bad of [`${base}?a=1`, `${base}#a`, base.replace('https://', 'https://a@'), base.replace('https://', 'https://a:b@'), url('/agents/../x.json'), url('/agents/%2e%2e/x.json'),
        url('/./x.json'), url(''), url('/'), base.replace('https:', 'http:'), base.replace('https:', 'HTTPS:'), 'javascript:alert(1)', 'file:///etc/passwd', `${base}\n`]) {
        await refused(bad, /client_id/);
    }
    assert.equal(host.calls.length, before);
});

test('IDENTITY 62: a document of another client, with a secret, too long, or none', async () => {
    const other = (more, type) => publish({}, (call, response) => json({ ...metadata(call.path), ...more }, type)(call, response));
    await refused(other({ client_id: url('/agents/other.json') }), /another client_id/);
    await refused(other({ client_id: undefined }), /another client_id/);
    await refused(publish({}, (call, response) => json({ ...metadata(call.path), client_id: `${url(call.path)}/` })(call, response)), /another client_id/);
    await refused(other({ client_secret: 'x' }), /secret/);
    await refused(other({ client_secret_expires_at: 0 }), /secret/);
    await refused(other({ token_endpoint_auth_method: 'client_secret_basic' }), /token_endpoint_auth_method/);
    await refused(other({ redirect_uris: ['javascript:alert(1)'] }), /redirect_uris/);
    await refused(other({ grant_types: ['client_credentials'] }), /grant_types/);
    await refused(other({}, 'text/html'), /no document/);
    for (const text of ['', '{', '[]', 'null', '{"client_id":1}']) await refused(publish({}, json(text)), /metadata|another/);
    const filled = (n) => publish({}, (call, response) => {
        const short = JSON.stringify({ ...metadata(call.path), x: '' }).length;
        json({ ...metadata(call.path), x: 'x'.repeat(n - short) })(call, response);
    });
    assert.equal((await ask(filled(5 * 1024))).location?.pathname ?? '/login', '/login', 'exactly 5 kB are taken');
    await refused(filled(5 * 1024 + 1), /5 kB/);
});

test('IDENTITY 61, 62: no redirect, 100 MB, slow body, failure kept; one address of this machine is not called without the setting', async () => {
    const moved = publish({}, (_, response) => response.writeHead(302, { Location: url('/agents/landed.json'), 'Content-Type': 'application/json' }).end());
    pages.set('/agents/landed.json', json({ ...metadata('/x'), client_id: moved }));
    await refused(moved, /no document/);
    assert.equal(fetched('/agents/landed.json'), 0);
    let sent = 0;
    await refused(publish({}, (_, response) => {
        const part = Buffer.alloc(1 << 16, 32);
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const more = () => {
            while (sent < 100 << 20 && !response.destroyed) {
                sent += part.length;
                if (!response.write(part)) return response.once('drain', more);
            }
            response.end();
        };
        more();
    }), /5 kB/);
    assert.ok(sent < 20 << 20, `${sent} bytes`);
    const start = Date.now();
    const slow = publish({}, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
        const timer = setInterval(() => response.write(' '), 200);
        response.on('close', () => clearInterval(timer));
    });
    await refused(slow, /no document/);
    assert.ok(Date.now() - start < 9000);
    await refused(slow, /no document/);
    assert.equal(fetched(new URL(slow).pathname), 1, 'who names a slow document does not have it fetched each time');
    await settings(`outbound: {ca: ${pair.cert}}\n`);
    const before = host.calls.length;
    for (const local of [publish(), `https://127.0.0.1:${host.port}/a.json`, `https://[::1]:${host.port}/a.json`, `https://[::ffff:127.0.0.1]:${host.port}/a.json`, 'https://169.254.169.254/latest/meta-data', 'https://10.0.0.1/a.json']) {
        await refused(local, /client_id/);
    }
    assert.equal(host.calls.length, before);
    await settings(`${OPEN}oauth: {client_documents: false}\n`);
    await refused(publish(), /switched off/);
    await settings(OPEN);
});

test('IDENTITY 61: jwks_uri of a client is fetched by the same rules', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] };
    const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const attempt = async (answer) => {
        const jwks_uri = publish({}, answer);
        const app = await makeApp(admin, { client_type: 'confidential', auth_method: 'private_key_jwt', jwks_uri, people: [ann] });
        const now = Math.floor(Date.now() / 1000);
        const text = `${b64({ alg: 'ES256', kid: 'k1' })}.${b64({ iss: app.client_id, sub: app.client_id, aud: server.url, iat: now, exp: now + 60, jti: randomUUID() })}`;
        const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
        return new Rp(server, app).form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: 'x', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: `${text}.${signature}` }, { headers: {} });
    };
    const good = json(keys);
    wantOauth(await attempt(good), 400, 'invalid_grant'); // it has proven itself; that refresh token is nobody's
    pages.set('/keys', good);
    wantOauth(await attempt((_, response) => response.writeHead(302, { Location: url('/keys') }).end()), 401, 'invalid_client');
    wantOauth(await attempt((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(' '.repeat(200_000))), 401, 'invalid_client');
    assert.equal(fetched('/keys'), 0);
    await settings(`outbound: {ca: ${pair.cert}}\n`);
    wantOauth(await attempt(good), 401, 'invalid_client');
    await settings(OPEN);
});

test('IDENTITY 65: unknown keys do not make a client\'s key set be fetched again and again', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwks_uri = publish({}, json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'EdDSA', use: 'sig' }] }));
    const { client_id: id } = await makeApp(admin, { client_type: 'confidential', auth_method: 'private_key_jwt', jwks_uri, people: [ann] });
    for (let i = 0; i < 20; i++) {
        const claims = { iss: id, sub: id, aud: server.url, iat: seconds(), exp: seconds() + 60, jti: randomUUID() };
        const proof = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: jws(privateKey, { kid: `unknown-${i}` }, claims) };
        wantOauth(await tokenForm(server, { grant_type: 'refresh_token', refresh_token: 'x', ...proof }), 401, 'invalid_client');
    }
    assert.equal(fetched(new URL(jwks_uri).pathname), 1);
});

test('IDENTITY 62: a document that has changed is another client from the next look on', async () => {
    const client_id = publish({ client_name: 'Before' });
    const { pathname } = new URL(client_id);
    const elsewhere = 'https://app.example.org/elsewhere';
    const opens = async (redirect_uri) => (await ask(client_id, { redirect_uri })).status === 200;
    const row = async () => (await apps()).find((app) => app.client_id === client_id);
    const changes = async () => (await admin.get('/admin/security/audit?action=client.changed&limit=100')).want(200).items.filter((event) => event.target.name.startsWith('After'));
    assert.deepEqual([await opens(CALLBACK), await opens(elsewhere)], [true, false]);
    const before = await row();
    assert.match(before.name, /^Before/);
    pages.set(pathname, json(metadata(pathname, { client_name: 'After', redirect_uris: [elsewhere] })));
    assert.deepEqual([await opens(CALLBACK), fetched(pathname)], [true, 1], 'what is kept is young');
    muchLater();
    assert.deepEqual([await opens(CALLBACK), await opens(elsewhere), fetched(pathname)], [false, true, 2]);
    const changed = await row();
    assert.deepEqual([changed.id, changed.redirect_uris, changed.consent], [before.id, [elsewhere], true]);
    assert.match(changed.name, /^After/);
    assert.equal((await changes()).length, 1);
    muchLater();
    assert.deepEqual([await opens(elsewhere), fetched(pathname), (await changes()).length], [true, 3, 1], 'the same again is no change');
    pages.delete(pathname);
    muchLater();
    assert.match((await ask(client_id, { redirect_uri: elsewhere })).text, /no document/);
    assert.equal((await row()).status, 'active', 'whoever cannot be asked has not said that he is gone');
    (await admin.patch(`/applications/${before.id}`, { status: 'disabled' })).want(200);
    pages.set(pathname, json(metadata(pathname, { client_name: 'Again', redirect_uris: [elsewhere] })));
    muchLater();
    assert.equal(await opens(elsewhere), false, 'what an administrator has switched off no document switches on');
    assert.match((await row()).name, /^After/);
});

test('IDENTITY 62: two hundred come by themselves and no more, until an administrator deletes one', async () => {
    const last = publish();
    assert.equal((await ask(last)).status, 200);
    for (let n = (await apps()).length; n < 200; n += 2) {
        const pages = await Promise.all([ask(publish()), n + 1 < 200 ? ask(publish()) : undefined]);
        for (const page of pages) assert.equal(page?.status ?? 200, 200, page?.text);
    }
    assert.equal((await apps()).length, 200);
    const more = publish();
    const page = await ask(more);
    assert.deepEqual([page.status, page.location], [409, undefined]);
    assert.match(page.text, /200 clients came by themselves/);
    assert.equal((await ask(last)).status, 200, 'who is there stays');
    (await admin.delete(`/applications/${(await apps()).find((app) => app.client_id !== last).id}`)).want(204);
    assert.equal((await ask(more)).status, 200);
});
