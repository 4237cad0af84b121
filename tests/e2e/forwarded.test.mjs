// SPDX-License-Identifier: Apache-2.0
// What a request says of where it comes from: believed of a proxy that the settings name, of nobody else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeNonce, uniqueName } from './lib/fleet.mjs';
import { basic, Machine, tokenForm } from './lib/machine.mjs';
import { makeApp, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';

const SPOOFED = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', Forwarded: 'for=203.0.113.9;host=evil.example' };

const server = await startServer(); // it trusts no proxy; others below have settings of their own

/** The newest event of the record, as an administrator reads it. */
const newest = async (admin) => (await admin.get('/admin/security/audit?limit=1')).want(200).items[0];
const makeGroup = (admin, headers) => admin.with(headers).post('/groups', { name: uniqueName('g') });
const enrol = (client) => client.post('/devices/enroll/init', { machine_id: uniqueName('m') }, { headers: { 'Idempotency-Key': makeNonce() } });

test('IDENTITY 50: forwarded headers of a peer that is no proxy change no link and no address in the record', async () => {
    const admin = await server.admin();
    (await makeGroup(admin, SPOOFED)).want(201);
    assert.equal((await newest(admin)).ip, '127.0.0.1');
    const text = (await enrol(server.client().with(SPOOFED))).text;
    assert.doesNotMatch(text, /evil\.example/);
});

test('IDENTITY 50: links and the issuer are called by the name of the settings, whatever a request says', async () => {
    const admin = (await server.admin()).with(SPOOFED);
    const person = (await admin.post('/users', { username: uniqueName('p'), email: `${uniqueName('p')}@example.org` })).want(201);
    const links = [(await admin.post('/invitations', {})).want(201).url, (await admin.post(`/users/${person.id}/recovery`)).want(201).url];
    for (const link of links) assert.equal(new URL(link).origin, server.url);
    const root = server.client().atRoot().with(SPOOFED);
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
        const reply = await root.get(path);
        assert.equal(reply.want(200).issuer, server.url);
        assert.doesNotMatch(reply.text, /evil\.example/);
    }
    const away = await root.get('/portal');
    assert.equal(new URL(away.headers.location, server.url).origin, server.url);
    assert.ok((await root.get('/login')).headers['set-cookie'].every((line) => !/; Secure/.test(line)), 'nor does X-Forwarded-Proto make it TLS');
});

test('IDENTITY 50: a rule about addresses looks at the address that calls', async () => {
    const admin = await server.admin();
    const machine = await Machine.make(server, admin);
    const app = await makeApp(admin, { grants: ['client_credentials'], scopes: ['api'] });
    (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    const ask = (headers = {}) => tokenForm(server, { grant_type: 'client_credentials' }, { ...basic(app), ...headers });
    const rule = (await admin.post('/access-rules', { name: uniqueName('r'), effect: 'allow', application_id: app.id, cidr: ['203.0.113.0/24'] })).want(201);
    for (const headers of [{}, SPOOFED, { 'X-Real-IP': '203.0.113.9', 'CF-Connecting-IP': '203.0.113.9', 'True-Client-IP': '203.0.113.9' }]) wantOauth(await ask(headers), 400, 'unauthorized_client');
    (await admin.patch(`/access-rules/${rule.id}`, { cidr: ['127.0.0.0/8'] })).want(200);
    (await ask(SPOOFED)).want(200);
});

test('IDENTITY 50: who guesses passwords is not somebody else by another forwarded address', async () => {
    const username = uniqueName('victim');
    const guess = (i) => server.client().post('/auth/login', { username, password: 'not the right one' }, { headers: { 'X-Forwarded-For': `203.0.113.${i}` } });
    const statuses = [];
    for (let i = 1; i <= 6; i++) statuses.push((await guess(i)).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
});

test('IDENTITY 50: a new forwarded address for each call does not get around the limit by address', async () => {
    const server = await startServer({ limits: true, env: { SENESCHAL_LIMITS_ADDRESS: '4' } });
    const nobody = server.client().atRoot();
    const statuses = [];
    for (let i = 1; i <= 6; i++) {
        statuses.push((await nobody.get('/openapi.json', { headers: { 'X-Forwarded-For': `203.0.113.${i}` } })).status);
    }
    assert.ok(statuses.includes(429), String(statuses));
});

test('a proxy that the settings name says who called, and by which name', async () => {
    const server = await startServer({ limits: true, env: { SENESCHAL_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8', SENESCHAL_LIMITS_ADDRESS: '4', SENESCHAL_HOSTS: 'id.example' } });
    const admin = await server.admin();
    (await makeGroup(admin, { 'X-Forwarded-For': '192.0.2.1, 203.0.113.9, 10.1.2.3' })).want(201);
    assert.equal((await newest(admin)).ip, '203.0.113.9');
    (await makeGroup(admin, { 'X-Forwarded-Host': 'id.example' })).want(201);
    (await makeGroup(admin, { 'X-Forwarded-Host': 'evil.example' })).wantProblem(421, 'misdirected');
    (await makeGroup(admin, { 'X-Forwarded-For': 'unknown' })).wantProblem(400, 'bad-request');
    const nobody = server.client().atRoot();
    for (let i = 1; i <= 6; i++) (await nobody.get('/openapi.json', { headers: { 'X-Forwarded-For': `203.0.113.${i}` } })).want(200);
});

test('a setting that is no address is refused at the start, by name', async () => {
    await assert.rejects(startServer({ env: { SENESCHAL_TRUSTED_PROXIES: 'proxy.example' } }), /trusted_proxies/);
});
