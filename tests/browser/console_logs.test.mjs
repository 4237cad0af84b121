// SPDX-License-Identifier: Apache-2.0
// The log: listed, followed live, held still; a line opened; a new file begun.
import assert from 'node:assert/strict';
import test from 'node:test';
import { lookAt, MISSING, openConsole, startConsole } from './lib/console.mjs';

const house = await startConsole({ args: ['--log-access', 'all'] });

test('the log is followed live, held still, and a line of it opened', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    await at.open('/logs', 'logs');
    const opened = at.page.waitForResponse(/logs\/stream/);
    await at.page.getByRole('button', { name: 'Follow live' }).click();
    await opened;
    await house.admin.get('/groups');
    const tail = at.page.getByRole('log', { name: 'The log as it is written' });
    await tail.getByRole('listitem').first().waitFor();
    await at.page.getByRole('button', { name: 'Pause' }).click();
    const before = await tail.getByRole('listitem').count();
    await house.admin.get('/groups');
    await at.page.getByText(/new entr/).waitFor();
    assert.equal(await tail.getByRole('listitem').count(), before);
    assert.match(await tail.locator('time').first().innerText(), /^\d\d:\d\d:\d\d$/);
    await at.look('logs-tail');
    await tail.getByRole('button').first().click();
    await at.page.getByRole('dialog').getByText('Fields').first().waitFor();
    await at.look('logs-line');
    await at.page.keyboard.press('Escape');
    await at.page.getByRole('button', { name: 'To the list' }).click();
    await at.settled('logs');
    assert.equal(await at.page.getByRole('link', { name: 'NDJSON' }).count(), 1);
    await at.close();
});

test('a stream that is refused says so and can be asked for again', { skip: MISSING }, async () => {
    const at = await openConsole(house, 'en-light-1280');
    at.expect(403, '/admin/logs/stream');
    let refuse = true;
    await at.page.route('**/admin/logs/stream', (route) => (refuse ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{}' }) : route.continue()));
    await at.open('/logs?live=1', 'logs');
    await at.page.getByText(/does not let this page follow now/).waitFor();
    refuse = false;
    const opened = at.page.waitForResponse(/logs\/stream/);
    await at.page.getByRole('button', { name: 'Try again' }).click();
    await opened;
    await house.admin.get('/groups');
    await at.page.getByRole('log').getByRole('listitem').first().waitFor();
    assert.equal(await at.page.getByText(/does not let this page follow now/).count(), 0);
    await at.close();
});

lookAt(house, {
    'logs': '/logs',
    'logs-none': '/logs?q=nothing-says-this',
    'logs-one': { path: '/logs', visit: (at) => at.page.locator('.row-link').first().click() },
});
