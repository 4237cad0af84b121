// SPDX-License-Identifier: Apache-2.0
// What a token is worth, its end before its time, and its exchange for a lesser one (RFC 7662, RFC 7009, RFC 8693).
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { ACCESS_TOKEN, basic, form, Machine, tokenForm, TOKEN_EXCHANGE } from './lib/machine.mjs';
import { claimsOf, makeApp, verified, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const machine = await Machine.make(server, admin, { roles: ['auditor'] });
const GRANTS = ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'];
async function appOf(more = {}) {
    const app = await makeApp(admin, { grants: GRANTS, scopes: ['api', 'auditor'], ...more });
    if (app.client_type === 'confidential') (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: machine.id })).want(201);
    return app;
}
const app = await appOf();
const stranger = await appOf();
const calendar = await appOf({ resources: ['https://calendar.example/'] });
const token = async (by = app, more = {}) => (await tokenForm(server, { grant_type: 'client_credentials', ...more }, basic(by))).want(200).access_token;
const introspect = (text, by = app) => form(server, '/oauth2/introspect', { token: text }, basic(by));
const revoke = (text, by = app) => form(server, '/oauth2/revoke', { token: text }, basic(by));
const exchange = (params, by) => tokenForm(server, { grant_type: TOKEN_EXCHANGE, subject_token_type: ACCESS_TOKEN, ...params }, basic(by));

test('a token\'s own client, and whom it is for, learn what it is worth; nobody else', async () => {
    const mine = await token(app, { scope: 'auditor' });
    const claims = claimsOf(mine);
    const seen = (await introspect(mine)).want(200);
    assert.deepEqual(seen, { active: true, client_id: app.client_id, username: machine.account.name, scope: 'auditor', token_type: 'Bearer', iss: server.url, sub: machine.id, aud: claims.aud, exp: claims.exp, iat: claims.iat, jti: claims.jti });
    assert.deepEqual((await introspect(mine, stranger)).want(200), { active: false });
    const theirs = await token(calendar, { resource: 'https://calendar.example/' });
    assert.equal((await introspect(theirs, calendar)).want(200).active, true);
    assert.deepEqual((await introspect(theirs)).want(200), { active: false });
    for (const text of ['x', `${mine}x`, 'sen_r_0000', mine.slice(0, -2), 'a.b.c']) assert.deepEqual((await introspect(text)).want(200), { active: false });
    assert.equal((await introspect(mine)).headers['cache-control'], 'no-store');
});

test('IDENTITY 36: who asks has to prove himself, at each of these rows', async () => {
    const mine = await token();
    const wrong = { ...app, client_secret: `${app.client_secret.slice(0, -1)}${app.client_secret.endsWith('x') ? 'y' : 'x'}` };
    const public_ = await makeApp(admin, { client_type: 'public' });
    for (const path of ['/oauth2/introspect', '/oauth2/revoke']) {
        for (const headers of [{}, basic(wrong), basic({ client_id: 'nobody', client_secret: 'x' }), { Authorization: 'Basic !' }]) {
            const refused = await form(server, path, { token: mine }, headers);
            wantOauth(refused, 401, 'invalid_client');
            assert.match(refused.headers['www-authenticate'], /^Basic /);
        }
        wantOauth(await form(server, path, {}, basic(app)), 400, 'invalid_request');
        assert.equal((await server.client({ prefix: '' }).get(path)).status, 405);
    }
    wantOauth(await form(server, '/oauth2/introspect', { token: mine, client_id: public_.client_id }), 401, 'invalid_client');
    assert.equal((await introspect(mine)).want(200).active, true, 'nobody has ended it');
});

test('IDENTITY 36: whatever of a secret is wrong, and of whatever client, the answer is the same one', async () => {
    const { client_id, client_secret: secret } = await appOf({ grants: [...GRANTS, 'authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'] });
    const at = (i) => `${secret.slice(0, i)}${secret[i] === 'x' ? 'y' : 'x'}${secret.slice(i + 1)}`;
    const wrong = [0, secret.length >> 1, secret.length - 1].map((i) => ({ client_id, client_secret: at(i) }));
    wrong.push({ client_id, client_secret: '' }, { client_id, client_secret: `${secret}x` }, { client_id: 'nobody', client_secret: secret });
    for (const [path, params] of [['/oauth2/token', { grant_type: 'client_credentials' }], ['/oauth2/device_authorization', {}], ['/oauth2/introspect', { token: 'x' }], ['/oauth2/revoke', { token: 'x' }], ['/oauth2/par', {}]]) {
        const answers = new Set();
        for (const client of wrong) {
            const reply = await form(server, path, params, basic(client));
            wantOauth(reply, 401, 'invalid_client');
            answers.add(reply.text);
        }
        assert.equal(answers.size, 1, path);
        assert.notEqual((await form(server, path, params, basic({ client_id, client_secret: secret }))).status, 401, path);
    }
});

test('revoked: dead at once, here and in every answer; a stranger\'s word changes nothing', async () => {
    const [one, two] = [await token(), await token()];
    const works = async (text) => (await server.client({ token: text }).get('/users')).status;
    assert.deepEqual([await works(one), await works(two)], [200, 200]);
    (await revoke(one, stranger)).want(200);
    assert.equal(await works(one), 200);
    (await revoke(one)).want(200);
    (await revoke(one)).want(200);
    assert.deepEqual([await works(one), await works(two)], [401, 200]);
    assert.deepEqual((await introspect(one)).want(200), { active: false });
    wantOauth(await exchange({ subject_token: one }, app), 400, 'invalid_grant');
    for (const text of ['x', 'sen_r_0000', 'a.b.c']) (await revoke(text)).want(200);
    const own = (await tokenForm(server, { grant_type: 'client_credentials', ...machine.proof() })).want(200).access_token;
    (await form(server, '/oauth2/revoke', { token: own, ...machine.proof() })).want(200);
    assert.equal(await works(own), 401);
});

test('an exchanged token says less, names who acts, and lives no longer', async () => {
    const subject = await token(calendar, { scope: 'api auditor', resource: 'https://calendar.example/' });
    const got = (await exchange({ subject_token: subject, scope: 'auditor', resource: `${server.url}/api/v1` }, calendar)).want(200);
    assert.deepEqual([got.issued_token_type, got.token_type, got.scope], [ACCESS_TOKEN, 'Bearer', 'auditor']);
    const [before, after] = [claimsOf(subject), await verified(server, got.access_token)];
    assert.deepEqual([after.sub, after.aud, after.client_id], [before.sub, [`${server.url}/api/v1`], calendar.client_id]);
    assert.deepEqual(after.act, { client_id: calendar.client_id, sub: calendar.client_id });
    assert.ok(after.exp <= before.exp);
    const again = (await exchange({ subject_token: got.access_token, audience: 'https://calendar.example/' }, calendar)).want(200);
    assert.deepEqual(claimsOf(again.access_token).act, { act: after.act, client_id: calendar.client_id, sub: calendar.client_id });
    const actor = await token(calendar, { resource: 'https://calendar.example/' });
    const delegated = (await exchange({ subject_token: subject, actor_token: actor, actor_token_type: ACCESS_TOKEN }, calendar)).want(200);
    assert.equal(claimsOf(delegated.access_token).act.sub, machine.id);
});

test('what an exchange is refused', async () => {
    const subject = await token(app, { scope: 'auditor' });
    const bad = [
        [{ subject_token: subject, scope: 'api' }, app, 'invalid_scope'],
        [{ subject_token: subject, resource: 'https://calendar.example/' }, app, 'invalid_target'],
        [{ subject_token: subject, audience: 'https://elsewhere.example/' }, app, 'invalid_target'],
        [{ subject_token: subject }, stranger, 'invalid_grant'],
        [{ subject_token: subject }, calendar, 'invalid_grant'],
        [{ subject_token: `${subject}x` }, app, 'invalid_grant'],
        [{ subject_token: machine.assertion() }, app, 'invalid_grant'],
        [{}, app, 'invalid_request'],
        [{ subject_token: subject, subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, app, 'invalid_request'],
        [{ subject_token: subject, requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, app, 'invalid_request'],
        [{ subject_token: subject, actor_token: 'a.b.c', actor_token_type: ACCESS_TOKEN }, app, 'invalid_grant'],
        [{ subject_token: subject }, await makeApp(admin, { scopes: ['api'] }), 'unauthorized_client'],
    ];
    for (const [params, by, error] of bad) wantOauth(await exchange(params, by), 400, error);
    let chained = subject;
    for (let i = 0; i < 4; i++) chained = (await exchange({ subject_token: chained }, app)).want(200).access_token;
    wantOauth(await exchange({ subject_token: chained }, app), 400, 'invalid_grant');
    const other = await Machine.make(server, admin, { roles: ['auditor'] });
    const theirs = await appOf();
    (await admin.post(`/applications/${theirs.id}/bindings`, { service_account_id: other.id })).want(201);
    wantOauth(await tokenForm(server, { grant_type: 'client_credentials' }, basic(theirs)), 400, 'unauthorized_client');
    (await admin.patch(`/service-accounts/${machine.id}`, { status: 'disabled' })).want(200);
    wantOauth(await exchange({ subject_token: subject }, app), 400, 'invalid_grant');
    (await admin.patch(`/service-accounts/${machine.id}`, { status: 'active' })).want(200);
});

test('another organisation\'s tokens are worth nothing here', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = server.client({ token: await server.adminToken(), headers: { 'Seneschal-Org': slug } });
    const foreign = await Machine.make(server, there);
    const theirs = (await tokenForm(server, { grant_type: 'client_credentials', ...foreign.proof() })).want(200).access_token;
    assert.deepEqual((await introspect(theirs)).want(200), { active: false });
    wantOauth(await exchange({ subject_token: theirs }, app), 400, 'invalid_grant');
    (await revoke(theirs)).want(200);
    assert.equal((await server.client({ token: theirs }).get('/portal/applications')).status, 200);
});

test('what was revoked stays so after kill -9', async () => {
    const [one, two] = [await token(), await token()];
    (await revoke(one)).want(200);
    await server.kill();
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    const works = async (text) => (await server.client({ token: text }).get('/users')).status;
    assert.deepEqual([await works(one), await works(two)], [401, 200]);
});
