// SPDX-License-Identifier: Apache-2.0
// The bell in the head of every page: what one was told, and what needs somebody with his rights.
import assert from 'node:assert/strict';
import test from 'node:test';
import { init, uniqueName } from '../e2e/lib/fleet.mjs';
import { eventually } from '../e2e/lib/process.mjs';
import { signInBy } from '../e2e/lib/person.mjs';
import { Browser } from '../e2e/lib/browser.mjs';
import { MISSING, openConsole, startConsole, VIEWS_TAKEN } from './lib/console.mjs';

const house = await startConsole();
const { server, guest } = house;

test('a device that wants in rings at once, and its notice is read by opening it', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    await at.open('/portal', 'portal');
    const before = await page.getByRole('button', { name: /^Notices/ }).textContent();
    (await init(server.client(), uniqueName('laptop'))).want(201);
    const bell = page.getByRole('button', { name: /^Notices: \d+ new/ });
    await eventually('the bell tells of more', async () => (await bell.textContent().catch(() => before)) !== before);
    await bell.click();
    const panel = page.getByRole('dialog', { name: 'Notices' });
    const one = panel.getByRole('group').first();
    await one.getByText('New:').waitFor({ state: 'attached' });
    const read = page.waitForResponse((reply) => reply.url().endsWith('/read'));
    await one.locator('summary').click();
    assert.equal((await read).status(), 204);
    await one.getByText('New:').waitFor({ state: 'detached' });
    await panel.getByRole('link', { name: /waits? in the lobby/ }).click();
    await at.settled('fleet');
    assert.equal(new URL(page.url()).pathname, '/fleet/lobby');
    assert.equal(await panel.isVisible(), false);
    await at.close();
});

test('who has no rights is told of his own things, and asks for nothing else', { skip: MISSING }, async () => {
    assert.equal((await signInBy(new Browser(server.url), guest.username, guest.password)).status, 303); // from a browser that was not seen before
    const at = await openConsole(house, 'en-light-1280', guest);
    const asked = [];
    at.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await at.open('/portal', 'portal');
    await at.page.getByRole('button', { name: /^Notices: [1-9]/ }).click();
    await at.page.getByText('A new device signed in to your account').first().waitFor();
    assert.deepEqual(
        asked.filter((path) => /v1\/(gateway|devices|access-requests|webhooks)/.test(path)),
        [],
    );
    await at.close();
});

for (const view of VIEWS_TAKEN) {
    test(`notices, ${view}`, { skip: MISSING }, async () => {
        const at = await openConsole(house, view);
        await at.open('/portal', 'portal');
        await at.page.getByRole('button', { name: /^(Notices|Avis)/ }).click();
        await at.page.locator('#notices summary').first().click();
        await at.page.locator('#notices details[open]').waitFor();
        await at.look('notices');
        await at.close();
    });
}
