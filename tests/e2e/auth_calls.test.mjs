// SPDX-License-Identifier: Apache-2.0
// The calls of simple clients: sign in, refresh, sign out, who am I; and that what follows from a session dies with it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { callerOf, totp } from './lib/factor.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { PASSWORD, choosePassword, makePerson, signInBy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const ada = await makePerson(server, admin, { roles: ['administrator'] });

const login = async (who = ada, password = PASSWORD) => (await nobody.post('/auth/login', { username: who.username, password })).want(200);
const refresh = (token) => nobody.post('/auth/refresh', { refresh_token: token });
const me = (token) => server.client({ token }).get('/auth/me');
const claims = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
const wantDead = async (pair) => {
    (await me(pair.access_token)).wantProblem(401, 'unauthenticated');
    (await refresh(pair.refresh_token)).wantProblem(401, 'unauthenticated');
};

test('a name or an email and a password give a pair for the API and /mcp', async () => {
    const pair = (await nobody.post('/auth/login', { email: ada.email.toUpperCase(), password: PASSWORD })).want(200);
    assert.deepEqual([pair.token_type, pair.expires_in], ['Bearer', 86400]);
    assert.match(pair.refresh_token, /^sen_r_/);
    const token = claims(pair.access_token);
    assert.deepEqual(token.aud, [`${server.url}/api/v1`, `${server.url}/mcp`]);
    assert.deepEqual([token.sub, token.scope, token.exp - token.iat], [ada.id, 'api mcp', 86400]);
    const who = (await me(pair.access_token)).want(200);
    assert.deepEqual([who.kind, who.id, who.username, who.email, who.is_admin, who.roles, who.groups, who.session_id, 'csrf' in who],
        ['user', ada.id, ada.username, ada.email, true, ['administrator'], [], token.sid, false]);
    (await server.client({ token: pair.access_token }).get('/users')).want(200);
    const both = await nobody.atRoot().post('/auth/login', { username: ada.username, password: PASSWORD });
    both.want(200);
    assert.equal(both.headers['cache-control'], 'no-store');
});

test('service accounts and administrators of the machine are told who they are too', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g'), roles: ['auditor'] })).want(201);
    const account = (await admin.post('/service-accounts', { name: uniqueName('s'), groups: [group.id] })).want(201);
    const { token } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    const who = (await me(token)).want(200);
    assert.deepEqual([who.kind, who.username, who.roles, who.groups, who.is_admin, who.session_id], ['service', account.name, ['auditor'], [group.name], false, null]);
    (await server.client({ token }).post('/auth/logout')).wantProblem(409, 'conflict');
    (await server.client({ token }).get('/auth/sessions')).wantProblem(403, 'forbidden');
    assert.deepEqual([(await admin.get('/auth/me')).want(200).kind, (await admin.get('/auth/me')).want(200).is_admin], ['system', true]);
});

test('a refresh token is good once; one that comes again too late ends them all', async () => {
    const first = await login();
    const second = (await refresh(first.refresh_token)).want(200);
    assert.notEqual(second.refresh_token, first.refresh_token);
    const again = (await refresh(first.refresh_token)).want(200); // the answer was lost: the same successor
    assert.equal(again.refresh_token, second.refresh_token);
    const third = (await refresh(second.refresh_token)).want(200);
    (await refresh(first.refresh_token)).wantProblem(401, 'unauthenticated'); // its successor was used: stolen
    await wantDead(third);
    const events = (await admin.get(`/admin/security/audit?target=${ada.id}&action=session.reused`)).want(200).items;
    assert.equal(events.length, 1);
});

test('twenty at once with one refresh token: one lineage', async () => {
    const { refresh_token: token } = await login();
    const replies = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    const good = replies.filter((r) => r.status === 200);
    assert.ok(good.length >= 1);
    assert.equal(new Set(good.map((r) => r.json.refresh_token)).size, 1);
    for (const reply of replies) assert.ok([200, 401].includes(reply.status));
});

test('bad refresh tokens get one answer', async () => {
    const pair = await login();
    for (const token of ['x', `${pair.refresh_token}x`, pair.refresh_token.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z')), pair.access_token.slice(0, 60)]) {
        (await refresh(token)).wantProblem(401, 'unauthenticated');
    }
    (await me(pair.refresh_token)).wantProblem(401, 'unauthenticated'); // and it is no bearer
    (await nobody.post('/auth/login', 'username=ada&password=x', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).wantProblem(415, 'unsupported-media-type');
});

test('IDENTITY 54: signing out ends access and refresh tokens at once, and only these', async () => {
    const [gone, kept] = [await login(), await login()];
    (await server.client({ token: gone.access_token }).post('/auth/logout')).want(204);
    await wantDead(gone);
    (await me(kept.access_token)).want(200);
    const mine = server.client({ token: kept.access_token });
    const others = (await mine.get('/auth/sessions')).want(200).items;
    assert.ok(others.some((s) => s.current && s.kind === 'api'));
    assert.equal(others.some((s) => s.id === claims(gone.access_token).sid), false);
    (await mine.delete(`/auth/sessions/${claims(kept.access_token).sid}`)).want(204);
    await wantDead(kept);
});

for (const [what, end] of [
    ['is disabled', (who) => admin.patch(`/users/${who.id}`, { status: 'disabled' })],
    ['is signed out by an administrator', (who) => admin.delete(`/users/${who.id}/sessions`)],
    ['is deleted', (who) => admin.delete(`/users/${who.id}`)],
]) {
    test(`IDENTITY 17: tokens are dead at once when their person ${what}`, async () => {
        const who = await makePerson(server, admin);
        const pair = await login(who);
        (await me(pair.access_token)).want(200);
        assert.ok([200, 204].includes((await end(who)).status));
        await wantDead(pair);
    });
}

test('IDENTITY 17: a new password ends every token and session; the old one is wrong', async () => {
    const bob = await makePerson(server, admin);
    const pair = await login(bob);
    const { url } = (await admin.post(`/users/${bob.id}/recovery`)).want(201);
    const spare = (await admin.post(`/users/${bob.id}/recovery`)).want(201);
    (await me(pair.access_token)).want(200); // a link changes nothing
    assert.equal((await choosePassword(new Browser(server.url), url, 'a second one, much better')).status, 303);
    await wantDead(pair);
    (await nobody.post('/auth/login', { username: bob.username, password: PASSWORD })).wantProblem(401, 'unauthenticated');
    await login(bob, 'a second one, much better');
    const used = await new Browser(server.url).get(spare.url);
    assert.equal(used.status, 404); // other links die with the password
});

test('nobody gets a link for more rights than his own', async () => {
    const auditor = await makePerson(server, admin, { roles: ['auditor'] });
    const pair = await login(auditor);
    (await server.client({ token: pair.access_token }).post(`/users/${ada.id}/recovery`)).wantProblem(403, 'forbidden');
    const off = (await admin.post('/users', { username: uniqueName('p'), email: `${uniqueName('p')}@example.org` })).want(201);
    (await admin.patch(`/users/${off.id}`, { status: 'disabled' })).want(200);
    (await admin.post(`/users/${off.id}/recovery`)).wantProblem(409, 'conflict');
});

test('IDENTITY 52: who has a second factor shows it in the same call; a code is good once', async () => {
    const who = await makePerson(server, admin);
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, who.username, PASSWORD)).status, 303);
    const call = await callerOf(browser);
    const made = await call('POST', '/auth/factors/totp');
    assert.equal(made.status, 201, made.text);
    const { id, secret } = made.json;
    assert.equal((await call('POST', `/auth/factors/totp/${id}/confirm`, { code: totp(secret) })).status, 204);
    const ask = (more) => nobody.post('/auth/login', { username: who.username, password: PASSWORD, ...more });
    for (const more of [{}, { otp: '000000' }, { otp: totp(secret) }]) (await ask(more)).wantProblem(401, 'unauthenticated'); // the last was used above
    const otp = totp(secret, 1);
    const pair = (await ask({ otp })).want(200);
    const [session] = (await server.client({ token: pair.access_token }).get('/auth/sessions')).want(200).items;
    assert.deepEqual(session.methods, ['pwd', 'otp']);
    (await ask({ otp })).wantProblem(401, 'unauthenticated');
});

test('tokens live as long as the settings say', async () => {
    const own = await startServer({ env: { SENESCHAL_TOKEN_ACCESS_LIFE: '60', SENESCHAL_SESSION_LIFE: '400' } });
    const boss = await own.admin();
    const who = await makePerson(own, boss);
    const pair = (await own.client().post('/auth/login', { username: who.username, password: PASSWORD })).want(200);
    assert.equal(pair.expires_in, 60);
    const { items } = (await boss.get(`/users/${who.id}/sessions`)).want(200);
    assert.equal(Math.round((Date.parse(items[0].expires_at) - Date.parse(items[0].created_at)) / 1000), 400);
    await own.stop();
});
