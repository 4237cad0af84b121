// SPDX-License-Identifier: Apache-2.0
// Devices in the console: the list, the lobby, one of them with the reasons of its configuration, and how machines come in.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAgent } from '../e2e/lib/agent.mjs';
import { confirm, decide, enrolmentKey, init, makeKey, poll, publishPolicy } from '../e2e/lib/fleet.mjs';
import { makePerson } from '../e2e/lib/person.mjs';
import { PATIENCE, eventually } from '../e2e/lib/process.mjs';
import { MISSING, lookAt, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin, server } = house;
const nobody = server.client();
const WAIT = { ms: 20_000 * PATIENCE };
const output = (agent) => agent.child.stdout + agent.child.stderr;
const LONG = 'kiosk-with-a-name-that-is-far-longer-than-any-column-would-hold-0001';
const groups = {};
for (const name of ['workshop', 'front-desks']) groups[name] = (await admin.post('/groups', { name })).want(201).id;

/** A machine that was let in, by a token alone: {id, token}. */
async function letIn(machine, about = {}, approve = {}) {
    const { device_id: id, claim } = (await init(nobody, machine, about)).want(201);
    (await decide(admin, id, 'approve', approve)).want(200);
    const { token } = (await confirm(nobody, id, claim)).want(200);
    return { id, token };
}

const ada = await letIn('laptop-ada', { hostname: 'ada.example.org', os: 'debian 12', type: 'workstation', client_version: '1.4.2', metadata: { serial: 'X-4711' } },
    { groups: Object.values(groups), user_id: house.boss.id, labels: { site: 'paris', floor: '2' } });
await publishPolicy(admin, { model: 'small-1', limits: { tokens: 4000, images: false }, featureFlags: { shell: true, beta: true } }, { name: 'Everybody', locked: ['/featureFlags/shell'] });
await publishPolicy(admin, { model: 'large-2', featureFlags: { shell: false, beta: null } }, { name: 'Workshop', scope: 'group', target_id: groups.workshop });
await publishPolicy(admin, { limits: { tokens: 64000 } }, { name: 'Ada’s own', scope: 'device', target_id: ada.id });
const got = await poll(server.client(), ada.token);
(await nobody.as(ada.token).post('/iassistants/config/ack', { etag: got.headers.etag, version: got.want(200).version, result: 'applied' })).want(204);
(await nobody.as(ada.token).post('/devices/self/heartbeat', { client_version: '1.4.2', metrics: { memory_mb: 412, sessions: 3 } })).want(202);

const kiosk = await letIn(LONG, { os: 'windows 11', type: 'kiosk', client_version: '1.4.1' }, { groups: [groups['front-desks']] });
(await admin.post(`/devices/${kiosk.id}/revoke`, { reason: 'stolen from the front desk' })).want(200);
await letIn('robot-7', { hostname: 'robot-7', os: 'ubuntu 24.04', type: 'rpa', client_version: '1.3.0' });
const refused = (await init(nobody, 'unknown-box', { os: 'macos 15' })).want(201);
(await decide(admin, refused.device_id, 'refuse')).want(200);
const waiting = (await init(nobody, 'new-laptop', { hostname: 'new-laptop', os: 'macos 15', type: 'workstation', user_hint: 'Kim', key: makeKey(), labels: { site: 'lyon' } })).want(201);
for (const os of ['windows 11', 'debian 12']) (await init(nobody, 'new-kiosk', { os, type: 'kiosk', key: makeKey() })).want(201);
const reader = await makePerson(server, admin, { username: 'rita', roles: ['auditor'] });
await enrolmentKey(admin, { name: 'installers', uses: 50, groups: ['front-desks'] });

/** A fleet that has nothing yet. */
const empty = (where) => ({
    visit: async (at) => {
        await at.page.route(/\/api\/v1\/devices\?/, (route) => route.fulfill({ json: { items: [], total: 0 } }));
        await at.page.route(/\/api\/v1\/devices\/counts/, (route) => route.fulfill({ json: { all: 0, pending: 0, enrolled: 0, blocked: 0, uninstalled: 0, refused: 0, revoked: 0 } }));
        await at.open(where, 'fleet');
    },
});

/** Opens what this opens. */
async function dialogOf(at, button) {
    await button.click();
    await at.page.getByRole('dialog').waitFor();
    await at.settled('fleet');
}

lookAt(house, {
    'fleet-list': { path: '/fleet', ready: 'fleet' },
    'fleet-lobby': { path: '/fleet/lobby', ready: 'fleet' },
    'fleet-device': { path: `/fleet/${ada.id}`, ready: 'fleet' },
    'fleet-revoked': { path: `/fleet/${kiosk.id}`, ready: 'fleet' },
    'fleet-config': { path: `/fleet/${ada.id}/config`, ready: 'fleet' },
    'fleet-history': { path: `/fleet/${ada.id}/history`, ready: 'fleet' },
    'fleet-enrol': { path: '/fleet/enrol', ready: 'fleet' },
    'fleet-new-key': { path: '/fleet/enrol?new=1', ready: 'fleet' },
    'fleet-nothing': { path: '/fleet?search=nothing-of-this-name', ready: 'fleet' },
    'fleet-waiting': { path: `/fleet/${waiting.device_id}`, ready: 'fleet' },
    'fleet-empty': empty('/fleet'),
    'fleet-lobby-empty': empty('/fleet/lobby'),
    'fleet-lobby-many': { path: '/fleet/lobby', ready: 'fleet', visit: (at) => at.page.getByRole('checkbox').first().check() },
    'fleet-missing': { path: '/fleet/01890000-0000-7000-8000-000000000000', ready: 'fleet', refused: [404, '/devices/'] },
    'fleet-approve': { path: '/fleet/lobby', ready: 'fleet', visit: (at) => dialogOf(at, at.page.getByRole('listitem').filter({ hasText: 'new-laptop' }).getByRole('button').nth(1)) },
    'fleet-revoke': { path: `/fleet/${ada.id}`, ready: 'fleet', visit: (at) => dialogOf(at, at.page.getByRole('button', { name: /^(Revoke|Révoquer)/ })) },
    'fleet-edit': {
        path: `/fleet/${ada.id}`,
        ready: 'fleet',
        visit: async (at) => {
            await at.page.getByRole('button', { name: /^(More acts|Autres actions)/ }).click();
            await dialogOf(at, at.page.getByRole('menuitem').first());
        },
    },
    'fleet-bulk': {
        path: '/fleet?status=ENROLLED',
        ready: 'fleet',
        visit: async (at) => {
            await at.page.getByRole('checkbox', { name: /robot-7/ }).check();
            await dialogOf(at, at.page.getByRole('button', { name: /^(Revoke|Révoquer)/ }));
        },
    },
});

test('a machine comes in, gets its configuration with the reasons of it, and is shut out: as a person does it', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.boss);
    const { page } = at;
    const agent = startAgent(server, { args: ['--machine-id', 'desk-12'] });
    const code = await eventually('a code is shown', () => /code ([0-9A-Z]{8})/.exec(output(agent))?.[1], WAIT);
    await at.open('/fleet/lobby', 'fleet');
    const card = page.getByRole('listitem').filter({ hasText: 'desk-12' });
    await card.getByText(code, { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Groups and owner' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('workshop').check();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByText(/ is in\.$/).waitFor();
    await eventually('the configuration is there', () => agent.config?.enabled, WAIT);

    await at.open('/fleet?search=desk-12', 'fleet');
    await page.getByRole('row').getByRole('link').click();
    await page.getByText('desk-12', { exact: true }).waitFor();
    await page.getByText('A key of its own').waitFor();
    await page.getByRole('link', { name: 'Configuration', exact: true }).click();
    const model = page.getByRole('listitem').filter({ hasText: /^model/ });
    await model.getByText('"large-2"').waitFor();
    await model.getByRole('link', { name: 'Workshop' }).waitFor();
    await model.getByText('"small-1"').waitFor();
    await page.getByRole('searchbox', { name: 'Value, path or policy' }).fill('shell');
    await model.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByLabel('Reason').fill('left in a train');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('left in a train').waitFor();
    await eventually('the agent is off', () => agent.config?.enabled === false && agent.config.reason === 'device-revoked', WAIT);
    await at.close();
});

test('many at once: what was done, what was not, and why', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.boss);
    const { page } = at;
    await at.open('/fleet?sort=machine_id', 'fleet');
    for (const name of ['ada.example.org', 'robot-7', LONG]) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page.getByRole('region', { name: 'Acts on the selected rows' }).getByRole('button', { name: /Acts on/ }).click();
    await page.getByRole('menuitem', { name: 'Block…', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Block 3 devices?' }).waitFor();
    await dialog.getByRole('button', { name: 'Block' }).click();
    await dialog.getByText('2 devices blocked.').waitFor();
    await dialog.getByText('1 was not:').waitFor();
    await dialog.getByText('the device is REVOKED').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('link', { name: /Blocked 2/ }).click();
    await page.getByText('2 devices', { exact: true }).waitFor();
    await at.look('fleet-blocked');
    await at.close();
});

test('a key is made, shown once with what to do with it, and ended by its name', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.boss);
    const { page } = at;
    await at.open('/fleet/enrol?new=1', 'fleet');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: false }).first().fill('kiosks');
    await dialog.getByRole('switch', { name: 'Let machines in without a person' }).check();
    await dialog.getByLabel('How many machines').fill('0');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    await dialog.getByText('A whole number from 1 on').waitFor();
    await dialog.getByLabel('How many machines').fill('3');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    await dialog.getByRole('img', { name: 'QR code of the key' }).waitFor();
    const key = await dialog.getByText(/^sen_e_\w+$/).first().innerText();
    await at.look('fleet-key');
    (await server.client({ token: key }).post('/agents/enroll', { machine_id: 'kiosk-1' })).want(201);
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await at.settled('fleet');
    await page.getByRole('button', { name: 'Revoke kiosks' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await dialog.getByLabel('Type kiosks to confirm').fill('kiosks');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key kiosks is dead.').waitFor();
    (await server.client({ token: key }).post('/agents/enroll', { machine_id: 'kiosk-2' })).want(401);
    await at.close();
});

test('on a phone the state that is chosen is in view, however far behind it stands', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'fr-dark-390');
    await at.open('/fleet?status=REVOKED', 'fleet');
    const { x, width } = await at.page.locator('.count[aria-current]').boundingBox();
    assert.ok(x >= 0 && x + width <= 390, `from ${x}, ${width} wide`);
    await at.close();
});

test('who may read devices and nothing else sees no act', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', reader);
    const { page } = at;
    await at.open(`/fleet/${ada.id}`, 'fleet');
    assert.equal(await page.getByRole('button', { name: /Block|Revoke/ }).count(), 0);
    await at.open('/fleet/lobby', 'fleet');
    assert.equal(await page.getByRole('button', { name: /Approve|Refuse/ }).count(), 0);
    await at.close();
});
