// SPDX-License-Identifier: Apache-2.0
// Signing in on another machine (RFC 8628): IDENTITY 8, 32, 33, 34, 35.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { DEVICE_CODE, form, tokenForm } from './lib/machine.mjs';
import { Browser, claimsOf, makeApp, makePerson, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';
import { inStore } from './lib/store.mjs';

const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin, { roles: ['auditor'] });
const browser = new Browser(server.url);
const session = signIn(browser, server, ann);
const publicApp = async (more = {}) => makeApp(admin, { people: [ann], client_type: 'public', grants: [DEVICE_CODE, 'refresh_token'], scopes: ['openid', 'email', 'offline_access'], ...more });
const tv = await publicApp({ name: uniqueName('<b>TV</b>') });
const radio = await publicApp();

const begin = (client_id = tv.client_id, more = {}) => form(server, '/oauth2/device_authorization', { client_id, ...more }, { 'User-Agent': 'TV/1.0 <i>' });
const poll = (device_code, client_id = tv.client_id) => tokenForm(server, { grant_type: DEVICE_CODE, device_code, client_id });
const ask = async (...args) => (await begin(...args)).want(200);
/** The person types the code, and presses a button. */
async function decide(user_code, decision, by = browser) {
    const confirm = await by.submit(await by.get('/device'), '/device', { user_code });
    assert.equal(confirm.status, 200, confirm.text);
    return by.submit(confirm, '/device', { decision });
}
/** As if the last poll had been so long ago. */
const waited = (seconds) => inStore(server, 'UPDATE device_code SET polled_at = polled_at - ?', seconds * 1_000_000);

test('a person signs a television in, and its tokens live with a session of their own', async () => {
    const asked = await ask();
    assert.match(asked.device_code, /^sen_v_/);
    assert.deepEqual([asked.verification_uri, asked.verification_uri_complete, asked.expires_in, asked.interval], [`${server.url}/device`, `${server.url}/device?user_code=${asked.user_code}`, 600, 5]);
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    const done = await decide(asked.user_code, 'approve');
    assert.equal(done.status, 200);
    const tokens = (await poll(asked.device_code)).want(200);
    assert.equal(claimsOf(tokens.access_token).sub, ann.id);
    assert.equal(claimsOf(tokens.id_token).aud, tv.client_id);
    assert.notEqual(claimsOf(tokens.access_token).sid, session.id);
    wantOauth(await poll(asked.device_code), 400, 'invalid_grant');
    const next = (await tokenForm(server, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: tv.client_id })).want(200);
    (await form(server, '/oauth2/revoke', { token: next.refresh_token, client_id: tv.client_id })).want(200);
    wantOauth(await tokenForm(server, { grant_type: 'refresh_token', refresh_token: next.refresh_token, client_id: tv.client_id }), 400, 'invalid_grant');
    assert.equal((await server.client({ prefix: '', token: next.access_token }).get('/oauth2/userinfo')).status, 401, 'what was granted with it is dead too');
    const actions = (await admin.get(`/admin/security/audit?target=${tv.id}`)).want(200).items.map((e) => e.action);
    assert.ok(actions.includes('device-code.approved') && actions.includes('token.issued'), actions.join());
});

test('IDENTITY 32: what a client is told, each time exactly', async () => {
    const asked = await ask();
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    wantOauth(await poll(asked.device_code), 400, 'slow_down');
    waited(6);
    wantOauth(await poll(asked.device_code), 400, 'slow_down');
    waited(14);
    wantOauth(await poll(asked.device_code), 400, 'slow_down');
    waited(21);
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    await decide(asked.user_code, 'deny');
    wantOauth(await poll(asked.device_code), 400, 'access_denied');
    const late = await ask();
    inStore(server, 'UPDATE device_code SET expires_at = ? WHERE state = 1', BigInt(Date.now()) * 1000n);
    wantOauth(await poll(late.device_code), 400, 'expired_token');
    const page = await browser.submit(await browser.get('/device'), '/device', { user_code: late.user_code });
    assert.equal(page.status, 400, 'nor can anybody approve it');
    for (const code of ['sen_v_x', '', late.device_code.slice(0, -1)]) assert.equal((await poll(code)).status, 400);
    wantOauth(await poll(undefined), 400, 'invalid_request');
    const once = await ask();
    await decide(once.user_code, 'approve');
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(once.device_code)));
    assert.deepEqual(answers.map((r) => r.status).filter((s) => s === 200), [200], 'one-time success');
});

test('IDENTITY 8: the device_code of one client is nothing in the hands of another', async () => {
    const asked = await ask();
    await decide(asked.user_code, 'approve');
    wantOauth(await poll(asked.device_code, radio.client_id), 400, 'invalid_grant');
    wantOauth(await poll(asked.device_code, 'nobody'), 401, 'invalid_client');
    const confidential = await makeApp(admin, { people: [ann], grants: [DEVICE_CODE] });
    wantOauth(await begin(confidential.client_id), 401, 'invalid_client');
    wantOauth(await begin((await makeApp(admin, { client_type: 'public' })).client_id), 400, 'unauthorized_client');
    wantOauth(await begin(tv.client_id, { scope: 'openid api' }), 400, 'invalid_scope');
    (await poll(asked.device_code)).want(200);
});

test('IDENTITY 33: a user code is long enough, forgiving, and costs those who guess', async () => {
    const codes = new Set();
    for (let i = 0; i < 40; i++) codes.add((await ask()).user_code);
    assert.equal(codes.size, 40);
    for (const code of codes) assert.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assert.ok(Math.log2(20 ** 8) >= 34);
    const { user_code: code } = await ask();
    for (const typed of [code.toLowerCase(), code.replace('-', ''), ` ${code.replace('-', ' ')} `, [...code].join('-')]) {
        const page = await browser.submit(await browser.get('/device'), '/device', { user_code: typed });
        assert.equal(page.status, 200, typed);
        assert.ok(page.text.includes(code));
    }
    const guesser = new Browser(server.url);
    signIn(guesser, server, await makePerson(admin));
    const page = await guesser.get('/device');
    const statuses = [];
    for (let i = 0; i < 10; i++) statuses.push((await guesser.submit(page, '/device', { user_code: 'BBBB-BBBB' })).status);
    assert.equal(statuses[0], 400);
    assert.equal(statuses.at(-1), 429, statuses.join());
    assert.equal((await guesser.submit(page, '/device', { user_code: code })).status, 429, 'the right one has to wait as well');
    const neighbour = new Browser(server.url);
    signIn(neighbour, server, await makePerson(admin));
    assert.equal((await neighbour.submit(await neighbour.get('/device'), '/device', { user_code: code })).status, 429, 'another session at the same address');
    inStore(server, 'DELETE FROM signin_failure');
    assert.equal((await neighbour.submit(await neighbour.get('/device'), '/device', { user_code: code })).status, 200);
});

test('IDENTITY 34: the page shows who asks; neither a link nor another site decides', async () => {
    const asked = await ask(tv.client_id, { scope: 'openid email' });
    const filled = await browser.get(new URL(asked.verification_uri_complete).pathname + new URL(asked.verification_uri_complete).search);
    assert.ok(filled.text.includes(`value="${asked.user_code}"`));
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    const confirm = await browser.submit(filled, '/device', { user_code: asked.user_code });
    for (const shown of [asked.user_code, '127.0.0.1', 'TV/1.0 &lt;i&gt;', '&lt;b&gt;TV&lt;/b&gt;', ann.username, 'know that it is you', 'see your email address']) assert.ok(confirm.text.includes(shown), shown);
    assert.ok(!confirm.text.includes('<b>TV'));
    assert.ok(!confirm.text.includes('while you are away'), 'a scope that was not asked for');
    waited(60);
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    const fields = { user_code: asked.user_code, decision: 'approve' };
    assert.equal((await browser.post('/device', fields)).status, 403, 'no CSRF token');
    assert.equal((await browser.post('/device', { ...confirm.form('/device').fields, ...fields }, { headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' } })).status, 403);
    waited(60);
    wantOauth(await poll(asked.device_code), 400, 'authorization_pending');
    const nobody = await new Browser(server.url).get('/device');
    assert.equal(nobody.status, 303);
    assert.match(nobody.location.pathname, /^\/login$/);
    assert.equal(confirm.headers['x-frame-options'], 'DENY');
    assert.match(confirm.headers['cache-control'], /no-store/);
});

test('IDENTITY 35: who may not use the application gets nothing by this way either', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const family = await makeApp(admin, { client_type: 'public', grants: [DEVICE_CODE], groups: [group.name], scopes: ['openid'] });
    const asked = await ask(family.client_id);
    const refused = await decide(asked.user_code, 'approve');
    assert.equal(refused.status, 403);
    wantOauth(await poll(asked.device_code, family.client_id), 400, 'access_denied');
    (await admin.post(`/groups/${group.id}/members`, { user_id: ann.id })).want(204);
    const second = await ask(family.client_id);
    assert.equal((await decide(second.user_code, 'approve')).status, 200);
    (await admin.delete(`/groups/${group.id}/members/${ann.id}`)).want(204);
    assert.equal((await poll(second.device_code, family.client_id)).status, 400, 'not when he has left the group meanwhile');
    const bob = await makePerson(admin);
    const his = new Browser(server.url);
    signIn(his, server, bob);
    const third = await ask();
    assert.equal((await decide(third.user_code, 'approve', his)).status, 403);
    const fourth = await ask();
    assert.equal((await decide(fourth.user_code, 'approve')).status, 200);
    (await admin.patch(`/users/${ann.id}`, { status: 'disabled' })).want(200);
    wantOauth(await poll(fourth.device_code), 400, 'access_denied');
    (await admin.patch(`/users/${ann.id}`, { status: 'active' })).want(200);
});

test('a person of another organisation does not even see the request, but may use the command line', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = server.client({ token: admin.token, headers: { 'Seneschal-Org': slug } });
    const eve = await makePerson(there, { roles: ['auditor'] });
    const hers = new Browser(server.url);
    signIn(hers, server, eve);
    const asked = await ask();
    assert.equal((await hers.submit(await hers.get('/device'), '/device', { user_code: asked.user_code })).status, 400);
    const cli = await ask('seneschal-cli', { scope: 'api offline_access' });
    assert.equal((await decide(cli.user_code, 'approve', hers)).status, 200);
    const tokens = (await poll(cli.device_code, 'seneschal-cli')).want(200);
    const seen = (await server.client({ token: tokens.access_token }).get('/users')).want(200).items;
    assert.deepEqual(seen.map((u) => u.id), [eve.id], 'in her own organisation');
});

test('a used and an approved code survive kill -9 as what they are', async () => {
    const fresh = signIn(browser, server, ann);
    assert.ok(fresh.id);
    const [used, approved] = [await ask(), await ask()];
    for (const one of [used, approved]) assert.equal((await decide(one.user_code, 'approve')).status, 200);
    (await poll(used.device_code)).want(200);
    await server.kill();
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    wantOauth(await poll(used.device_code), 400, 'invalid_grant');
    (await poll(approved.device_code)).want(200);
});
