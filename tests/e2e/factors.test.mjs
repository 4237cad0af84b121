// SPDX-License-Identifier: Apache-2.0
// Second factors: apps and recovery codes, the step at signing in that cannot be left out, and proving it anew.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { callerOf, totp } from './lib/factor.mjs';
import { makeApp, Rp } from './lib/oauth.mjs';
import { PASSWORD, makePerson, signInBy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const SESSION = 'seneschal';

async function signedIn(who) {
    const browser = new Browser(server.url);
    const page = await signInBy(browser, who.username, PASSWORD);
    assert.equal(page.status, 303, page.text);
    return { browser, page };
}

/** A person with an app (its step now is used) and recovery codes; `call` is of the session that made them. */
async function withApp() {
    const who = await makePerson(server, admin);
    const { browser } = await signedIn(who);
    const call = await callerOf(browser);
    const made = await call('POST', '/auth/factors/totp', { name: 'phone' });
    assert.equal(made.status, 201, made.text);
    const { id, secret } = made.json;
    assert.equal((await call('POST', `/auth/factors/totp/${id}/confirm`, { code: totp(secret) })).status, 204);
    return { ...who, person: who.id, browser, call, id, secret };
}

const step = async (browser, code, next = '/portal') => browser.submit(await browser.get(`/login/factor?next=${encodeURIComponent(next)}`), '/login/factor', { code });

test('an app is added, shown once, and asked for from then on', async () => {
    const who = await makePerson(server, admin);
    const { browser, page } = await signedIn(who);
    assert.equal(page.location.pathname, '/'); // nothing to ask for yet
    const call = await callerOf(browser);
    const { json: made } = await call('POST', '/auth/factors/totp');
    assert.match(made.secret, /^[A-Z2-7]{32}$/);
    assert.equal(made.uri, `otpauth://totp/127.0.0.1:${who.username}?secret=${made.secret}&issuer=127.0.0.1`);
    assert.match(made.qr, /^<svg class="qr" role="img"/);
    assert.equal((await call('POST', `/auth/factors/totp/${made.id}/confirm`, { code: '000000' })).status, 422);
    assert.equal((await signedIn(who)).page.location.pathname, '/'); // not confirmed: not asked for
    const code = totp(made.secret);
    assert.equal((await call('POST', `/auth/factors/totp/${made.id}/confirm`, { code })).status, 204);
    const { totp: [app], passkeys, recovery_codes_left: left } = (await call('GET', '/auth/factors')).json;
    assert.deepEqual([app.id, app.name, app.confirmed, passkeys, left], [made.id, 'Authenticator', true, [], 0]);
    const { browser: again, page: half } = await signedIn(who);
    assert.equal(half.location.pathname, '/login/factor');
    assert.equal((await step(again, totp(made.secret, 1))).location.pathname, '/portal');
});

test('the second of two clicks on Confirm leads to the page that says it is confirmed', async () => {
    const who = await makePerson(server, admin);
    const { browser } = await signedIn(who);
    const made = await browser.submit(await browser.get('/account/factors'), '/account/factors/totp', { name: 'phone' });
    const [secret] = made.text.match(/[A-Z2-7]{32}/);
    const wrong = await browser.submit(made, '/account/factors/confirm', { code: '000000' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /href="\/account\/factors"/); // to begin again, where the picture was not kept
    const sent = { ...wrong.form('/account/factors/confirm').fields, code: totp(secret) };
    const first = await browser.post('/account/factors/confirm', sent);
    assert.deepEqual([first.status, first.text.match(/<li><code>/g).length], [201, 10]);
    const second = await browser.post('/account/factors/confirm', sent);
    assert.deepEqual([second.status, second.location?.pathname], [303, '/account/factors']);
});

test('IDENTITY 52: the second step cannot be left out', async () => {
    const who = await withApp();
    const { browser } = await signedIn(who);
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    assert.equal((await browser.get('/api/v1/devices')).status, 401);
    assert.equal((await browser.get('/account/factors')).location.pathname, '/login');
    assert.notEqual((await browser.get('/portal')).status, 200);
    const rp = new Rp(server, await makeApp(admin, { people: [{ id: who.person }] }));
    const asked = await browser.go(rp.authorizeUrl());
    assert.deepEqual([asked.location, /^\/login/.test(asked.url.pathname)], [undefined, true], 'nor does half a sign-in give a code');
    assert.equal((await browser.go(rp.authorizeUrl({ prompt: 'none' }))).location.searchParams.get('error'), 'login_required');
    const form = (await browser.get('/login/factor')).form('/login/factor');
    const headers = { Origin: server.url, 'Sec-Fetch-Site': 'same-origin' };
    for (const fields of [{}, form.fields, { ...form.fields, code: '' }, { ...form.fields, code: ' ' }, { ...form.fields, code: '000000', level: '1' }]) {
        const page = await browser.post('/login/factor', fields, { headers });
        assert.ok(page.status >= 400, `${JSON.stringify(fields)}: ${page.status}`);
    }
    const call = await callerOf(browser);
    for (const [method, at, body] of [['POST', '/auth/factors/totp'], ['POST', '/auth/factors/recovery-codes'], ['DELETE', `/auth/factors/totp/${who.id}`],
        ['POST', `/auth/factors/totp/${who.id}/confirm`, { code: '000000' }]]) {
        assert.ok([401, 403].includes((await call(method, at, body)).status), at);
    }
    assert.equal((await browser.get('/api/v1/auth/me')).status, 401);
    assert.equal((await step(browser, totp(who.secret, 1))).status, 303);
    assert.equal((await browser.get('/api/v1/auth/me')).status, 200);
});

test('IDENTITY 51: a code in the same window, and a recovery code, are good once', async () => {
    const who = await withApp();
    const { json: { codes } } = await who.call('POST', '/auth/factors/recovery-codes');
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^[2-9bcdfghjkmnp-tv-xz]{4}(-[2-9bcdfghjkmnp-tv-xz]{4}){3}$/);
    const { browser: one } = await signedIn(who);
    assert.equal((await step(one, totp(who.secret))).status, 401, 'the code of the confirmation');
    const code = totp(who.secret, 1);
    assert.equal((await step(one, code)).status, 303);
    const { browser: two } = await signedIn(who);
    assert.equal((await step(two, code)).status, 401);
    const page = await step(two, codes[0].toUpperCase().replaceAll('-', ' '));
    assert.equal(page.status, 303);
    const { browser: three } = await signedIn(who);
    assert.equal((await step(three, codes[0])).status, 401);
    assert.equal((await (await callerOf(two))('GET', '/auth/factors')).json.recovery_codes_left, 9);
});

test('six at once with one code: one gets in', async () => {
    const who = await withApp();
    const browsers = await Promise.all(Array.from({ length: 6 }, async () => (await signedIn(who)).browser));
    const code = totp(who.secret, 1);
    const pages = await Promise.all(browsers.map((browser) => step(browser, code)));
    assert.equal(pages.filter(({ status }) => status === 303).length, 1);
});

test('IDENTITY 48: wrong codes count by person over every door, and apart from wrong passwords', async () => {
    const who = await withApp();
    const { browser: one } = await signedIn(who);
    const { browser: two } = await signedIn(who);
    for (let i = 0; i < 5; i++) assert.equal((await step(i % 2 === 0 ? one : two, '000000')).status, 401);
    const page = await step(one, '000000');
    assert.equal(page.status, 429);
    assert.ok(Number(page.headers['retry-after']) >= 1);
    assert.equal((await step(two, totp(who.secret, 1))).status, 429, 'while it waits not even the right one');
    assert.equal((await signedIn(who)).page.location.pathname, '/login/factor', 'the password is as good as ever');
    const other = await withApp();
    const { browser } = await signedIn(other);
    assert.equal((await step(browser, totp(other.secret, 1))).status, 303, 'nobody else waits');
});

test('IDENTITY 53: a step up changes the cookie, and ends the one before', async () => {
    const who = await withApp();
    const { browser } = await signedIn(who);
    const half = browser.cookie(SESSION);
    const page = await step(browser, totp(who.secret, 1), '/account/factors');
    assert.equal(page.location.pathname, '/account/factors');
    const [line] = page.headers['set-cookie'].filter((l) => l.startsWith(`${SESSION}=`));
    assert.match(line, /; HttpOnly/);
    assert.notEqual(browser.cookie(SESSION), half);
    const thief = new Browser(server.url);
    thief.setCookie(SESSION, half);
    assert.equal((await thief.get('/api/v1/auth/me')).status, 401);
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
        const shown = (await browser.get(`/login/factor?next=${encodeURIComponent(next)}`)).form('/login/factor');
        assert.equal(shown.fields.next, '/', next);
    }
});

test('factors are changed only by who has proven one, or made the first', async () => {
    const before = await makePerson(server, admin);
    const { browser: elsewhere } = await signedIn(before);
    const own = await callerOf((await signedIn(before)).browser);
    const { json: made } = await own('POST', '/auth/factors/totp');
    assert.equal((await own('POST', `/auth/factors/totp/${made.id}/confirm`, { code: totp(made.secret) })).status, 204);
    assert.equal((await own('POST', '/auth/factors/recovery-codes')).status, 201, 'the session that made the first');
    assert.equal((await elsewhere.get('/api/v1/auth/me')).status, 401, 'those that needed none have ended');

    const who = await withApp();
    const { browser } = await signedIn(who);
    assert.equal((await step(browser, totp(who.secret, 1))).status, 303);
    const call = await callerOf(browser);
    assert.equal((await call('POST', '/auth/factors/recovery-codes')).status, 201);
    assert.equal((await call('DELETE', `/auth/factors/totp/${who.id}`)).status, 204);
    assert.equal((await call('DELETE', `/auth/factors/totp/${who.id}`)).status, 404);
    assert.equal((await signedIn(who)).page.location.pathname, '/');
});

test('the pages set an app up without a script', async () => {
    const who = await makePerson(server, admin);
    const { browser } = await signedIn(who);
    assert.equal((await browser.get('/login/factor?next=/portal')).location.pathname, '/account/factors');
    const page = await browser.submit(await browser.get('/account/factors'), '/account/factors/totp', { name: '<b>phone' });
    assert.equal(page.status, 201, page.text);
    assert.match(page.text, /<svg class="qr"/);
    assert.ok(!page.text.includes('<script') && !page.text.includes('style='));
    const [, secret] = page.text.match(/>([A-Z2-7]{32})</);
    const wrong = await browser.submit(page, '/account/factors/confirm', { code: '000000' });
    assert.equal(wrong.status, 422);
    const codes = await browser.submit(wrong, '/account/factors/confirm', { code: totp(secret) });
    assert.equal(codes.status, 201, codes.text);
    assert.equal([...codes.text.matchAll(/<code>[^<]{19}<\/code>/g)].length, 10);
    assert.equal((await browser.get('/account/factors')).text.includes('<b>phone'), false, 'escaped');
    assert.equal((await browser.submit(await browser.get('/account/factors'), '/account/factors/codes')).status, 201);
    const call = await callerOf(browser);
    const apps = async () => (await call('GET', '/auth/factors')).json.totp;
    assert.equal((await apps()).length, 1);
    const other = await withApp();
    const gone = await browser.submit(await browser.get('/account/factors'), '/account/factors/remove', { id: other.id });
    assert.equal(gone.status, 404, 'it is another person’s');
    assert.equal((await browser.submit(await browser.get('/account/factors'), '/account/factors/remove')).location.pathname, '/account/factors');
    assert.deepEqual(await apps(), []);
});

test('an administrator lets somebody begin anew', async () => {
    const who = await withApp();
    const { browser } = await signedIn(who);
    (await admin.delete(`/users/${who.person}/factors`)).want(204);
    assert.equal((await browser.get('/login/factor')).location.pathname, '/login', 'what was half in is out');
    assert.equal((await signedIn(who)).page.location.pathname, '/');
    (await server.client({ token: 'x' }).delete(`/users/${crypto.randomUUID()}/factors`)).wantProblem(401, 'unauthenticated');
});

test('no key and no code lies in the store, the log or the record as it is', async () => {
    const who = await withApp();
    const { json: { codes } } = await who.call('POST', '/auth/factors/recovery-codes');
    const { items } = (await admin.get('/admin/security/audit?limit=200')).want(200);
    assert.ok(items.some(({ action, details }) => action === 'factor.added' && details.kind === 'totp'));
    assert.ok(items.some(({ action }) => action === 'session.factor') && items.some(({ action }) => action === 'session.factor-refused'));
    const texts = [JSON.stringify(items), server.log, server.stdout];
    for (const file of fs.readdirSync(server.data).filter((name) => name.startsWith('seneschal.db'))) {
        texts.push(fs.readFileSync(path.join(server.data, file)).toString('latin1'));
    }
    for (const secret of [who.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) {
        for (const text of texts) assert.ok(!text.includes(secret));
    }
});
