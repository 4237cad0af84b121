// SPDX-License-Identifier: Apache-2.0
// A set-up as files: the same twice changes nothing, a diff comes first, nothing goes unless told.
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { commandLine, files } from './lib/apply.mjs';
import { tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

/** A server, and the command line as its administrator. */
async function setUp() {
    const server = await startServer();
    return { server, ...(await commandLine(server, await server.adminToken())), admin: await server.admin() };
}

const SMALL = {
    'groups.yaml': 'groups:\n  staff: {priority: 5, roles: [auditor]}\n  guests:\n',
    'apps.yml': 'applications:\n  Wiki: {kind: oidc, client_id: wiki, redirect_uris: ["https://wiki.example/cb"], groups: [staff]}\n',
    'rest.yaml':
        'service_accounts:\n  ci: {groups: [staff]}\npolicies:\n  base: {content: {model: m}, enabled: true}\n' +
        'assignments:\n  - {policy: base, scope: group, group: staff, priority: 3}\n',
    'README.md': 'not read',
};

test('a plan changes nothing, the first apply makes all of it, the second nothing', async () => {
    const { ok, admin } = await setUp();
    const dir = await files(SMALL);
    const plan = await ok('plan', '-f', dir);
    assert.match(plan, /^\+ group staff\n {4}priority: 5\n {4}roles: \["auditor"\]$/m);
    assert.match(plan, /^ {2}\+ ci \(service account\) gains Wiki$/m);
    assert.match(plan, /^6 to make, 0 to change, 0 to delete$/m);
    assert.equal(await ok('apply', '-f', dir, '--plan'), plan);
    assert.deepEqual((await admin.get('/groups')).want(200).items, []);
    assert.equal(await ok('apply', '-f', dir), plan);
    const groups = (await admin.get('/groups')).want(200).items;
    assert.deepEqual(groups.map((g) => [g.name, g.priority, g.roles]).sort(), [['guests', 100, []], ['staff', 5, ['auditor']]]);
    const policy = (await admin.get('/policies')).want(200).items[0];
    assert.equal(policy.newest_number, 1);
    const assignment = (await admin.get('/assignments')).want(200).items[0];
    assert.deepEqual([assignment.policy_id, assignment.scope, assignment.priority], [policy.id, 'group', 3]);
    assert.equal(await ok('apply', '-f', dir), 'no change\n');
    assert.equal((await admin.get('/policies')).want(200).items[0].newest_number, 1);
});

test('what a file changes is shown as it was and as it will be, and only that is changed', async () => {
    const { ok, run, admin } = await setUp();
    await ok('apply', '-f', await files(SMALL));
    const user = (await admin.post('/users', { username: 'ann', email: 'ann@example.org', groups: ['guests'] })).want(201);
    const group = (await admin.get('/groups?search=staff')).want(200).items[0];
    (await admin.patch(`/groups/${group.id}`, { priority: 77 })).want(200);
    const changed = await files({
        ...SMALL,
        'apps.yml': 'applications:\n  Wiki: {kind: oidc, description: ours, groups: [guests]}\n',
        'rest.yaml': 'service_accounts:\n  ci: {groups: []}\npolicies:\n  base: {content: {model: n}}\n',
    });
    const asked = await run('apply', '-f', changed);
    assert.equal(asked.code, 2, 'taking access away wants --yes where nobody can be asked');
    assert.match(asked.stderr, /^hint: --yes/m);
    assert.match(asked.stdout, /^~ group staff\n {4}priority: 77 -> 5$/m);
    assert.match(asked.stdout, /^~ application Wiki\n {4}description: "ours"\n {4}groups: \["staff"\] -> \["guests"\]$/m);
    assert.match(asked.stdout, /^~ policy base\n {4}content: .*"m".* -> .*"n"/m);
    assert.match(asked.stdout, /^ {2}\+ ann gains Wiki$/m);
    assert.match(asked.stdout, /^ {2}- ci \(service account\) loses Wiki$/m);
    await ok('apply', '-f', changed, '--yes');
    assert.match(await ok('plan', '-f', changed), /^no change$/m);
    const wiki = (await admin.get('/applications?search=Wiki')).want(200).items[0];
    assert.deepEqual([wiki.description, wiki.redirect_uris], ['ours', ['https://wiki.example/cb']], 'what the file does not say stays');
    const policy = (await admin.get('/policies')).want(200).items[0];
    assert.equal(policy.newest_number, 2);
    assert.ok(user.id);
});

test('only what files made is deleted, and only when told', async () => {
    const { ok, run, admin } = await setUp();
    (await admin.post('/groups', { name: 'by-hand' })).want(201);
    await ok('apply', '-f', await files(SMALL));
    const managed = (await admin.get('/managed')).want(200).items;
    assert.deepEqual(managed.map((m) => m.kind).sort(), ['application', 'assignment', 'group', 'group', 'policy', 'service-account']);
    const less = await files({ 'groups.yaml': SMALL['groups.yaml'] });
    assert.match(await ok('apply', '-f', less), /^no change\n4 that files made are in none now and stay: --prune deletes them$/m);
    assert.equal((await run('apply', '-f', less, '--prune')).code, 2);
    const pruned = await ok('apply', '-f', less, '--prune', '--yes');
    assert.match(pruned, /^- assignment base for group staff\n- policy base\n- application Wiki\n- service account ci$/m);
    assert.match(pruned, /^ {2}- ci \(service account\) loses Wiki$/m);
    assert.deepEqual((await admin.get('/groups')).want(200).items.map((g) => g.name).sort(), ['by-hand', 'guests', 'staff']);
    assert.deepEqual((await admin.get('/managed')).want(200).items.map((m) => m.kind), ['group', 'group']);
    assert.deepEqual((await admin.get('/policies')).want(200).items, []);
});

test('export writes what apply reads, always the same bytes, and another server becomes the same by it', async () => {
    const one = await setUp();
    await one.ok('apply', '-f', await files(SMALL));
    const text = await one.ok('export');
    assert.equal(await one.ok('export'), text);
    assert.match(text, /^groups:\n {2}guests:\n {4}priority: 100\n {2}staff:\n/m);
    assert.doesNotMatch(text, /client_secret:|sen_|whsec/);
    const dir = await files({ 'all.yaml': text });
    assert.equal(await one.ok('plan', '-f', dir), 'no change\n');
    const other = await setUp();
    await other.ok('apply', '-f', dir);
    assert.equal(await other.ok('export'), text);
});

test('a client secret goes into a file of its own, once, readable by its owner alone', async () => {
    const { ok } = await setUp();
    const secrets = path.join(tempDir('apply'), 'secrets');
    await mkdir(secrets);
    await ok('apply', '-f', await files(SMALL), '--secrets', secrets);
    assert.deepEqual(await readdir(secrets), ['wiki']);
    assert.match(await readFile(path.join(secrets, 'wiki'), 'utf8'), /^sen_x_/);
});

const refused = await setUp();
for (const [what, text, why] of [
    ['a section that there is not', 'users: {ann: }\n', /a\.yaml:1:1: there is no section 'users'/],
    ['a member that there is not', 'groups:\n  a: {prio: 1}\n', /a\.yaml:2:7: group has no member 'prio'/],
    ['a group that there is not', 'applications: {x: {kind: oidc, groups: [nobody]}}\n', /application 'x': groups: 'nobody'/],
    ['what is no YAML', 'groups: [\n', /a\.yaml:\d+:\d+/],
    ['a secret', 'applications: {x: {kind: oidc, client_secret: s}}\n', /no member 'client_secret'/],
    ['what the server refuses', 'groups: {a: {roles: [emperor]}}\n', /roles/],
]) {
    test(`refused by name: ${what}`, async () => {
        const { code, stderr } = await refused.run('apply', '-f', await files({ 'a.yaml': text }));
        assert.ok(code === 2 || code === 1, `${code} ${stderr}`);
        assert.match(stderr, why);
    });
}
