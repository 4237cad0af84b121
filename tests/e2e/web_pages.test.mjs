// SPDX-License-Identifier: Apache-2.0
// The console's index: at its paths and nowhere else, for whoever is signed in, with its policy and validators.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';
import { makePerson } from './lib/person.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const person = await makePerson(server, admin);
const browser = new Browser(server.url);
signIn(browser, server, person);

const EXACT = ['/', '/dashboard', '/permissions', '/config', '/admin'];
const DEEP = ['/fleet', '/policies', '/rollouts', '/people', '/applications', '/tools', '/logs', '/audit', '/portal'];
const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

test('every path of the console answers its index', async () => {
    const index = await browser.get('/portal');
    assert.match(index.text, /<div id="app"><\/div>[\s\S]*<noscript>[\s\S]*href="\/portal\/plain"/);
    for (const path of [...EXACT, ...DEEP, ...DEEP.flatMap((one) => [`${one}/x`, `${one}/x/y`]), '/fleet?status=PENDING', '/config?tab=home-assistant']) {
        const page = await browser.get(path);
        assert.equal(page.status, 200, path);
        assert.equal(page.text, index.text, path);
    }
    for (const path of ['/dashboard/x', '/config/x', '/admin/x', '/fleet/x/y/z', '/index.html', '/nothing', '/Fleet'])
        assert.equal((await browser.get(path)).status, 404, path);
});

test('a browser that goes where nothing is gets a page that says so; programs, and what asks the API, get a problem', async () => {
    const accept = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    for (const one of [browser, new Browser(server.url)]) {
        const page = await one.get('/nothing/here', { headers: { ...accept, 'Accept-Language': 'fr' } });
        assert.equal(page.status, 404);
        assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
        assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'self'/);
        assert.match(page.text, /<html lang="fr"[\s\S]*Il n’y a rien ici/);
        assert.match(page.text, /<a [^>]*href="\/"/);
    }
    for (const [path, headers] of [['/nothing/here', { Accept: '*/*' }], ['/nothing/here', { Accept: 'text/html;q=0, */*' }], ['/api/v1/nothing', accept]]) {
        const refused = await browser.get(path, { headers });
        assert.equal(refused.status, 404, path);
        assert.equal(refused.headers['content-type'], 'application/problem+json', path);
    }
});

test('its policy lets nothing run but its own files', async () => {
    const { headers, text } = await browser.get('/fleet');
    assert.equal(headers['content-security-policy'], POLICY);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.match(headers['permissions-policy'], /camera=\(\)/);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.doesNotMatch(text, /<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/i);
});

test('it is asked for again, and sent again only when it has changed', async () => {
    const first = await browser.get('/dashboard');
    assert.match(first.headers.etag, /^"[0-9a-f]{64}"$/);
    const again = await browser.get('/tools', { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    assert.equal(again.headers.etag, first.headers.etag);
    assert.equal(again.headers['content-security-policy'], POLICY);
    assert.equal((await browser.get('/tools', { headers: { 'If-None-Match': '"0"' } })).status, 200);
});

test('who is not signed in is sent to sign in, and comes back', async () => {
    for (const path of ['/', '/fleet/x', '/portal', '/audit?actor=ada']) {
        const page = await new Browser(server.url).get(path);
        assert.equal(page.status, 303, path);
        assert.equal(page.location.pathname, '/login');
        assert.equal(page.location.searchParams.get('next'), path);
        assert.doesNotMatch(page.headers['content-security-policy'], /script-src/);
    }
    assert.equal((await admin.atRoot().get('/dashboard')).status, 303, 'a bearer token is no browser');
});

test('a path of the API answers no HTML, whoever asks for it', async () => {
    for (const path of ['/api/v1/devices', '/api/v1/fleet/x', '/api/v1/dashboard', '/api/v1/portal/applications', '/devices', '/openapi.json']) {
        const page = await browser.get(path, { headers: { Accept: 'text/html' } });
        assert.match(page.headers['content-type'], /json/, path);
    }
    for (const path of ['/fleet', '/dashboard']) assert.equal((await admin.atRoot().post(path, {})).status, 405, path);
});
