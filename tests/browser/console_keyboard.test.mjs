// SPDX-License-Identifier: Apache-2.0
// The main job without a pointer: nothing is clicked here, and whatever has the focus shows it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { init, makeKey, publishPolicy } from '../e2e/lib/fleet.mjs';
import { MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin, server } = house;
const nobody = server.client();
const MOST_TABS = 80;
const policy = await publishPolicy(admin, { model: 'small' });
const asked = [];
for (const name of ['alpha', 'beta', 'gamma']) asked.push((await init(nobody, name, { hostname: name, os: 'debian 12', key: makeKey() })).want(201));

/** What has the focus: what it is, and whether one sees that it has it, on it or around it. */
const focused = (page) =>
    page.evaluate(() => {
        let one = document.activeElement;
        while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
        const isOutlined = (part) => getComputedStyle(part).outlineStyle !== 'none';
        const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
        const around = [one, one.nextElementSibling, one.parentElement, one.getRootNode().host?.parentElement].filter(Boolean);
        const seen = around.some(isOutlined);
        return { tag: one.tagName, text: label.trim().slice(0, 80), seen };
    });

/** Tab until this has the focus. */
async function tabTo(page, locator, key = 'Tab') {
    const walked = [];
    for (let i = 0; i < MOST_TABS; i++) {
        await page.keyboard.press(key);
        const now = await focused(page);
        walked.push(`${now.tag} ${now.text}`);
        if (now.tag !== 'BODY') assert.ok(now.seen, `nothing shows that this has the focus: ${walked.at(-1)}`);
        if (await locator.evaluateAll((found) => found.includes(document.activeElement))) return;
    }
    assert.fail(`${MOST_TABS} times ${key} do not lead there: ${walked.join(' > ')}`);
}

const statusOf = async (id) => (await admin.get(`/devices/${id}`)).want(200).status;

test('devices are approved together, one is opened and revoked: by keys alone', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    await at.open('/dashboard', 'dashboard');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await at.settled('fleet');

    await tabTo(page, page.getByRole('row', { name: /alpha|beta|gamma/ }));
    for (const key of ['Home', ' ', 'ArrowDown', ' ']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Approve…' }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: /^Approve/ }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().waitFor();
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Close' }).last());
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const now = await Promise.all(asked.map(({ device_id }) => statusOf(device_id)));
    assert.deepEqual(now, ['PENDING', 'ENROLLED', 'ENROLLED'], 'newest first: gamma and beta');

    await tabTo(page, page.getByRole('row', { name: /alpha|beta|gamma/ }), 'Shift+Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/fleet/${asked[2].device_id}`);
    await at.settled('fleet');
    await tabTo(page, page.getByRole('button', { name: 'Revoke…' }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal((await focused(page)).text, 'Revoke…', 'who steps back stands where he was');
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Revoke' }));
    await page.keyboard.press('Enter');
    await page.getByText('Revoked').first().waitFor();
    assert.equal(await statusOf(asked[2].device_id), 'REVOKED');
    await at.close();
});

const PAGES = [
    ...['/dashboard', '/fleet', '/fleet/lobby', '/fleet/enrol', '/policies', `/policies/${policy.id}`, `/policies/${policy.id}/assignments`, '/policies/secrets', '/rollouts', '/people', '/people/groups', '/people/invitations'],
    ...['/applications', '/applications/rules', '/tools', '/permissions', '/config', '/logs', '/audit', '/admin', '/portal', '/portal/connect', '/portal/account'],
];

test('on no page the focus is caught or out of sight', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    for (const where of PAGES) {
        await at.open(where);
        const walked = [];
        for (let now; now?.tag !== 'BODY'; walked.push(`${now.tag} ${now.text}`)) {
            await page.keyboard.press('Tab');
            now = await focused(page);
            assert.ok(now.tag === 'BODY' || now.seen, `${where}: nothing shows that this has the focus: ${now.tag} ${now.text}`);
            assert.ok(walked.length < 300, `${where}: ${walked.slice(-20).join(' > ')}`);
        }
        assert.ok(walked.length > 3, `${where}: ${walked.join(' > ')}`);
    }
    await at.close();
});
