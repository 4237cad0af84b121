// SPDX-License-Identifier: Apache-2.0
// The first administrator by a link of whoever runs the server; a forgotten password by a link; and the command line for both.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { PASSWORD, choosePassword, makePerson, signInBy } from './lib/person.mjs';
import { seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const setupLink = () => seneschal(['setup-link', '--data', server.data]);
const boss = { username: 'ada', email: 'ada@example.org', password: PASSWORD, again: PASSWORD };
const fill = async (browser, link, fields = boss) => browser.submit(await browser.get(link), undefined, fields);

test('who comes to a server with nobody in it is told how the first account is made', async () => {
    const own = await startServer();
    const login = async (query = '') => (await new Browser(own.url).get(`/login${query}`)).text;
    assert.match(await login(), /Nobody has an account here yet.*`seneschal setup-link --data DIR`/);
    assert.match(await login('?lang=fr'), /Personne n’a encore de compte ici.*`seneschal setup-link --data DIR`/);
    (await (await own.admin()).post('/users', { username: 'early', email: 'early@example.org' })).want(201);
    assert.doesNotMatch(await login(), /setup-link/);
    await own.stop();
});

test('the first administrator makes his account by a link that works once', async () => {
    (await admin.post('/users', { username: 'early', email: 'early@example.org', roles: ['administrator'] })).want(201); // without a password
    const [first, second] = [await setupLink(), await setupLink()];
    assert.equal(first.code, 0, first.stderr);
    const link = first.stdout.trim();
    assert.match(link, new RegExp(`^${server.url}/setup/sen_l_[0-9A-Za-z]{49}$`));
    for (let i = 0; i < 2; i++) assert.equal((await new Browser(server.url).get(link)).status, 200); // looking uses nothing up

    const browser = new Browser(server.url);
    for (const [fields, what] of [
        [{ ...boss, again: 'something else here' }, /not the same/],
        [{ ...boss, password: 'short', again: 'short' }, /too short/],
        [{ ...boss, password: 'Password123!', again: 'Password123!' }, /somebody else would try/],
        [{ ...boss, username: 'ada-lovelace', password: 'ADA-LOVELACE1', again: 'ADA-LOVELACE1' }, /somebody else would try/],
        [{ ...boss, password: '0123456789', again: '0123456789' }, /somebody else would try/],
    ]) {
        const page = await fill(browser, link, fields);
        assert.equal(page.status, 422);
        assert.match(page.text, what);
        assert.match(page.text, /value="ada/); // what was typed stays, but for the password
        assert.doesNotMatch(page.text, /short"|Password123|0123456789/);
    }
    const page = await fill(browser, link);
    assert.equal(page.status, 303);
    assert.equal(page.location.pathname, '/');
    const me = JSON.parse((await browser.get('/api/v1/auth/me')).text);
    assert.deepEqual([me.username, me.is_admin, me.org], ['ada', true, 'default']);
    assert.equal((await browser.get('/api/v1/users')).status, 200);

    for (const over of [link, second.stdout.trim()]) {
        assert.equal((await browser.get(over)).status, 404);
        const forged = await browser.post(over, { ...boss, username: 'eve', email: 'eve@example.org', csrf: me.csrf });
        assert.equal(forged.status, 404);
    }
    const third = await setupLink();
    assert.equal(third.code, 5);
    assert.match(third.stderr, /there is an administrator already/);
    const actions = (await admin.get('/admin/security/audit?limit=500')).want(200).items.map((e) => e.action);
    assert.deepEqual([actions.filter((a) => a === 'setup.link-given').length, actions.filter((a) => a === 'setup.completed').length], [2, 1]);
});

test('twenty at once by one link make one administrator', async () => {
    const own = await startServer();
    const { stdout } = await seneschal(['setup-link', '--data', own.data]);
    const pages = await Promise.all(Array.from({ length: 20 }, async (_, i) => fill(new Browser(own.url), stdout.trim(), { ...boss, username: `ada${i}`, email: `ada${i}@example.org` }).catch(() => ({ status: 404 }))));
    assert.equal(pages.filter((p) => p.status === 303).length, 1, pages.map((p) => p.status).join(' '));
    assert.equal((await (await own.admin()).get('/users')).want(200).items.length, 1);
    await own.stop();
});

test('no server, no link', async () => {
    const { code, stderr } = await seneschal(['setup-link', '--data', '/nonexistent']);
    assert.equal(code, 3);
    assert.match(stderr, /seneschal serve/);
});

test('asking for a new password tells nobody who is here', async () => {
    const known = await makePerson(server, admin);
    const texts = [];
    for (const name of [known.username, known.email, uniqueName('nobody')]) {
        const browser = new Browser(server.url);
        const page = await browser.submit(await browser.get('/recover'), '/recover', { name });
        assert.equal(page.status, 200);
        texts.push(page.text);
    }
    assert.equal(new Set(texts).size, 1);
    const asked = (await admin.get(`/admin/security/audit?target=${known.id}&action=user.recovery-asked`)).want(200).items;
    assert.equal(asked.length, 1); // the second came too soon after the first
});

test('a recovery link is for its person and purpose, once, and not for who is disabled', async () => {
    const bob = await makePerson(server, admin);
    const { url } = (await admin.post(`/users/${bob.id}/recovery`)).want(201);
    const token = new URL(url).pathname.split('/').at(-1);
    assert.equal((await new Browser(server.url).get(`/setup/${token}`)).status, 404);
    (await admin.patch(`/users/${bob.id}`, { status: 'disabled' })).want(200);
    assert.equal((await new Browser(server.url).get(url)).status, 404);
    (await admin.patch(`/users/${bob.id}`, { status: 'active' })).want(200);
    const tries = await Promise.all(Array.from({ length: 8 }, (_, i) => choosePassword(new Browser(server.url), url, `number ${i} of my words`).catch(() => ({ status: 404 }))));
    assert.equal(tries.filter((p) => p.status === 303).length, 1, tries.map((p) => p.status).join(' '));
    for (const bad of ['x', token.slice(0, -1), `${token}x`, token.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a'))]) {
        assert.equal((await new Browser(server.url).get(`/recover/${bad}`)).status, 404);
    }
});

test('the command line shows where a person is signed in, and ends it', async () => {
    const carol = await makePerson(server, admin);
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, carol.username, PASSWORD)).status, 303);
    const run = async (...args) => {
        const { code, stdout, stderr } = await seneschal([...args, '--server', server.url, '--data', server.data]);
        assert.equal(code, 0, stderr);
        return stdout;
    };
    assert.match(await run('user', 'sessions', carol.username), /browser/);
    const { url } = JSON.parse(await run('user', 'recovery', carol.username, '-o', 'json'));
    await run('user', 'logout', carol.username, '--yes');
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    assert.equal((await choosePassword(browser, url, 'words that I will keep')).status, 303);
});
