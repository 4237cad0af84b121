// SPDX-License-Identifier: Apache-2.0
// The pages about applications, as an administrator uses them: add one, let a group open it, ask why.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MISSING, lookAt, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin } = house;

const family = (await admin.post('/groups', { name: 'Family' })).want(201);
const grace = (await admin.post('/users', { username: 'grace', email: 'grace@example.org', display_name: 'Grace Hopper', groups: ['Family'] })).want(201);
const photos = (await admin.post('/applications', { name: 'Photos', kind: 'forward_auth', host: 'photos.example.org', groups: ['Family'] })).want(201);
(await admin.post('/access-rules', { name: 'at home', effect: 'allow', application_id: photos.id, cidr: ['192.168.0.0/16'], weekdays: ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'] })).want(201);

test('an application is added, bound, and the answer says why', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    await at.open('/applications?new=1', 'applications');
    const dialog = page.getByRole('dialog', { name: 'Add an application' });
    await dialog.getByLabel('Name').fill('Wiki');
    await dialog.getByLabel('Redirect URIs').fill('https://wiki.example.org/callback');
    await dialog.getByRole('button', { name: 'Add an application' }).click();
    const secret = await page.getByLabel('Client secret', { exact: true }).innerText();
    assert.ok(secret.length > 20);
    await at.look('application-made');
    await page.getByRole('button', { name: 'To its page' }).click();
    await page.getByRole('heading', { name: 'Wiki', level: 1 }).waitFor();
    assert.ok(!(await page.content()).includes(secret), 'shown once');

    await page.getByRole('link', { name: 'Why?' }).click();
    await page.getByLabel('Who').fill('grace');
    await page.getByRole('option', { name: /Grace Hopper/ }).click();
    await page.getByText('No, it stays closed').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Wiki', level: 1 }).waitFor();
    await page.getByLabel('Let somebody open it').fill('fam');
    await page.getByRole('option', { name: 'Family' }).click();
    await page.getByText('Family may open Wiki now.').waitFor();
    const [wiki] = (await admin.get('/applications?search=Wiki')).want(200).items;
    const bindings = (await admin.get(`/applications/${wiki.id}/bindings`)).want(200).items;
    assert.deepEqual(bindings.map((one) => one.target_id), [family.id]);
    await at.open(`/applications/explain?application=${wiki.id}&user=${grace.id}`, 'applications');
    await page.getByText('Yes, it opens').waitFor();
    await at.look('explained');
    await at.close();
});

test('a rule is written and decides', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    await at.open('/applications/rules?new=1', 'applications');
    const dialog = page.getByRole('dialog', { name: 'Add a rule' });
    await dialog.getByLabel('Name').fill('never from outside');
    await dialog.getByLabel('Effect').selectOption('deny');
    await dialog.getByLabel('Position').fill('5');
    await dialog.getByLabel('From these networks').fill('203.0.113.0/24');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('From 203.0.113.0/24.').waitFor();
    await at.open(`/applications/explain?application=${photos.id}&user=${grace.id}`, 'applications');
    await page.getByLabel('From which address').fill('203.0.113.9');
    await page.getByText('The rule “never from outside” decided.').waitFor();
    await page.getByLabel('From which address').fill('192.168.1.20');
    await page.getByText('The rule “at home” decided.').waitFor();
    await at.close();
});

lookAt(house, {
    applications: { path: '/applications', ready: 'applications' },
    'application-new': { path: '/applications?new=1', ready: 'applications' },
    application: { path: () => `/applications/${photos.id}`, ready: 'applications' },
    rules: { path: '/applications/rules', ready: 'applications' },
    'rule-new': { path: '/applications/rules?new=1', ready: 'applications' },
    explain: { path: () => `/applications/explain?application=${photos.id}&user=${grace.id}`, ready: 'applications' },
});
