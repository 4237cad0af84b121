// SPDX-License-Identifier: Apache-2.0
// Signing in by a passkey, in a real browser with a virtual authenticator: alone, as the second step, refused, and where none can be.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { PASSWORD, makePerson } from '../e2e/lib/person.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { plantSession } from '../e2e/lib/session.mjs';
import { MISSING } from './lib/browser.mjs';
import { openBrowser, openPage } from './lib/pages.mjs';

const port = await freePort();
const url = `http://localhost:${port}`; // a name: browsers let no passkey be used at an address
const server = await startServer({ listen: `127.0.0.1:${port}`, args: ['--public-url', url] });
const admin = await server.admin();
let browser;
before(async () => {
    if (!MISSING) browser = await openBrowser();
});
after(() => browser?.close());

/** In the page, with the session that it has: a passkey of this person, by the rows of the API. */
async function addPasskey() {
    const call = async (path, options) => {
        const answer = await fetch(`/api/v1/auth/${path}`, options);
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    const { csrf } = await call('me');
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await call('factors/passkeys/options'));
    const credential = await navigator.credentials.create({ publicKey });
    const headers = { 'Content-Type': 'application/json', 'Seneschal-CSRF': csrf };
    await call('factors/passkeys', { method: 'POST', headers, body: JSON.stringify({ name: 'key', credential: credential.toJSON() }) });
}

/** Somebody with a passkey, in a browser where nobody is signed in. `answers`: false, and he turns away from the browser's question. */
async function withPasskey({ answers = true } = {}) {
    const who = await makePerson(server, admin);
    const { page, context, faults } = await openPage(browser, 'light');
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
    const { cookie } = plantSession(server, who, { mfa: true });
    await context.addCookies([{ name: 'seneschal', value: cookie, url, httpOnly: true, sameSite: 'Lax' }]);
    await page.goto(`${url}/portal`);
    await page.evaluate(addPasskey);
    await page.goto('about:blank'); // else the portal itself goes to sign in
    await context.clearCookies();
    if (!answers) await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    return { who, page, faults, close: () => context.close() };
}

test('a passkey signs in alone, and goes on to where one was going', { skip: MISSING }, async () => {
    const { who, page, faults, close } = await withPasskey();
    await page.goto(`${url}/portal/devices`);
    await page.getByRole('link', { name: 'With a passkey' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).press('Enter');
    await page.waitForURL(`${url}/portal/devices`);
    const me = await page.evaluate(async () => (await fetch('/api/v1/auth/me')).json());
    assert.equal(me.username, who.username);
    await page.goto(`${url}/login/passkey?next=/portal`);
    assert.equal(page.url(), `${url}/portal`, 'who is signed in is not asked');
    assert.deepEqual(faults, []);
    await close();
});

test('after the password it is the second step', { skip: MISSING }, async () => {
    const { who, page, faults, close } = await withPasskey();
    await page.goto(`${url}/login?next=/portal/tools`);
    await page.fill('#name', who.username);
    await page.fill('#password', PASSWORD);
    await page.click('button.main');
    await page.waitForURL(`${url}/login/factor**`);
    await page.getByRole('link', { name: 'With a passkey' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${url}/portal/tools`);
    assert.deepEqual(faults, []);
    await close();
});

test('who does not prove himself, or is no active account any more, is told so and stays out', { skip: MISSING }, async () => {
    const { page, close } = await withPasskey({ answers: false });
    await page.goto(`${url}/login/passkey`);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').getByText(/^No passkey was given/).waitFor();
    assert.equal(page.url(), `${url}/login/passkey`);
    await page.route('**/auth/passkey/options', (route) => route.abort());
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').getByText(/^The server cannot answer now/).waitFor();
    await close();

    const { who, page: other, close: end } = await withPasskey();
    (await admin.patch(`/users/${who.id}`, { status: 'disabled' })).want(200);
    await other.goto(`${url}/login/passkey`);
    await other.getByRole('button', { name: 'Use a passkey' }).click();
    await other.getByRole('alert').getByText(/^No passkey was given/).waitFor();
    assert.equal(await other.evaluate(async () => (await fetch('/api/v1/auth/me')).status), 401);
    await end();
});

test('it goes to no other site, and its script is the only one', { skip: MISSING }, async () => {
    const { page, close } = await withPasskey();
    const reply = await page.goto(`${url}/login/passkey?next=//evil.example/`);
    assert.equal(await page.locator('#passkey').getAttribute('data-next'), '/');
    const policy = (await reply.allHeaders())['content-security-policy'];
    assert.match(policy, /default-src 'none'; script-src 'self';.*connect-src 'self';.*require-trusted-types-for 'script'/);
    assert.equal(await page.locator('script').count(), 1);
    const login = await page.goto(`${url}/login`);
    assert.doesNotMatch((await login.allHeaders())['content-security-policy'], /script-src|connect-src/);
    await close();
});

test('at an address no page leads there, and the page itself says why', { skip: MISSING }, async () => {
    const bare = await startServer();
    const person = await makePerson(bare, await bare.admin());
    const { page, context, faults } = await openPage(browser, 'phone');
    await page.goto(`${bare.url}/login`);
    assert.equal(await page.getByRole('link', { name: 'With a passkey' }).count(), 0);
    await page.goto(`${bare.url}/login/passkey?next=/portal/tools`);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').getByText(/^This browser cannot use passkeys here/).waitFor();
    await page.getByRole('link', { name: 'Another way to sign in' }).click();
    await page.fill('#name', person.username);
    await page.fill('#password', PASSWORD);
    await page.click('button.main');
    await page.waitForURL(`${bare.url}/portal/tools`);
    assert.deepEqual(faults, []);
    await context.close();
});
