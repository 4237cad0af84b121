// SPDX-License-Identifier: Apache-2.0
// Signing in, by a person in a real browser: each page in light, dark, on a telephone and in French, and the whole way without script.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { PASSWORD, makePerson } from '../e2e/lib/person.mjs';
import { seneschal } from '../e2e/lib/process.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { MISSING } from './lib/browser.mjs';
import { VIEWS, judgePage, openBrowser, openPage } from './lib/pages.mjs';

const server = await startServer();
const admin = await server.admin();
let browser;
before(async () => {
    if (!MISSING) browser = await openBrowser();
});
after(() => browser?.close());

test('each page can be used by everybody, in every view', { skip: MISSING }, async (t) => {
    const setup = (await seneschal(['setup-link', '--data', server.data])).stdout.trim();
    const ada = await makePerson(server, admin);
    const { url: recovery } = (await admin.post(`/users/${ada.id}/recovery`)).want(201);
    const pages = {
        login: async (page) => page.goto(`${server.url}/login`),
        wrong: async (page) => {
            await page.goto(`${server.url}/login`);
            await page.fill('#name', 'somebody');
            await page.fill('#password', 'something wrong');
            await page.click('button.main');
        },
        recover: async (page) => page.goto(`${server.url}/recover`),
        sent: async (page) => {
            await page.goto(`${server.url}/recover`);
            await page.fill('#name', 'somebody');
            await page.click('button.main');
        },
        recovery: async (page) => page.goto(recovery),
        over: async (page) => page.goto(`${recovery}x`),
        setup: async (page) => page.goto(setup),
        short: async (page) => {
            await page.goto(setup);
            for (const [id, text] of Object.entries({ username: 'ada', email: 'ada@example.org', password: 'short', again: 'short' })) await page.fill(`#${id}`, text);
            await page.click('button.main');
        },
        logout: async (page) => page.goto(`${server.url}/logout`),
    };
    // Each page once, and the longest in every view; SCREENSHOTS=DIR takes the pictures of all.
    const everywhere = process.env.SCREENSHOTS ? Object.keys(pages) : ['setup'];
    for (const view of Object.keys(VIEWS)) {
        for (const [name, go] of Object.entries(pages)) {
            if (view !== 'light' && !everywhere.includes(name)) continue;
            await t.test(`${name}, ${view}`, async () => {
                const { page, context, faults } = await openPage(browser, view);
                await go(page);
                assert.equal(await page.getAttribute('html', 'lang'), view === 'french' ? 'fr' : 'en');
                assert.deepEqual(await judgePage(page, `${name}-${view}`), []);
                assert.deepEqual(faults, []);
                await context.close();
            });
        }
    }
});

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
