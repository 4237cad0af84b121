// SPDX-License-Identifier: Apache-2.0
// Signing in and out by the pages: cookies, sessions and their end, forged forms, where one lands.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { PASSWORD, choosePassword, makePerson, signInBy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const ada = await makePerson(server, admin, { roles: ['administrator'] });
const SESSION = 'seneschal';

/** What this browser may see of the API, by its cookie. */
const me = async (browser) => {
    const page = await browser.get('/api/v1/auth/me');
    return page.status === 200 ? JSON.parse(page.text) : page.status;
};
const signedIn = async (who = ada, password = PASSWORD) => {
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, who.username, password)).status, 303);
    return browser;
};
const call = async (browser, method, path) => {
    const { csrf } = await me(browser);
    return browser.call(path, { method, headers: { 'Seneschal-CSRF': csrf } });
};

test('IDENTITY 53: a cookie comes with the password, another one with the next, and none stays after signing out', async () => {
    const browser = new Browser(server.url);
    const page = await signInBy(browser, ada.email.toUpperCase(), PASSWORD);
    assert.equal(page.status, 303);
    assert.equal(page.location.pathname, '/');
    const [line] = page.headers['set-cookie'].filter((l) => l.startsWith('seneschal='));
    for (const part of [/; Path=\/;/, /; HttpOnly;/, /; SameSite=Lax/, /Max-Age=2592000/]) assert.match(line, part);
    const first = browser.cookie(SESSION);
    assert.match(first, /^sen_b_/);
    assert.equal((await me(browser)).username, ada.username);
    const { session_id: before } = await me(browser);

    assert.equal((await browser.get('/login')).status, 303); // signed in already
    assert.equal((await signInBy(browser, ada.username, PASSWORD, { at: '/login?again=1' })).status, 303);
    const second = browser.cookie(SESSION);
    assert.notEqual(second, first);
    assert.equal((await me(browser)).session_id, before); // the same signing-in, proven anew
    const thief = new Browser(server.url);
    thief.setCookie(SESSION, first);
    assert.equal(await me(thief), 401);

    const sure = await browser.get('/logout');
    assert.equal((await me(browser)).session_id, before); // asking changes nothing
    assert.equal((await browser.submit(sure, '/logout')).status, 303);
    assert.equal(browser.cookie(SESSION), undefined);
    thief.setCookie(SESSION, second);
    assert.equal(await me(thief), 401);
    assert.match((await browser.get('/logout')).text, /You are signed out/);
});

test('IDENTITY 53: behind TLS the cookies have the prefix that no neighbour can plant', async () => {
    const other = await startServer({ args: ['--public-url', 'https://id.example.org'] });
    const reply = await other.client().atRoot().get('/login', { headers: { Host: 'id.example.org' } });
    assert.equal(reply.status, 200);
    assert.match(reply.headers['set-cookie'][0], /^__Host-seneschal-pre=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const boss = (await other.admin()).with({ Host: 'id.example.org' });
    const who = (await boss.post('/users', { username: 'ivy', email: 'ivy@example.org' })).want(201);
    const { url } = (await boss.post(`/users/${who.id}/recovery`)).want(201);
    assert.equal(new URL(url).origin, 'https://id.example.org');
    const browser = new Browser(other.url);
    const here = { headers: { Host: 'id.example.org', Origin: 'https://id.example.org', 'Sec-Fetch-Site': 'same-origin' } };
    const form = (await browser.get(new URL(url).pathname, here)).form();
    const done = await browser.post(form.action.pathname, { ...form.fields, password: PASSWORD, again: PASSWORD }, here);
    assert.equal(done.status, 303, done.text);
    const [line] = done.headers['set-cookie'].filter((l) => l.includes('sen_b_'));
    assert.match(line, /^__Host-seneschal=sen_b_\w+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/);
    const cookie = browser.cookie('__Host-seneschal');
    const as = (name) => other.client().get('/auth/me', { headers: { Host: 'id.example.org', Cookie: `${name}=${cookie}` } });
    assert.equal((await as('__Host-seneschal')).want(200).username, 'ivy');
    (await as('seneschal')).wantProblem(401, 'unauthenticated');
    await other.stop();
});

test('somebody else in the same browser ends what was there', async () => {
    const bob = await makePerson(server, admin);
    const browser = await signedIn();
    const old = browser.cookie(SESSION);
    assert.equal((await signInBy(browser, bob.username, PASSWORD, { at: '/login?again=1' })).status, 303);
    assert.equal((await me(browser)).username, bob.username);
    const thief = new Browser(server.url);
    thief.setCookie(SESSION, old);
    assert.equal(await me(thief), 401);
});

test('a session is a cookie and no bearer token', async () => {
    const browser = await signedIn();
    (await server.client({ token: browser.cookie(SESSION) }).get('/auth/me')).wantProblem(401, 'unauthenticated');
});

test('IDENTITY 54: a session that is ended from elsewhere is dead at once', async () => {
    const carol = await makePerson(server, admin);
    const here = await signedIn(carol);
    const there = await signedIn(carol);
    const { items } = JSON.parse((await here.get('/api/v1/auth/sessions')).text);
    assert.deepEqual(items.map((s) => [s.kind, s.current, s.methods[0]]), [['browser', false, 'pwd'], ['browser', true, 'pwd'], ['browser', false, 'link']]);
    assert.equal((await call(here, 'DELETE', `/api/v1/auth/sessions/${items[0].id}`)).status, 204);
    assert.equal(await me(there), 401);
    assert.equal((await me(here)).username, carol.username);
    assert.equal((await call(here, 'DELETE', `/api/v1/auth/sessions/${items[0].id}`)).status, 404);

    const adas = (await admin.get(`/users/${ada.id}/sessions`)).want(200).items[0];
    assert.equal((await call(here, 'DELETE', `/api/v1/auth/sessions/${adas.id}`)).status, 404); // not his
    (await admin.delete(`/users/${carol.id}/sessions`)).want(204);
    assert.equal(await me(here), 401);
    assert.deepEqual((await admin.get(`/users/${carol.id}/sessions`)).want(200).items, []);
});

test('who is disabled is out at once, and stays out when he comes back', async () => {
    const dan = await makePerson(server, admin);
    const browser = await signedIn(dan);
    (await admin.patch(`/users/${dan.id}`, { status: 'disabled' })).want(200);
    assert.equal(await me(browser), 401);
    assert.equal((await signInBy(new Browser(server.url), dan.username, PASSWORD)).status, 401);
    (await admin.patch(`/users/${dan.id}`, { status: 'active' })).want(200);
    assert.equal(await me(browser), 401);
    await signedIn(dan);
    (await admin.delete(`/users/${dan.id}`)).want(204);
});

test('IDENTITY 54: what was ended before a kill -9 is dead after it', async () => {
    const own = await startServer();
    const boss = await own.admin();
    const eve = await makePerson(own, boss);
    const gone = new Browser(own.url);
    await signInBy(gone, eve.username, PASSWORD);
    const kept = new Browser(own.url);
    (await boss.delete(`/users/${eve.id}/sessions`)).want(204);
    await signInBy(kept, eve.username, PASSWORD);
    await own.kill();
    await own.restart();
    const after = (cookie) => own.client().get('/auth/me', { headers: { Cookie: `${SESSION}=${cookie}` } });
    (await after(gone.cookie(SESSION))).wantProblem(401, 'unauthenticated');
    assert.equal((await after(kept.cookie(SESSION))).want(200).username, eve.username);
    await own.stop();
});

test('IDENTITY 55: nobody is signed in, or out, by a form of another site', async () => {
    const browser = new Browser(server.url);
    const fields = { name: ada.username, password: PASSWORD };
    assert.equal((await browser.post('/login', fields)).status, 403); // no page was ever loaded
    const page = await browser.get('/login');
    const { fields: hidden } = page.form('/login');
    for (const [sent, headers] of [
        [fields, {}],
        [{ ...fields, csrf: 'A'.repeat(43) }, {}],
        [{ ...fields, ...hidden }, { 'Sec-Fetch-Site': 'cross-site' }],
        [{ ...fields, ...hidden }, { Origin: 'https://evil.example' }],
    ]) {
        const reply = await browser.post('/login', sent, { headers });
        assert.equal(reply.status, 403, JSON.stringify([sent, headers]));
        assert.equal(browser.cookie(SESSION), undefined);
    }
    const another = new Browser(server.url);
    const { fields: foreign } = (await another.get('/login')).form('/login');
    assert.equal((await browser.post('/login', { ...fields, ...foreign })).status, 403); // of another browser
    assert.equal((await browser.post('/login', { ...fields, ...hidden })).status, 303);
    assert.equal((await browser.post('/logout', {})).status, 403);
    assert.equal((await browser.call('/api/v1/auth/logout', { method: 'POST' })).status, 403);
    assert.equal((await me(browser)).username, ada.username);
    assert.equal((await call(browser, 'POST', '/api/v1/auth/logout')).status, 204);
    assert.equal(await me(browser), 401);
});

test('IDENTITY 56: pages are framed by nobody, kept by nobody, and run no script', async () => {
    const { url } = (await admin.post(`/users/${ada.id}/recovery`)).want(201);
    for (const path of ['/login', '/logout', '/recover', new URL(url).pathname, '/setup/nothing']) {
        const { headers, text } = await new Browser(server.url).get(path);
        assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
        assert.equal(headers['x-frame-options'], 'DENY');
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.equal(headers['cache-control'], 'no-store');
        assert.doesNotMatch(text, /<script|style=|\son\w+=/i);
    }
});

for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%5cevil.example', '/%2f/evil.example', 'javascript:alert(1)', '/a/../..//evil.example', '\\\\evil.example', '/\tevil']) {
    test(`IDENTITY 58: next=${JSON.stringify(next)} leads nowhere else`, async () => {
        const browser = new Browser(server.url);
        const at = `/login?next=${encodeURIComponent(next)}`;
        const page = await browser.get(at);
        assert.equal('next' in page.form('/login').fields, false);
        const form = page.form('/login');
        const reply = await browser.post(form.action, { ...form.fields, name: ada.username, password: PASSWORD, next });
        if (reply.status === 303) assert.equal(reply.location.href, `${server.url}/`);
        else assert.equal(reply.status, 422);
        if (reply.status === 303) assert.equal((await browser.get(at)).location.href, `${server.url}/`);
    });
}

test('an own path is where one lands, with its query', async () => {
    const browser = new Browser(server.url);
    const reply = await signInBy(browser, ada.username, PASSWORD, { at: `/login?next=${encodeURIComponent('/oauth2/continue?request=abc&x=1')}` });
    assert.equal(reply.headers.location, '/oauth2/continue?request=abc&x=1');
});

test('each organisation has its own names', async () => {
    (await admin.post('/organisations', { slug: 'acme', name: 'Acme' })).want(201);
    const there = admin.with({ 'Seneschal-Org': 'acme' });
    const twin = (await there.post('/users', { username: ada.username, email: ada.email })).want(201);
    const { url } = (await there.post(`/users/${twin.id}/recovery`)).want(201);
    assert.equal((await choosePassword(new Browser(server.url), url, 'a wholly other one')).status, 303);
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, ada.username, 'a wholly other one')).status, 401);
    assert.equal((await signInBy(browser, ada.username, 'a wholly other one', { at: '/login?org=acme' })).status, 303);
    assert.deepEqual([(await me(browser)).id, (await me(browser)).org], [twin.id, 'acme']);
    assert.equal((await signInBy(browser, ada.username, PASSWORD, { at: '/login?org=acme&again=1' })).status, 401);
});

test('the pages are in French for who wants them so, and what was typed is escaped', async () => {
    const browser = new Browser(server.url);
    const page = await browser.get('/login?lang=fr');
    assert.match(page.text, /<html lang="fr">[\s\S]*Mot de passe oublié/);
    assert.match((await browser.get('/recover')).text, /Envoyer le lien/);
    const again = await signInBy(browser, '"><img src=x>', 'something wrong');
    assert.equal(again.status, 401);
    assert.match(again.text, /value="&quot;&gt;&lt;img src=x&gt;"/);
});

test('who signs in from a browser that was not seen before is told so; from a known one not', async () => {
    const gil = await makePerson(server, admin);
    const browser = await signedIn(gil); // beside the one that chose the password
    const notices = async () => JSON.parse((await browser.get('/api/v1/portal/notices')).text).items.filter((n) => n.kind === 'new-device');
    const [notice] = await notices();
    assert.match(notice.text, new RegExp(`as ${gil.username} from 127\\.0\\.0\\.1`));
    assert.equal((await signInBy(browser, gil.username, PASSWORD, { at: '/login?again=1' })).status, 303);
    assert.equal((await notices()).length, 1);
});

test('the record says who signed in, how it ended, and never a password', async () => {
    const fay = await makePerson(server, admin, { password: 'a canary in the cellar' });
    const browser = await signedIn(fay, 'a canary in the cellar');
    await signInBy(new Browser(server.url), fay.username, 'a wrong canary here');
    await signInBy(new Browser(server.url), 'a canary as a name', 'a wrong canary here');
    await call(browser, 'POST', '/api/v1/auth/logout');
    const { items } = (await admin.get(`/admin/security/audit?target=${fay.id}&order=asc`)).want(200);
    assert.deepEqual(items.map((e) => e.action), ['user.created', 'user.recovery-link', 'user.password-changed', 'session.opened', 'session.refused', 'session.ended']);
    assert.equal(items.find((e) => e.action === 'session.refused').result, 'refused');
    const all = (await admin.get('/admin/security/audit?limit=500')).text;
    assert.doesNotMatch(all, /canary/);
});
