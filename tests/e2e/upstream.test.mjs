// SPDX-License-Identifier: Apache-2.0
// Another issuer of identity: people come by it, its groups are theirs here, and who leaves there has left here.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { generateKeyPair } from 'jose';
import { Browser } from './lib/browser.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { startIssuer } from './lib/issuer.mjs';
import { noteCall } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true' } });
const admin = await server.admin();
const issuer = await startIssuer();
const family = (await admin.post('/groups', { name: 'family', roles: ['auditor'] })).want(201);
const made = (await admin.post('/identity-providers', {
    name: 'keycloak', title: 'Keycloak', issuer: issuer.url, client_id: 'seneschal', client_secret: 'a secret & more', sign_up: true,
    groups_claim: 'groups', groups: [{ value: '/family', group: 'family' }],
})).want(201);
issuer.serve({ client_id: 'seneschal', client_secret: 'a secret & more', redirect_uris: [made.redirect_uri], backchannel_logout_uri: made.backchannel_logout_uri });
issuer.people.ann = { email: 'ann@example.org', email_verified: true, name: 'Ann', preferred_username: 'ann', groups: ['/family', '/other'] };

/** Follow redirects from `path` until there is none, or until `stop` takes one. */
async function walk(browser, path, stop = () => false) {
    let page = await browser.get(path);
    for (let i = 0; i < 12 && page.location !== undefined && !stop(page.location); i++) page = await browser.get(page.location.href);
    return page;
}
const signIn = (browser, next = '') => walk(browser, `/login/upstream/keycloak${next}`);
const callbackOf = async (browser) => (await walk(browser, '/login/upstream/keycloak', (url) => url.pathname === '/login/callback')).location;
const me = async (browser) => {
    const reply = await browser.get('/api/v1/auth/me');
    return reply.status === 200 ? JSON.parse(reply.text) : reply.status;
};
async function logout(token, id = made.id) {
    const answer = await fetch(`${server.url}/login/backchannel/${id}`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });
    noteCall('POST', `/login/backchannel/${id}`, answer.status);
    return answer;
}
const EVENT = { 'http://schemas.openid.net/event/backchannel-logout': {} };

test('somebody whom nobody knows gets an account, with the groups of his claim', async () => {
    const browser = new Browser(server.url);
    assert.match((await browser.get('/login?next=/portal')).text, /<a class="button plain" href="\/login\/upstream\/keycloak\?next=%2Fportal">Keycloak<\/a>/);
    await signIn(browser);
    const ann = await me(browser);
    assert.deepEqual([ann.username, ann.email, ann.groups], ['ann', 'ann@example.org', ['family']]);
    const { items } = (await admin.get('/admin/security/audit?action=user.created')).want(200);
    assert.equal(items.filter((e) => e.target.id === ann.id && e.reason === 'keycloak').length, 1);
    assert.ok(!JSON.stringify((await admin.get(`/identity-providers/${made.id}`)).want(200)).includes('secret'));
});

test('he is the same at his next sign-in, and groups follow the claim', async () => {
    const { id } = (await admin.get('/users?username=ann')).want(200).items[0];
    const own = (await admin.post('/groups', { name: uniqueName('own') })).want(201);
    (await admin.post(`/groups/${own.id}/members`, { user_id: id })).want(204);
    issuer.people.ann.groups = [];
    issuer.people.ann.email = 'other@example.org'; // the link is by sub, and by nothing else
    const browser = new Browser(server.url);
    await signIn(browser);
    const ann = await me(browser);
    assert.deepEqual([ann.id, ann.groups], [id, [own.name]]);
    issuer.people.ann.groups = '/family';
    await signIn(new Browser(server.url));
    assert.deepEqual(JSON.parse((await browser.get('/api/v1/auth/me')).text).groups.sort(), ['family', own.name].sort());
});

test('the record says what the groups of the claim open and shut, and what was granted there ends', async () => {
    const app = (await admin.post('/applications', { name: uniqueName('app'), kind: 'forward_auth', host: 'photos.example.org' })).want(201);
    (await admin.post(`/applications/${app.id}/bindings`, { group: 'family' })).want(201);
    const changes = async (id) => (await admin.get('/admin/security/audit?order=asc&limit=500')).want(200).items
        .filter((e) => e.action.startsWith('access.') && e.target.id === id).map((e) => [e.action, e.details.applications]);
    issuer.people.zoe = { email: 'zoe@example.org', email_verified: true, name: 'Zoe', preferred_username: 'zoe', groups: ['/family'] };
    issuer.account = 'zoe';
    const browser = new Browser(server.url);
    await signIn(browser);
    const { id } = await me(browser);
    const lived = [['access.gained', [app.name]]];
    assert.deepEqual(await changes(id), lived);
    for (const [groups, action] of [[['/family'], undefined], [[], 'access.lost'], [[], undefined], [['/family'], 'access.gained']]) {
        issuer.people.zoe.groups = groups;
        await signIn(new Browser(server.url));
        if (action !== undefined) lived.push([action, [app.name]]);
        assert.deepEqual(await changes(id), lived);
    }
    issuer.account = 'ann';
});

test('a way back works once, and only in the browser that went', async () => {
    const browser = new Browser(server.url);
    const stranger = new Browser(server.url);
    await stranger.get('/login');
    const back = await callbackOf(browser);
    assert.equal((await stranger.get(back.href)).status, 403, 'another browser');
    assert.equal((await browser.get(`/login/callback?code=x&state=${'A'.repeat(43)}`)).status, 403, 'a state that nobody made');
    assert.equal((await browser.get('/login/callback?code=x')).status, 403, 'no state');
    const mixed = new URL(back);
    mixed.searchParams.set('iss', 'https://evil.example');
    assert.equal((await browser.get(mixed.href)).status, 403, 'the answer of another issuer');
    assert.equal((await browser.get(back.href)).status, 303);
    assert.equal(typeof (await me(browser)), 'object');
    assert.equal((await browser.get(back.href)).status, 403, 'a second time');
});

test('IDENTITY 58: `next` leads to own pages alone by this way too', async () => {
    for (const [next, want] of [['/portal?x=1', '/portal?x=1'], ['//evil.example/', '/'], ['https://evil.example/', '/'], ['/\\evil.example', '/']]) {
        const browser = new Browser(server.url);
        const back = await (async () => (await walk(browser, `/login/upstream/keycloak?next=${encodeURIComponent(next)}`, (url) => url.pathname === '/login/callback')).location)();
        const { location } = await browser.get(back.href);
        assert.equal(location.href, new URL(want, server.url).href);
    }
});

test('an address alone gives nobody an account; a verified one may, where the issuer is trusted so far', async () => {
    const username = uniqueName('bob');
    const bob = (await admin.post('/users', { username, email: `${username}@example.org` })).want(201);
    issuer.account = 'sub-of-bob';
    issuer.people['sub-of-bob'] = { email: bob.email, email_verified: false, preferred_username: 'bob' };
    const path = `/identity-providers/${made.id}`;
    assert.equal((await signIn(new Browser(server.url))).status, 403);
    (await admin.patch(path, { link_email: true })).want(200);
    assert.equal((await signIn(new Browser(server.url))).status, 403, 'not verified');
    issuer.people['sub-of-bob'].email_verified = true;
    const browser = new Browser(server.url);
    await signIn(browser);
    assert.equal((await me(browser)).id, bob.id);
    (await admin.patch(path, { link_email: false, sign_up: false })).want(200);
    issuer.account = 'nobody';
    issuer.people.nobody = { email: 'nobody@example.org', email_verified: true };
    assert.equal((await signIn(new Browser(server.url))).status, 403, 'no sign-up');
    (await admin.patch(`/users/${bob.id}`, { status: 'disabled' })).want(200);
    issuer.account = 'sub-of-bob';
    assert.equal((await signIn(new Browser(server.url))).status, 403, 'disabled here');
    (await admin.patch(path, { sign_up: true })).want(200);
    issuer.account = 'ann';
});

test('who signs out there is signed out here', async () => {
    const browser = new Browser(server.url);
    const other = new Browser(server.url);
    await signIn(browser);
    await signIn(other);
    const client = await issuer.provider.Client.find('seneschal');
    const session = issuer.asked.length;
    assert.ok(session > 0);
    await client.backchannelLogout('ann', undefined);
    assert.deepEqual([await me(browser), await me(other)], [401, 401]);
});

test('IDENTITY 23: a logout token is held to its typ, events, audience, issuer, key, age and jti', async () => {
    const browser = new Browser(server.url);
    await signIn(browser);
    const now = Math.floor(Date.now() / 1000);
    const good = { aud: 'seneschal', sub: 'ann', iat: now, exp: now + 120, jti: randomUUID(), events: EVENT };
    const foreign = (await generateKeyPair('RS256')).privateKey;
    for (const [what, claims, head] of [
        ['no events', { ...good, events: undefined }],
        ['other events', { ...good, events: { 'http://example.org/else': {} } }],
        ['a nonce', { ...good, nonce: 'x' }],
        ['another audience', { ...good, aud: 'other' }],
        ['another issuer', { ...good, iss: 'https://evil.example' }],
        ['neither sub nor sid', { ...good, sub: undefined }],
        ['no jti', { ...good, jti: undefined }],
        ['an old one', { ...good, iat: now - 600, exp: now - 480 }],
        ['one of the future', { ...good, iat: now + 600, exp: now + 900 }],
        ['typ of an access token', good, { typ: 'at+jwt' }],
        ['a foreign key', good, { key: foreign }],
    ]) {
        const reply = await logout(await issuer.sign(JSON.parse(JSON.stringify(claims)), head));
        assert.equal(reply.status, 400, what);
        assert.equal((await reply.json()).error, 'invalid_request', what);
        assert.equal(reply.headers.get('cache-control'), 'no-store');
    }
    assert.equal(typeof (await me(browser)), 'object', 'none of them ended it');
    const token = await issuer.sign(good, { typ: 'logout+jwt' });
    assert.equal((await logout(token)).status, 200);
    assert.equal(await me(browser), 401);
    const again = new Browser(server.url);
    await signIn(again);
    assert.equal((await logout(token)).status, 400, 'the same token again');
    assert.equal(typeof (await me(again)), 'object');
});

test('IDENTITY 65: tokens with unknown keys do not make the key set be fetched again and again', async () => {
    const now = Math.floor(Date.now() / 1000);
    const before = issuer.asked.filter((path) => path === '/jwks').length;
    for (let i = 0; i < 20; i++) {
        const token = await issuer.sign({ aud: 'seneschal', sub: 'ann', iat: now, jti: randomUUID(), events: EVENT }, { kid: `unknown-${i}` });
        assert.ok([400, 503].includes((await logout(token)).status));
    }
    const fetched = issuer.asked.filter((path) => path === '/jwks').length - before;
    assert.ok(fetched <= 2, `${fetched} times`);
});

test('bad input is named, and another organisation has none of it', async () => {
    const good = { name: uniqueName('p').toLowerCase(), issuer: 'https://id.example.org', client_id: 'x' };
    for (const [field, more] of [
        ['issuer', { issuer: 'ftp://x' }], ['issuer', { issuer: 'https://169.254.169.254/' }], ['name', { name: 'a/b' }], ['scopes', { scopes: 'email' }],
        ['groups', { groups: [{ value: 'x', group: 'nowhere' }] }],
    ]) {
        const problem = (await admin.post('/identity-providers', { ...good, ...more })).wantProblem(422, 'bad-field');
        assert.equal(problem.errors[0].field, field);
    }
    (await admin.post('/identity-providers', { ...good, issuer: issuer.url })).wantProblem(409, 'conflict');
    const org = uniqueName('org');
    (await admin.post('/organisations', { slug: org, name: org })).want(201);
    const there = admin.with({ 'Seneschal-Org': org });
    (await there.get(`/identity-providers/${made.id}`)).wantProblem(404, 'not-found');
    assert.deepEqual((await there.get('/identity-providers')).want(200).items, []);
    const second = (await there.post('/identity-providers', good)).want(201);
    (await there.delete(`/identity-providers/${second.id}`)).want(204);
    assert.equal((await new Browser(server.url).get('/login/upstream/nowhere')).status, 404);
    assert.ok(family.id);
});

test('an access token of the issuer acts as its linked person, and a device that enrols with it is his', async () => {
    const own = await startServer({ env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true', OIDC_ISSUER_URL: issuer.url, OIDC_AUDIENCE: 'our-api' } });
    const boss = await own.admin();
    const [provider] = (await boss.get('/identity-providers')).want(200).items;
    assert.deepEqual([provider.issuer, provider.audience], [issuer.url, 'our-api']);
    assert.doesNotMatch((await new Browser(own.url).get('/login')).text, /upstream/, 'it is for tokens');
    const eve = (await boss.post('/users', { username: 'eve', email: 'eve@example.org' })).want(201);
    (await boss.post(`/identity-providers/${provider.id}/links`, { sub: 'sub-of-eve', user_id: eve.id })).want(204);
    const now = Math.floor(Date.now() / 1000);
    const good = { aud: ['account', 'our-api'], sub: 'sub-of-eve', iat: now, exp: now + 300 };
    const as = async (claims, head) => own.client().as(await issuer.sign({ ...good, ...claims }, head));
    const token = await as({});
    assert.deepEqual(((me) => [me.id, me.kind])((await token.get('/auth/me')).want(200)), [eve.id, 'user']);
    (await (await as({}, { typ: 'at+jwt' })).get('/auth/me')).want(200);
    const device = (await token.post('/devices/enroll/init', { machine_id: uniqueName('laptop') })).want(201);
    assert.equal((await boss.get(`/devices/${device.device_id}`)).want(200).user_id, eve.id);

    for (const [what, claims, head] of [
        ['another audience', { aud: 'other' }], ['nobody is linked', { sub: 'stranger' }], ['it is over', { iat: now - 900, exp: now - 600 }],
        ['of the future', { nbf: now + 600 }], ['an id_token', { nonce: 'x' }], ['a logout token', { events: EVENT }], ['typ', {}, { typ: 'logout+jwt' }],
        ['another issuer', { iss: 'https://evil.example' }], ['a foreign key', {}, { key: (await generateKeyPair('RS256')).privateKey }],
    ]) {
        assert.equal((await (await as(claims, head)).get('/auth/me')).status, 401, what);
    }
    (await boss.patch(`/users/${eve.id}`, { status: 'disabled' })).want(200);
    assert.ok([401, 403].includes((await token.get('/auth/me')).status));
    (await boss.patch(`/users/${eve.id}`, { status: 'active' })).want(200);
    (await boss.patch(`/identity-providers/${provider.id}`, { status: 'disabled' })).want(200);
    assert.equal((await token.get('/auth/me')).status, 401, 'the issuer is switched off');
});
