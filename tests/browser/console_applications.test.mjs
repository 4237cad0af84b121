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
    await page.getByRole('combobox', { name: 'Who: Person' }).fill('grace');
    await page.getByRole('option', { name: /Grace Hopper/ }).click();
    await page.getByText('No, it stays closed').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Wiki', level: 1 }).waitFor();
    await page.getByLabel('Let somebody open it').fill('fam');
    await page.getByRole('option', { name: 'Family' }).click();
    const sure = page.getByRole('dialog', { name: 'Let Family open Wiki?' });
    await sure.locator('li.gains').filter({ hasText: 'Wiki' }).first().waitFor();
    await at.look('application-access-diff');
    await sure.getByRole('button', { name: 'Let open' }).click();
    await page.getByText('Family may open Wiki now.').waitFor();
    const [wiki] = (await admin.get('/applications?search=Wiki')).want(200).items;
    const bindings = (await admin.get(`/applications/${wiki.id}/bindings`)).want(200).items;
    assert.deepEqual(bindings.map((one) => one.target_id), [family.id]);
    await at.open(`/applications/explain?application=${wiki.id}&user=${grace.id}`, 'applications');
    await page.getByText('Yes, it opens').waitFor();
    await at.look('explained');
    await at.close();
});

test('a refusal is said in the language of the page', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'fr-dark-390');
    const { page } = at;
    at.expect(404, '/api/v1/applications/');
    await at.open(`/applications/${grace.id}`, 'applications');
    const box = page.getByRole('alert').filter({ hasText: 'Cela n’existe pas ici' });
    await box.waitFor();
    assert.ok(!(await box.innerText()).includes('no such thing'), 'not in English as well');
    await at.look('application-none');
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
    await dialog.getByRole('button', { name: 'Save' }).click();
    const sure = page.getByRole('dialog', { name: 'Save the rule never from outside?' });
    await sure.locator('li.loses').filter({ hasText: 'Photos' }).waitFor();
    await at.look('rule-access-diff');
    await sure.getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await admin.get('/access-rules')).want(200).items.length, 1, 'not before it was seen and wanted');
    await dialog.getByLabel('From these networks', { exact: true }).fill('203.0.113.0/24');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await sure.locator('li.loses').filter({ hasText: 'Wiki' }).waitFor();
    assert.equal(await sure.locator('li.loses').filter({ hasText: 'Photos' }).count(), 0, 'it depends on the address already');
    await sure.getByRole('button', { name: 'Save' }).click();
    await page.getByText('From 203.0.113.0/24.').waitFor();
    await at.open(`/applications/explain?application=${photos.id}&user=${grace.id}`, 'applications');
    await page.getByLabel('From which address').fill('203.0.113.9');
    await page.getByText('The rule “never from outside” decided.').waitFor();
    await page.getByLabel('From which address').fill('192.168.1.20');
    await page.getByText('The rule “at home” decided.').waitFor();
    await at.open('/applications/rules', 'applications');
    await page.getByRole('listitem').filter({ hasText: 'never from outside' }).getByRole('button', { name: 'Delete…' }).click();
    const gone = page.getByRole('dialog', { name: 'Delete the rule never from outside?' });
    await gone.locator('li.gains').filter({ hasText: 'Wiki' }).waitFor();
    await gone.getByRole('button', { name: 'Cancel' }).click();
    await at.close();
});

const DAYS = { Monday: 'mon', Tuesday: 'tue', Wednesday: 'wed', Thursday: 'thu', Friday: 'fri', Saturday: 'sat', Sunday: 'sun' };

test('every member of a rule is changed by its form, and stays where it is not touched', { skip: MISSING }, async () => {
    const friends = (await admin.post('/groups', { name: 'Friends' })).want(201);
    const mail = (await admin.post('/applications', { name: 'Mail', kind: 'oidc' })).want(201);
    const docs = (await admin.post('/applications', { name: 'Docs', kind: 'oidc' })).want(201);
    const words = { name: 'all of it', effect: 'require_mfa', status: 'disabled', application_id: mail.id, position: 77, max_age_s: 610, groups_any: ['Family'], groups_all: ['Family', 'Friends'],
        cidr: ['10.0.0.0/8', '2001:db8::/32'], not_cidr: ['10.9.0.0/16'], weekdays: ['mon', 'fri'], hours: '22:00-06:00', tz: 'Europe/Paris', mfa: false, mfa_max_age_s: 7200,
        clients: [mail.client_id], scopes: ['email', 'openid'], device_level: 'software-key', when: "'a' in groups" };
    const { id } = (await admin.post('/access-rules', words)).want(201);
    const saved = async () => {
        const { id: _id, created_at: _c, updated_at: _u, etag: _e, ...rest } = (await admin.get(`/access-rules/${id}`)).want(200);
        return rest;
    };
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const dialog = page.getByRole('dialog');
    const edit = async (name) => {
        await page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) }).getByRole('button', { name: 'Edit' }).click();
        await dialog.waitFor();
    };
    const save = async () => {
        await dialog.getByRole('button', { name: 'Save' }).click();
        const sure = page.getByRole('dialog', { name: /^Save the rule/ });
        await sure.getByRole('button', { name: 'Save' }).click();
        await sure.waitFor({ state: 'detached' });
        await dialog.waitFor({ state: 'detached' });
    };
    const drop = (word) => dialog.getByRole('button', { name: word }).click();
    const choose = async (field, text, option) => {
        await dialog.getByLabel(field, { exact: true }).fill(text);
        await dialog.getByRole('option', { name: option }).click();
    };
    await at.open('/applications/rules', 'applications');
    await edit('all of it');
    await dialog.getByLabel('Name').fill('renamed');
    await save();
    assert.deepEqual(await saved(), { ...words, name: 'renamed' }, 'what was not touched is as it was');

    await edit('renamed');
    await dialog.getByLabel('Effect').selectOption('require_reauth');
    await dialog.getByLabel('Position').fill('78');
    const [age, factorAge] = await dialog.getByPlaceholder('no limit').all();
    await age.fill('20');
    await factorAge.fill('3');
    await dialog.getByLabel('Not longer ago than: unit', { exact: true }).selectOption('minute');
    await choose('Application', 'docs', 'Docs');
    await dialog.getByLabel('The rule is in force').check();
    await choose('In one of these groups', 'fri', 'Friends');
    await dialog.getByRole('group', { name: 'Who' }).getByRole('button', { name: /Family/ }).first().click();
    await dialog.getByRole('group', { name: 'Who' }).getByRole('button', { name: /Family/ }).click();
    await dialog.getByLabel('From these networks', { exact: true }).fill('192.168.0.0/16');
    await drop(/10\.0\.0\.0\/8/);
    await dialog.getByLabel('Not from these networks').fill('192.168.9.0/24');
    await dialog.getByLabel('On a device of one’s own').selectOption('token');
    for (const name of Object.keys(DAYS)) await dialog.getByLabel(name).setChecked(name.startsWith('S'));
    await dialog.getByLabel('Between these hours').fill('08:00-18:30');
    await dialog.getByLabel('Time zone').fill('Europe/London');
    await dialog.getByLabel('Second factor').selectOption('given');
    await choose('By one of these clients', 'docs', 'Docs');
    await dialog.getByLabel('For one of these scopes').fill('profile');
    await dialog.getByLabel('Expression').fill('session.mfa');
    await at.look('rule-full');
    await save();
    assert.deepEqual(await saved(), { name: 'renamed', effect: 'require_reauth', status: 'active', application_id: docs.id, position: 78, max_age_s: 1200, groups_any: ['Friends'],
        groups_all: ['Friends'], cidr: ['2001:db8::/32', '192.168.0.0/16'], not_cidr: ['10.9.0.0/16', '192.168.9.0/24'], weekdays: ['sun', 'sat'], hours: '08:00-18:30', tz: 'Europe/London',
        mfa: true, mfa_max_age_s: 10800, clients: [mail.client_id, docs.client_id], scopes: ['email', 'openid', 'profile'], device_level: 'token', when: 'session.mfa' });

    await edit('renamed');
    for (const chip of await dialog.getByRole('button', { name: /^(?!Save|Cancel|Close)/ }).all().then((all) => all.reverse())) await chip.click();
    for (const empty of ['Between these hours', 'Time zone', 'Expression']) await dialog.getByLabel(empty).fill('');
    for (const none of await dialog.getByPlaceholder('no limit').all()) await none.fill('');
    for (const name of Object.keys(DAYS)) await dialog.getByLabel(name).uncheck();
    await dialog.getByLabel('Second factor').selectOption('any');
    await dialog.getByLabel('On a device of one’s own').selectOption('');
    await save();
    assert.deepEqual(await saved(), { name: 'renamed', effect: 'require_reauth', status: 'active', application_id: null, position: 78, max_age_s: null, groups_any: [], groups_all: [],
        cidr: [], not_cidr: [], weekdays: [], hours: null, tz: null, mfa: null, mfa_max_age_s: null, clients: [], scopes: [], device_level: null, when: null });
    (await admin.delete(`/access-rules/${id}`)).want(204);
    assert.ok(friends.id);
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
