// SPDX-License-Identifier: Apache-2.0
// What files manage is shown with its origin and cannot be changed in the console: tool servers, permissions, webhooks, service accounts,
// access rules, assignments.
import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine, files } from '../e2e/lib/apply.mjs';
import { publishPolicy } from '../e2e/lib/fleet.mjs';
import { seeTool } from '../e2e/lib/gateway.mjs';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { server, admin } = house;
const { ok } = await commandLine(server, admin.token);
await ok('apply', '-f', await files(`groups:
  family: {priority: 50}
upstreams:
  recipes: {transport: http, url: "https://mcp.example.org/mcp"}
permissions:
  - {group: family, tool: "recipes/*", can_write: true}
applications:
  Nextcloud: {kind: oidc, client_id: nextcloud, redirect_uris: ["https://cloud.example.org/cb"], groups: [family]}
policies:
  Assistants: {content: {model: small}}
assignments:
  - {policy: Assistants, scope: group, group: family}
service_accounts:
  ticket-bot: {groups: [family]}
access_rules:
  evenings: {effect: deny, application: Nextcloud, hours: "22:00-06:00", tz: Europe/Paris, groups_any: [family]}
webhooks:
  pager: {url: "https://hooks.example.org/pager", format: ntfy, priority: max, events: [device.blocked], group: family}
`));
const recipes = (await admin.get('/gateway/servers')).want(200).items.find((one) => one.name === 'recipes');
const family = (await admin.get('/groups')).want(200).items.find((one) => one.name === 'family');
seeTool(server, recipes, 'add', { kind: 'WRITE' });
const pager = (await admin.get('/webhooks')).want(200).items.find((one) => one.name === 'pager');
const cloud = (await admin.get('/applications')).want(200).items.find((one) => one.name === 'Nextcloud');
const bot = (await admin.get('/service-accounts')).want(200).items.find((one) => one.name === 'ticket-bot');
const assistants = (await admin.get('/policies')).want(200).items.find((one) => one.name === 'Assistants');
const NOTHING = /^no change$/m;
const PERMISSIONS = `/permissions?group=${family.id}`;

/** The page says where it comes from, and gives it as files have it: to apply that changes nothing. */
async function copies(at, ...words) {
    await at.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await at.page.getByText('Managed by files').waitFor();
    await at.page.getByRole('button', { name: 'Copy as YAML' }).click();
    const text = await at.page.evaluate(() => navigator.clipboard.readText());
    for (const word of words) assert.ok(text.includes(word), text);
    assert.match(await ok('plan', '-f', await files(text)), NOTHING);
}

test('a tool server of files is looked at and tried, not edited', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/tools/recipes', 'tools');
    await copies(at, 'upstreams', 'recipes', 'https://mcp.example.org/mcp');
    await at.page.getByRole('button', { name: 'Acts on recipes' }).click();
    const acts = await at.page.getByRole('menuitem').allTextContents();
    assert.ok(acts.length > 0);
    assert.deepEqual(acts.filter((name) => /Edit|Switch|Delete|Disable/.test(name)), []);
    await at.close();
});

test('a permission of files is shown in its row, and its cells are no buttons to press', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open(PERMISSIONS, 'permissions');
    await copies(at, 'permissions', 'recipes/*', 'family', 'can_write');
    const row = at.page.getByRole('group', { name: 'recipes/*' });
    await row.getByText('Files').waitFor();
    const cells = row.locator('.perm-cell');
    assert.ok((await cells.count()) > 0);
    assert.equal(await cells.and(at.page.locator(':enabled')).count(), 0);
    const other = at.page.getByRole('group', { name: 'recipes/add' }).locator('.perm-cell');
    assert.ok((await other.and(at.page.locator(':enabled')).count()) > 0, 'what no file says is said here');
    await at.close();
});

test('a webhook of files says so, and is tested and rotated, not edited', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/admin?tab=webhooks', 'admin');
    await at.page.getByRole('button', { name: 'Actions for pager' }).click();
    assert.deepEqual(await at.page.getByRole('menuitem').allTextContents(), ['Test now', 'Managed by files', 'New secret']);
    await at.page.getByRole('menuitem', { name: 'Managed by files' }).click();
    assert.equal(await at.page.getByRole('button', { name: 'Save' }).count(), 0);
    await at.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await at.page.getByRole('button', { name: 'Copy as YAML' }).click();
    const text = await at.page.evaluate(() => navigator.clipboard.readText());
    for (const word of ['pager', 'group: family', 'ntfy']) assert.ok(text.includes(word), text);
    assert.match(await ok('plan', '-f', await files(text)), NOTHING);
    await at.close();
});

test('a service account of files has its groups from there, and its tokens from here', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open(`/people/services/${bot.id}`, 'people');
    await copies(at, 'service_accounts', 'ticket-bot', 'family');
    const acts = () => at.page.locator('main').locator('button:visible, input:visible').evaluateAll((found) => found.map((one) => one.textContent.trim() || one.ariaLabel || one.labels?.[0]?.textContent));
    const ofFiles = await acts();
    assert.deepEqual(ofFiles.slice(1, 3), ['Make a token', 'Add a key'], String(ofFiles));
    assert.equal(ofFiles.length, 4, `to copy the YAML and the id, besides: ${ofFiles}`);
    const { id } = (await admin.post('/service-accounts', { name: 'by-hand', groups: [family.id] })).want(201);
    await at.open(`/people/services/${id}`, 'people');
    const ofHand = await acts();
    assert.ok(ofHand.length > ofFiles.length && ofHand.includes('Edit') && ofHand.includes('Take out'), String(ofHand));
    await at.close();
});

test('an access rule of files says so, and is copied, not edited', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/applications/rules', 'applications');
    await copies(at, 'access_rules', 'evenings', 'application: Nextcloud', '22:00-06:00');
    assert.equal(await at.page.getByRole('button', { name: /^(Edit|Delete)/ }).count(), 0);
    await at.close();
});

test('an assignment of files to a policy that is edited here says so, and has no acts', { skip: MISSING }, async () => {
    const here = await publishPolicy(admin, { model: 'large' }, { name: 'By hand' });
    await ok('apply', '-f', await files('assignments:\n  - {policy: By hand, scope: group, group: family}\n'));
    const at = await openConsole(house, 'en-light-1280');
    await at.open(`/policies/${here.id}/assignments`, 'policies');
    await at.page.getByRole('row', { name: /family/ }).getByText('Managed by files').waitFor();
    assert.equal(await at.page.getByRole('row', { name: /family/ }).getByRole('button').count(), 0);
    assert.equal(await at.page.getByRole('row', { name: /organisation/i }).getByRole('button').count(), 1, 'the other, of the same policy, has them');
    await at.close();
});

lookAt(house, {
    'files-assignments': `/policies/${assistants.id}/assignments`,
    'files-service': `/people/services/${bot.id}`,
    'files-rules': '/applications/rules',
    'files-server': '/tools/recipes',
    'files-permissions': PERMISSIONS,
    'files-group': `/people/groups/${family.id}`,
    'files-application': `/applications/${cloud.id}`,
    'files-webhooks': '/admin?tab=webhooks',
    'files-webhook': `/admin?tab=webhooks&webhook=${pager.id}`,
});
