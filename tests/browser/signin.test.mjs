// SPDX-License-Identifier: Apache-2.0
// Signing in, by a person in a real browser: the whole way without script, and what other sites cannot do. The looks of each page: server_pages.test.mjs.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { PASSWORD, makePerson } from '../e2e/lib/person.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { MISSING } from './lib/browser.mjs';
import { openBrowser, openPage } from './lib/pages.mjs';

const server = await startServer();
const admin = await server.admin();
let browser;
before(async () => {
    if (!MISSING) browser = await openBrowser();
});
after(() => browser?.close());

test('in and out without script, by the keyboard', { skip: MISSING }, async () => {
    const bob = await makePerson(server, admin);
    const { page, context, faults } = await openPage(browser, 'light', { javaScriptEnabled: false });
    await page.goto(`${server.url}/login?next=/logout`);
    await page.locator('#name:focus').waitFor(); // the first field has it, a moment after the page is there
    await page.keyboard.type(bob.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/logout`);
    const cookies = await context.cookies();
    const session = cookies.find((c) => c.name === 'seneschal');
    assert.deepEqual([session.httpOnly, session.sameSite, session.path], [true, 'Lax', '/']);
    await page.locator('button.main').press('Enter');
    await page.getByText('You are signed out.').waitFor();
    assert.equal((await context.cookies()).some((c) => c.name === 'seneschal'), false);
    assert.deepEqual(faults, []);
    await context.close();
});

test('IDENTITY 55, 56: another site can neither frame the page nor send its form', { skip: MISSING }, async () => {
    const { page, context } = await openPage(browser, 'light');
    await page.setContent(`<iframe src="${server.url}/login"></iframe>`);
    const frame = page.frames().find((f) => f !== page.mainFrame());
    await frame?.waitForLoadState().catch(() => {});
    assert.equal(await (frame?.locator('#password').count() ?? 0), 0);
    await page.setContent(`<form method="post" action="${server.url}/login"><input name="name" value="x"><input name="password" value="y"><button>go</button></form>`);
    const [reply] = await Promise.all([page.waitForResponse((r) => r.url() === `${server.url}/login`), page.click('button')]);
    assert.equal(reply.status(), 403);
    await context.close();
});
