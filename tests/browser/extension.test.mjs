// SPDX-License-Identifier: Apache-2.0
// clients/js as an unpacked extension in Chromium, against the real server: PENDING, approved, applied, revoked, disabled,
// and its service worker ended in between.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import test from 'node:test';
import { audit, decide, publishPolicy, publishVersion } from '../e2e/lib/fleet.mjs';
import { startFront } from '../e2e/lib/js_client.mjs';
import { eventually, PATIENCE } from '../e2e/lib/process.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { MISSING, startBrowser, startSite, unpackExtension } from './lib/browser.mjs';

const WAIT = { ms: 30_000 * PATIENCE, every: 50 };
const SHOTS = 'build/screenshots';

const server = await startServer();
const admin = await server.admin();
const policy = await publishPolicy(admin, { assistant: { model: 'small', tools: ['search', 'calendar'] }, retention_days: 30 });
mkdirSync(SHOTS, { recursive: true });

const deviceOf = async (name) => (await admin.get(`/devices?search=${name}`)).want(200).items[0];
const shoot = (browser, name) => browser.page.locator('main').screenshot({ path: `${SHOTS}/extension-${name}.png`, animations: 'disabled' });

/** Until the page shows this state. */
async function shows(browser, state) {
    await browser.page.waitForSelector(`#state[data-state="${state}"]`, { timeout: WAIT.ms });
    assert.equal((await browser.ask()).view.state, state);
}

/** What the client keeps, by name. */
function keptKeys(page) {
    return page.evaluate(async () => {
        const open = indexedDB.open('seneschal');
        await new Promise((resolve) => (open.onsuccess = resolve));
        const all = open.result.transaction('kept').objectStore('kept').getAllKeys();
        await new Promise((resolve) => (all.onsuccess = resolve));
        return all.result;
    });
}

test('PENDING, approved, applied, revoked, disabled; its worker ends in between', { skip: MISSING }, async () => {
    const browser = await startBrowser(unpackExtension());
    const { page } = browser;
    await browser.configure({ server: server.url, machineId: 'front-desk' });
    await shows(browser, 'PENDING');
    const row = await eventually('a device in the lobby', () => deviceOf('front-desk'), WAIT);
    const code = row.requests[0].code;
    assert.equal(await page.textContent('#code'), code, 'both screens show the same code');
    await shoot(browser, 'pending');

    const { born } = await browser.ask();
    await browser.endWorker();
    assert.notEqual((await browser.ask()).born, born, 'another worker');
    assert.equal((await browser.ask()).view.code, code, 'goes on with the same request');

    (await decide(admin, row.id, 'approve')).want(200);
    await shows(browser, 'ACTIVE');
    const config = await eventually('applied', async () => (await browser.stored('configuration'))?.enabled && browser.stored('configuration'), WAIT);
    assert.equal(config.config.assistant.model, 'small');
    await eventually('acknowledged', async () => (await admin.get(`/devices/${row.id}`)).want(200).config?.result === 'applied', WAIT);
    await page.waitForFunction(() => document.getElementById('config').textContent.includes('small'));
    await shoot(browser, 'active');

    const second = await page.evaluate(async (server) => {
        const { indexedDBStore, Seneschal } = await import('./seneschal/seneschal.js');
        const once = new Seneschal({ server, machineId: 'front-desk', store: indexedDBStore() }).once();
        return once.then(({ state }) => state, (error) => error.message);
    }, server.url);
    assert.equal(second, 'another instance holds the store', 'the page does not get in the way of the worker');

    await browser.endWorker();
    await publishVersion(admin, policy.id, { assistant: { model: 'large' } });
    await browser.ask();
    await eventually('the change', async () => (await browser.stored('configuration')).config.assistant?.model === 'large', WAIT);
    assert.equal((await deviceOf('front-desk')).status, 'ENROLLED', 'no restart is taken for a clone');

    const kept = await page.evaluate(async () => {
        const open = indexedDB.open('seneschal');
        await new Promise((resolve) => (open.onsuccess = resolve));
        const all = open.result.transaction('kept').objectStore('kept').get('key');
        await new Promise((resolve) => (all.onsuccess = resolve));
        const { privateKey } = all.result;
        const exported = await crypto.subtle.exportKey('jwk', privateKey).then(() => true, () => false);
        return { extractable: privateKey.extractable, exported, name: privateKey.algorithm.name };
    });
    assert.deepEqual(kept, { extractable: false, exported: false, name: 'Ed25519' }, 'the key is kept, and nobody can take it along');

    (await admin.post(`/devices/${row.id}/revoke`, { reason: 'lost' })).want(200);
    await shows(browser, 'DISABLED');
    assert.deepEqual(await browser.stored('configuration'), { enabled: false, config: {}, version: null, reason: 'device-revoked' });
    await shoot(browser, 'disabled');
    await browser.endWorker();
    assert.equal((await browser.ask('nudge')).view.state, 'DISABLED');
    await eventually('wiped', async () => !(await keptKeys(page)).includes('key'), WAIT);
    assert.deepEqual(await keptKeys(page), ['state'], 'neither key nor configuration is left');
    assert.equal((await admin.get(`/devices/${row.id}`)).want(200).status, 'REVOKED');
    const actions = (await audit(admin, `target=${row.id}`)).map((event) => event.action);
    for (const action of ['device.requested', 'device.approved', 'config.applied', 'device.revoked']) assert.ok(actions.includes(action), `${action} in ${actions}`);
    assert.deepEqual(browser.faults, []);
});

test('without host permissions it relies on CORS: preflights are asked and answered', { skip: MISSING }, async () => {
    const front = await startFront(server);
    const browser = await startBrowser(unpackExtension(({ host_permissions, ...manifest }) => manifest));
    await browser.configure({ server: front.url, machineId: 'no-permissions', storage: 'chrome' });
    await shows(browser, 'PENDING');
    (await decide(admin, (await deviceOf('no-permissions')).id, 'approve')).want(200);
    await shows(browser, 'ACTIVE');
    await eventually('acknowledged', async () => (await deviceOf('no-permissions')).config?.result === 'applied', WAIT);
    assert.equal((await browser.stored('seneschal.state')).state, 'ACTIVE', 'kept in chrome.storage');
    for (const row of ['/devices/enroll/init', '/devices/enroll/confirm', '/iassistants/config', '/iassistants/config/ack']) {
        assert.ok(front.asked.includes(`OPTIONS /api/v1${row}`), `${row}: ${front.asked}`);
    }
    assert.deepEqual([...new Set(front.answered.map(({ origin }) => origin))], [browser.origin]);

    front.alter = (_, answer) => {
        const { 'seneschal-lease': lease, ...headers } = answer.headers;
        return answer.status === 200 && lease ? { ...answer, headers } : undefined;
    };
    await publishVersion(admin, policy.id, { assistant: { model: 'medium' } });
    await browser.ask('nudge');
    await browser.page.waitForFunction(() => document.getElementById('rejected').textContent === 'lease-missing', undefined, { timeout: WAIT.ms });
    assert.notEqual((await browser.stored('configuration')).config.assistant.model, 'medium', 'what cannot be believed is not used');
    await shoot(browser, 'rejected');
    front.alter = undefined;
    await browser.ask('nudge');
    await eventually('the change', async () => (await browser.stored('configuration')).config.assistant.model === 'medium', WAIT);
    await browser.page.waitForFunction(() => document.getElementById('rejected').textContent === '', undefined, { timeout: WAIT.ms });

    const read = await pageOfAnotherSite(browser, front.url);
    assert.deepEqual(read, { preflighted: 'TypeError', simple: 'TypeError' });
    const refused = front.answered.filter(({ origin }) => origin?.startsWith('https://elsewhere.example'));
    assert.deepEqual(refused.map(({ method, status }) => `${method} ${status}`), ['OPTIONS 403', 'GET 403']);
});

/** What fetch says on a page of another site, by https: no answer of the server may be read there. */
async function pageOfAnotherSite(browser, url) {
    const page = await browser.context.newPage();
    await page.goto(await startSite());
    return page.evaluate(async (server) => {
        const ask = (headers) => fetch(`${server}/api/v1/iassistants/config`, { headers }).then((answer) => answer.status, (error) => error.name);
        return { preflighted: await ask({ Authorization: 'Bearer x' }), simple: await ask({}) };
    }, url);
}
