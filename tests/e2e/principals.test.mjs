// SPDX-License-Identifier: Apache-2.0
// Organisations, people, groups, service accounts: the contract, and nobody who gives what he lacks
// (AC01, AC02, AC18, AC21, AC39, AC40 of docs/THREATS.md).
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, makeNonce, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();

const makeUser = async (more = {}, by = admin) => {
    const username = uniqueName('u');
    return (await by.post('/users', { username, email: `${username}@example.org`, ...more })).want(201);
};
const makeGroup = async (more = {}, by = admin) => (await by.post('/groups', { name: uniqueName('g'), ...more })).want(201);
/** A service account with these roles, and a client that is it. */
async function makeService(more = {}, by = admin) {
    const account = (await by.post('/service-accounts', { name: uniqueName('s'), ...more })).want(201);
    const token = (await by.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    return { ...account, token, client: server.client({ token: token.token }) };
}

test('a person from the making to the end', async () => {
    const username = uniqueName('Ada');
    const group = await makeGroup();
    const made = (await admin.post('/users', { username, email: `${username}@Example.org`, display_name: 'Ada L.', groups: [group.name] })).want(201);
    assert.equal(made.status, 'active');
    assert.deepEqual(made.groups, [group.name]);
    assert.deepEqual((await admin.get(`/users/${made.id}`)).want(200), made);
    const changed = (await admin.patch(`/users/${made.id}`, { display_name: null, roles: ['auditor'] })).want(200);
    assert.equal(changed.display_name, null);
    assert.deepEqual(changed.roles, ['auditor']);
    assert.equal(changed.username, username);
    assert.equal((await admin.patch(`/users/${made.id}`, { status: 'disabled' })).want(200).status, 'disabled');
    (await admin.delete(`/users/${made.id}`)).want(204);
    (await admin.get(`/users/${made.id}`)).wantProblem(404, 'not-found');
    (await admin.delete(`/users/${made.id}`)).wantProblem(404, 'not-found');
});

test('names are unique in any case; search is a prefix, and a wildcard only a letter', async () => {
    const user = await makeUser();
    const other = { username: user.username.toUpperCase(), email: 'x@example.org' };
    (await admin.post('/users', other)).wantProblem(409, 'conflict');
    (await admin.post('/users', { username: uniqueName(), email: user.email.toUpperCase() })).wantProblem(409, 'conflict');
    const found = async (query) => (await admin.get(`/users?${query}`)).want(200).items.map((u) => u.id);
    assert.deepEqual(await found(`search=${user.username.toUpperCase()}`), [user.id]);
    assert.deepEqual(await found(`username=${user.username}`), [user.id]);
    assert.deepEqual(await found(`email=${user.email.toUpperCase()}`), [user.id]);
    const word = uniqueName('Durand');
    (await admin.patch(`/users/${user.id}`, { display_name: `Zoé ${word} d'Or` })).want(200);
    for (const begins of [word.slice(0, -1), word.toUpperCase(), `Zoé ${word}`, `${word} d'`])
        assert.deepEqual(await found(`search=${encodeURIComponent(begins)}`), [user.id], begins);
    assert.deepEqual(await found(`search=${word.slice(1)}`), [], 'not within a word');
    assert.equal((await admin.get(`/users?search=${word}&count=true`)).want(200).total, 1);
    for (const wild of ['%25', '_', '*', "'%20OR%201=1--"]) assert.deepEqual(await found(`search=${wild}`), []);
});

test('bad fields are named', async () => {
    const cases = [
        [{}, 'username'],
        [{ username: '', email: 'a@example.org' }, 'username'],
        [{ username: 'a'.repeat(129), email: 'a@example.org' }, 'username'],
        [{ username: 'a\nb', email: 'a@example.org' }, 'username'],
        [{ username: 'a', email: 'nobody' }, 'email'],
        [{ username: 'a', email: 'a@example.org', roles: ['root'] }, 'roles'],
        [{ username: 'a', email: 'a@example.org', groups: ['there is none'] }, 'groups'],
        [{ username: 'a', email: 'a@example.org', groups: [7] }, 'groups'],
    ];
    for (const [body, field] of cases) {
        const problem = (await admin.post('/users', body)).wantProblem(422, 'bad-field');
        assert.equal(problem.errors[0].field, field, JSON.stringify(body));
    }
    const forged = { username: uniqueName(), email: 'f@example.org', is_admin: true };
    (await admin.post('/users', forged)).wantProblem(422, 'unknown-field');
    const user = await makeUser();
    (await admin.patch(`/users/${user.id}`, { username: null })).wantProblem(422, 'bad-field');
    (await admin.patch(`/users/${user.id}`, { status: 'pending' })).wantProblem(422, 'bad-field');
});

test('a change that saw an older state is refused', async () => {
    for (const [path, made] of [['users', await makeUser()], ['groups', await makeGroup()], ['service-accounts', await makeService()]]) {
        const got = await admin.get(`/${path}/${made.id}`);
        const stale = got.headers.etag;
        assert.equal(got.json.etag, stale);
        const fresh = (await admin.patch(`/${path}/${made.id}`, { roles: ['user'] }, { headers: { 'If-Match': stale } })).want(200).etag;
        assert.notEqual(fresh, stale);
        (await admin.patch(`/${path}/${made.id}`, { roles: [] }, { headers: { 'If-Match': stale } })).wantProblem(412, 'stale');
        (await admin.delete(`/${path}/${made.id}`, { headers: { 'If-Match': stale } })).wantProblem(412, 'stale');
        (await admin.delete(`/${path}/${made.id}`, { headers: { 'If-Match': fresh } })).want(204);
    }
});

test('lists go page by page, and a cursor serves no other list', async () => {
    const prefix = uniqueName('page');
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push((await makeGroup({ name: `${prefix}-${i}` })).id);
    const page = (await admin.get(`/groups?search=${prefix}&limit=2`)).want(200);
    assert.deepEqual(page.items.map((g) => g.id), ids.slice(0, 2));
    await makeGroup({ name: `${prefix}-late` });
    const rest = await admin.all(`/groups?search=${prefix}&limit=2`);
    assert.deepEqual(rest.map((g) => g.id).slice(0, 5), ids);
    (await admin.get(`/groups?search=other&cursor=${page.next_cursor}`)).wantProblem(400, 'bad-cursor');
    (await admin.get(`/users?cursor=${page.next_cursor}`)).wantProblem(400, 'bad-cursor');
    const forged = (page.next_cursor[0] === 'A' ? 'B' : 'A') + page.next_cursor.slice(1);
    (await admin.get(`/groups?search=${prefix}&cursor=${forged}`)).wantProblem(400, 'bad-cursor');
});

test('the groups that somebody is in, and no others', async () => {
    const [one, two] = [await makeGroup(), await makeGroup()];
    const name = uniqueName('kim');
    const kim = (await admin.post('/users', { username: name, email: `${name}@example.org`, groups: [two.id, one.id] })).want(201);
    const page = (await admin.get(`/groups?member_id=${kim.id}&limit=1&count=true`)).want(200);
    assert.deepEqual([page.items.map((g) => g.id), page.total], [[one.id], 2]);
    assert.deepEqual((await admin.get(`/groups?member_id=${kim.id}&cursor=${page.next_cursor}`)).want(200).items.map((g) => g.id), [two.id]);
    assert.deepEqual((await admin.get(`/groups?member_id=${kim.id}&search=${two.name}`)).want(200).items.map((g) => g.id), [two.id]);
    (await admin.get(`/groups?member_id=${one.id}&cursor=${page.next_cursor}`)).wantProblem(400, 'bad-cursor');
    assert.deepEqual((await admin.get(`/groups?member_id=${one.id}`)).want(200).items, []);
});

test('a list says how many there are where it is asked', async () => {
    const prefix = uniqueName('count');
    for (let i = 0; i < 3; i++) {
        await makeGroup({ name: `${prefix}-${i}` });
        await makeService({ name: `${prefix}-${i}` });
        (await admin.post('/users', { username: `${prefix}-${i}`, email: `${i}-${prefix}@example.org` })).want(201);
    }
    for (const path of ['groups', 'service-accounts', 'users']) {
        const total = async (more) => (await admin.get(`/${path}?count=true&limit=1${more}`)).want(200).total;
        assert.equal(await total(`&search=${prefix}`), 3, path);
        assert.equal(await total(`&search=${prefix.toUpperCase()}-2`), 1, path);
        assert.equal(await total(`&search=nobody-${prefix}`), 0, path);
        assert.equal(await total(''), (await admin.all(`/${path}`)).length, path);
        assert.equal((await admin.get(`/${path}?search=${prefix}`)).want(200).total, undefined, path);
    }
    const found = async (query) => (await admin.get(`/users?count=true&${query}`)).want(200).total;
    assert.equal(await found(`username=${prefix}-1`), 1);
    assert.equal(await found(`username=${prefix}-1&email=2-${prefix}@example.org`), 0);
    assert.equal(await found(`search=2-${prefix}`), 1, 'one person found by the address is one');
});

test('a token is shown once, and ends at once', async () => {
    const { id, token, client } = await makeService({ roles: ['auditor'] });
    assert.match(token.token, /^sen_s_[0-9A-Za-z]{49}$/);
    (await client.get('/users')).want(200);
    const list = (await admin.get(`/service-accounts/${id}/tokens`)).want(200);
    assert.equal(list.items[0].id, token.id);
    assert.ok(!JSON.stringify(list).includes(token.token));
    const audit = (await admin.atRoot().get(`/admin/security/audit?target=${id}&limit=500`)).want(200);
    assert.ok(!JSON.stringify(audit).includes(token.token.slice(6)));
    assert.ok(!server.log.includes(token.token));
    (await admin.delete(`/service-accounts/${id}/tokens/${token.id}`)).want(204);
    (await client.get('/users')).wantProblem(401, 'unauthenticated');
    (await admin.delete(`/service-accounts/${id}/tokens/${token.id}`)).wantProblem(404, 'not-found');
    (await admin.post(`/service-accounts/${id}/tokens`, { name: 't', expires_at: '2020-01-01T00:00:00Z' })).wantProblem(422, 'bad-field');
});

test('the same Idempotency-Key makes one token, whose text does not come again', async () => {
    const { id } = await makeService();
    const headers = { 'Idempotency-Key': makeNonce() };
    const first = (await admin.post(`/service-accounts/${id}/tokens`, { name: 'once' }, { headers })).want(201);
    const again = (await admin.post(`/service-accounts/${id}/tokens`, { name: 'once' }, { headers })).want(201);
    assert.equal(again.id, first.id);
    assert.equal(again.token, undefined);
    assert.equal(again.secret_shown, true);
    (await admin.post(`/service-accounts/${id}/tokens`, { name: 'other' }, { headers })).wantProblem(409, 'conflict');
});

test('a disabled account is shut out at once, and comes back', async () => {
    const { id, client } = await makeService({ roles: ['auditor'] });
    (await client.get('/groups')).want(200);
    (await admin.patch(`/service-accounts/${id}`, { status: 'disabled' })).want(200);
    (await client.get('/groups')).wantProblem(403, 'account-disabled');
    (await admin.patch(`/service-accounts/${id}`, { status: 'active' })).want(200);
    (await client.get('/groups')).want(200);
    (await admin.delete(`/service-accounts/${id}`)).want(204);
    (await client.get('/groups')).wantProblem(401, 'unauthenticated');
});

test('roles of a group are those of its members, from the next request on', async () => {
    const { id, client } = await makeService();
    const group = await makeGroup({ roles: ['auditor'] });
    (await client.get('/users')).wantProblem(403, 'forbidden');
    (await admin.post(`/groups/${group.id}/members`, { service_account_id: id })).want(204);
    (await client.get('/users')).want(200);
    (await admin.patch(`/groups/${group.id}`, { roles: ['enroller'] })).want(200);
    (await client.get('/users')).wantProblem(403, 'forbidden');
    (await client.get('/devices')).want(200);
    (await admin.delete(`/groups/${group.id}/members/${id}`)).want(204);
    (await client.get('/devices')).wantProblem(403, 'forbidden');
    (await admin.post(`/groups/${group.id}/members`, { service_account_id: id })).want(204);
    (await admin.delete(`/groups/${group.id}`)).want(204);
    (await client.get('/devices')).wantProblem(403, 'forbidden');
});

test('members are users, service accounts and devices; a device gets no roles', async () => {
    const group = await makeGroup({ roles: ['administrator'] });
    const user = await makeUser();
    const device = await enrol(nobody, admin);
    (await admin.post(`/groups/${group.id}/members`, { username: user.username.toUpperCase() })).want(204);
    (await admin.post(`/groups/${group.id}/members`, { user_id: user.id })).want(204);
    (await admin.post(`/groups/${group.id}/members`, { device_id: device.id })).want(204);
    const members = await admin.all(`/groups/${group.id}/members?limit=1`);
    assert.deepEqual(members.map((m) => m.kind).sort(), ['device', 'user']);
    (await server.client({ token: device.token }).get('/users')).wantProblem(403, 'forbidden');
    for (const bad of [{}, { user_id: user.id, username: user.username }, { user_id: device.id }, { username: 'there is none' }]) {
        (await admin.post(`/groups/${group.id}/members`, bad)).wantProblem(422, 'bad-field');
    }
    (await admin.delete(`/groups/${group.id}/members/${group.id}`)).wantProblem(404, 'not-found');
});

test('nobody gives a right that he lacks', async () => {
    const boss = (await makeService({ roles: ['administrator'] })).client;
    (await boss.post('/organisations', { slug: uniqueName('o'), name: 'No' })).wantProblem(403, 'forbidden');
    const strong = await makeService({ roles: ['administrator'] });
    const admins = await makeGroup({ roles: ['administrator'] });
    const clerk = (await makeService({ roles: ['operator'] })).client;
    for (const [method, path, body] of [
        ['POST', '/users', { username: uniqueName(), email: 'c@example.org' }],
        ['POST', '/service-accounts', { name: uniqueName() }],
        ['POST', `/service-accounts/${strong.id}/tokens`, { name: 't' }],
        ['POST', `/groups/${admins.id}/members`, { service_account_id: strong.id }],
        ['PATCH', `/groups/${admins.id}`, { roles: [] }],
    ]) {
        (await clerk.call(method, path, body)).wantProblem(403, 'forbidden');
    }
    assert.deepEqual((await makeUser({ roles: ['administrator'] }, boss)).roles, ['administrator']);
});

test('another organisation does not exist, and its names are free', async () => {
    const slug = uniqueName('acme');
    (await admin.post('/organisations', { slug, name: 'Acme' })).want(201);
    (await admin.post('/organisations', { slug, name: 'Again' })).wantProblem(409, 'conflict');
    assert.ok((await admin.all('/organisations')).some((o) => o.slug === slug && o.status === 'active'));
    const there = admin.with({ 'Seneschal-Org': slug });
    const boss = await makeService({ roles: ['administrator'] }, there);
    const [user, group, service] = [await makeUser(), await makeGroup(), await makeService()];
    const twin = (await boss.client.post('/users', { username: user.username, email: user.email })).want(201);
    assert.notEqual(twin.id, user.id);
    for (const path of [`/users/${user.id}`, `/groups/${group.id}`, `/service-accounts/${service.id}`]) {
        (await boss.client.get(path)).wantProblem(404, 'not-found');
        (await boss.client.patch(path, { roles: [] })).wantProblem(404, 'not-found');
        (await boss.client.delete(path)).wantProblem(404, 'not-found');
    }
    (await boss.client.get(`/groups/${group.id}/members`)).wantProblem(404, 'not-found');
    (await boss.client.post(`/groups/${group.id}/members`, { user_id: twin.id })).wantProblem(404, 'not-found');
    (await admin.post(`/groups/${group.id}/members`, { user_id: twin.id })).wantProblem(422, 'bad-field');
    (await boss.client.delete(`/service-accounts/${service.id}/tokens/${service.token.id}`)).wantProblem(404, 'not-found');
    assert.deepEqual((await boss.client.all('/users')).map((u) => u.id), [twin.id]);
    (await boss.client.post('/users', { username: 'x', email: 'x@example.org', org: 'default' })).wantProblem(404, 'not-found');
    (await boss.client.with({ 'Seneschal-Org': 'default' }).get('/users')).wantProblem(403, 'forbidden');
    const placed = (await admin.post('/users', { username: uniqueName(), email: `${uniqueName()}@example.org`, org: slug })).want(201);
    (await boss.client.get(`/users/${placed.id}`)).want(200);
});

test('what is in use stays', async () => {
    const group = await makeGroup();
    const user = await makeUser();
    const policy = (await admin.post('/policies', { name: uniqueName('p') })).want(201);
    const assigned = (await admin.post('/assignments', { policy_id: policy.id, scope: 'group', target_id: group.id })).want(201);
    (await admin.delete(`/groups/${group.id}`)).wantProblem(409, 'conflict');
    (await admin.delete(`/assignments/${assigned.id}`)).want(204);
    (await admin.delete(`/groups/${group.id}`)).want(204);
    const device = await enrol(nobody, admin, { approve: { user_id: user.id } });
    (await admin.delete(`/users/${user.id}`)).wantProblem(409, 'conflict');
    assert.ok(device.token);
});

test('twenty at once make one account', async () => {
    const username = uniqueName('race');
    const body = { username, email: `${username}@example.org` };
    const replies = await Promise.all(Array.from({ length: 20 }, () => admin.post('/users', body)));
    assert.equal(replies.filter((r) => r.status === 201).length, 1);
    assert.equal(replies.filter((r) => r.status === 409).length, 19);
});
