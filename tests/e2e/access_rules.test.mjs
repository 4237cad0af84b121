// SPDX-License-Identifier: Apache-2.0
// Access rules: saved typed, asked in order, no by default, and explained.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

const group = (await admin.post('/groups', { name: uniqueName('family') })).want(201);
const other = (await admin.post('/groups', { name: uniqueName('friends') })).want(201);
const username = uniqueName('ada');
const ada = (await admin.post('/users', { username, email: `${username}@example.org`, groups: [group.name] })).want(201);
const makeApp = async () => (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', groups: [group.name] })).want(201);
const makeRule = async (more) => (await admin.post('/access-rules', { name: uniqueName('rule'), effect: 'allow', ...more })).want(201);
const explain = async (app, more = {}) => (await admin.post('/access-rules/explain', { application_id: app.id, user_id: ada.id, ip: '10.1.2.3', auth_age_s: 10, ...more })).want(200);
const effect = async (app, more) => (await explain(app, more)).effect;

test('a rule comes back as it was saved', async () => {
    const app = await makeApp();
    const words = { effect: 'require_mfa', application_id: app.id, position: 5, max_age_s: 600, groups_any: [group.name], groups_all: [group.name, other.name].sort(),
        cidr: ['10.0.0.0/8', '2001:db8::/32'], not_cidr: ['10.9.0.0/16'], weekdays: ['mon', 'fri'], hours: '08:00-18:30', tz: 'UTC', mfa: false,
        mfa_max_age_s: 60, clients: [app.client_id], scopes: ['openid'], device_level: 'software-key', when: "'a' in groups" };
    const made = await makeRule(words);
    for (const [name, value] of Object.entries(words)) assert.deepEqual(made[name], value, name);
    const seen = await admin.get(`/access-rules/${made.id}`);
    const bare = (await admin.patch(`/access-rules/${made.id}`, { application_id: null, groups_any: [], cidr: [], not_cidr: [], weekdays: [], hours: null, tz: null,
        mfa: null, mfa_max_age_s: 0, max_age_s: 0, clients: [], scopes: [], device_level: null, when: null, status: 'disabled' }, { headers: { 'If-Match': seen.headers.etag } })).want(200);
    assert.deepEqual([bare.application_id, bare.cidr, bare.hours, bare.when, bare.groups_any], [null, [], null, null, []]);
    assert.deepEqual([bare.mfa, bare.mfa_max_age_s, bare.max_age_s, bare.device_level], [null, null, null, null]);
    assert.deepEqual(bare.groups_all, words.groups_all, 'the other list of groups stays');
    (await admin.patch(`/access-rules/${made.id}`, { name: 'x' }, { headers: { 'If-Match': seen.headers.etag } })).wantProblem(412, 'stale');
    (await admin.delete(`/groups/${other.id}`)).wantProblem(409, 'conflict');
    assert.ok((await admin.get('/access-rules')).want(200).items.some((r) => r.id === made.id));
    (await admin.delete(`/access-rules/${made.id}`)).want(204);
    (await admin.get(`/access-rules/${made.id}`)).wantProblem(404, 'not-found');
});

test('what is wrong is said when it is saved, with its place', async () => {
    const refuse = async (field, more, text) => {
        const problem = (await admin.post('/access-rules', { name: uniqueName(), effect: 'deny', ...more })).wantProblem(422, 'bad-field');
        assert.equal(problem.errors[0].field, field, JSON.stringify(more));
        if (text) assert.match(JSON.stringify(problem), text);
    };
    await refuse('cidr', { cidr: ['10.0.0.1/8'] });
    await refuse('not_cidr', { not_cidr: ['example.org'] });
    await refuse('hours', { hours: '8-18' });
    await refuse('hours', { hours: '25:00-26:00' });
    await refuse('tz', { tz: '../../etc/passwd' });
    await refuse('tz', { tz: 'Europe/Nowhere' });
    await refuse('groups_any', { groups_any: ['nobody-has-made-this'] });
    await refuse('application_id', { application_id: ada.id });
    await refuse('when', { when: 'true && user.pass == "x"' }, /at byte 9: there is no such variable/);
    await refuse('when', { when: 'groups' }, /true or false/);
    await refuse('when', { when: `${'('.repeat(40)}true${')'.repeat(40)}` }, /too deep/);
});

test('without a rule the binding decides; with one, what none allows is refused', async () => {
    const app = await makeApp();
    assert.equal(await effect(app), 'allow');
    const rule = await makeRule({ application_id: app.id, cidr: ['192.168.0.0/16'] });
    const no = await explain(app);
    assert.deepEqual([no.effect, no.rule_id], ['deny', null]);
    assert.deepEqual(no.rules[0].conditions, [{ condition: 'cidr', met: false, failed: false }]);
    const yes = await explain(app, { ip: '192.168.7.7' });
    assert.deepEqual([yes.effect, yes.rule_id, yes.rule], ['allow', rule.id, rule.name]);
    assert.equal(await effect(app, { ip: undefined }), 'deny', 'an address that is not known is in no block');
    (await admin.patch(`/access-rules/${rule.id}`, { status: 'disabled' })).want(200);
    assert.equal(await effect(app), 'allow');
});

test('a rule opens nothing that no binding opens', async () => {
    const app = (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc' })).want(201);
    await makeRule({ application_id: app.id, groups_any: [group.name] });
    const got = await explain(app);
    assert.deepEqual([got.effect, got.rules.length], ['deny', 0]);
});

test('the first that holds decides', async () => {
    const app = await makeApp();
    const deny = await makeRule({ application_id: app.id, effect: 'deny', position: 1, cidr: ['10.0.0.0/8'], not_cidr: ['10.1.0.0/16'] });
    const allow = await makeRule({ application_id: app.id, position: 2, groups_all: [group.name] });
    assert.equal((await explain(app)).rule_id, allow.id);
    const got = await explain(app, { ip: '10.2.2.2' });
    assert.deepEqual([got.effect, got.rule_id, got.rules.length], ['deny', deny.id, 1]);
});

test('a second factor and a fresh sign-in, as old as they may be', async () => {
    const app = await makeApp();
    const rule = await makeRule({ application_id: app.id, effect: 'require_mfa', max_age_s: 60 });
    assert.equal(await effect(app), 'require_mfa');
    assert.equal(await effect(app, { mfa_age_s: 30 }), 'allow');
    assert.equal(await effect(app, { mfa_age_s: 90 }), 'require_mfa');
    assert.equal(await effect(app, { auth_age_s: undefined }), 'deny', 'nobody can be asked without a session');
    (await admin.patch(`/access-rules/${rule.id}`, { effect: 'require_reauth' })).want(200);
    assert.equal(await effect(app, { auth_age_s: 30 }), 'allow');
    assert.equal(await effect(app, { auth_age_s: 90 }), 'require_reauth');
});

test('an expression refines further; what it cannot know refuses', async () => {
    const app = await makeApp();
    const rule = await makeRule({ application_id: app.id, when: `user.email.endsWith('@example.org') && '${group.name}' in groups && !session.mfa` });
    assert.equal(await effect(app), 'allow');
    assert.equal(await effect(app, { mfa_age_s: 1 }), 'deny');
    (await admin.patch(`/access-rules/${rule.id}`, { when: "device.id == 'x' || true" })).want(200);
    const got = await explain(app);
    assert.equal(got.effect, 'deny');
    assert.deepEqual(got.rules[0].conditions, [{ condition: 'when', met: false, failed: true }]);
    (await admin.patch(`/access-rules/${rule.id}`, { when: "!has(device.id) || device.id == 'x'" })).want(200);
    assert.equal(await effect(app), 'allow');
});

test('rules of another organisation are not there', async () => {
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const app = await makeApp();
    const rule = await makeRule({ application_id: app.id });
    (await there.get(`/access-rules/${rule.id}`)).wantProblem(404, 'not-found');
    (await there.delete(`/access-rules/${rule.id}`)).wantProblem(404, 'not-found');
    (await there.post('/access-rules', { name: 'x', effect: 'allow', application_id: app.id })).wantProblem(422, 'bad-field');
    (await there.post('/access-rules/explain', { application_id: app.id, user_id: ada.id })).wantProblem(404, 'not-found');
    (await there.post('/access-rules', { name: 'everybody out', effect: 'deny' })).want(201);
    assert.equal(await effect(app), 'allow', 'their rules are theirs');
});

test('the same from the command line', async () => {
    const tokenFile = path.join(tempDir('rules'), 'token');
    await writeFile(tokenFile, `${await server.adminToken()}\n`, { mode: 0o600 });
    const run = async (...args) => {
        const { code, stdout, stderr } = await seneschal(args, { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile } });
        assert.equal(code, 0, `${args}: ${stderr}`);
        return stdout;
    };
    const app = await makeApp();
    const name = uniqueName('rule');
    await run('rule', 'create', name, 'deny', '--application', app.name, '--cidr', '10.0.0.0/8');
    assert.match(await run('rule', 'list'), new RegExp(name));
    assert.match(await run('app', 'explain', '--application', app.name, '--user', username, '--ip', '10.0.0.1'), new RegExp(name));
    await run('rule', 'set', name, '--status', 'disabled');
    assert.match(await run('rule', 'get', name), /disabled/);
    await run('rule', 'delete', name, '--yes');
});
