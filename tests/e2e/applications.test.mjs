// SPDX-License-Identifier: Apache-2.0
// Applications and their bindings: what may be saved, who sees what, and what is told to those who keep accounts elsewhere
// (AC01, AC18 of docs/THREATS.md).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { makeNonce, uniqueName } from './lib/fleet.mjs';
import { run as runProgram, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

const makeGroup = async (more = {}, by = admin) => (await by.post('/groups', { name: uniqueName('g'), ...more })).want(201);
const makeApp = async (more = {}, by = admin) => (await by.post('/applications', { name: uniqueName('app'), kind: 'oidc', ...more })).want(201);
/** A service account with these groups and roles, and a client that is it. */
async function makeService(more = {}, by = admin) {
    const account = (await by.post('/service-accounts', { name: uniqueName('s'), ...more })).want(201);
    const token = (await by.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    return { ...account, client: server.client({ token: token.token }) };
}
const portalOf = async (who) => (await who.client.get('/portal/applications')).want(200).items.map((a) => a.name);
const events = async (action, target) => (await admin.get(`/admin/security/audit?action=${action}&target=${target}`)).want(200).items;

test('an application from the making to the end', async () => {
    const body = { name: uniqueName('Wiki'), kind: 'oidc', redirect_uris: ['https://wiki.example.org/cb'], description: 'where we write' };
    const key = makeNonce();
    const made = (await admin.post('/applications', body, { headers: { 'Idempotency-Key': key } })).want(201);
    assert.match(made.client_secret, /^sen_x_[0-9A-Za-z]{49}$/);
    assert.equal(made.client_id, made.id);
    assert.deepEqual([made.client_type, made.auth_method, made.pkce, made.id_token_alg], ['confidential', 'client_secret', true, 'ES256']);
    assert.deepEqual(made.grants, ['authorization_code', 'refresh_token']);
    const again = (await admin.post('/applications', body, { headers: { 'Idempotency-Key': key } })).want(201);
    assert.equal(again.id, made.id);
    assert.equal(again.client_secret, undefined, 'a secret is shown once');
    const seen = await admin.get(`/applications/${made.id}`);
    assert.equal(seen.want(200).client_secret, undefined);
    assert.ok(!JSON.stringify((await admin.get('/applications')).want(200)).includes('sen_x_'));
    const changed = (await admin.patch(`/applications/${made.id}`, { description: null, redirect_uris: [] }, { headers: { 'If-Match': seen.headers.etag } })).want(200);
    assert.equal(changed.description, null);
    assert.deepEqual(changed.redirect_uris, []);
    (await admin.patch(`/applications/${made.id}`, { name: 'x' }, { headers: { 'If-Match': seen.headers.etag } })).wantProblem(412, 'stale');
    const renewed = (await admin.post(`/applications/${made.id}/secret`)).want(200);
    assert.notEqual(renewed.client_secret, made.client_secret);
    assert.equal((await admin.patch(`/applications/${made.id}`, { status: 'disabled' })).want(200).status, 'disabled');
    (await admin.post('/applications', { ...body, name: body.name.toUpperCase() })).wantProblem(409, 'conflict');
    (await admin.delete(`/applications/${made.id}`)).want(204);
    (await admin.get(`/applications/${made.id}`)).wantProblem(404, 'not-found');
});

test('the applications that a group opens are one question', async () => {
    const prefix = uniqueName('opens');
    const [group, other] = [await makeGroup(), await makeGroup()];
    const mine = [];
    for (let i = 0; i < 3; i++) mine.push((await makeApp({ name: `${prefix}-${i}`, groups: [group.name] })).id);
    await makeApp({ name: `${prefix}-other`, groups: [other.name] });
    const both = await makeApp({ name: `${prefix}-both`, groups: [group.name, other.name], admin: true });
    const found = async (query, by = admin) => (await by.get(`/applications?count=true&${query}`)).want(200);
    const page = await found(`target_id=${group.id}&limit=2`);
    assert.deepEqual([page.items.map((a) => a.id), page.total], [mine.slice(0, 2), 4]);
    const rest = await found(`target_id=${group.id}&limit=2&cursor=${page.next_cursor}`);
    assert.deepEqual([rest.items.map((a) => a.id), rest.next_cursor], [[mine[2], both.id], null]);
    (await admin.get(`/applications?target_id=${other.id}&cursor=${page.next_cursor}`)).wantProblem(400, 'bad-cursor');
    assert.deepEqual((await found(`target_id=${group.id}&search=${prefix}-1`)).items.map((a) => a.id), [mine[1]]);
    assert.deepEqual([(await found(`search=${prefix}`)).total, (await found(`search=${prefix}-0`)).total], [5, 1]);
    const auditor = await makeService({ roles: ['auditor'] });
    assert.equal((await found(`target_id=${group.id}`, auditor.client)).total, 3, 'those of administrators are not counted either');
    assert.equal((await found(`target_id=${mine[0]}`)).total, 0);
    (await admin.get('/applications?target_id=family')).wantProblem(422, 'bad-field');
});

test('what would let a token out is refused when it is saved', async () => {
    const refuse = async (field, more) => {
        const problem = (await admin.post('/applications', { name: uniqueName(), kind: 'oidc', ...more })).wantProblem(422, 'bad-field');
        assert.equal(problem.errors[0].field, field, JSON.stringify(more));
    };
    for (const uri of ['javascript:alert(1)', 'data:text/html,x', 'http://app.example.org/cb', 'https://app.example.org/cb#f', 'https://*.example.org/cb',
        'https://a@app.example.org/cb', 'https://app.example.org/a/../cb', '/cb', 'org.example.app:/cb']) {
        await refuse('redirect_uris', { redirect_uris: [uri] });
        await refuse('post_logout_redirect_uris', { post_logout_redirect_uris: [uri] });
    }
    await refuse('icon', { icon: 'data:image/svg+xml,<svg/>'.replace(/[<> ]/g, '') });
    await refuse('launch_url', { launch_url: 'javascript:alert(1)' });
    await refuse('jwks_uri', { jwks_uri: 'http://169.254.169.254/latest' });
    await refuse('jwks', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } });
    await refuse('grants', { client_type: 'public', grants: ['client_credentials'] });
    await refuse('host', { kind: 'forward_auth' });
    (await makeApp({ native: true, client_type: 'public', redirect_uris: ['org.example.app:/cb', 'http://127.0.0.1/cb'] }));
});

test('a forward_auth host has one canonical name, and one application', async () => {
    const host = `${uniqueName('w')}.Example.ORG`;
    const made = await makeApp({ kind: 'forward_auth', host: `${host}.:8443` });
    assert.equal(made.host, host.toLowerCase());
    assert.equal(made.client_secret, undefined);
    (await admin.post('/applications', { name: uniqueName(), kind: 'forward_auth', host })).wantProblem(409, 'conflict');
});

test('the portal lists only what one may open', async () => {
    const family = await makeGroup();
    const wiki = await makeApp({ groups: [family.name], launch_url: 'https://wiki.example.org/' });
    const other = await makeApp();
    const child = await makeService({ groups: [family.name] });
    const guest = await makeService();
    assert.deepEqual(await portalOf(child), [wiki.name]);
    assert.deepEqual(await portalOf(guest), []);
    assert.equal((await child.client.get(`/portal/applications/${wiki.id}`)).want(200).launch_url, 'https://wiki.example.org/');
    (await child.client.get(`/portal/applications/${other.id}`)).wantProblem(404, 'not-found');
    (await guest.client.get(`/portal/applications/${wiki.id}`)).wantProblem(404, 'not-found');
    (await child.client.get('/applications')).wantProblem(403, 'forbidden');
    await admin.patch(`/applications/${wiki.id}`, { status: 'disabled' });
    assert.deepEqual(await portalOf(child), []);
});

test('applications of administrators answer nobody else', async () => {
    const group = await makeGroup();
    const app = await makeApp({ admin: true, groups: [group.id] });
    const person = await makeService({ groups: [group.id] });
    const auditor = await makeService({ roles: ['auditor'] });
    const boss = await makeService({ groups: [group.id], roles: ['administrator'] });
    assert.deepEqual(await portalOf(person), []);
    assert.deepEqual(await portalOf(boss), [app.name]);
    (await person.client.get(`/portal/applications/${app.id}`)).wantProblem(404, 'not-found');
    (await auditor.client.get(`/applications/${app.id}`)).wantProblem(404, 'not-found');
    (await auditor.client.get(`/applications/${app.id}/bindings`)).wantProblem(404, 'not-found');
    assert.ok(!(await auditor.client.get('/applications?limit=500')).want(200).items.some((a) => a.id === app.id));
});

test('AC01: an application of another organisation is not there', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const app = await makeApp();
    const group = await makeGroup({}, there);
    (await there.get(`/applications/${app.id}`)).wantProblem(404, 'not-found');
    (await there.patch(`/applications/${app.id}`, { name: 'mine' })).wantProblem(404, 'not-found');
    (await there.delete(`/applications/${app.id}`)).wantProblem(404, 'not-found');
    (await there.post(`/applications/${app.id}/secret`)).wantProblem(404, 'not-found');
    (await there.post(`/applications/${app.id}/bindings`, { group_id: group.id })).wantProblem(404, 'not-found');
    (await admin.post(`/applications/${app.id}/bindings`, { group_id: group.id })).wantProblem(422, 'bad-field');
    (await admin.post('/applications', { name: uniqueName(), kind: 'oidc', groups: [group.name] })).wantProblem(422, 'bad-field');
});

test('AC18: who may not write applications binds nothing and renews no secret', async () => {
    const app = await makeApp();
    const operator = await makeService({ roles: ['operator', 'auditor'] });
    (await operator.client.get(`/applications/${app.id}`)).want(200);
    (await operator.client.post(`/applications/${app.id}/bindings`, { service_account_id: operator.id })).wantProblem(403, 'forbidden');
    (await operator.client.post(`/applications/${app.id}/secret`)).wantProblem(403, 'forbidden');
    (await operator.client.patch(`/applications/${app.id}`, { admin: false })).wantProblem(403, 'forbidden');
});

test('gained and lost stand on the record with the names of the applications', async () => {
    const first = await makeGroup();
    const second = await makeGroup();
    const app = await makeApp({ groups: [first.id, second.id] });
    const who = await makeService({ groups: [first.id] });
    const gained = await events('access.gained', who.id);
    assert.deepEqual(gained.map((e) => e.details), [{ applications: [app.name] }]);
    assert.equal(gained[0].target.kind, 'service-account');
    (await admin.post(`/groups/${second.id}/members`, { service_account_id: who.id })).want(204);
    (await admin.delete(`/groups/${first.id}/members/${who.id}`)).want(204);
    assert.equal((await events('access.gained', who.id)).length, 1, 'a second way in opens nothing further');
    assert.equal((await events('access.lost', who.id)).length, 0, 'one way in is left');
    (await admin.delete(`/groups/${second.id}/members/${who.id}`)).want(204);
    assert.deepEqual((await events('access.lost', who.id)).map((e) => e.details), [{ applications: [app.name] }]);
    const binding = (await admin.get(`/applications/${app.id}/bindings`)).want(200).items.find((b) => b.target_id === first.id);
    assert.deepEqual([binding.kind, binding.name], ['group', first.name]);
    (await admin.delete(`/groups/${first.id}`)).wantProblem(409, 'conflict');
    (await admin.delete(`/applications/${app.id}/bindings/${binding.id}`)).want(204);
    assert.deepEqual((await events('access.lost', first.id)).map((e) => [e.target.kind, e.details.applications]), [['group', [app.name]]]);
    (await admin.delete(`/groups/${first.id}`)).want(204);
    const direct = (await admin.post(`/applications/${app.id}/bindings`, { service_account_id: who.id })).want(201);
    assert.equal((await admin.post(`/applications/${app.id}/bindings`, { service_account_id: who.id })).want(201).id, direct.id);
    (await admin.patch(`/service-accounts/${who.id}`, { status: 'disabled' })).want(200);
    assert.equal((await events('access.lost', who.id)).length, 2);
});

test('the client of the command line is there and stays', async () => {
    const builtin = (await admin.get('/applications?limit=500')).want(200).items.find((a) => a.client_id === 'seneschal-cli');
    assert.deepEqual([builtin.origin, builtin.client_type, builtin.native], ['built_in', 'public', true]);
    (await admin.delete(`/applications/${builtin.id}`)).wantProblem(409, 'conflict');
    (await admin.patch(`/applications/${builtin.id}`, { redirect_uris: ['https://evil.example/cb'] })).wantProblem(409, 'conflict');
    (await admin.post(`/applications/${builtin.id}/bindings`, { username: 'x' })).wantProblem(409, 'conflict');
});

test('in the store of an older program it becomes what it is now, and nothing else does', async () => {
    const old = await startServer();
    const all = async () => (await (await old.admin()).get('/applications?limit=500')).want(200).items;
    const shown = ({ updated_at, etag, ...app }) => app;
    (await (await old.admin()).post('/applications', { name: 'own', kind: 'oidc', redirect_uris: ['https://own.example/cb'], scopes: ['openid'] })).want(201);
    const before = await all();
    await old.stop();
    const sql = `UPDATE application SET scopes = 'openid profile email groups offline_access api', grants = 1 WHERE client_id = 'seneschal-cli';
        DELETE FROM application_uri WHERE uri = 'http://[::1]/callback'; SELECT changes();`;
    const done = await runProgram('sqlite3', [path.join(old.data, 'seneschal.db'), sql]);
    assert.deepEqual([done.stderr, done.stdout], ['', '1\n']);
    for (let i = 0; i < 2; i++) {
        await old.restart();
        assert.deepEqual((await all()).map(shown), before.map(shown));
    }
});

test('the same from the command line', async () => {
    const tokenFile = path.join(tempDir('apps'), 'token');
    await writeFile(tokenFile, `${await server.adminToken()}\n`, { mode: 0o600 });
    const run = async (...args) => {
        const { code, stdout, stderr } = await seneschal(args, { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile } });
        assert.equal(code, 0, stderr);
        return stdout;
    };
    const name = uniqueName('app');
    const group = await makeGroup();
    assert.match(await run('app', 'create', name, 'oidc', '--redirect-uri', 'https://a.example/cb', '--group', group.name), /sen_x_/);
    assert.match(await run('app', 'get', name), /https:\/\/a\.example\/cb/);
    await run('app', 'set', name, '--description', 'new words');
    assert.match(await run('app', 'bindings', name), new RegExp(group.name));
    assert.match(await run('app', 'secret', name, '--yes'), /sen_x_/);
    await run('app', 'delete', name, '--yes');
});
