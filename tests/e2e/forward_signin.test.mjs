// SPDX-License-Identifier: Apache-2.0
// Forward-auth for a person before a browser: from the application's host to ours and back, through a real proxy; and what
// must not come of the code, the cookie and the paths on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { application, hasProxy, startProxy } from './lib/front.mjs';
import { makePerson, signInBy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const HOST = 'localhost'; // our own server is called 127.0.0.1: another host to every browser
const PAGE = { headers: { Accept: 'text/html' } };
const KIND = ['nginx', 'caddy'].find(hasProxy);
const skip = KIND === undefined ? 'neither nginx nor caddy on this machine' : false;

const server = await startServer({ env: { SENESCHAL_TRUSTED_PROXIES: '127.0.0.1' } });
const admin = await server.admin();
const group = (await admin.post('/groups', { name: uniqueName('family') })).want(201);
const wiki = (await admin.post('/applications', { name: uniqueName('wiki'), kind: 'forward_auth', host: HOST, groups: [group.id] })).want(201);
(await admin.post('/applications', { name: uniqueName('other'), kind: 'forward_auth', host: 'other.example.org', groups: [group.id] })).want(201);
const ada = await makePerson(server, admin, { groups: [group.id] });
const bob = await makePerson(server, admin);
const app = await application();
const port = skip ? 0 : await startProxy(KIND, { seneschal: server.port, app, host: HOST });
const site = (path) => `http://${HOST}:${port}${path}`;

/** From a page of the application to our /forward-auth/continue; the way there. */
async function setOut(browser, path = '/') {
    browser.jar(`${HOST}:${port}`).delete('seneschal-app');
    const first = await browser.get(site(path), PAGE);
    assert.equal(first.status, 302, first.text);
    const start = await browser.get(first.location, PAGE);
    assert.equal(start.status, 302, start.text);
    assert.equal(start.location.origin, server.url);
    return start.location;
}

/** A browser in which that person is signed in on our host. */
async function signedIn(person) {
    const browser = new Browser(server.url);
    const page = await signInBy(browser, person.username, person.password);
    assert.equal(page.status, 303, page.text);
    return browser;
}

test('a person is sent to sign in, and comes back to where he wanted to go', { skip }, async () => {
    const browser = new Browser(server.url);
    const login = await browser.get(await setOut(browser, '/deep/page?x=1&y=%20'));
    assert.deepEqual([login.status, login.location.pathname], [303, '/login']);
    const signed = await signInBy(browser, ada.username, ada.password, { at: login.location.pathname + login.location.search });
    assert.equal(signed.status, 303, signed.text);
    const out = await browser.follow(signed);
    assert.deepEqual([out.status, out.location.host, out.location.pathname], [303, `${HOST}:${port}`, '/.seneschal/finish']);
    const finish = await browser.get(out.location, PAGE);
    assert.deepEqual([finish.status, finish.location.href], [303, site('/deep/page?x=1&y=%20')]);
    assert.match(finish.headers['set-cookie'].join(), /seneschal-app=sen_b_\w+; Path=\/; HttpOnly; SameSite=Lax/);
    const page = await browser.get(finish.location, PAGE);
    assert.equal(page.status, 200, page.text);
    assert.equal(JSON.parse(page.text).headers['remote-user'], ada.username);
});

test('the code is of one use, of that browser and of that host', { skip }, async () => {
    const browser = await signedIn(ada);
    const out = await browser.get(await setOut(browser));
    const code = out.location.searchParams.get('code');
    const stranger = new Browser(server.url);
    assert.equal((await stranger.get(out.location, PAGE)).status, 401, 'another browser');
    const at = (host, cookie) => server.client().atRoot().get(`/.seneschal/finish?code=${code}`, { headers: { 'X-Forwarded-Host': host, Cookie: cookie } });
    const cookie = `seneschal-start=${browser.jar(`${HOST}:${port}`).get('seneschal-start')}`;
    (await at('other.example.org', cookie)).want(401);
    const good = await at(HOST, cookie);
    assert.equal(good.status, 303, good.text);
    (await at(HOST, cookie)).want(401);
});

test('the cookie of one host is worth nothing on another, nor as our own, and ours nothing there', { skip }, async () => {
    const browser = await signedIn(ada);
    const out = await browser.get(await setOut(browser));
    await browser.get(out.location, PAGE);
    const theirs = browser.jar(`${HOST}:${port}`).get('seneschal-app');
    const ours = browser.cookie('seneschal');
    const at = (host, cookie) => server.client().atRoot().get('/forward-auth', { headers: { 'X-Forwarded-Host': host, Cookie: cookie } });
    assert.equal((await at(HOST, `seneschal-app=${theirs}`)).status, 200);
    assert.equal((await at('other.example.org', `seneschal-app=${theirs}`)).status, 401);
    assert.equal((await at(HOST, `seneschal=${ours}`)).status, 401);
    assert.equal((await at(HOST, `seneschal-app=${ours}`)).status, 401);
    (await server.client().get('/auth/me', { headers: { Cookie: `seneschal=${theirs}` } })).wantProblem(401, 'unauthenticated');
    (await server.client().get('/auth/me', { headers: { Authorization: `Bearer ${theirs}` } })).wantProblem(401, 'unauthenticated');
    await browser.submit(await browser.get('/logout'), '/logout');
    assert.equal((await at(HOST, `seneschal-app=${theirs}`)).status, 401, 'it ends with the session');
});

test('IDENTITY 54: a session that an administrator revokes is over behind the proxy too, with the next request', { skip }, async () => {
    const browser = await signedIn(ada);
    const out = await browser.get(await setOut(browser));
    await browser.get(out.location, PAGE);
    assert.equal((await browser.get(site('/'), PAGE)).status, 200);
    (await admin.delete(`/users/${ada.id}/sessions`)).want(204);
    assert.equal((await browser.get(site('/'), PAGE)).status, 302, 'he is sent to sign in');
});

test('IDENTITY 58: rd= leads nowhere but to a path of that host, and host= to none that is not registered', { skip }, async () => {
    const browser = await signedIn(ada);
    for (const rd of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/%2f/evil.example', 'javascript:alert(1)', '/a/../../b']) {
        const start = await server.client().atRoot().get(`/.seneschal/start?rd=${encodeURIComponent(rd)}`, { headers: { 'X-Forwarded-Host': HOST } });
        assert.equal(start.status, 302, start.text);
        assert.equal(new URL(start.headers.location).searchParams.get('rd'), null, rd);
        const there = await setOut(browser);
        there.searchParams.set('rd', rd);
        const out = await browser.get(there);
        const finish = await browser.get(out.location, PAGE);
        assert.equal(finish.location.href, site('/'), rd);
    }
    for (const host of ['evil.example', `${HOST}.evil.example`, `${HOST}@evil.example`, `evil.example#${HOST}`, `evil.example/${HOST}`, '']) {
        const there = await setOut(browser);
        there.searchParams.set('host', host);
        const page = await browser.get(there);
        assert.ok([403, 422].includes(page.status), `${host}: ${page.status}`);
        assert.equal(page.headers.location, undefined);
    }
    const evil = await server.client().atRoot().get('/.seneschal/start', { headers: { 'X-Forwarded-Host': 'evil.example' } });
    assert.equal(evil.status, 403);
});

test('who may not open it gets no code, whether the application is there or not', { skip }, async () => {
    const browser = await signedIn(bob);
    const there = await setOut(browser);
    const page = await browser.get(there);
    assert.equal(page.status, 403, page.text);
    there.searchParams.set('host', 'nobody.example.org');
    const other = await browser.get(there);
    const bare = (text) => text.replace(/[0-9a-f-]{36}/g, '').replaceAll(/href="[^"]*"/g, '');
    assert.deepEqual([other.status, bare(other.text)], [403, bare(page.text)]);
});

test('a rule that wants a fresh sign-in asks for one', { skip }, async () => {
    const rule = (await admin.post('/access-rules', { name: uniqueName('r'), effect: 'require_mfa', application_id: wiki.id })).want(201);
    const browser = await signedIn(ada);
    const page = await browser.get(await setOut(browser));
    assert.deepEqual([page.status, page.location.pathname, page.location.searchParams.get('again')], [303, '/login', '1']);
    (await admin.delete(`/access-rules/${rule.id}`)).want(204);
});
