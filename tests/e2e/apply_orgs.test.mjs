// SPDX-License-Identifier: Apache-2.0
// Organisations as files: made by a system administrator, named by their slug, never deleted by the way.
import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine, files } from './lib/apply.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const { run, ok } = await commandLine(server, admin.token);
const orgs = async () => Object.fromEntries((await admin.all('/organisations')).map((org) => [org.slug, org.name]));

test('organisations are made with the rest, and the second run changes nothing', async () => {
    const before = await orgs();
    const dir = await files('organisations:\n  acme: {name: "Acme GmbH"}\n  blue: {name: "Blue Ltd"}\ngroups: {staff: }\n');
    const plan = await ok('plan', '-f', dir);
    assert.match(plan, /^\+ organisation acme\n {4}name: "Acme GmbH"$/m);
    assert.deepEqual(await orgs(), before, 'a plan makes nothing');
    assert.equal(await ok('apply', '-f', dir), plan);
    assert.deepEqual(await orgs(), { ...before, acme: 'Acme GmbH', blue: 'Blue Ltd' });
    assert.equal(await ok('apply', '-f', dir), 'no change\n');
    assert.deepEqual((await admin.with({ 'Seneschal-Org': 'acme' }).get('/groups')).want(200).items, [], 'the other sections are of the organisation that is asked');
});

test('a name that differs is refused by file and line: it cannot be changed', async () => {
    const dir = await files('organisations:\n  acme: {name: "Another"}\n');
    const { code, stdout, stderr } = await run('apply', '-f', dir, '--yes');
    assert.notEqual(code, 0, stdout);
    assert.match(stderr, /organisation 'acme'.*name/);
    assert.equal((await orgs()).acme, 'Acme GmbH');
});

test('what is in no file stays, also with --prune', async () => {
    const before = await orgs();
    const out = await ok('apply', '-f', await files('organisations:\n  blue: {name: "Blue Ltd"}\ngroups: {staff: }\n'), '--prune', '--yes');
    assert.equal(out.trim(), 'no change');
    assert.deepEqual(await orgs(), before);
});

test('bad slugs and names are refused before anything is made', async () => {
    const before = await orgs();
    for (const text of ['organisations:\n  "No Slug": {name: x}\n', 'organisations:\n  x: {name: x, status: active}\n', 'organisations:\n  x: {slug: y}\n', 'organisations: [x]\n', 'organisations:\n  nameless:\n']) {
        const { code, stderr } = await run('apply', '-f', await files(text), '--yes');
        assert.ok([1, 2].includes(code), `${text} ${code} ${stderr}`);
        assert.match(stderr, /all\.yaml:\d|organisation/, text);
    }
    assert.deepEqual(await orgs(), before);
});

test('who is no system administrator has no organisations in his files, and goes on without', async () => {
    const there = admin.with({ 'Seneschal-Org': 'acme' });
    const account = (await there.post('/service-accounts', { name: 'boss', roles: ['administrator'] })).want(201);
    const { token } = (await there.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    const { run: his } = await commandLine(server, token);
    const mine = await his('apply', '-f', await files('groups: {staff: }\n'), '--yes');
    assert.equal(mine.code, 0, mine.stderr);
    const more = await his('apply', '-f', await files('organisations:\n  green: {name: Green}\ngroups: {more: }\n'), '--yes');
    assert.notEqual(more.code, 0);
    assert.match(more.stderr, /system:admin/);
    assert.deepEqual((await server.client({ token }).get('/groups')).want(200).items.map((group) => group.name), ['staff'], 'nothing of it was done');
    assert.equal((await orgs()).green, undefined);
    const exported = await his('export');
    assert.equal(exported.code, 0, exported.stderr);
    assert.doesNotMatch(exported.stdout, /organisations|Blue/);
    assert.match(await ok('export'), /^organisations:\n {2}acme:\n {4}name: "?Acme GmbH"?$/m);
});
