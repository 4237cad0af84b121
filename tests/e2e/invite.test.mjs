// SPDX-License-Identifier: Apache-2.0
// The links of invitations: what opens them, what uses them up, what they are worth (IDENTITY 15, 37 to 42).
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { formPage } from './lib/forms.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const PASSWORD = 'four quiet lamps at noon';

const makeGroup = async (more = {}) => (await admin.post('/groups', { name: uniqueName('g'), ...more })).want(201);
const invite = async (body = {}, by = admin) => (await by.post('/invitations', body)).want(201);
const person = (more = {}) => {
    const username = uniqueName('p').replaceAll(/[^\w.-]/g, '');
    return { username, email: `${username}@example.org`, password: PASSWORD, ...more };
};
const accept = (token, more) => nobody.post(`/invitations/${token}/accept`, person(more));
const over = (reply) => reply.wantProblem(403, 'invitation-over');
const users = async (ids) => Promise.all(ids.map(async (id) => (await admin.get(`/users/${id}`)).want(200)));
async function inviter(roles = ['administrator']) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('s'), roles })).want(201);
    const { token } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    return { id: account.id, client: server.client({ token }) };
}

test('an invitation makes an active account in its groups, signed in', async () => {
    const groups = [await makeGroup(), await makeGroup()];
    const made = await invite({ groups: groups.map((g) => g.id), prefill: { display_name: 'Ada L.' } });
    const reply = await accept(made.token);
    const account = reply.want(201);
    assert.equal(account.status, 'active');
    assert.deepEqual(account.groups, groups.map((g) => g.name).sort());
    assert.match(reply.headers['set-cookie']?.join() ?? '', /seneschal=sen_b_\w+; .*HttpOnly/);
    const [user] = await users([account.id]);
    assert.deepEqual([user.status, user.display_name, user.roles], ['active', 'Ada L.', []]);
    const event = (await admin.get('/admin/security/audit?action=invitation.accepted')).want(200).items[0];
    assert.deepEqual([event.target.id, event.actor.id, event.details.invitation], [account.id, account.id, made.id]);
    assert.ok(!JSON.stringify(event).includes(made.token) && !server.log.includes(made.token) && !server.log.includes(PASSWORD));
});

test('IDENTITY 37: an invitation reused, or accepted twenty times at once, is one account', async () => {
    const made = await invite();
    const replies = await Promise.all(Array.from({ length: 20 }, () => accept(made.token)));
    assert.equal(replies.filter((r) => r.status === 201).length, 1);
    for (const r of replies) assert.ok([201, 403, 503].includes(r.status), r.text); // 503: two hashes at a time, and room for few
    over(await accept(made.token));
    const several = await invite({ uses: 3 });
    const more = await Promise.all(Array.from({ length: 5 }, () => accept(several.token)));
    const came = more.filter((r) => r.status === 201).length;
    for (let i = came; i < 3; i++) (await accept(several.token)).want(201);
    over(await accept(several.token));
    assert.deepEqual([(await admin.get(`/invitations/${several.id}`)).want(200).state], ['used']);
});

test('IDENTITY 38: one second over its time it is over, whatever jobs run', async () => {
    const expires_at = new Date(Date.now() + 1500).toISOString();
    const made = await invite({ expires_at, uses: 2 });
    (await accept(made.token)).want(201);
    await eventually('its time is over', () => Date.now() >= Date.parse(expires_at));
    over(await accept(made.token));
    assert.equal((await admin.get(`/invitations/${made.id}`)).want(200).state, 'expired');
});

test('IDENTITY 39: a link is bound to its record: no other groups, no other address, no other flow', async () => {
    const group = await makeGroup();
    const email = `${uniqueName('bound')}@example.org`;
    const plain = await invite({ email });
    await invite({ groups: [group.id] });
    (await accept(plain.token, { email: 'other@example.org' })).wantProblem(422, 'bad-field');
    const account = (await nobody.post(`/invitations/${plain.token}/accept`, { username: uniqueName('b'), password: PASSWORD })).want(201);
    assert.deepEqual([account.email, account.groups], [email, []]);
    const other = await invite();
    for (const token of [`${other.token}x`, other.token.slice(0, -1), other.token.toUpperCase(), other.id, 'x'.repeat(55)]) over(await accept(token));
    (await server.client({ token: other.token }).get('/users')).wantProblem(401, 'unauthenticated');
    (await nobody.post('/devices/enroll/confirm', { device_id: other.id, claim: other.token })).want(403);
    (await accept(other.token)).want(201);
});

test('IDENTITY 40: an acceptance that adds rights, ids or a proven address is refused whole', async () => {
    const made = await invite();
    for (const extra of [{ groups: ['admins'] }, { roles: ['administrator'] }, { is_admin: true }, { email_verified: true }, { id: made.id }, { org: 'x' }, { status: 'active' }]) {
        (await accept(made.token, extra)).wantProblem(422, 'unknown-field');
    }
    const form = await formPage(server.url, `/invite/${made.token}`);
    const { username, email } = person();
    const reply = await form.post({ username, email, password: PASSWORD, password_again: PASSWORD, groups: 'admins', is_admin: 'true' });
    assert.equal(reply.status, 422);
    assert.equal((await admin.get(`/invitations/${made.id}`)).want(200).uses_left, 1);
    const account = (await accept(made.token)).want(201);
    assert.deepEqual((await users([account.id]))[0].roles, []);
});

test('IDENTITY 41: GET and HEAD of the link, by scanners and previews, use nothing up', async () => {
    const made = await invite({ lang: 'fr' });
    const root = nobody.atRoot();
    for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await root.call(method, `/invite/${made.token}`)).status, 200);
    for (const method of ['GET', 'HEAD']) assert.equal((await nobody.call(method, `/invitations/${made.token}/accept`)).status, 405);
    assert.equal((await admin.get(`/invitations/${made.id}`)).want(200).uses_left, 1);
    const page = await root.get(new URL(made.url).pathname + new URL(made.url).search);
    assert.match(page.text, /<html lang="fr">/);
    assert.match(page.text, /vous invite/);
    assert.equal(page.headers['referrer-policy'], 'no-referrer');
    assert.match(page.headers['cache-control'], /no-store/);
    (await accept(made.token)).want(201);
});

test('IDENTITY 42: an inviter who is disabled, demoted or deleted takes his links with him, in the same words', async () => {
    const group = await makeGroup({ roles: ['auditor'] });
    const unknown = over(await accept('sen_i_unknown')).detail;
    for (const end of ['disabled', 'demoted', 'deleted']) {
        const by = await inviter();
        const made = await invite({ groups: [group.id] }, by.client);
        const at = `/service-accounts/${by.id}`;
        if (end === 'deleted') (await admin.delete(at)).want(204);
        else (await admin.patch(at, end === 'disabled' ? { status: 'disabled' } : { roles: ['operator'] })).want(200);
        assert.equal(over(await accept(made.token)).detail, unknown, end);
        assert.equal((await nobody.atRoot().get(`/invite/${made.token}`)).status, 403);
        const shown = (await admin.get(`/invitations/${made.id}`)).want(200);
        assert.deepEqual([shown.state, shown.uses_left], ['orphaned', 1]);
    }
});

test('the page: what is wrong is said beside the form, which keeps what was written', async () => {
    const made = await invite({ prefill: { username: 'proposed', display_name: '<b>Ada</b>' } });
    const path = `/invite/${made.token}`;
    let form = await formPage(server.url, path);
    assert.match(form.text, /value="proposed"/);
    assert.ok(form.text.includes('&lt;b&gt;Ada') && !form.text.includes('<b>Ada'));
    assert.doesNotMatch(form.text, /<script|style=/);
    const { username, email } = person();
    const fields = { username, email, display_name: 'Ada', password: PASSWORD, password_again: PASSWORD };
    const taken = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('t')}@example.org` })).want(201);
    for (const [change, text] of [[{ password_again: 'x' }, /not the same/], [{ password: 'short', password_again: 'short' }, /too short/], [{ username: 'a b' }, /letters a to z/],
        [{ username: 'me@example.org' }, /letters a to z/], [{ email: taken.email.toUpperCase() }, /account already/], [{ username: taken.username }, /account already|letters/]]) {
        const reply = await form.post({ ...fields, ...change });
        assert.equal(reply.status, 422);
        assert.match(reply.text, text);
        assert.ok(!reply.text.includes(PASSWORD));
        assert.match(reply.text, /value="Ada"/);
    }
    assert.equal((await form.post(fields, { csrf: 'x' })).status, 403);
    assert.equal((await admin.get(`/invitations/${made.id}`)).want(200).uses_left, 1);
    const done = await form.post(fields);
    assert.equal(done.status, 201, done.text);
    assert.match(done.text, new RegExp(`signed in as ${username}`));
    assert.match(done.headers['set-cookie'].join(), /sen_b_/);
    form = await formPage(server.url, path);
    assert.equal(form.status, 403);
    assert.match(form.text, /is over/);
});

test('IDENTITY 15: an invitation that was used stays used over kill -9', async () => {
    const made = await invite();
    const open = await invite();
    const account = (await accept(made.token)).want(201);
    await server.kill();
    await server.start();
    const again = await server.admin();
    over(await server.client().post(`/invitations/${made.token}/accept`, person()));
    assert.equal((await again.get(`/users/${account.id}`)).want(200).status, 'active');
    (await server.client().post(`/invitations/${open.token}/accept`, person())).want(201);
});
