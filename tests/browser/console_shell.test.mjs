// SPDX-License-Identifier: Apache-2.0
// The frame of the console: what every page stands in, for whoever may see it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();

test('the harness sees what it is there for', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/portal', 'portal');
    await at.page.evaluate(() => {
        const picture = document.createElement('img');
        picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
        const wall = document.createElement('hr');
        wall.style.width = '5000px'; // by the CSSOM, which the policy allows
        wall.id = 'content'; // as the page's own part is called
        document.body.append(picture, wall);
        console.error('an error');
    });
    await at.page.evaluate(() => fetch('/api/v1/nothing'));
    await assert.rejects(at.look('faults'), (error) => {
        for (const part of [/404: GET .*nothing/, /id that two things have: content/, /policy: img-src: data/, /console: an error/, /width: 5\d\d\d wide/, /axe: image-alt/]) assert.match(error.message + JSON.stringify(error.actual), part);
        return true;
    });
    at.expect(404, '/api/v1/nothing');
    at.expect(404, '/api/v1/never');
    await at.page.evaluate(() => fetch('/api/v1/nothing'));
    await assert.rejects(at.close(), (error) => {
        assert.deepEqual(error.actual, ['no 404 of /api/v1/never, though it was expected']);
        return true;
    });
});

test('who is signed out meets the sign-in page, and nothing of the console', { skip: MISSING }, async () => {
    const context = await house.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${house.server.url}/fleet`);
    assert.equal(new URL(page.url()).pathname, '/login');
    await context.close();
});

/** The words of what is shown of the navigation. */
const navigation = (page) => page.locator('nav a').allTextContents();

test('navigation, palette and shortcuts offer what one may open, and nothing else', { skip: MISSING }, async () => {
    const boss = await openConsole(house, 'en-light-1280');
    await boss.open('/portal', 'portal');
    assert.ok((await navigation(boss.page)).includes('Devices'));
    await boss.close();

    const guest = await openConsole(house, 'en-light-1280', house.guest);
    const asked = [];
    guest.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await guest.open('/', 'portal'); // the portal is where he lands
    assert.equal(new URL(guest.page.url()).pathname, '/portal');
    assert.deepEqual(await navigation(guest.page), ['My applications', 'My devices', 'My tools', 'To approve', 'My activity', 'Sign-in and sessions', 'Home Assistant', 'Connect a client']);
    await guest.page.keyboard.press('Control+k');
    await guest.page.getByRole('option', { name: 'My tools' }).waitFor();
    await guest.page.keyboard.type('dev');
    assert.deepEqual(await guest.page.getByRole('option').locator('span').allTextContents(), ['My devices']);
    await guest.page.waitForTimeout(300); // longer than the palette waits before it asks the server
    assert.deepEqual(asked.filter((path) => /\/(devices|users)$/.test(path)), []);
    await guest.page.keyboard.press('Escape');
    await guest.page.keyboard.press('g');
    await guest.page.keyboard.press('f'); // the letter of a page that is not his
    assert.equal(new URL(guest.page.url()).pathname, '/portal');
    await guest.close();
});

test('a page that is not his says so, and whom to ask; the server refuses what it would show', { skip: MISSING }, async () => {
    const guest = await openConsole(house, 'fr-dark-390', house.guest);
    for (const path of ['/dashboard', '/fleet', '/policies', '/rollouts', '/people', '/applications', '/tools', '/permissions', '/audit', '/logs', '/admin']) {
        await guest.open(path, 'refusal');
        await guest.page.getByRole('heading', { name: 'Cette page n’est pas ouverte à votre compte' }).waitFor();
        assert.equal(await guest.page.locator('script:not([src])').count(), 0);
    }
    await guest.look('forbidden');
    guest.expect(403, '/api/v1/');
    const refused = await guest.page.evaluate(async () => {
        const rows = ['users', 'groups', 'service-accounts', 'invitations', 'applications', 'access-rules', 'policies', 'rollouts', 'gateway/servers', 'permissions', 'admin/security/audit', 'webhooks', 'keys'];
        return Promise.all(rows.map(async (row) => [row, (await fetch(`/api/v1/${row}`)).status]));
    });
    assert.deepEqual(refused.filter(([, status]) => status !== 403), []);
    await guest.close();
});

test('where there is no page it says so, also below one that has none', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/portal/nothing', 'refusal');
    await at.page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await at.look('missing');
    await at.close();
});

test('by the keyboard: the palette opens a page, letters do, and the list of keys says so', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-dark-1280');
    await at.open('/portal', 'portal');
    await at.page.keyboard.press('Control+k');
    await at.page.locator('dialog.palette[open] input').waitFor(); // its code comes when it is asked for
    await at.page.keyboard.type('polic');
    await at.look('palette');
    await at.page.keyboard.press('Enter');
    await at.settled('policies');
    await at.page.keyboard.press('g');
    await at.page.keyboard.press('r');
    await at.settled('rollouts');
    await at.page.goBack();
    await at.settled('policies');
    await at.page.keyboard.press('?');
    await at.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await at.look('keys');
    await at.page.keyboard.press('Escape');
    await at.close();
});

test('language and appearance are chosen in the menu, and stay', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/portal', 'portal');
    await at.page.getByRole('button', { name: 'Account' }).click();
    await at.look('account');
    const told = at.page.waitForResponse((reply) => reply.url().endsWith('/portal/language'));
    await at.page.getByRole('radio', { name: 'Français' }).check();
    assert.equal((await told).status(), 204);
    await at.page.getByRole('link', { name: 'Se déconnecter' }).waitFor();
    await at.page.getByRole('radio', { name: 'Sombre' }).check();
    await at.page.reload();
    await at.settled('portal');
    const html = at.page.locator('html');
    assert.deepEqual([await html.getAttribute('lang'), await html.getAttribute('data-theme')], ['fr', 'dark']);
    await at.page.goto(`${house.server.url}/logout`);
    assert.equal(await html.getAttribute('lang'), 'fr'); // the pages of the server follow
    await at.close();
});

test('on a telephone the navigation is a drawer', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'fr-dark-390');
    await at.open('/portal', 'portal');
    const link = at.page.locator('#nav').getByRole('link', { name: 'Politiques' });
    assert.equal(await link.isVisible(), false);
    await at.page.getByRole('button', { name: 'Menu' }).click();
    await link.waitFor();
    await at.look('drawer');
    await link.click();
    await at.settled('policies');
    await link.waitFor({ state: 'hidden' });
    await at.close();
});

test('who wants less motion gets none: neither of a dialog nor of the drawer', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'fr-dark-390');
    const motion = async (what, how) => (await at.page.locator(what).evaluate((one, row) => getComputedStyle(one)[row], how)).split(', ');
    const none = async (what, how) => assert.deepEqual([...new Set(await motion(what, how))], ['0s'], `${what}: ${how}`);
    await at.open('/portal', 'portal');
    await none('#nav', 'transitionDuration');
    await at.page.keyboard.press('?');
    await none('dialog[open]', 'animationDuration');
    await at.page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.deepEqual(await motion('dialog[open]', 'animationDuration'), ['0.14s']); // who does not, gets it
    await at.close();
});

/** Something that lies over a page. */
const over = (key, dialog) => async (at) => {
    await at.page.keyboard.press(key);
    await at.page.locator(dialog).waitFor();
};
lookAt(house, {
    'shell-palette': { path: '/portal', ready: 'portal', visit: over('Control+k', 'dialog.palette[open]') },
    'shell-keys': { path: '/portal', ready: 'portal', visit: over('?', 'dialog[open]') },
    'shell-account': { path: '/portal', ready: 'portal', visit: (at) => at.page.locator('.account-button').click() },
    'shell-missing': { path: '/portal/nothing', ready: 'refusal' },
    'shell-forbidden': { path: '/fleet', ready: 'refusal', who: 'guest' },
    // The server answers nothing but the files of the page.
    'shell-unreachable': {
        refused: [0, '/api/v1/auth/me'],
        visit: async (at) => {
            await at.page.route('**/api/v1/auth/me', (route) => route.abort());
            await at.page.goto(`${house.server.url}/portal`);
            await at.page.getByRole('heading').waitFor();
        },
    },
});
