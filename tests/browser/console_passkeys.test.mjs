// SPDX-License-Identifier: Apache-2.0
// Passkeys in the portal, with an authenticator that Chromium pretends. WebAuthn knows names only, no addresses: the server is localhost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makePerson } from '../e2e/lib/person.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { plantSession } from '../e2e/lib/session.mjs';
import { MISSING, openConsole, startConsole, VIEWS_TAKEN } from './lib/console.mjs';

const port = await freePort();
const url = `http://localhost:${port}`;
const house = await startConsole({ listen: `127.0.0.1:${port}`, env: { SENESCHAL_PUBLIC_URL: url, SENESCHAL_HOSTS: `127.0.0.1:${port}` } });
const byAddress = house.server.url;
assert.equal(byAddress, `http://127.0.0.1:${port}`);
house.server.url = url; // where browsers go from here on

const KEY = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
const WORDS = {
    en: { add: 'Add a passkey', go: 'Go on', name: 'Chrome on Linux', codes: 'Recovery codes', kept: 'I have kept them', there: /has a passkey of your account already/, remove: 'Remove' },
    fr: { add: 'Ajouter une clé d’accès', go: 'Continuer', name: 'Chrome sur Linux', codes: 'Codes de secours', kept: 'Je les ai gardés', there: /a déjà une clé d’accès de votre compte/, remove: 'Retirer' },
};

/** The account page of somebody new, in a browser with an authenticator. */
async function openAccount(view) {
    const who = await makePerson(house.server, house.admin);
    const at = await openConsole(house, view, who);
    const cdp = await at.context.newCDPSession(at.page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: KEY });
    await at.open('/portal/account', 'portalAccount');
    const say = WORDS[view.slice(0, 2)];
    const dialog = at.page.getByRole('dialog');
    const begin = async () => {
        await at.page.getByRole('button', { name: say.add }).click();
        await dialog.getByRole('button', { name: say.go }).click();
    };
    const listed = at.page.getByRole('listitem').filter({ hasText: say.name });
    const codes = dialog.getByRole('group', { name: say.codes });
    const keep = async () => {
        await codes.waitFor(); // who had none gets them with the first passkey
        await dialog.getByRole('button', { name: say.kept }).click();
    };
    return { at, who, cdp, authenticatorId, say, dialog, begin, listed, codes, keep };
}

const factorsOf = (at) => at.page.evaluate(async () => (await fetch('/api/v1/auth/factors')).json());
const passkeysOf = async (at) => (await factorsOf(at)).passkeys.map(({ name }) => name);

for (const view of VIEWS_TAKEN) {
    test(`a passkey is added, is not added twice, and is removed, ${view}`, { skip: MISSING }, async () => {
        const { at, cdp, authenticatorId, say, dialog, begin, listed, codes, keep } = await openAccount(view);
        await at.page.getByRole('button', { name: say.add }).click();
        await dialog.getByRole('textbox').waitFor();
        const { y, height } = await dialog.boundingBox();
        assert.ok(Math.abs(2 * y + height - at.page.viewportSize().height) < 20, `in the middle, though it stands in a card: at ${y}, ${height} high`); // it rises by 8 pixels
        await at.look('portal-passkey-add');
        await at.page.keyboard.press('Escape');
        await begin();
        const shown = (await codes.innerText()).trim().split('\n');
        assert.equal(new Set(shown).size, (await factorsOf(at)).recovery_codes_left, shown.join());
        await at.look('portal-passkey-codes');
        await at.page.keyboard.press('Escape'); // shown once: no slip of a key takes them away
        await keep();
        await listed.waitFor();
        assert.deepEqual(await passkeysOf(at), [say.name]);
        const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
        assert.deepEqual(credentials.map((one) => one.rpId), ['localhost']);
        await at.look('portal-passkey');

        await begin();
        await dialog.getByText(say.there).waitFor();
        await at.look('portal-passkey-there');
        await at.page.keyboard.press('Escape');
        assert.deepEqual(await passkeysOf(at), [say.name]);

        await listed.getByRole('button', { name: say.remove }).click();
        await dialog.getByRole('textbox').fill(say.name);
        await at.look('portal-passkey-remove');
        await dialog.getByRole('button', { name: say.remove }).click();
        await listed.waitFor({ state: 'detached' });
        assert.deepEqual(await passkeysOf(at), []);
        await at.close();
    });
}

test('who calls the browser off is told so calmly, and may try again', { skip: MISSING }, async () => {
    const { at, dialog, begin, listed, keep } = await openAccount('en-light-1280');
    await at.page.evaluate(() => {
        const create = navigator.credentials.create.bind(navigator.credentials);
        navigator.credentials.create = () => {
            navigator.credentials.create = create;
            return Promise.reject(new DOMException('called off', 'NotAllowedError')); // as a browser's own dialog does
        };
    });
    await begin();
    await dialog.getByRole('status').getByText(/^No passkey was made/).waitFor();
    assert.equal(await dialog.getByRole('alert').count(), 0);
    assert.deepEqual(await passkeysOf(at), []);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await keep();
    await listed.waitFor();
    await at.close();
});

test('recovery codes that are refused take no passkey away, and a further passkey brings no new ones', { skip: MISSING }, async () => {
    const { at, cdp, authenticatorId, dialog, begin, listed, codes, keep } = await openAccount('en-light-1280');
    at.expect(503, '/auth/factors/recovery-codes');
    await at.page.route('**/auth/factors/recovery-codes', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"overloaded"}' }), { times: 1 });
    await begin();
    await at.page.getByRole('alert').waitFor();
    assert.equal(await dialog.count(), 0);
    await listed.waitFor();
    const further = async () => {
        await cdp.send('WebAuthn.clearCredentials', { authenticatorId }); // as another device would be
        await begin();
    };
    await further();
    const given = await codes.innerText();
    await keep();
    await further();
    await listed.nth(2).waitFor();
    assert.equal(await dialog.count(), 0);
    assert.equal((await factorsOf(at)).recovery_codes_left, given.trim().split('\n').length);
    await at.close();
});

test('a session that has proven no factor lately goes to prove one, and comes back', { skip: MISSING }, async () => {
    const { at, who, begin, keep } = await openAccount('en-light-1280');
    await begin();
    await keep();
    const { cookie } = plantSession(house.server, who); // by the password, after the passkey was made
    await at.context.addCookies([{ name: 'seneschal', value: cookie, url, httpOnly: true, sameSite: 'Lax' }]);
    await at.open('/portal/account', 'portalAccount');
    at.expect(403, '/auth/factors/passkeys/options');
    await begin();
    await at.page.waitForURL(/\/login\/factor\?next=\/portal\/account$/);
    assert.equal(await at.page.locator('input[name=next]').first().getAttribute('value'), '/portal/account');
    await at.close();
});

test('where the page is not opened by the name of the server, it says what to do', { skip: MISSING }, async () => {
    const at = await openConsole({ ...house, server: { url: byAddress, data: house.server.data } }, 'en-light-1280');
    await at.open('/portal/account', 'portalAccount');
    await at.page.getByRole('button', { name: 'Add a passkey' }).click();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
    await at.page.getByRole('dialog').getByText(/open this page over https/).waitFor();
    await at.close();
});

test('a browser without passkeys is told why there is no button', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.page.addInitScript(() => delete globalThis.PublicKeyCredential);
    await at.open('/portal/account', 'portalAccount');
    await at.page.getByText(/open this page over https/).waitFor();
    assert.equal(await at.page.getByRole('button', { name: 'Add a passkey' }).count(), 0);
    await at.look('portal-passkey-none');
    await at.close();
});
