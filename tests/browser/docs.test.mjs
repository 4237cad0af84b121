// SPDX-License-Identifier: Apache-2.0
// The documentation in a real browser: found and walked without script. Its looks: server_pages.test.mjs.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { MISSING } from './lib/browser.mjs';
import { openBrowser, openPage } from './lib/pages.mjs';

const server = await startServer();
let browser;
before(async () => {
    if (!MISSING) browser = await openBrowser();
});
after(() => browser?.close());

test('words are found from any page', { skip: MISSING }, async () => {
    const { page, context } = await openPage(browser, 'phone', { javaScriptEnabled: false });
    await page.goto(`${server.url}/docs/api`);
    await page.fill('input[name=q]', 'enrolment key');
    await page.press('input[name=q]', 'Enter');
    await page.click('main dt a >> nth=0');
    assert.match(page.url(), /\/docs\/[a-z-]+/);
    await context.close();
});

test('the other language is one click away, and stays', { skip: MISSING }, async () => {
    const { page, context } = await openPage(browser, 'light', { javaScriptEnabled: false });
    await page.goto(`${server.url}/docs/enrolling`);
    await page.click('a.lang');
    assert.equal(await page.getAttribute('html', 'lang'), 'fr');
    await page.click('nav.pages a');
    assert.equal(await page.getAttribute('html', 'lang'), 'fr');
    await context.close();
});
