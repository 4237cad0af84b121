// SPDX-License-Identifier: Apache-2.0
// What holds for every page and every call that a browser can make, row by row of the server's own document.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { makePerson } from './lib/person.mjs';
import { BIN } from './lib/process.mjs';
import { signIn } from './lib/session.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const root = server.client().atRoot();
const ID = '018f0000-0000-7000-8000-000000000000';
const document = JSON.parse(execFileSync(BIN, ['openapi'], { encoding: 'utf8', maxBuffer: 64 << 20 }));

const rows = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path: path.replace(/\{[^}]*\}/g, ID), takes: Object.keys(operation.requestBody?.content ?? {}), gives: Object.keys(operation.responses['2XX'].content ?? {}) })),
);
const FORM = 'application/x-www-form-urlencoded';
const isPage = (row) => row.gives.includes('text/html');
const pages = rows.filter((row) => isPage(row) && row.method === 'GET');
/** The guides: the same for everybody, so that they may be kept and compressed. */
const isGuide = (path) => path === '/docs' || path.startsWith('/docs/');
const pageForms = rows.filter((row) => isPage(row) && row.takes.includes(FORM));

test('the document knows the pages, their forms and the rest', () => {
    assert.ok(pages.length >= 6 && pageForms.length >= 6, `${pages.length} ${pageForms.length}`);
});

test('IDENTITY 55: no JSON row takes what a form of another site can send', async () => {
    const json = rows.filter((row) => row.takes.includes('application/json'));
    assert.ok(json.length > 40);
    for (const type of [FORM, 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp']) {
        for (const row of json) {
            const reply = await admin.atRoot().call(row.method, row.path, '{"name":"x"}', { headers: { 'Content-Type': type } });
            if (row.path.startsWith('/oauth2/')) assert.equal(reply.want(400).error, 'invalid_request'); // RFC 7591 section 3.2.2
            else reply.wantProblem(415, 'unsupported-media-type');
        }
    }
});

test('IDENTITY 55: no form of a page is taken from elsewhere, or without its token', async () => {
    const browser = new Browser(server.url);
    const { fields } = (await browser.get('/login')).form('/login');
    for (const row of pageForms.filter(({ path }) => !['/oauth2/authorize', '/oauth2/logout'].includes(path))) {
        // those two are called by clients, from their own pages, and change nothing by themselves
        for (const [what, more, headers] of [
            ['no token', { csrf: '' }, {}],
            ['another token', { csrf: 'A'.repeat(43) }, {}],
            ['another site', fields, { 'Sec-Fetch-Site': 'cross-site' }],
            ['a neighbour', fields, { 'Sec-Fetch-Site': 'same-site' }],
            ['a foreign origin', fields, { Origin: 'https://evil.example' }],
            ['an opaque origin', fields, { Origin: 'null' }],
            ['an origin that only looks like ours', fields, { Origin: `${server.url}.evil.example` }],
        ]) {
            const page = await browser.post(row.path, { ...more, name: 'x' }, { headers });
            const signedOut = page.status === 303 && page.location.pathname === '/login';
            assert.ok(page.status === 403 || signedOut, `${row.path}: ${what}: ${page.status}`);
        }
    }
});

test('IDENTITY 55: a session acts on JSON rows only with its token, and on rows of devices not at all', async () => {
    const person = await makePerson(server, admin, { roles: ['administrator'] });
    const browser = new Browser(server.url);
    const { cookie } = signIn(browser, server, person);
    const by = (headers) => server.client().with({ Cookie: `seneschal=${cookie}`, ...headers });
    const { csrf } = (await by({}).get('/auth/me')).want(200);
    assert.match(csrf, /^[\w-]{43}$/);
    const group = () => ({ name: uniqueName('g') });
    (await by({}).post('/groups', group())).wantProblem(403, 'forged-request');
    (await by({ 'Seneschal-CSRF': 'x'.repeat(43) }).post('/groups', group())).wantProblem(403, 'forged-request');
    (await by({ 'Seneschal-CSRF': csrf, 'Sec-Fetch-Site': 'cross-site' }).post('/groups', group())).wantProblem(403, 'forged-request');
    (await by({ 'Seneschal-CSRF': csrf, Origin: 'https://evil.example' }).post('/groups', group())).wantProblem(403, 'forbidden');
    (await by({ 'Seneschal-CSRF': csrf, Origin: server.url, 'Sec-Fetch-Site': 'same-origin' }).post('/groups', group())).want(201);
    (await by({}).get('/groups')).want(200);
    (await by({ Authorization: 'Bearer nonsense' }).get('/groups')).wantProblem(401, 'unauthenticated');
    for (const path of ['/devices/self', '/agents', '/iassistants/config']) (await by({}).get(path)).wantProblem(401, 'unauthenticated');
    (await server.client({ token: cookie }).get('/groups')).wantProblem(401, 'unauthenticated');
});

/** WebAuthn has no form: this page runs one script, a file of ours, and no other does. */
const SCRIPTED = '/login/passkey';
const withoutOurs = (path, text) => (path === SCRIPTED ? text.replace(/<script type="module" src="\/web\/passkey-[0-9a-f]+\.js"><\/script>/, '') : text);

test('IDENTITY 56: every page, and every refusal of one, is framed by nobody, kept by nobody and runs nothing', async () => {
    const browser = new Browser(server.url);
    for (const { path } of pages) {
        const page = await browser.get(path);
        const h = page.headers;
        assert.equal(h['x-frame-options'], 'DENY', path);
        assert.equal(h['referrer-policy'], 'no-referrer', path);
        assert.match(h['cache-control'], isGuide(path) ? /^no-(cache|store)$/ : /^no-store$/, path);
        assert.equal(h['cross-origin-opener-policy'], 'same-origin', path);
        assert.equal(h['x-content-type-options'], 'nosniff', path);
        const policy = h['content-security-policy'];
        for (const part of ["default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), `${path}: ${policy}`);
        assert.doesNotMatch(policy, /unsafe|\*/, path);
        assert.deepEqual(policy.match(/script-src [^;]*/), path === SCRIPTED ? policy.match(/script-src 'self'/) : null, path);
        assert.doesNotMatch(withoutOurs(path, page.text), /<script|\son\w+=|style="|javascript:/i, path);
    }
});

test('IDENTITY 57: what a link brings along comes out as text', async () => {
    const browser = new Browser(server.url);
    const evil = '"><script>alert(1)</script>\'';
    for (const { path } of pages) {
        const names = ['next', 'state', 'error_description', 'client_id', 'user_code', 'lang', 'org', 'id_token_hint', evil];
        const page = await browser.get(`${path}?${new URLSearchParams(names.map((name) => [name, evil]))}`);
        assert.doesNotMatch(withoutOurs(path, page.text), /<script|<\/script/i, path);
        assert.ok(!decodeURIComponent(page.headers.location ?? '').startsWith('http') || page.location.origin === server.url, path);
    }
});

test('IDENTITY 60: who may read an answer from another site', async () => {
    const foreign = { Origin: 'https://client.example' };
    const allowed = (reply) => reply.headers['access-control-allow-origin'];
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oauth2/jwks']) {
        const reply = await root.get(path, { headers: { ...foreign, Cookie: 'seneschal=x' } });
        reply.want(200);
        assert.deepEqual([allowed(reply), reply.headers['access-control-allow-credentials']], ['*', undefined], path);
    }
    for (const path of ['/oauth2/token', '/oauth2/userinfo']) {
        const preflight = await root.call('OPTIONS', path, undefined, { headers: { ...foreign, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' } });
        assert.deepEqual([preflight.status, allowed(preflight)], [204, '*'], path);
        const reply = await root.call('POST', path, 'grant_type=x', { headers: { ...foreign, 'Content-Type': FORM } });
        assert.ok(reply.status >= 400 && reply.status < 500, path);
        assert.deepEqual([allowed(reply), reply.headers['access-control-allow-credentials']], ['*', undefined], path);
    }
    for (const path of ['/login', '/oauth2/authorize?client_id=x', '/logout', '/api/v1/groups', '/api/v1/auth/me', '/api/v1/admin/security/audit']) {
        const reply = await root.get(path, { headers: foreign });
        assert.equal(allowed(reply), undefined, path);
        const preflight = await root.call('OPTIONS', path.split('?')[0], undefined, { headers: { ...foreign, 'Access-Control-Request-Method': 'GET' } });
        assert.equal(allowed(preflight), undefined, path);
    }
});

test('IDENTITY 66: nothing is compressed where a secret may stand beside what was sent', async () => {
    const headers = { 'Accept-Encoding': 'gzip, deflate, br, zstd' };
    for (const { path } of [...pages, { path: '/api/v1/auth/me' }, { path: '/.well-known/openid-configuration' }].filter((row) => !isGuide(row.path))) {
        const page = await new Browser(server.url).get(path, { headers });
        assert.equal(page.headers['content-encoding'], undefined, path);
    }
});

test('IDENTITY 66: every OAuth form refuses what comes twice, as JSON, by GET, or in 200 kB', async () => {
    const forms = rows.filter((row) => row.takes.includes(FORM) && !isPage(row));
    assert.ok(forms.length >= 2);
    for (const { path } of forms) {
        const send = (body, type = FORM) => root.post(path, body, { headers: { 'Content-Type': type } });
        const twice = await send('client_id=a&client_id=a');
        assert.equal(twice.want(400).error, 'invalid_request', path);
        assert.equal(twice.headers['cache-control'], 'no-store', path);
        assert.equal(twice.headers.pragma, 'no-cache', path);
        assert.equal((await send('{"grant_type":"x"}', 'application/json')).want(400).error, 'invalid_request', path);
        assert.equal((await send(`grant_type=x&x=${'a'.repeat(200 * 1024)}`)).status, 413, path);
        for (const bad of ['grant_type=%', 'grant_type=%zz', 'grant_type=a%00b', 'grant_type=%ff']) {
            assert.ok([400, 401].includes((await send(bad)).status), `${path} ${bad}`);
        }
    }
    (await root.get('/oauth2/token')).wantProblem(405, 'method-not-allowed');
});

test('a page speaks the language that was asked for, and remembers a choice', async () => {
    const browser = new Browser(server.url);
    const lang = (page) => page.text.match(/<html lang="(\w+)"/)[1];
    assert.equal(lang(await browser.get('/login')), 'en');
    assert.equal(lang(await browser.get('/login', { headers: { 'Accept-Language': 'fr-BE, en;q=0.5' } })), 'fr');
    const chosen = await browser.get('/login?lang=fr');
    assert.equal(lang(chosen), 'fr');
    assert.match(chosen.text, /<a class="lang" lang="en" href="\/login\?lang=en">English<\/a>/);
    assert.equal(lang(await browser.get('/login')), 'fr');
});
