// SPDX-License-Identifier: Apache-2.0
// Invitations as administrators make them: what they carry, who may make them, many at once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { uniqueName } from './lib/fleet.mjs';
import { BIN, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

const makeGroup = async (more = {}) => (await admin.post('/groups', { name: uniqueName('g'), ...more })).want(201);
const invite = async (body = {}, by = admin) => (await by.post('/invitations', body)).want(201);
const address = () => `${uniqueName('p')}@example.org`;
async function makeService(roles) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('s'), roles })).want(201);
    const token = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    return { id: account.id, client: server.client({ token: token.token }) };
}

test('an invitation says what it carries; its link is shown once', async () => {
    const groups = [await makeGroup(), await makeGroup()];
    const email = address();
    const made = await invite({ email, groups: [groups[0].id, groups[1].name.toUpperCase()], prefill: { username: 'ada', display_name: 'Ada L.' }, lang: 'fr', qr: true });
    assert.match(made.token, /^sen_i_[0-9A-Za-z]{49}$/);
    assert.equal(made.url, `${server.url}/invite/${made.token}?lang=fr`);
    assert.match(made.qr, /^<svg /);
    assert.deepEqual(made.groups, groups.map((g) => g.name).sort());
    assert.deepEqual([made.uses, made.uses_left, made.state, made.lang, made.mailed], [1, 1, 'open', 'fr', false]);
    const days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 6.9 && days <= 7, `${days}`);
    const shown = (await admin.get(`/invitations/${made.id}`)).want(200);
    for (const secret of ['token', 'url', 'qr']) assert.ok(!(secret in shown));
    assert.deepEqual(shown.prefill, { username: 'ada', display_name: 'Ada L.' });
    const listed = (await admin.get('/invitations?limit=500')).want(200).items.find((i) => i.id === made.id);
    assert.deepEqual(listed, shown);
    assert.ok((await admin.get('/invitations?state=open&limit=500')).want(200).items.some((i) => i.id === made.id));
    (await admin.delete(`/invitations/${made.id}`)).want(204);
    (await admin.get(`/invitations/${made.id}`)).wantProblem(404, 'not-found');
    for (const line of server.log.split('\n')) assert.ok(!line.includes(made.token));
});

test('the same key makes one invitation, and shows its link no second time', async () => {
    const headers = { 'Idempotency-Key': uniqueName('key-of-an-invitation-') };
    const first = (await admin.post('/invitations', { groups: [] }, { headers })).want(201);
    const again = (await admin.post('/invitations', { groups: [] }, { headers })).want(201);
    assert.equal(again.id, first.id);
    assert.deepEqual([again.token, again.url, again.secret_shown], [undefined, undefined, true]);
});

test('bad fields are named', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const cases = [
        [{ email: 'nobody' }, 'email'], [{ groups: ['no-such-group'] }, 'groups'], [{ uses: 0 }, 'uses'], [{ uses: 10_001 }, 'uses'],
        [{ email: address(), uses: 2 }, 'uses'], [{ prefill: { username: 'ada' }, uses: 2 }, 'uses'], [{ lang: 'tlh' }, 'lang'],
        [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'], [{ expires_at: '2099-01-01T00:00:00Z' }, 'expires_at'],
        [{ prefill: { is_admin: true } }, 'is_admin'], [{ roles: ['administrator'], expires_at: soon }, 'roles'],
    ];
    for (const [body, field] of cases) {
        const problem = (await admin.post('/invitations', body)).want(422);
        assert.equal(problem.errors[0].field, field, JSON.stringify(problem));
    }
});

test('IDENTITY 43: nobody invites into a group whose rights he lacks, or without the permission', async () => {
    const rich = await makeGroup({ roles: ['administrator'] });
    const operator = await makeService(['operator', 'auditor']);
    (await operator.client.post('/invitations', {})).wantProblem(403, 'forbidden');
    (await operator.client.get('/invitations')).want(200);
    const inviter = await makeService(['administrator']);
    const made = await invite({ groups: [rich.id] }, inviter.client);
    (await admin.patch(`/service-accounts/${inviter.id}`, { roles: ['auditor'] })).want(200);
    (await inviter.client.post('/invitations', { groups: [rich.id] })).wantProblem(403, 'forbidden');
    (await inviter.client.post('/invitations/batch', { invitations: [{ groups: [rich.id] }] })).wantProblem(403, 'forbidden');
    assert.equal((await admin.get(`/invitations/${made.id}`)).want(200).state, 'orphaned');
});

test('a batch: each line by itself, and the same list again invites nobody twice', async () => {
    const group = await makeGroup();
    const known = (await admin.post('/users', { username: uniqueName('u'), email: address() })).want(201);
    const lines = [{ email: address(), groups: [group.id] }, { email: known.email }, { email: address(), groups: ['none'] }, { email: address() }];
    const done = (await admin.post('/invitations/batch', { invitations: lines })).want(200);
    assert.deepEqual([done.created, done.refused], [2, 2]);
    assert.deepEqual(done.results.map((r) => [r.line, r.email, r.code]), [[1, lines[0].email, undefined], [2, known.email, 'conflict'], [3, lines[2].email, 'bad-field'], [4, lines[3].email, undefined]]);
    assert.ok(done.results[0].invitation.url.endsWith(`/invite/${done.results[0].invitation.token}`));
    assert.match(done.results[2].detail, /^groups: /);
    const again = (await admin.post('/invitations/batch', { invitations: lines })).want(200);
    assert.deepEqual([again.created, again.results.map((r) => r.code)], [0, ['conflict', 'conflict', 'bad-field', 'conflict']]);
    const events = (await admin.get('/admin/security/audit?action=invitation.created&limit=500')).want(200).items;
    for (const i of [0, 3]) assert.ok(events.some((e) => e.target.id === done.results[i].invitation.id));
});

test('a batch of 500 is made; one of 501 is not', async () => {
    const many = Array.from({ length: 500 }, () => ({ email: address() }));
    const done = (await admin.post('/invitations/batch', { invitations: many })).want(200);
    assert.equal(done.created, 500);
    assert.equal(new Set(done.results.map((r) => r.invitation.token)).size, 500);
    (await admin.post('/invitations/batch', { invitations: [...many, {}] })).want(422);
});

test('what is another organisation\'s is not there', async () => {
    const slug = uniqueName('acme');
    (await admin.post('/organisations', { slug, name: 'Acme' })).want(201);
    const made = await invite();
    const there = admin.with({ 'Seneschal-Org': slug });
    (await there.get(`/invitations/${made.id}`)).wantProblem(404, 'not-found');
    (await there.delete(`/invitations/${made.id}`)).wantProblem(404, 'not-found');
    assert.deepEqual((await there.get('/invitations')).want(200).items, []);
});

const dir = tempDir('invite');
const tokenFile = path.join(dir, 'token');
writeFileSync(tokenFile, admin.token, { mode: 0o600 });
const cli = (...words) => spawnSync(BIN, words, { encoding: 'utf8', env: { ...process.env, HOME: dir, SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile } });

test('from the command line: one, a list twice, and withdrawn', async () => {
    const group = await makeGroup();
    const email = address();
    const one = cli('user', 'invite', email, '--group', group.name, '--display-name', 'Ada L.', '-o', 'json');
    assert.equal(one.status, 0, one.stderr);
    const made = JSON.parse(one.stdout);
    assert.deepEqual([made.email, made.groups, made.prefill.display_name], [email, [group.name], 'Ada L.']);
    const list = path.join(dir, 'people.csv');
    const people = [address(), address()];
    writeFileSync(list, `email,username\n${people[0]},${uniqueName('u')},Zoé É.,${group.name}\n${people[1]}\n# nobody\n`);
    const many = cli('user', 'invite', '--batch', list, '--lang', 'fr', '-o', 'json');
    assert.equal(many.status, 0, many.stderr);
    assert.deepEqual(JSON.parse(many.stdout).map((r) => [r.email, r.state]), people.map((p) => [p, 'invited']));
    const shown = JSON.parse(cli('invitation', 'list', '--limit', '0', '-o', 'json').stdout).find((i) => i.email === people[0]);
    assert.deepEqual([shown.prefill.display_name, shown.groups, shown.lang], ['Zoé É.', [group.name], 'fr']);
    const again = cli('user', 'invite', '--batch', list, '-o', 'csv');
    assert.equal(again.status, 1);
    assert.match(again.stdout, /refused/);
    assert.equal(cli('invitation', 'revoke', made.id).status, 2, 'it asks first');
    assert.equal(cli('invitation', 'revoke', made.id, '--yes').status, 0);
    assert.ok(!cli('invitation', 'list', '--state', 'open', '--limit', '0').stdout.includes(made.id));
    const open = cli('invitation', 'create', '--uses', '3', '-o', 'json');
    assert.equal(JSON.parse(open.stdout).uses, 3);
});

test('token create --to: the token reaches a program and nothing else; where that fails it ends', async () => {
    const account = (await admin.post('/service-accounts', { name: uniqueName('ci') })).want(201);
    const to = path.join(dir, 'handed');
    const done = cli('token', 'create', account.name, 'deploy', '--to', `cat >'${to}'`);
    assert.equal(done.status, 0, done.stderr);
    const token = readFileSync(to, 'utf8');
    assert.match(token, /^sen_s_[0-9A-Za-z]{49}$/);
    assert.ok(!`${done.stdout}${done.stderr}`.includes(token));
    const tokens = async () => (await admin.get(`/service-accounts/${account.id}/tokens`)).want(200).items.length;
    assert.equal(await tokens(), 1);
    const failed = cli('token', 'create', account.name, 'lost', '--to', 'cat >/dev/null; exit 3');
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /status 3[\s\S]*ended again/);
    assert.equal(await tokens(), 1);
});
