// SPDX-License-Identifier: Apache-2.0
// clients/js against the real server: in by the lobby or a key, restarts and kill -9 at any moment, lost answers, a store
// that fails, a proxy that lies, revocation, and a lease that ends.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileStore, Seneschal } from '../../clients/js/seneschal.js';
import { audit, decide, enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { jsClient, memoryStore, QuickClock, startFront, WAIT } from './lib/js_client.mjs';
import { Child, eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { startServer } from './lib/server.mjs';

const DEVICE = fileURLToPath(new URL('lib/js_device.mjs', import.meta.url));
const MINUTE = 60_000;

const server = await startServer();
const admin = await server.admin();
const policy = await publishPolicy(admin, { model: 'one' });
const { key } = await enrolmentKey(admin);

const devices = async (query) => (await admin.get(`/devices?search=${query}`)).want(200).items;
const deviceOf = async (client) => (await admin.get(`/devices/${client.kept.deviceId}`)).want(200);
const acked = (client, result) => eventually(`acknowledged as ${result}`, async () => (await deviceOf(client)).config?.result === result, WAIT);

/** Enrolled by the key, with the configuration in force. */
async function active(target, options) {
    const client = jsClient(target, { enrollmentKey: key, ...options }).start();
    await client.has('one');
    return client;
}

test('by the lobby: code, approval, configuration, acknowledgement; a change comes at once', async () => {
    const mine = await publishPolicy(admin, { own: 1 }, { scope: 'group', target_id: (await admin.post('/groups', { name: 'js' })).want(201).id });
    const client = jsClient(server, { hostname: 'desk', labels: { site: 'paris' }, clock: new QuickClock() }).start();
    await client.is('PENDING');
    const [row] = await devices(client.options.machineId);
    assert.equal(row.requests[0].code, (await client.client.view()).code);
    assert.deepEqual(client.config, { enabled: false, config: {}, version: null, reason: 'not-enrolled' });
    (await decide(admin, row.id, 'approve', { groups: ['js'] })).want(200);
    await client.has('one');
    await acked(client, 'applied');
    await publishVersion(admin, mine.id, { own: 2 });
    await eventually('the change', () => client.config.config.own === 2, WAIT);
    assert.deepEqual(client.states(), ['UNENROLLED', 'PENDING', 'ACTIVE']);
    assert.equal(client.config.text, JSON.stringify({ config: { model: 'one', own: 2 }, enabled: true, version: client.config.version }));
    assert.equal((await client.client.view()).code, undefined, 'there is nothing to show any more');
    assert.equal((await devices(client.options.machineId)).length, 1);
});

test('in Node, by a key: once() enrols and acknowledges, a second time uses the token; files are 0600', async () => {
    const store = path.join(tempDir('js'), 'state');
    const options = { server: server.url, machineId: 'once', enrollmentKey: async () => key, store: fileStore(store) };
    const first = await new Seneschal(options).once();
    assert.equal(first.state, 'ACTIVE');
    assert.equal(first.config.config.model, 'one');
    const again = await new Seneschal({ ...options, enrollmentKey: () => assert.fail('the key is not asked for again') }).once();
    assert.equal(again.state, 'ACTIVE');
    assert.equal(again.etag, first.etag);
    const [row] = await devices('once');
    assert.equal((await admin.get(`/devices/${row.id}`)).want(200).config.result, 'applied');
    assert.equal(lstatSync(store).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(store).sort(), ['config.json', 'key.json', 'state.json']);
    for (const name of readdirSync(store)) assert.equal(lstatSync(path.join(store, name)).mode & 0o777, 0o600, name);
});

test('a revoked one is off within a second, keeps key and token, and stays off through restarts', async () => {
    const client = await active(server);
    await acked(client, 'applied');
    await sleep(300); // its long poll is parked
    const { id } = await deviceOf(client);
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    const began = performance.now();
    await client.off('device-revoked');
    assert.ok(performance.now() - began < 1000 * PATIENCE, `${performance.now() - began} ms`);
    await client.is('DISABLED');
    const { token } = client.kept;
    assert.ok(token);
    await client.restart();
    await client.off('device-revoked');
    client.client.nudge();
    await sleep(200);
    assert.equal((await client.client.view()).state, 'DISABLED');
    assert.equal(client.kept.token, token);
    assert.ok(client.store.kept.has('key') && !client.store.kept.has('config'));
    assert.deepEqual((await devices(client.options.machineId)).map((row) => row.status), ['REVOKED']);
});

test('a blocked one is off, waits minutes also through a restart, and is back after unblock', async () => {
    const clock = new QuickClock();
    clock.sleep = async (ms, signal) => void (clock.slept.push(ms), await new Promise((resolve) => signal.addEventListener('abort', resolve)));
    const client = await active(server, { clock });
    const { id } = await deviceOf(client);
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await client.off('device-blocked');
    await eventually('it waits', () => client.kept.nextIn >= 4 * MINUTE && client.kept.nextIn <= 6 * MINUTE, WAIT);
    clock.pass(MINUTE);
    const { nextIn } = client.kept;
    clock.slept.length = 0;
    await client.restart();
    await eventually('it goes on waiting', () => clock.slept.length > 0, WAIT);
    assert.equal(client.kept.nextIn, nextIn - MINUTE, 'for what was left');
    (await admin.post(`/devices/${id}/unblock`, {})).want(200);
    client.client.nudge();
    await client.is('ACTIVE');
    assert.equal(client.config.config.model, 'one');
});

test('with a stream: changes and revocation at once, no poll in between, and on when it breaks', async () => {
    const front = await startFront(server);
    const group = (await admin.post('/groups', { name: 'streaming' })).want(201).id;
    const mine = await publishPolicy(admin, { own: 0 }, { scope: 'group', target_id: group });
    const grouped = await enrolmentKey(admin, { groups: ['streaming'] });
    const client = await active(front, { stream: true, clock: new QuickClock(), enrollmentKey: grouped.key });
    await acked(client, 'applied');
    const streams = () => front.asked.filter((line) => line.endsWith('/config/stream')).length;
    await eventually('a stream', () => streams() === 1, WAIT);
    await sleep(200);
    const polls = front.asked.length;
    await publishVersion(admin, mine.id, { own: 1 });
    await eventually('the change', () => client.config.config.own === 1, WAIT);
    await eventually('the next stream', () => streams() === 2, WAIT);
    assert.deepEqual(front.asked.slice(polls), ['GET /api/v1/iassistants/config', 'POST /api/v1/iassistants/config/ack', 'GET /api/v1/iassistants/config/stream']);
    assert.ok(!front.asked.some((line) => line.includes('wait=')));
    front.lie = (request) => (request.url.endsWith('/stream') ? { status: 503, headers: { 'Retry-After': '600' }, body: '' } : undefined);
    client.client.nudge();
    await eventually('a long poll instead', () => front.asked.some((line) => line.includes('wait=20')), WAIT);
    front.lie = () => undefined;
    await client.restart();
    await eventually('a stream again', () => streams() >= 4, WAIT);
    await sleep(200);
    (await admin.post(`/devices/${client.kept.deviceId}/revoke`, {})).want(200);
    const began = performance.now();
    await client.off('device-revoked');
    assert.ok(performance.now() - began < 1000 * PATIENCE, `${performance.now() - began} ms`);
});

test('lost answers of init, confirm, rotate and ack: one device, one token, never a clone', async () => {
    const proxy = await startProxy(server);
    for (const what of ['enroll/init', 'enroll/confirm', 'config/ack']) proxy.lose(new RegExp(`^POST \\S*/${what} `));
    const client = await active(proxy, { random: () => 0 });
    await acked(client, 'applied');
    const before = client.kept.token;
    proxy.lose(/^POST \S*\/devices\/self\/rotate /);
    client.client.rotate();
    await eventually('another token', () => client.kept.token !== before, WAIT);
    const used = async () => (await audit(admin, `target=${client.kept.deviceId}`)).filter((event) => /token.activated/.test(event.action)).length >= 2;
    await eventually('the new token is used', used, WAIT);
    assert.equal(proxy.lost.length, 4, proxy.lost.join('\n'));
    assert.deepEqual((await devices(client.options.machineId)).map((row) => row.status), ['ENROLLED']);
});

function startDevice(directory, ...more) {
    const child = new Child(process.execPath, [DEVICE, server.url, directory, path.basename(directory), ...more]);
    after(() => child.kill());
    return child;
}

const says = (child, pattern) => child.waitFor(pattern, WAIT);

test('kill -9 at random moments, while it enrols and while it rotates: one device, never a clone', { timeout: 240_000 }, async () => {
    const directory = path.join(tempDir('js'), 'killed');
    for (let i = 0; i < Number(process.env.KILL9_ROUNDS ?? 6); i++) {
        const child = startDevice(directory, key, 'rotate');
        await says(child, /\{/);
        await sleep(Math.random() * 300);
        await child.kill();
    }
    const enrolled = startDevice(directory, key);
    await says(enrolled, /"model":"one"/);
    await enrolled.kill();
    const last = startDevice(directory, '', 'rotate');
    await says(last, /"event":"token"/);
    assert.deepEqual((await devices('killed')).map((row) => row.status), ['ENROLLED']);
});

test('two at once on one store: the second waits, and goes on when the first is killed', async () => {
    const directory = path.join(tempDir('js'), 'two');
    const options = { server: server.url, machineId: 'two', enrollmentKey: key, store: fileStore(directory) };
    const first = startDevice(directory, key);
    await says(first, /"model":"one"/);
    await assert.rejects(new Seneschal(options).once(), /another instance holds the store/);
    const second = startDevice(directory, key);
    await sleep(300);
    assert.equal(second.stdout, '');
    await first.kill();
    await says(second, /"model":"one"/);
});

test('Retry-After is obeyed, never sooner, and not by a nudge either', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    const client = await active(front, { clock, wait: 0 });
    const asked = [];
    front.lie = () => {
        asked.push(clock.ran);
        return { status: 503, headers: { 'Retry-After': '77' }, body: 'busy' };
    };
    await eventually('asked four times', () => (client.client.nudge(), asked.length >= 4), { ...WAIT, every: 1 });
    asked.slice(1).forEach((at, i) => assert.ok(at - asked[i] >= 77_000, `${at - asked[i]} ms`));
});

const LIES = {
    'a portal': { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>sign in</html>' },
    'a portal in JSON': { status: 200, headers: { 'Content-Type': 'application/json', ETag: '"0"' }, body: '{"enabled":true,"config":{"model":"evil"},"version":null}' },
    'a redirect': { status: 302, headers: { Location: 'http://127.0.0.1:9/' }, body: '' },
    'a 403 of somebody': { status: 403, headers: { 'Content-Type': 'text/html' }, body: 'device-revoked' },
    'a 403 that looks like one of ours': { status: 403, headers: { 'Content-Type': 'application/problem+json' }, body: '{"code":"device-revoked","status":403}' },
    'a 401': { status: 401, headers: { 'WWW-Authenticate': 'Basic' }, body: '' },
    'more than any configuration': { status: 200, headers: { 'Content-Type': 'application/json', ETag: `"${'0'.repeat(64)}"` }, body: `{"enabled":true,"config":{"a":"${'x'.repeat((1 << 20) + 8192)}"}}` },
    'no UTF-8': { status: 200, headers: { 'Content-Type': 'application/json', ETag: `"${'0'.repeat(64)}"` }, body: Buffer.from('7b22ff', 'hex') },
    'a 500': { status: 500, headers: {}, body: '' },
};

test('a proxy that lies is no answer: what is in force stays until its lease ends, then it is off', async () => {
    const front = await startFront(server);
    for (const [what, lie] of Object.entries(LIES)) {
        const clock = new QuickClock();
        const lease = what === 'a portal' ? 60 * MINUTE : 10 * MINUTE; // the first as it is without saying so
        let config;
        let [on, off] = [0, 0]; // when it last heard the truth, when it was switched off
        const onConfig = ({ enabled }) => (enabled ? (on = clock.ran) : (off = clock.ran));
        const client = await active(front, { clock, onConfig, wait: 0, ...(lease < 60 * MINUTE && { lease }) });
        const began = clock.ran;
        front.lie = () => {
            if (clock.ran - began < lease - 5 * MINUTE) config = client.config.config.model;
            return lie;
        };
        await client.off('grace-over');
        assert.equal(config, 'one', `${what}: in force within its lease`);
        assert.ok(off - began <= lease && off - on >= lease, `${what}: on at ${on}, lies from ${began}, off at ${off}`);
        assert.deepEqual(client.states().slice(-2), ['STALE', 'DISABLED'], what);
        assert.ok(client.notices.some((notice) => notice.event === 'unreached'), what);
        front.lie = () => undefined;
        await client.is('ACTIVE');
        await client.stop();
    }
});

test('a grace keeps it STALE for as long as it says; a server that is away is no refusal', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    let [on, off] = [0, 0];
    const onConfig = ({ enabled }) => (enabled ? (on = clock.ran) : (off = clock.ran));
    const client = await active(front, { clock, onConfig, wait: 0, grace: 30 * MINUTE });
    front.lie = () => 'silence';
    await client.is('STALE');
    assert.equal(client.config.config.model, 'one');
    await client.off('grace-over');
    assert.ok(off - on >= 90 * MINUTE, `on at ${on}, off at ${off}`);
});

test('a policy may carry a minimal configuration for the time without a server, or blocked; not for a revoked one', async () => {
    const group = (await admin.post('/groups', { name: 'degraded' })).want(201).id;
    await publishPolicy(admin, { degraded: { model: 'tiny' } }, { scope: 'group', target_id: group });
    const mine = await enrolmentKey(admin, { groups: ['degraded'] });
    const front = await startFront(server);
    const clock = new QuickClock();
    const client = await active(front, { clock, wait: 0, enrollmentKey: mine.key });
    const { version } = client.config;
    const minimal = (reason) => ({ enabled: false, config: { model: 'tiny' }, version, reason, degraded: true });
    front.lie = () => 'silence';
    await client.off('lease-over');
    assert.deepEqual(client.config, minimal('lease-over'));
    const from = clock.ran;
    await eventually('hours', () => clock.ran - from > 5 * 60 * MINUTE, WAIT);
    await client.restart();
    await client.is('STALE');
    assert.deepEqual(client.config, minimal('lease-over'), 'and through restarts');
    front.lie = () => undefined;
    await client.has('one');
    const { id } = await deviceOf(client);
    (await admin.post(`/devices/${id}/block`, {})).want(200);
    await client.off('device-blocked');
    assert.deepEqual(client.config, minimal('device-blocked'));
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    await client.off('device-revoked');
    assert.deepEqual(client.config, { enabled: false, config: {}, version: null, reason: 'device-revoked' });
});

test('the lease goes on through restarts; a clock that was set back begins it once, not each time', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    const client = await active(front, { clock, wait: 0 });
    await client.stop();
    front.lie = () => 'silence';
    clock.pass(40 * MINUTE);
    await client.restart();
    assert.equal(client.config.config.model, 'one', 'still its lease');
    await client.stop();
    clock.at -= 365 * 24 * 60 * MINUTE;
    await client.restart();
    await client.noticed('clock');
    await client.stop();
    assert.equal(client.config.config.model, 'one');
    clock.pass(61 * MINUTE);
    await client.restart();
    await client.off('grace-over');
});

test('heartbeats some minutes apart; a token of a month is renewed by itself', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    const beats = [];
    front.lie = (request) => void (request.url.endsWith('/heartbeat') && beats.push(clock.ran));
    const client = await active(front, { clock, wait: 0, version: '7.1' });
    await eventually('four heartbeats', () => beats.length >= 4, WAIT);
    beats.slice(1).forEach((at, i) => assert.ok(at - beats[i] >= 9 * MINUTE, `${(at - beats[i]) / MINUTE} minutes`));
    assert.equal((await deviceOf(client)).client_version, '7.1');
    const { token } = client.kept;
    assert.ok(!front.asked.some((line) => line.includes('/rotate')), 'not before its time');
    clock.pass(31 * 24 * 60 * MINUTE);
    client.client.nudge();
    await eventually('another token', () => client.kept.token !== token, WAIT);
    await client.is('ACTIVE');
});

test('the word about a configuration is owed until the server has heard it, and holds up no poll', async () => {
    const front = await startFront(server);
    const mine = await publishPolicy(admin, { own: 0 }, { scope: 'group', target_id: (await admin.post('/groups', { name: 'owed' })).want(201).id });
    const owing = await enrolmentKey(admin, { groups: ['owed'] });
    const refuse = (request) => (request.url.endsWith('/ack') ? { status: 502, headers: {}, body: '' } : undefined);
    front.lie = refuse;
    const client = await active(front, { enrollmentKey: owing.key });
    await client.noticed('unreached');
    await publishVersion(admin, mine.id, { own: 1 });
    await eventually('polls go on', () => client.config.config.own === 1, WAIT);
    await client.stop();
    assert.equal((await deviceOf(client)).config?.acked_at ?? null, null);
    front.lie = () => undefined;
    await client.restart();
    await acked(client, 'applied');
    await eventually('nothing is owed', () => client.kept.ack === undefined, WAIT);
});

test('where onConfig fails nothing is in force, and the server is told why', async () => {
    let fault = new Error('no room for it');
    const clock = new QuickClock();
    const onConfig = ({ enabled }) => {
        if (enabled && fault) throw fault;
    };
    const client = jsClient(server, { enrollmentKey: key, onConfig, clock }).start();
    await client.wasOff('not-applied');
    await acked(client, 'failed');
    assert.equal((await client.client.view()).state, 'DISABLED');
    fault = undefined;
    await client.has('one');
    await acked(client, 'applied');
});

test('a store that fails: nothing is used that was not kept first', async () => {
    const clock = new QuickClock();
    const store = memoryStore();
    const failing = { key: 3, token: 3 };
    store.fail = (operation, name, value) => {
        const what = operation === 'set' && (name === 'key' ? 'key' : value?.token && !store.kept.get('state')?.token && 'token');
        if (failing[what]-- > 0) throw new Error(`no ${what} kept`);
    };
    const front = await startFront(server);
    const seen = new Set();
    front.lie = (request) => void (request.url.endsWith('/config') && seen.add(failing.token));
    const client = jsClient(front, { enrollmentKey: key, clock, store }).start();
    await client.wasOff('store-failed');
    await client.has('one');
    assert.deepEqual([...seen], [-1], 'no poll before the token was kept');
    assert.deepEqual((await devices(client.options.machineId)).map((row) => row.status), ['ENROLLED']);
});

/** Numbers from a seed, so that a run that fails can be had again. */
function seeded(seed) {
    let n = 0;
    return () => createHash('sha256').update(`${seed}:${n++}`).digest().readUInt32BE() / 2 ** 32;
}

test('whatever goes wrong in whatever order: one device, never a clone, and at the end its configuration', async () => {
    for (const seed of (process.env.SEEDS ?? '1 2 3').split(' ').map(Number)) {
        const random = seeded(seed);
        const front = await startFront(server);
        const store = memoryStore();
        let calm = false;
        store.fail = () => {
            if (!calm && random() < 0.1) throw new Error('the store fails now and then');
        };
        front.lie = () => (calm || random() < 0.6 ? undefined : ['lost', 'silence', { status: 502, headers: {}, body: '' }][Math.floor(random() * 3)]);
        const client = jsClient(front, { enrollmentKey: key, store, clock: new QuickClock(), wait: 0 }).start();
        for (let i = 0; i < 40; i++) {
            await sleep(random() * 30);
            const what = random();
            if (what < 0.4) await client.restart();
            else if (what < 0.8) client.client.rotate();
            else client.client.nudge();
        }
        calm = true;
        await client.restart();
        client.client.rotate();
        await client.has('one');
        await client.noticed('token');
        await eventually('nothing is owed', () => client.kept.state === 'ACTIVE' && !client.kept.ack && !client.kept.rotating, WAIT);
        const rows = await devices(client.options.machineId);
        assert.deepEqual(rows.map(({ status }) => status), ['ENROLLED'], `SEEDS=${seed}`);
        await client.stop();
    }
});

test('a state that is damaged: the same key enrols anew, and it is the same device', async () => {
    for (const damage of ['{"v":1,"sta', { v: 1, state: 'ACTIVE', token: 7 }, null, undefined]) {
        const client = await active(server);
        await acked(client, 'applied');
        await client.stop();
        const { deviceId } = client.kept;
        if (damage === undefined) client.store.kept.delete('state');
        else client.store.kept.set('state', damage);
        await client.restart({ enrollmentKey: undefined });
        await eventually('a token again', () => client.kept?.token, WAIT);
        await client.is('ACTIVE');
        assert.equal(client.kept.deviceId, deviceId);
        assert.deepEqual((await devices(client.options.machineId)).map((row) => row.status), ['ENROLLED']);
        await client.stop();
    }
});

test('a configuration that is damaged is not in force, and is fetched anew', async () => {
    const client = await active(server);
    await client.stop();
    client.store.kept.set('config', { ...client.store.kept.get('config'), text: '{"config":{"model":"evil"},"enabled":true,"version":null}' });
    const from = client.configs.length;
    await client.restart();
    await client.has('one');
    assert.ok(client.configs.slice(from).every(({ config }) => config.model !== 'evil'));
});

test('a key that is damaged is never replaced: off, and nobody is asked', async () => {
    const client = await active(server);
    await client.stop();
    client.store.kept.set('key', { jwk: { kty: 'OKP' } });
    const front = await startFront(server);
    await client.restart({ server: front.url });
    await client.off('store-failed');
    await client.noticed('failed', /forget\(\)/);
    assert.deepEqual([(await client.client.view()).state, front.asked], ['DISABLED', []]);
    await client.client.forget();
    assert.equal(client.store.kept.size, 0);
});

test('another server gets neither the token nor the configuration of the first', async () => {
    const client = await active(server);
    const { token } = client.kept;
    const front = await startFront(server);
    const seen = [];
    front.lie = (request) => void seen.push(request.headers.authorization);
    client.configs.length = 0;
    await client.restart({ server: front.url, enrollmentKey: undefined });
    await client.noticed('store', /another server/);
    await client.has('one'); // the same machine and key: let in again
    assert.ok(seen.length > 0 && !seen.includes(`Bearer ${token}`));
    assert.notEqual(client.kept.token, token);
});

test('one that was uninstalled asks anew, by itself, and waits in the lobby', async () => {
    const client = await active(server, { clock: new QuickClock() });
    (await admin.post('/agents/uninstall', { machine_id: client.options.machineId })).want(200);
    client.options.enrollmentKey = undefined;
    await client.restart();
    await eventually('it is in the lobby', async () => (await deviceOf(client)).status === 'PENDING', WAIT);
    const { id } = await deviceOf(client);
    (await decide(admin, id, 'approve')).want(200);
    await eventually('in again', async () => (await deviceOf(client)).status === 'ENROLLED' && client.config.enabled, WAIT);
});

test('neither notice nor configuration holds a token, a claim or the key', async () => {
    const client = await active(server);
    const said = JSON.stringify([client.notices, client.configs, await client.client.view()]);
    assert.doesNotMatch(said, /sen_[dce]_/);
    assert.ok(!said.includes(client.store.kept.get('key').jwk.d));
    assert.equal(readFileSync(fileURLToPath(new URL('../../clients/js/seneschal.js', import.meta.url)), 'utf8').includes('console.'), false);
});

test('options that cannot be right are refused at once', () => {
    const good = { server: 'https://example.org', machineId: 'm', store: memoryStore() };
    for (const wrong of [{ server: 'http://example.org' }, { machineId: '' }, { store: undefined }, { wait: 56 }, { wait: 0.5 }]) {
        assert.throws(() => new Seneschal({ ...good, ...wrong }), JSON.stringify(wrong));
    }
});
