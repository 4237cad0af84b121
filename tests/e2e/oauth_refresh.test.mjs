// SPDX-License-Identifier: Apache-2.0
// Refresh tokens: one lineage whatever a client, a thief or a crash does; and what they stand on is looked at each time.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser, claimsOf, makeApp, makePerson, Rp, setPassword, wantOauth } from './lib/oauth.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
let admin = await server.admin();
const userinfo = (tokens) => server.client({ prefix: '', token: tokens.access_token }).get('/oauth2/userinfo');

/** A person in a browser at an application of his own. */
async function world({ groups, ...more } = {}) {
    const ann = await makePerson(admin, { groups });
    const rp = new Rp(server, await makeApp(admin, { people: groups === undefined ? [ann] : [], groups, refresh_grace_s: 0, ...more }));
    const browser = new Browser(server.url);
    const session = signIn(browser, server, ann);
    return { ann, rp, browser, session };
}

test('a refresh token gives the next, and the same person', async () => {
    const { ann, rp, browser, session } = await world();
    const first = await rp.tokens(browser);
    const second = (await rp.refresh(first.refresh_token)).want(200);
    assert.notEqual(second.refresh_token, first.refresh_token);
    const claims = claimsOf(second.id_token);
    assert.deepEqual([claims.sub, claims.sid, claims.nonce, claims.auth_time], [ann.id, session.id, undefined, claimsOf(first.id_token).auth_time]);
    (await userinfo(second)).want(200);
});

test('IDENTITY 7: a refresh token of one client is nothing to another', async () => {
    const { ann, rp, browser } = await world();
    const other = new Rp(server, await makeApp(admin, { people: [ann] }));
    const tokens = await rp.tokens(browser);
    wantOauth(await other.refresh(tokens.refresh_token), 400, 'invalid_grant');
    (await rp.refresh(tokens.refresh_token)).want(200);
});

test('IDENTITY 12: an old one ends the family', async () => {
    const { rp, browser } = await world();
    const first = await rp.tokens(browser);
    const second = (await rp.refresh(first.refresh_token)).want(200);
    wantOauth(await rp.refresh(first.refresh_token), 400, 'invalid_grant');
    wantOauth(await rp.refresh(second.refresh_token), 400, 'invalid_grant');
    assert.equal((await userinfo(second)).status, 401);
    assert.equal((await userinfo(first)).status, 401);
});

test('IDENTITY 13: within the grace the same successor, no fork', async () => {
    const { rp, browser } = await world({ refresh_grace_s: 60 });
    const first = await rp.tokens(browser);
    const second = (await rp.refresh(first.refresh_token)).want(200);
    const again = (await rp.refresh(first.refresh_token)).want(200);
    assert.equal(again.refresh_token, second.refresh_token);
    (await rp.refresh(second.refresh_token)).want(200);
    wantOauth(await rp.refresh(first.refresh_token), 400, 'invalid_grant');
});

test('IDENTITY 13: nobody asks for the same successor for ever', async () => {
    const { rp, browser } = await world({ refresh_grace_s: 60 });
    const first = await rp.tokens(browser);
    const { refresh_token: next } = (await rp.refresh(first.refresh_token)).want(200);
    let reply;
    let times = 0;
    while ((reply = await rp.refresh(first.refresh_token)).status === 200 && ++times < 100) assert.equal(reply.json.refresh_token, next);
    assert.ok(times > 1 && times <= 32, `${times}`);
    wantOauth(reply, 400, 'invalid_grant');
    wantOauth(await rp.refresh(next), 400, 'invalid_grant');
});

test('IDENTITY 54: a session that is revoked takes what applications have of it with it, at once', async () => {
    const { ann, rp, browser, session } = await world({ resources: ['https://api.example.org/a'], scopes: ['openid', 'offline_access', 'api'] });
    const tokens = await rp.tokens(browser, { scope: 'openid offline_access' });
    const api = await rp.tokens(browser, { scope: 'api offline_access', resource: `${server.url}/api/v1` });
    const elsewhere = new Browser(server.url);
    signIn(elsewhere, server, ann);
    const kept = await rp.tokens(elsewhere, { scope: 'openid offline_access' });
    const me = (token) => server.client({ token }).get('/auth/me');
    (await userinfo(tokens)).want(200);
    (await me(api.access_token)).want(200);
    (await server.client().with({ Cookie: `seneschal=${elsewhere.cookie('seneschal')}`, 'Seneschal-CSRF': JSON.parse((await elsewhere.get('/api/v1/auth/me')).text).csrf }).delete(`/auth/sessions/${session.id}`)).want(204);
    assert.ok(claimsOf(tokens.access_token).exp - Date.now() / 1000 > 86_000, 'it would be good for a day');
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    assert.equal((await userinfo(tokens)).status, 401);
    (await me(api.access_token)).wantProblem(401, 'unauthenticated');
    for (const one of [tokens, api]) wantOauth(await rp.refresh(one.refresh_token), 400, 'invalid_grant');
    assert.deepEqual((await rp.form('/oauth2/introspect', { token: tokens.access_token })).want(200), { active: false });
    (await userinfo(kept)).want(200);
});

test('IDENTITY 14: of twenty at once one lineage comes', async () => {
    const { rp, browser } = await world({ refresh_grace_s: 60 });
    const first = await rp.tokens(browser);
    const replies = await Promise.all(Array.from({ length: 20 }, () => rp.refresh(first.refresh_token)));
    assert.deepEqual([...new Set(replies.map((one) => one.want(200).refresh_token))].length, 1);
    const strict = await world();
    const one = await strict.rp.tokens(strict.browser);
    const many = await Promise.all(Array.from({ length: 20 }, () => strict.rp.refresh(one.refresh_token)));
    assert.equal(many.filter((reply) => reply.status === 200).length, 1);
});

test('IDENTITY 16: no wider scope, no other resource', async () => {
    const { rp, browser } = await world({ resources: ['https://api.example.org/a', 'https://api.example.org/b'] });
    const a = { resource: 'https://api.example.org/a' };
    const first = await rp.tokens(browser, { scope: 'openid email', ...a });
    assert.ok(claimsOf(first.access_token).aud.includes(a.resource));
    wantOauth(await rp.refresh(first.refresh_token, { scope: 'openid profile' }), 400, 'invalid_scope');
    wantOauth(await rp.refresh(first.refresh_token, { resource: 'https://api.example.org/b' }), 400, 'invalid_target');
    const less = (await rp.refresh(first.refresh_token, { scope: 'email', ...a })).want(200);
    assert.equal(less.scope, 'email');
    assert.deepEqual(claimsOf(less.access_token).aud, [a.resource]);
    assert.equal((await rp.refresh(less.refresh_token)).want(200).scope, 'openid email');
});

test('IDENTITY 17: what a refresh stands on is looked at each time', async () => {
    const refused = async (what, ends, groups) => {
        const w = await world({ groups });
        const tokens = await w.rp.tokens(w.browser);
        await ends(w);
        wantOauth(await w.rp.refresh(tokens.refresh_token), 400, 'invalid_grant');
        assert.equal((await userinfo(tokens)).status === 200, false, what);
    };
    await refused('the person is disabled', async ({ ann }) => (await admin.patch(`/users/${ann.id}`, { status: 'disabled' })).want(200));
    await refused('the binding is gone', async ({ rp }) => {
        const [binding] = await admin.all(`/applications/${rp.app.id}/bindings`);
        (await admin.delete(`/applications/${rp.app.id}/bindings/${binding.id}`)).want(204);
    });
    await refused('the password is another', async ({ ann }) => setPassword(server, admin, ann));
    const off = await world();
    const before = await off.rp.tokens(off.browser);
    (await admin.patch(`/applications/${off.rp.app.id}`, { status: 'disabled' })).want(200);
    wantOauth(await off.rp.refresh(before.refresh_token), 401, 'invalid_client');
    assert.equal((await userinfo(before)).status === 200, false);
    const group = (await admin.post('/groups', { name: uniqueName('family') })).want(201);
    const w = await world({ groups: [group.name] });
    const tokens = await w.rp.tokens(w.browser);
    (await admin.delete(`/groups/${group.id}/members/${w.ann.id}`)).want(204);
    wantOauth(await w.rp.refresh(tokens.refresh_token), 400, 'invalid_grant');
});

test('IDENTITY 22: what is not an access token for this place is no bearer', async () => {
    const { rp, browser } = await world();
    const tokens = await rp.tokens(browser);
    for (const token of [tokens.id_token, tokens.refresh_token, await rp.code(browser)]) {
        assert.equal((await server.client({ prefix: '', token }).get('/oauth2/userinfo')).status, 401);
        (await server.client({ token }).get('/users')).wantProblem(401, 'unauthenticated');
    }
    (await server.client({ token: tokens.access_token }).get('/users')).wantProblem(401, 'unauthenticated');
});

test('IDENTITY 15: after a power failure what was used stays used', async () => {
    const { rp, browser, session } = await world();
    const code = await rp.code(browser);
    const first = (await rp.redeem(code)).want(200);
    const second = (await rp.refresh(first.refresh_token)).want(200);
    const dead = await rp.tokens(browser);
    wantOauth(await rp.refresh((await rp.refresh(dead.refresh_token)).want(200).refresh_token, { scope: 'api' }), 400, 'invalid_scope');
    wantOauth(await rp.refresh(dead.refresh_token), 400, 'invalid_grant');
    const revoked = await rp.tokens(browser);
    (await rp.form('/oauth2/revoke', { token: revoked.refresh_token })).want(200);
    await server.kill();
    await server.restart();
    admin = await server.admin();
    for (const one of [dead, revoked]) wantOauth(await rp.refresh(one.refresh_token), 400, 'invalid_grant');
    const third = (await rp.refresh(second.refresh_token)).want(200);
    wantOauth(await rp.refresh(first.refresh_token), 400, 'invalid_grant');
    wantOauth(await rp.refresh(third.refresh_token), 400, 'invalid_grant');
    const later = new Browser(server.url);
    later.setCookie('seneschal', session.cookie);
    const more = await rp.code(later);
    const tokens = (await rp.redeem(more)).want(200);
    await server.kill();
    await server.restart();
    wantOauth(await rp.redeem(more), 400, 'invalid_grant');
    assert.equal((await userinfo(tokens)).status, 401);
});
