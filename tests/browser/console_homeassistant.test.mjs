// SPDX-License-Identifier: Apache-2.0
// A person's own Home Assistant in the console: tried before it is saved, narrowed, tested again, forgotten.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { startHomeAssistant } from '../e2e/mcp/homeassistant.mjs';
import { MISSING, lookAt, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const home = await startHomeAssistant({ token: 'a-long-token', place: 'Brest' });
after(() => home.close());

lookAt(house, {
    'config-empty': { path: '/config', who: 'guest', ready: 'config' },
});

test('whoever is signed in names one, tests it first, and never sees its token again', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.guest);
    const { page } = at;
    await at.open('/config', 'config');
    await page.getByRole('button', { name: 'Add a Home Assistant' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill(home.url);
    await dialog.getByText('the token can be read on the way').waitFor();
    await dialog.getByLabel('Access token').fill('a-wrong-token');
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('It stops here').waitFor();
    await dialog.getByText('Create a new long-lived access token').waitFor();
    await at.look('config-wrong');
    await dialog.getByLabel('Access token').fill(home.token);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('All well').waitFor();
    await dialog.getByText('Brest').waitFor();
    await dialog.getByLabel('What assistants may touch').fill('light');
    await page.keyboard.press('Enter');
    await at.look('config-tested');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'home', exact: true }).waitFor();
    assert.ok(!(await page.content()).includes(home.token), 'the token is nowhere');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByRole('dialog').getByText('All well').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('What it gives your assistants').click();
    await page.getByText('GetLiveContext').waitFor();
    await at.look('config-one');
    await at.close();
});

test('it is edited without its token, and deleted by its name', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.guest);
    const { page } = at;
    await at.open('/config', 'config');
    const acts = async (item) => {
        await page.getByRole('button', { name: 'Acts on home' }).click();
        await page.getByRole('menuitem', { name: item }).click();
    };
    await acts('Edit');
    const dialog = page.getByRole('dialog');
    await dialog.getByTitle('Take light away').click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('everything that is exposed').waitFor();
    await acts('Delete');
    await dialog.getByRole('textbox').fill('home');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Your home, within reach of your assistants').waitFor();
    await at.close();
});
