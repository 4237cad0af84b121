// SPDX-License-Identifier: Apache-2.0
// Rollouts in the console: planned in the form, started, watched while devices answer, promoted, and aborted.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sentenceOf } from '../../web/src/pages/rollouts/said.ts';
import { act, makeRollout, members, until } from '../e2e/lib/rollout.mjs';
import { publishPolicy } from '../e2e/lib/fleet.mjs';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const { admin, server } = house;
const nobody = () => server.client();
const FAIL = ({ v }) => (v === 2 ? { result: 'failed', reason: 'model not found' } : { result: 'applied' });

/** A policy of two versions for a group with these devices, so that rollouts of several do not meet. */
async function stage(name, devices) {
    const group = (await admin.post('/groups', { name })).want(201);
    for (const device of devices) (await admin.post(`/groups/${group.id}/members`, { device_id: device.id })).want(204);
    const { id } = await publishPolicy(admin, { v: 1 }, { name, scope: 'group', target_id: group.id });
    const { number } = (await admin.post(`/policies/${id}/versions`, { content: { v: 2 } })).want(201);
    for (const device of devices) await device.round();
    return { id, to: number, group };
}

const good = await members(nobody, admin, 3);
const bad = await members(nobody, admin, 2, FAIL);
const waiting = await stage('desks', good);
const broken = await stage('kiosks', bad);
const rings = [{ group: 'desks', approval: true, soak_s: 600 }, { percent: 10, soak_s: 60 }, { percent: 100 }];
const running = await makeRollout(admin, waiting, { rings });
await act(admin, running, 'start');
await until(admin, running, good, (now) => now.rings[0].state === 'met');
const [room] = await members(nobody, admin, 1);
const looked = await makeRollout(admin, await stage('meeting rooms', [room]), { rings: [{ percent: 50, approval: true }, { percent: 100 }] });
await act(admin, looked, 'start');
await until(admin, looked, [room], (now) => now.rings[0].state === 'met');
const [lab] = await members(nobody, admin, 1);
const done = await makeRollout(admin, await stage('labs', [lab]));
await act(admin, done, 'start');
await until(admin, done, [lab], (now) => now.state === 'completed');
const planned = await makeRollout(admin, await stage('showroom', []), { rings });
const failed = await makeRollout(admin, broken);
await act(admin, failed, 'start');
await until(admin, failed, bad, (now) => now.state !== 'running');

/** A day of figures: busy, with a gap, and one minute that stands alone. */
async function withFigures(at) {
    await at.page.route(/\/stats\/series\?/, async (route) => {
        const { json, ...reply } = await route.fetch().then(async (got) => ({ response: got, json: await got.json() }));
        const wave = (most) => json.at.map((_, i) => (i > 60 && i !== 20 && (i < 150 || i > 170) ? Math.round(most * (1 + Math.sin(i / 20)) * 0.5) : i === 20 ? most : null));
        const most = { requests: 12_400, errors: 30, latency_p50_us: 4200, latency_p99_us: 48_000, logins: 3, logins_failed: 1, tool_calls: 240, tool_calls_denied: 12, devices_enrolled: 5 };
        for (const name of Object.keys(json.series)) json.series[name] = wave(most[name] ?? 2);
        await route.fulfill({ ...reply, json });
    });
    await at.open('/dashboard', 'dashboard');
    await at.page.getByText(/meeting rooms/).waitFor(); // a person has to look at it
}

lookAt(house, {
    'dashboard-busy': { visit: withFigures },
    rollouts: { path: '/rollouts', ready: 'rollouts' },
    'rollouts-new': { path: `/rollouts/new?policy=${waiting.id}`, ready: 'rollouts' },
    'rollout-running': { path: `/rollouts/${running.id}`, ready: 'rollouts' },
    'rollout-failed': { path: `/rollouts/${failed.id}?state=failed`, ready: 'rollouts' },
    'rollout-done': { path: `/rollouts/${done.id}`, ready: 'rollouts' },
    'rollout-draft': { path: `/rollouts/${planned.id}`, ready: 'rollouts' },
    'rollouts-guest': { path: '/rollouts', who: 'guest' },
});

test('a rollout is planned, started, seen to go out, and aborted with its reason', { skip: MISSING }, async () => {
    const devices = await members(nobody, admin, 2);
    const policy = await stage('lobby', devices);
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    const button = (name) => page.getByRole('button', { name, exact: true });
    await at.open('/rollouts?new=1', 'rollouts');
    await page.getByRole('combobox', { name: /^Policy/ }).fill('lob');
    await page.getByRole('option', { name: 'lobby' }).click();
    await page.getByRole('combobox', { name: /^Version/ }).selectOption(String(policy.to));
    await page.getByText('Followed by 2 devices.').waitFor();
    await button('A group first, then 10%, everybody').click();
    await button('Save as a draft').click();
    await page.getByText('Say which group.').waitFor();
    await page.getByRole('combobox', { name: /^Group/ }).fill('lobby');
    await page.getByLabel('Once so many have answered').fill('1');
    await button('Save as a draft').click();
    await page.getByText('The rollout is planned.').waitFor();

    await button('Start').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByText('The rollout is running.', { exact: true }).waitFor();
    const [made] = (await admin.get(`/rollouts?policy_id=${policy.id}`)).want(200).items;
    await until(admin, made, devices, (now) => now.progress.applied === 2);
    await page.getByRole('img', { name: /All rings: Applied 2/ }).waitFor(); // it shows by itself

    await button('Promote this ring').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote this ring' }).click();
    await page.getByText('The ring is promoted.').waitFor();
    await button('Pause').click();
    await page.getByText('The rollout is paused.').waitFor();
    await button('Resume').waitFor();

    await button('Abort').click();
    const dialog = page.getByRole('dialog');
    assert.equal(await dialog.getByRole('button', { name: 'Abort' }).isDisabled(), true);
    await dialog.getByLabel(/^Reason/).fill('the wrong model');
    await dialog.getByLabel('Type lobby to confirm').fill('lobby');
    await at.look('rollout-abort');
    await dialog.getByRole('button', { name: 'Abort' }).click();
    await page.getByText('The rollout is aborted.').waitFor();
    const over = await until(admin, made, devices, (now) => now.state === 'rolled_back');
    assert.equal(over.to, policy.to);
    assert.ok(devices.every((device) => device.config.v === 1), 'they have the newest again');
    await page.getByText('Rolled back').first().waitFor();
    await page.getByText('the wrong model').first().waitFor();
    await at.close();
});

test('a device that failed is named with its reason, and leads to its page', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    const { page } = at;
    await at.open(`/rollouts/${failed.id}`, 'rollouts');
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.getByRole('row', { name: /model not found/ }).first().waitFor();
    const link = page.getByRole('link', { name: bad[0].machine_id });
    assert.equal(await link.getAttribute('href'), `/fleet/${bad[0].id}`);
    await at.close();
});

test('what a rollout says of itself is known to the page, which says it in its language', async () => {
    for (const { id } of [running, failed, done]) {
        const { reason } = (await admin.get(`/rollouts/${id}`)).want(200);
        const said = (await admin.all(`/rollouts/${id}/events`)).map((event) => event.reason);
        assert.ok(said.length >= 2);
        for (const text of [reason, ...said]) assert.ok(sentenceOf(text), text);
    }
});
