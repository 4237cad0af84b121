// SPDX-License-Identifier: Apache-2.0
// The frame of the console: what every page stands in, for whoever may see it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();

test('the harness sees what it is there for', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/portal', 'portal');
    await at.page.evaluate(() => {
        const picture = document.createElement('img');
        picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
        const wall = document.createElement('hr');
        wall.style.width = '5000px'; // by the CSSOM, which the policy allows
        document.body.append(picture, wall);
        console.error('an error');
    });
    await at.page.evaluate(() => fetch('/api/v1/nothing'));
    await assert.rejects(at.look('faults'), (error) => {
        for (const part of [/policy: img-src: data/, /console: an error/, /width: 5\d\d\d wide/, /axe: image-alt/]) assert.match(error.message + JSON.stringify(error.actual), part);
        return true;
    });
    await at.close();
});

test('who is signed out meets the sign-in page, and nothing of the console', { skip: MISSING }, async () => {
    const context = await house.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${house.server.url}/fleet`);
    assert.equal(new URL(page.url()).pathname, '/login');
    await context.close();
});
