// SPDX-License-Identifier: Apache-2.0
// Who may run the whole server: the owner, whom the set-up makes, and nobody who is not let in by such a one. An administrator of an
// organisation tries every door (SAFETY AC18; docs/adr/0016).
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { callerOf } from './lib/factor.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { startIssuer } from './lib/issuer.mjs';
import { makeApp, Rp } from './lib/oauth.mjs';
import { makePerson, PASSWORD, signInBy } from './lib/person.mjs';
import { seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const ROLE = 'system-administrator';
const server = await startServer({ env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true' } });
const admin = await server.admin();

/** The person whom the link of the set-up makes, in a browser of his. */
async function setUp() {
    const { stdout } = await seneschal(['setup-link', '--data', server.data]);
    const browser = new Browser(server.url);
    const page = await browser.submit(await browser.get(stdout.trim()), undefined, { username: 'owner', email: 'owner@example.org', password: PASSWORD, again: PASSWORD });
    assert.equal(page.status, 303, page.text);
    return browser;
}
/** A person who is signed in: { ...person, browser, call }. */
async function person(more, by = admin, at = '/login') {
    const made = await makePerson(server, by, more);
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, made.username, PASSWORD, { at })).status, 303);
    return { ...made, browser, call: await callerOf(browser) };
}
const me = async (browser) => JSON.parse((await browser.get('/api/v1/auth/me')).text);

const ownerBrowser = await setUp();
const ownerCall = await callerOf(ownerBrowser);
const owner = await me(ownerBrowser);
const boss = await person({ roles: ['administrator'] });
const readOwner = async () => {
    const { etag, ...row } = (await admin.get(`/users/${owner.id}`)).want(200);
    return row;
};

test('the set-up gives the whole server to the first person, and an administrator has his organisation alone', async () => {
    assert.deepEqual([owner.roles, owner.is_admin, owner.org], [[ROLE], true, 'default']);
    assert.ok(owner.permissions.includes('system:admin'));
    const his = await me(boss.browser);
    assert.deepEqual(owner.permissions.filter((p) => !his.permissions.includes(p)), ['system:admin']);
    assert.equal((await ownerCall('GET', '/organisations')).status, 200);
    assert.equal((await boss.call('GET', '/organisations')).status, 403);
});

test('an administrator neither gives the role nor takes it, and does nothing to the account of one who has it', async () => {
    const robot = (await admin.post('/service-accounts', { name: uniqueName('robot'), roles: [ROLE] })).want(201);
    const token = (await admin.post(`/service-accounts/${robot.id}/tokens`, { name: 't' })).want(201);
    const key = (await admin.post(`/service-accounts/${robot.id}/keys`, { name: 'k', generate: 'EdDSA' })).want(201);
    const provider = (await admin.post('/identity-providers', { name: 'other', issuer: 'https://id.example.org', client_id: 'x' })).want(201);
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const before = await readOwner();
    const [his, robots] = [`/users/${owner.id}`, `/service-accounts/${robot.id}`];
    const roles = [ROLE];
    for (const [want, method, path, body] of [
        [403, 'PATCH', `/users/${boss.id}`, { roles: ['administrator', ROLE] }],
        [403, 'POST', '/users', { username: uniqueName('u'), email: 'u@example.org', roles }],
        [403, 'POST', '/service-accounts', { name: uniqueName('s'), roles }],
        [422, 'POST', '/groups', { name: uniqueName('g'), roles }],
        [422, 'PATCH', `/groups/${group.id}`, { roles }],
        [403, 'PATCH', his, { roles: [] }],
        [403, 'PATCH', his, { email: boss.email.replace('@', '+owner@') }],
        [403, 'PATCH', his, { username: 'someone' }],
        [403, 'PATCH', his, { status: 'disabled' }],
        [403, 'DELETE', his],
        [403, 'POST', `${his}/recovery`],
        [403, 'DELETE', `${his}/factors`],
        [403, 'DELETE', `${his}/sessions`],
        [403, 'POST', `/identity-providers/${provider.id}/links`, { sub: 'me', user_id: owner.id }],
        [403, 'PATCH', robots, { name: 'mine' }],
        [403, 'PATCH', robots, { roles: [] }],
        [403, 'DELETE', robots],
        [403, 'POST', `${robots}/tokens`, { name: 'mine' }],
        [403, 'DELETE', `${robots}/tokens/${token.id}`],
        [403, 'POST', `${robots}/keys`, { name: 'mine', generate: 'EdDSA' }],
        [403, 'PATCH', `${robots}/keys/${key.id}`, { status: 'disabled' }],
        [403, 'DELETE', `${robots}/keys/${key.id}`],
        [403, 'POST', '/organisations', { slug: uniqueName('o'), name: 'No' }],
        [403, 'POST', '/admin/clock/confirm'],
    ]) {
        const { status, text, json } = await boss.call(method, path, body);
        assert.equal(status, want, `${method} ${path} ${JSON.stringify(body)}: ${text}`);
        assert.ok(json.detail.length > 20, `${method} ${path} says why: ${text}`);
    }
    assert.deepEqual(await readOwner(), before);
    assert.equal((await ownerCall('GET', '/organisations')).status, 200, 'his session lives');
    (await server.client({ token: token.token }).get('/organisations')).want(200);
    assert.equal((await me(boss.browser)).permissions.includes('system:admin'), false);
    // What is no way to his rights an administrator does as for everybody.
    assert.equal((await boss.call('POST', `/groups/${group.id}/members`, { user_id: owner.id })).status, 204);
    assert.equal((await boss.call('DELETE', `/groups/${group.id}/members/${owner.id}`)).status, 204);
    assert.equal((await boss.call('GET', `${his}/sessions`)).status, 200);
});

test('no group has the role, whoever makes it: entering one never gives the server', async () => {
    const name = uniqueName('g');
    const problem = (await admin.post('/groups', { name, roles: [ROLE] })).wantProblem(422, 'bad-field');
    assert.equal(problem.errors[0].field, 'roles');
    const group = (await admin.post('/groups', { name })).want(201);
    (await admin.patch(`/groups/${group.id}`, { roles: ['user', ROLE] })).wantProblem(422, 'bad-field');
});

test('one who has the role gives it and takes it; whoever gets it begins anew', async () => {
    const eve = await person({});
    const { url: link } = JSON.parse((await boss.call('POST', `/users/${eve.id}/recovery`)).text);
    assert.equal((await ownerCall('PATCH', `/users/${eve.id}`, { roles: [ROLE] })).status, 200);
    assert.equal((await eve.browser.get('/api/v1/auth/me')).status, 401, 'what was open before ends');
    assert.equal((await eve.browser.get(link)).status, 404, 'and the link that an administrator had in hand');
    const browser = new Browser(server.url);
    await signInBy(browser, eve.username, PASSWORD);
    assert.equal((await browser.get('/api/v1/organisations')).status, 200);
    const call = await callerOf(browser);
    assert.equal((await call('PATCH', `/users/${owner.id}`, { display_name: 'The owner' })).status, 200);
    assert.equal((await ownerCall('PATCH', `/users/${eve.id}`, { roles: [] })).status, 200);
    assert.equal((await browser.get('/api/v1/organisations')).status, 403);
    assert.equal((await ownerCall('DELETE', `/users/${eve.id}`)).status, 204);
});

test('on a server that stood before, the command line gives it', async () => {
    const ada = await person({ roles: ['administrator'] });
    const { code, stderr } = await seneschal(['user', 'set', ada.username, '--role', ROLE, '--server', server.url, '--data', server.data]);
    assert.equal(code, 0, stderr);
    assert.deepEqual((await admin.get(`/users/${ada.id}`)).want(200).roles, [ROLE]);
});

test('only members of the organisation that runs the server have it, and in another he acts by the header', async () => {
    const slug = uniqueName('acme');
    (await admin.post('/organisations', { slug, name: 'Acme' })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const someone = { username: uniqueName('x'), email: 'x@example.org' };
    for (const [client, body] of [[there, {}], [admin, { org: slug }]]) {
        const { detail } = (await client.post('/users', { ...someone, ...body, roles: [ROLE] })).wantProblem(403, 'forbidden');
        assert.match(detail, /organisation default/);
    }
    (await there.post('/service-accounts', { name: uniqueName('s'), roles: [ROLE] })).wantProblem(403, 'forbidden');
    const theirs = await person({ roles: ['administrator'] }, there, `/login?org=${slug}`);
    (await there.patch(`/users/${theirs.id}`, { roles: [ROLE] })).wantProblem(403, 'forbidden');
    for (const [method, path] of [['GET', ''], ['PATCH', ''], ['DELETE', ''], ['POST', '/recovery'], ['DELETE', '/factors']]) {
        assert.equal((await theirs.call(method, `/users/${owner.id}${path}`, method === 'PATCH' ? { roles: [] } : undefined)).status, 404);
    }
    const headers = { 'Seneschal-Org': slug };
    const people = JSON.parse((await ownerBrowser.get('/api/v1/users', { headers })).text).items;
    assert.deepEqual(people.map((u) => u.id), [theirs.id]);
    assert.equal((await boss.browser.get('/api/v1/users', { headers })).status, 403);
    const invited = await ownerBrowser.json('POST', '/api/v1/invitations', { email: 'new@example.org' }, { ...headers, Origin: server.url, 'Sec-Fetch-Site': 'same-origin', 'Seneschal-CSRF': (await me(ownerBrowser)).csrf });
    assert.equal(invited.status, 201, invited.text);
    assert.equal((await there.get('/invitations')).want(200).items[0].state, 'open', 'his invitation there is good');
    assert.equal((await new Browser(server.url).get(JSON.parse(invited.text).url)).status, 200);
});

test('no other issuer signs in whoever has it: whoever looks after the issuer would be him', async () => {
    const issuer = await startIssuer();
    const bob = await person({});
    const provider = JSON.parse((await boss.call('POST', '/identity-providers', { name: 'mine', issuer: issuer.url, client_id: 'seneschal', client_secret: 's3cret', audience: 'seneschal', link_email: true })).text);
    issuer.serve({ client_id: 'seneschal', client_secret: 's3cret', redirect_uris: [provider.redirect_uri], backchannel_logout_uri: provider.backchannel_logout_uri });
    issuer.people = { o: { email: owner.email, email_verified: true }, b: { email: bob.email, email_verified: true } };
    const come = async (account) => {
        issuer.account = account;
        const browser = new Browser(server.url);
        let page = await browser.get('/login/upstream/mine');
        for (let i = 0; i < 12 && page.location !== undefined; i++) page = await browser.get(page.location.href);
        return { browser, page };
    };
    const { page, browser } = await come('o');
    assert.equal(page.status, 403);
    assert.match(page.text, /password or passkey/);
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);

    const linked = await come('b');
    assert.equal((await me(linked.browser)).id, bob.id);
    const seconds = Math.floor(Date.now() / 1000);
    const token = await issuer.sign({ sub: 'b', aud: 'seneschal', iat: seconds, exp: seconds + 600 }, { typ: 'at+jwt' });
    (await server.client({ token }).get('/auth/me')).want(200);
    assert.equal((await ownerCall('PATCH', `/users/${bob.id}`, { roles: [ROLE] })).status, 200);
    assert.equal((await linked.browser.get('/api/v1/auth/me')).status, 401, 'the session that the issuer began ends');
    assert.equal((await come('b')).page.status, 403);
    (await server.client({ token }).get('/auth/me')).wantProblem(401, 'unauthenticated');
});

test('no application gets the server by his visit, nor another way in', async () => {
    const app = await makeApp(admin, { people: [owner], consent: false, scopes: ['openid', 'api', ROLE] });
    const tokens = await new Rp(server, app).tokens(ownerBrowser, { scope: `openid api ${ROLE}` });
    const client = server.client({ token: tokens.access_token });
    (await client.get('/users')).want(200);
    (await client.get('/organisations')).wantProblem(403, 'forbidden');
    (await client.with({ 'Seneschal-Org': 'default' }).get('/users')).wantProblem(403, 'forbidden');
    (await client.patch(`/users/${owner.id}`, { email: boss.email.replace('@', '+o@') })).wantProblem(403, 'forbidden');
    for (const path of ['/auth/tokens', '/auth/factors/totp', '/auth/factors/recovery-codes']) {
        const { detail } = (await client.post(path, path === '/auth/tokens' ? { name: 'mine' } : undefined)).wantProblem(403, 'forbidden');
        assert.match(detail, /an application gives nobody/);
    }

    const robot = (await admin.post('/service-accounts', { name: uniqueName('robot'), roles: [ROLE] })).want(201);
    const machine = (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', grants: ['client_credentials'], scopes: ['api'] })).want(201);
    (await admin.post(`/applications/${machine.id}/bindings`, { service_account_id: robot.id })).want(201);
    const { access_token: token } = (await new Rp(server, machine).token({ grant_type: 'client_credentials' })).want(200);
    (await server.client({ token }).get('/users')).want(200);
    (await server.client({ token }).get('/organisations')).wantProblem(403, 'forbidden');
});

test('a personal token is not the whole server: it lies in the files of other programs', async () => {
    const { status, json } = await ownerCall('POST', '/auth/tokens', { name: 'calendar' });
    assert.equal(status, 201);
    const client = server.client({ token: json.token });
    (await client.get('/users')).want(200);
    (await client.get('/organisations')).wantProblem(403, 'forbidden');
    (await client.with({ 'Seneschal-Org': 'default' }).get('/users')).wantProblem(403, 'forbidden');
});

test('who signs in by the command line is the whole server there', async () => {
    const tokens = (await server.client().post('/auth/login', { username: owner.username, password: PASSWORD })).want(200);
    const client = server.client({ token: tokens.access_token });
    (await client.get('/organisations')).want(200);
    (await client.post('/auth/tokens', { name: 'by the command line' })).want(201);
});
