// SPDX-License-Identifier: Apache-2.0
// A server that was built with -Dweb=none: it says so where the console would be, and everything else works.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { makePerson } from './lib/person.mjs';
import { BIN } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer({ bin: path.join(path.dirname(BIN), 'seneschal-bare') });
const admin = await server.admin();
const browser = new Browser(server.url);
signIn(browser, server, await makePerson(server, admin));

test('the paths of the console say in both languages that it is not there, and where to go', async () => {
    for (const at of ['/', '/dashboard', '/fleet/x/y', '/portal']) {
        const page = await browser.get(at);
        assert.equal(page.status, 200, at);
        assert.match(page.text, /built without its console/);
        assert.match(page.text, /href="\/portal\/plain"/);
        assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'self'/);
        assert.doesNotMatch(page.text, /<script|noscript/);
    }
    assert.match((await browser.get('/fleet?lang=fr')).text, /<html lang="fr">[\s\S]*compilé sans sa console/);
    assert.equal((await new Browser(server.url).get('/fleet')).location.pathname, '/login');
});

test('the pages without scripts, their files, the API and the guides work', async () => {
    const page = await browser.get('/portal/plain');
    assert.equal(page.status, 200);
    for (const [, file] of page.text.matchAll(/href="(\/web\/[^"]+)"/g)) assert.equal((await browser.get(file)).status, 200, file);
    (await admin.get('/devices')).want(200);
    assert.equal((await browser.get('/docs')).status, 200);
    assert.equal((await browser.get('/account/factors')).status, 200);
});
