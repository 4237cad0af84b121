// SPDX-License-Identifier: Apache-2.0
// Policies in the console: the lists, one policy in each of its parts, and what an administrator does with them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { enrol, publishPolicy, publishVersion } from '../e2e/lib/fleet.mjs';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin, server } = house;
const schema = JSON.parse(readFileSync(new URL('../../schemas/iassistants.json', import.meta.url), 'utf8'));
const content = (model, more = {}) => ({ iassistants: { owuiEndpoint: 'https://owui.example.org', owuiModel: model, limits: { maxTokens: 4096 }, ...more } });

/** A policy with two versions, a draft and three assignments, over some devices. */
async function furnish() {
    const group = (await admin.post('/groups', { name: 'front desk' })).want(201);
    const devices = [];
    for (const machine_id of ['front-desk-7', 'front-desk-8', 'back-office-1']) devices.push(await enrol(server.client(), admin, { machine_id }));
    (await admin.post(`/groups/${group.id}/members`, { device_id: devices[0].id })).want(204);
    const rules = (await admin.post('/schemas', { namespace: '/iassistants', schema, description: 'Settings of desktop assistants' })).want(201);
    const policy = await publishPolicy(admin, content('llama3.1:8b'), { name: 'assistants', locked: ['/iassistants/limits'] });
    await publishVersion(admin, policy.id, content('llama3.1:8b', { featureFlags: { webSearch: true } }), { locked: ['/iassistants/limits'] });
    (await admin.post('/assignments', { policy_id: policy.id, scope: 'group', target_id: group.id, priority: 200 })).want(201);
    (await admin.post('/assignments', { policy_id: policy.id, scope: 'device', target_id: devices[2].id, number: 1 })).want(201);
    (await admin.post(`/policies/${policy.id}/versions`, { content: content('gpt-4o-mini', { systemPrompt: 'Be brief.' }), locked: ['/iassistants/limits'] })).want(201);
    (await admin.post('/policies', { name: 'A policy with a very long name, as people give them when they describe all of it in one line' })).want(201);
    (await admin.post('/policies', { name: 'kept in git' }, { headers: { 'Seneschal-Origin': 'file' } })).want(201);
    (await admin.put('/secrets/owui-key', { value: 'the key itself', description: 'Key of Open WebUI' })).want(201);
    (await admin.put('/secrets/owui-key', { value: 'the other key', scope: 'group', target_id: group.id })).want(201);
    return { policy: policy.id, schema: rules.id, group: group.id };
}
const made = await furnish();

lookAt(house, {
    policies: { path: '/policies', ready: 'policies' },
    'policies-new': { path: '/policies?new=1', ready: 'policies' },
    'policies-schemas': { path: '/policies/schemas', ready: 'policies' },
    'policies-schema': { path: `/policies/schemas/${made.schema}`, ready: 'policies' },
    'policies-secrets': { path: '/policies/secrets', ready: 'policies' },
    policy: { path: `/policies/${made.policy}`, ready: 'policies' },
    'policy-review': { path: `/policies/${made.policy}/review`, ready: 'policies' },
    'policy-history': { path: `/policies/${made.policy}/history`, ready: 'policies' },
    'policy-assignments': { path: `/policies/${made.policy}/assignments`, ready: 'policies' },
    'policy-assign': { path: `/policies/${made.policy}/assignments?new=1`, ready: 'policies' },
    'policies-guest': { path: '/policies', who: 'guest' },
});

/** The acts of an assignment, and whom the dialog then names. */
const assignmentAct = (act) => async (at) => {
    await at.page.getByRole('button', { name: /organisation$/i }).click();
    await at.page.getByRole('menuitem').nth(act).click();
    const dialog = at.page.getByRole('dialog');
    if (act === 0) await dialog.getByRole('combobox').first().selectOption('1');
    await dialog.getByText('front-desk-8').first().waitFor();
};
const opened = (name) => async (at) => {
    await at.page.getByRole('button', { name }).click();
    await at.page.getByRole('dialog').waitFor();
    await at.settled('policies');
};
const assignments = { path: `/policies/${made.policy}/assignments`, ready: 'policies' };
lookAt(house, {
    'policy-assign-change': { ...assignments, visit: assignmentAct(0) },
    'policy-assign-remove': { ...assignments, visit: assignmentAct(1) },
    'policies-secret-new': { path: '/policies/secrets', ready: 'policies', visit: opened(/^(Set a secret|Poser un secret)/) },
    'policies-schema-new': { path: '/policies/schemas', ready: 'policies', visit: opened(/^(Add a schema|Ajouter un schéma)/) },
    'policy-json': { path: `/policies/${made.policy}`, ready: 'policies', visit: (at) => at.page.getByRole('button', { name: 'JSON', exact: true }).click() },
    'policies-empty': {
        visit: async (at) => {
            await at.page.route(/\/api\/v1\/policies\?/, (route) => route.fulfill({ json: { items: [], total: 0 } }));
            await at.open('/policies', 'policies');
        },
    },
});

test('what an assignment gives is shown before it is changed or taken away', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const dialog = page.getByRole('dialog');
    const desk = await enrol(server.client(), admin, { machine_id: 'reception-1' });
    const policy = await publishPolicy(admin, { motto: 'first' }, { name: 'mottos', scope: 'device', target_id: desk.id });
    await publishVersion(admin, policy.id, { motto: 'second' });
    await at.open(`/policies/${policy.id}/assignments`, 'policies');
    const act = async (name) => {
        await page.getByRole('button', { name: /reception-1$/ }).click();
        await page.getByRole('menuitem', { name }).click();
    };
    await act('Change');
    await dialog.getByText('No device gets another configuration.').first().waitFor();
    await dialog.getByLabel('Version').selectOption('1');
    await dialog.getByText('"first"').first().waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The assignment is changed.').waitFor();
    await act('Take away');
    await dialog.getByRole('cell', { name: '/motto' }).waitFor();
    await dialog.getByText('"first"').first().waitFor();
    await dialog.getByRole('button', { name: 'Take away' }).click();
    await page.getByText('The assignment is taken away.').waitFor();
    assert.deepEqual(await admin.all(`/assignments?policy_id=${policy.id}`), []);
    (await admin.delete(`/policies/${policy.id}`)).want(204);
    await at.close();
});

test('a policy is written, assigned, looked at, published, and brought back', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const button = (name) => page.getByRole('button', { name, exact: true });
    await at.open('/policies', 'policies');
    await button('New policy').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('greeting');
    await button('Create and write it').click();
    await page.getByRole('heading', { level: 1, name: 'greeting' }).waitFor();
    await button('JSON').click();
    const editor = page.getByRole('textbox', { name: 'JSON' });
    await at.look('policies-blank');
    await button('Begin with an example').click();
    await editor.getByText('owuiEndpoint').waitFor();
    assert.equal(await button('Begin with an example').count(), 0, 'something is there');

    // A secret is refused, where it stands.
    const write = async (text) => {
        await editor.click();
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        await page.keyboard.insertText(text);
    };
    at.expect(422, '/versions');
    await write('{"greeting": "good morning", "api_key": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}');
    await button('Save the draft').click();
    await page.getByText('/content/api_key').first().waitFor();
    await write('{"greeting": "good morning"}');
    await button('Review and publish').click();
    await page.getByText('It reaches no device').first().waitFor();

    await page.getByRole('link', { name: 'Assign it' }).click();
    await page.getByLabel('Level').selectOption('group');
    await page.getByRole('button', { name: 'front desk' }).click();
    await page.getByRole('dialog').getByText('front-desk-7').first().waitFor();
    await page.getByText('"good morning"').first().waitFor();
    await at.look('policy-assign-preview');
    await button('Assign').click();
    await page.getByText('greeting is assigned.').waitFor();

    // The access diff names the value and the device; then everybody has it.
    await page.getByRole('link', { name: 'Review and publish' }).click();
    await page.getByText('Reaches 1 device; the configuration changes for 1.').first().waitFor();
    await page.getByRole('cell', { name: '/greeting' }).waitFor();
    await button('Publish to all now').click();
    await button('Publish to 1 device').click();
    await page.getByText(/^\d{4}-\d\d-\d\d\.\d+ is published\.$/).waitFor();
    const [policy] = (await admin.get('/policies?search=greeting')).want(200).items;
    assert.deepEqual([policy.newest_number, policy.draft_number, policy.scopes], [1, null, ['group']]);

    // Another version, seen here without a reload; then back to the first.
    await publishVersion(admin, policy.id, { greeting: 'good night' });
    await page.reload();
    await at.settled('policies');
    await page.getByRole('button', { name: 'What can be done with version 1' }).click();
    await page.getByRole('menuitem', { name: 'Roll back to this' }).click();
    await page.getByRole('dialog').getByText('"good morning"').first().waitFor();
    await at.look('policy-rollback');
    await button('Roll back').click();
    await page.getByText('with the old content').waitFor();
    const back = (await admin.get(`/policies/${policy.id}/versions/3`)).want(200);
    assert.deepEqual(back.content, { greeting: 'good morning' });
    await at.close();
});

test('a part that is not finished JSON is neither saved nor published, and is named', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const policy = (await admin.post('/policies', { name: 'unfinished' })).want(201);
    (await admin.post(`/policies/${policy.id}/versions`, { content: content('gpt-4o-mini', { featureFlags: { webSearch: true } }) })).want(201);
    await at.open(`/policies/${policy.id}`, 'policies');
    const review = page.getByRole('button', { name: 'Review and publish' });
    const save = page.getByRole('button', { name: 'Save the draft' });
    const write = async (text) => {
        await page.getByRole('textbox', { name: 'Feature flags' }).click();
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        await page.keyboard.insertText(text);
    };
    await write('{"webSearch": false');
    await page.getByText('The JSON of /iassistants/featureFlags is not finished.').waitFor();
    assert.deepEqual([await save.isDisabled(), await review.isDisabled()], [true, true]);
    await at.look('policy-unfinished');
    await write('{"webSearch": false}');
    await save.click();
    await page.getByText('The draft is saved.').waitFor();
    const saved = (await admin.get(`/policies/${policy.id}/versions/1`)).want(200);
    assert.deepEqual(saved.content.iassistants.featureFlags, { webSearch: false });
    await at.close();
});

test('a secret is set without being shown, and a schema that breaks something is refused until it is forced', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const button = (name) => page.getByRole('button', { name, exact: true });
    await at.open('/policies/secrets', 'policies');
    await button('Set a secret').click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('mail-key');
    await page.getByRole('textbox', { name: /^Value/ }).fill('not to be seen');
    await button('Seal and save').click();
    await page.getByText('mail-key is sealed.').waitFor();
    await page.getByRole('row', { name: /mail-key/ }).waitFor();
    assert.equal((await page.content()).includes('not to be seen'), false);

    await at.open(`/policies/schemas/${made.schema}`, 'policies');
    await button('Replace').click();
    const narrower = { ...schema, properties: { ...schema.properties, owuiModel: { type: 'string', maxLength: 3 } } };
    await page.getByLabel('From a file').setInputFiles({ name: 'narrow.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(narrower)) });
    at.expect(409, `/schemas/${made.schema}`);
    await button('Save the schema').click();
    await page.getByText('/iassistants/owuiModel').first().waitFor();
    await at.look('policies-schema-breaks');
    await page.getByLabel('Save it all the same').check();
    await button('Save it all the same').click();
    await page.getByText('The schema is saved.').waitFor();
    assert.equal((await admin.get(`/schemas/${made.schema}`)).want(200).revision, 2);
    (await admin.put(`/schemas/${made.schema}`, { schema, force: true })).want(200);
    await at.close();
});
