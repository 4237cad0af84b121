// SPDX-License-Identifier: Apache-2.0
// The dashboard: of an empty server, of one with something in it, and for those who may see a part of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makePerson } from '../e2e/lib/person.mjs';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole();
const enroller = await makePerson(house.server, house.admin, { username: 'eve', display_name: 'Eve Enroller', roles: ['enroller'] });

test('the first steps lead on from an empty server, and go when they are done', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', house.boss);
    await at.open('/dashboard', 'dashboard');
    const steps = at.page.getByRole('list', { name: 'First steps' });
    assert.equal(await steps.getByRole('listitem').count(), 5);
    await at.look('dashboard-empty');
    await at.page.getByRole('link', { name: 'Enrol a device' }).click();
    await at.page.waitForURL('**/fleet/enrol');
    await at.close();
});

test('who only lets devices in sees devices, and is refused nothing', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280', enroller);
    const refused = [];
    at.page.on('response', (reply) => reply.status() === 403 && refused.push(reply.url()));
    await at.open('/dashboard', 'dashboard');
    assert.equal(await at.page.getByText('Devices to approve').count(), 1);
    assert.equal(await at.page.getByText('Tool servers').count(), 0);
    assert.deepEqual(refused, []);
    await at.look('dashboard-enroller');
    await at.close();
});

/** Good is 0.1 or less (web.dev/cls); nothing here has a reason to move at all. */
const SHIFT_MAX = 0.02;

for (const view of ['en-light-1280', 'fr-dark-390']) {
    test(`nothing moves while its answers come one after another, ${view}`, { skip: MISSING }, async () => {
        const at = await openConsole(house, view, house.boss);
        await at.page.addInitScript(() => {
            globalThis.__shifts = [];
            new PerformanceObserver((list) => globalThis.__shifts.push(...list.getEntries().map(({ value, sources }) => [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 120))]))).observe({ type: 'layout-shift', buffered: true });
        });
        let slow = 0;
        await at.page.route(/\/api\/v1\/(?!auth\/me|live)/, async (route) => {
            slow += 60;
            await new Promise((later) => setTimeout(later, slow));
            await route.continue();
        });
        await at.open('/dashboard', 'dashboard');
        const shifts = await at.page.evaluate(() => globalThis.__shifts);
        assert.ok(slow > 300, `${slow} ms`);
        assert.ok(shifts.reduce((sum, [value]) => sum + value, 0) <= SHIFT_MAX, JSON.stringify(shifts, null, 1));
        await at.close();
    });
}

lookAt(house, {
    dashboard: '/dashboard?span=hour',
    'fleet-empty': { path: '/fleet', ready: 'fleet' },
    'fleet-lobby-empty': { path: '/fleet/lobby', ready: 'fleet' },
    'policies-empty': { path: '/policies', ready: 'policies' },
    'rollouts-empty': { path: '/rollouts', ready: 'rollouts' },
    'rollouts-new-empty': { path: '/rollouts/new', ready: 'rollouts' },
});
