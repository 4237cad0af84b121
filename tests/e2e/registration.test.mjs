// SPDX-License-Identifier: Apache-2.0
// Accounts without an invitation: closed unless somebody opened it, and then nothing before an administrator has
// looked (IDENTITY 44, 45); people ask for applications; the whole story of an invitation.
import assert from 'node:assert/strict';
import test from 'node:test';
import { formPage } from './lib/forms.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { Rp } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';

const closed = await startServer({ args: ['--access-contact', 'Ada <b>L.</b>, room 12'] });
const server = await startServer({ args: ['--registration-open', 'true'] });
const admin = await server.admin();
const nobody = server.client();
const PASSWORD = 'seven green umbrellas';

const person = () => {
    const username = uniqueName('r').replaceAll(/[^\w.-]/g, '');
    return { username, email: `${username}@example.org`, password: PASSWORD };
};
const register = async (more = {}) => (await nobody.post('/auth/register', { ...person(), ...more })).want(201);
const status = async (id) => (await admin.get(`/users/${id}`)).want(200).status;
const makeGroup = async () => (await admin.post('/groups', { name: uniqueName('g') })).want(201);
const makeApp = async (groups, more = {}) => {
    const app = (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', redirect_uris: ['https://app.example/cb'], client_type: 'public', scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'], ...more })).want(201);
    for (const group of groups) (await admin.post(`/applications/${app.id}/bindings`, { group_id: group.id })).want(201);
    return app;
};
/** Come in by an invitation; a client that is this person's browser. */
async function comeIn(groups, { mail } = {}) {
    const made = (await admin.post('/invitations', { groups: groups.map((g) => g.id), ...mail })).want(201);
    const reply = await nobody.post(`/invitations/${made.token}/accept`, person());
    const account = reply.want(201);
    const cookie = reply.headers['set-cookie'].map((c) => c.split(';')[0]).find((c) => c.includes('sen_b_'));
    const { hidden } = await formPage(server.url, '/register', { cookies: [cookie] });
    return { ...account, client: nobody.with({ Cookie: cookie, 'Seneschal-CSRF': hidden.csrf, Origin: server.url, 'Sec-Fetch-Site': 'same-origin' }) };
}

test('IDENTITY 44: switched off, nobody registers: not by the API, not by the page; both say what to do', async () => {
    const there = closed.client();
    const problem = (await there.post('/auth/register', person())).wantProblem(403, 'registration-closed');
    assert.match(problem.detail, /by invitation: .*\/access/);
    (await there.atRoot().post('/auth/register', person())).wantProblem(403, 'registration-closed');
    assert.equal((await there.atRoot().get('/register')).status, 403);
    const form = await formPage(closed.url, '/access');
    assert.equal(form.status, 200);
    assert.match(form.text, /Ada &lt;b&gt;L\.&lt;\/b&gt;, room 12/);
    const { username, email } = person();
    const bare = await fetch(`${closed.url}/register`, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ username, email, password: PASSWORD, password_again: PASSWORD }) });
    assert.equal(bare.status, 403);
    const there2 = await closed.admin();
    assert.deepEqual((await there2.get('/users')).want(200).items, []);
});

test('an invitation registers too, by the same call, where registration is off', async () => {
    const there = await closed.admin();
    const { token } = (await there.post('/invitations', {})).want(201);
    assert.equal((await closed.client().post('/auth/register', { ...person(), invitation: token })).want(201).status, 'active');
    (await closed.client().post('/auth/register', { ...person(), invitation: token })).wantProblem(403, 'invitation-over');
});

test('IDENTITY 45: a pending account cannot sign in, get tokens, or reset its password', async () => {
    const who = person();
    const made = (await nobody.post('/auth/register', who)).want(201);
    assert.equal(made.status, 'pending');
    const login = (password = PASSWORD) => nobody.post('/auth/login', { username: who.username, password });
    const words = (reply) => [reply.status, reply.json.code, reply.json.detail];
    const before = await login();
    assert.equal(before.status, 401);
    assert.deepEqual(words(before), words(await login('not the password')), 'the right one is answered like a wrong one');
    assert.notEqual((await admin.post(`/users/${made.id}/recovery`)).status, 201);
    const page = await formPage(server.url, '/login');
    const tried = await page.post({ name: who.username, password: PASSWORD });
    assert.ok(!tried.headers['set-cookie'].join().includes('sen_b_'));
    const cookies = tried.headers['set-cookie'].map((c) => c.split(';')[0]);
    const { browser } = await formPage(server.url, '/access', { cookies });
    assert.match((await browser.get('/portal')).headers.location ?? '', /\/login/, 'what the page gave opens nothing');
    const linksAsked = async () => {
        assert.equal((await (await formPage(server.url, '/recover')).post({ name: who.username })).status, 200);
        const { items } = (await admin.get('/admin/security/audit?action=user.recovery-asked')).want(200);
        return items.filter((e) => e.target?.id === made.id).length;
    };
    assert.equal(await linksAsked(), 0, 'no link is made for who waits');
    assert.equal(await status(made.id), 'pending');
    (await admin.post(`/users/${made.id}/validate`, {})).want(200);
    assert.equal(await status(made.id), 'active');
    assert.equal((await login()).status, 200, 'the password that was chosen before');
    assert.equal(await linksAsked(), 1, 'and for who is in there is one');
});

test('a person who registered is let in once, with groups, or not at all', async () => {
    const group = await makeGroup();
    const made = await register();
    const validated = (await admin.post(`/users/${made.id}/validate`, { groups: [group.name], reason: 'known' })).want(200);
    assert.deepEqual([validated.status, validated.groups], ['active', [group.name]]);
    (await admin.post(`/users/${made.id}/validate`)).wantProblem(409, 'conflict');
    (await admin.post(`/users/${made.id}/reject`)).wantProblem(409, 'conflict');
    const other = await register();
    (await admin.post(`/users/${other.id}/reject`, { reason: 'nobody knows him' })).want(204);
    (await admin.get(`/users/${other.id}`)).wantProblem(404, 'not-found');
    const again = await register({ username: other.username, email: other.email });
    const both = await Promise.all(['validate', 'reject'].map((verb) => admin.post(`/users/${again.id}/${verb}`)));
    assert.equal(both.filter((r) => r.status < 300).length, 1, 'two administrators, one decision');
    for (const action of ['user.registered', 'user.validated', 'user.rejected']) {
        assert.ok((await admin.get(`/admin/security/audit?action=${action}`)).want(200).items.length > 0, action);
    }
});

test('the page registers as the API does', async () => {
    const form = await formPage(server.url, '/register');
    const { username, email } = person();
    const wrong = await form.post({ username, email: 'nobody', password: PASSWORD, password_again: PASSWORD });
    assert.equal(wrong.status, 422);
    const done = await form.post({ username, email, password: PASSWORD, password_again: PASSWORD });
    assert.equal(done.status, 201, done.text);
    assert.ok(!done.headers['set-cookie'].join().includes('sen_b_'), 'who waits is not signed in');
    const [user] = (await admin.get(`/users?username=${username}`)).want(200).items;
    assert.equal(user.status, 'pending');
    assert.equal((await form.post({ username, email, password: PASSWORD, password_again: PASSWORD })).status, 422);
    (await nobody.post('/auth/register', { ...person(), username })).wantProblem(409, 'conflict');
});

test('people ask for applications; to approve is a group', async () => {
    const group = await makeGroup();
    const app = await makeApp([group]);
    const hidden = await makeApp([group], { admin: true });
    const who = await comeIn([]);
    const ask = (application_id, reason) => who.client.post('/portal/access-requests', { application_id, reason });
    const made = (await ask(app.id, 'for the holidays')).want(201);
    assert.deepEqual([made.status, made.username, made.application], ['open', who.username, app.name]);
    (await ask(app.id)).wantProblem(409, 'conflict');
    (await ask(hidden.id)).wantProblem(404, 'not-found');
    (await ask(made.id)).wantProblem(404, 'not-found');
    assert.deepEqual((await who.client.get('/portal/access-requests')).want(200).items.map((r) => r.id), [made.id]);
    (await who.client.get('/access-requests')).wantProblem(403, 'forbidden');
    (await who.client.post(`/access-requests/${made.id}/approve`)).wantProblem(403, 'forbidden');
    assert.ok((await admin.get('/access-requests?status=open')).want(200).items.some((r) => r.id === made.id));
    const other = await makeGroup();
    (await admin.post(`/access-requests/${made.id}/approve`, { group: other.name })).wantProblem(422, 'bad-field');
    const approved = (await admin.post(`/access-requests/${made.id}/approve`)).want(200);
    assert.deepEqual([approved.status, approved.group], ['approved', group.name]);
    assert.deepEqual((await admin.get(`/users/${who.id}`)).want(200).groups, [group.name]);
    (await admin.post(`/access-requests/${made.id}/refuse`)).wantProblem(409, 'conflict');
    (await ask(app.id)).wantProblem(409, 'conflict');
    const two = await makeApp([group, other].slice(1).concat(await makeGroup()));
    const second = (await ask(two.id)).want(201);
    (await admin.post(`/access-requests/${second.id}/approve`)).wantProblem(422, 'bad-field');
    assert.equal((await admin.post(`/access-requests/${second.id}/refuse`, { reason: 'not now' })).want(200).decided_reason, 'not now');
    (await ask(two.id)).want(201);
    (await admin.post('/portal/access-requests', { application_id: app.id })).wantProblem(403, 'forbidden');
    const gained = (await admin.get('/admin/security/audit?action=access.gained&limit=500')).want(200).items;
    assert.ok(gained.some((e) => e.target.id === who.id && e.details.applications.includes(app.name)));
});

test('the whole story: two groups, a scanner, an account, exactly its applications, out of a group', async () => {
    const [music, photos, admins] = [await makeGroup(), await makeGroup(), await makeGroup()];
    const apps = { music: await makeApp([music]), photos: await makeApp([photos]), other: await makeApp([admins]), hidden: await makeApp([music], { admin: true }) };
    const invited = (await admin.post('/invitations', { groups: [music.name, photos.name] })).want(201);
    for (let i = 0; i < 2; i++) assert.equal((await nobody.atRoot().get(`/invite/${invited.token}`)).status, 200);
    const form = await formPage(server.url, `/invite/${invited.token}`);
    const { username, email } = person();
    const done = await form.post({ username, email, password: PASSWORD, password_again: PASSWORD });
    assert.equal(done.status, 201, done.text);
    const cookie = done.headers['set-cookie'].map((c) => c.split(';')[0]).find((c) => c.includes('sen_b_'));
    const me = nobody.with({ Cookie: cookie });
    const portal = async () => (await me.get('/portal/applications')).want(200).items.map((a) => a.id).sort();
    assert.deepEqual(await portal(), [apps.music.id, apps.photos.id].sort());
    const [user] = (await admin.get(`/users?username=${username}`)).want(200).items;
    const { browser } = await formPage(server.url, '/access', { cookies: [cookie] });
    const tokenOf = async (app) => (await new Rp(server, app).tokens(browser)).access_token;
    const tokens = { music: await tokenOf(apps.music), photos: await tokenOf(apps.photos) };
    const userinfo = async (token) => (await server.client({ token, prefix: '' }).get('/oauth2/userinfo')).status;
    assert.deepEqual([await userinfo(tokens.music), await userinfo(tokens.photos)], [200, 200]);
    (await admin.delete(`/groups/${photos.id}/members/${user.id}`)).want(204);
    assert.deepEqual([await userinfo(tokens.music), await userinfo(tokens.photos)], [200, 401], 'dead at once, and that one alone');
    assert.deepEqual(await portal(), [apps.music.id]);
    (await admin.patch(`/users/${user.id}`, { status: 'disabled' })).want(200);
    assert.notEqual((await me.get('/portal/applications')).status, 200);
});
