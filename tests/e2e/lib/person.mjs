// SPDX-License-Identifier: Apache-2.0
// People who can sign in: made by an administrator, with a password that they chose by his link.
import assert from 'node:assert/strict';
import { Browser } from './browser.mjs';
import { uniqueName } from './fleet.mjs';

export const PASSWORD = 'five red balloons over Brest';

/** Choose a password by a recovery link; the browser is signed in then. */
export async function choosePassword(browser, link, password = PASSWORD) {
    const page = await browser.get(link);
    assert.equal(page.status, 200, page.text);
    return browser.submit(page, undefined, { password, again: password });
}

/** A person with a password; { id, username, email, password }. */
export async function makePerson(server, admin, { password = PASSWORD, username = uniqueName('p'), ...more } = {}) {
    const made = (await admin.post('/users', { username, email: `${username}@example.org`, ...more })).want(201);
    const { url } = (await admin.post(`/users/${made.id}/recovery`)).want(201);
    const page = await choosePassword(new Browser(server.url), url, password);
    assert.equal(page.status, 303, page.text);
    return { ...made, password };
}

/** Write a name and a password into the page; the answer, not followed. */
export async function signInBy(browser, name, password, { at = '/login', headers } = {}) {
    const page = await browser.get(at);
    assert.equal(page.status, 200, page.text);
    const form = page.form('/login');
    return browser.post(form.action, { ...form.fields, name, password }, { headers: { 'Sec-Fetch-Site': 'same-origin', ...headers } });
}
