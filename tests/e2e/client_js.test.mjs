// SPDX-License-Identifier: Apache-2.0
// clients/js against the real server: in by the lobby or a key, restarts and kill -9 at any moment, lost answers, a store
// that fails, and revocation.
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

test('a revoked one is off within a second, forgets key, token and configuration, and stays off through restarts', async () => {
    const client = await active(server);
    await acked(client, 'applied');
    await sleep(300); // its long poll is parked
    const { id } = await deviceOf(client);
    (await admin.post(`/devices/${id}/revoke`, {})).want(200);
    const began = performance.now();
    await client.off('device-revoked');
    assert.ok(performance.now() - began < 1000 * PATIENCE, `${performance.now() - began} ms`);
    await client.is('DISABLED');
    await eventually('wiped', () => [...client.store.kept.keys()].join() === 'state', WAIT);
    assert.equal(client.kept.token, undefined);
    const front = await startFront(server);
    await client.restart();
    await client.off('device-revoked');
    client.client.nudge();
    await sleep(200);
    assert.equal((await client.client.view()).state, 'DISABLED');
    assert.deepEqual([[...client.store.kept.keys()], front.asked], [['state'], []], 'no other key is made, and nobody is asked');
    assert.deepEqual((await devices(client.options.machineId)).map((row) => row.status), ['REVOKED']);
    await client.client.forget();
    assert.equal(client.store.kept.size, 0, 'that is for a person to say');
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
    const waited = nextIn - client.kept.nextIn;
    assert.ok(waited >= MINUTE && waited < MINUTE + WAIT.ms, `for what was left: ${waited} ms`);
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

test('heartbeats some minutes apart; a token of a month is renewed by itself', async () => {
    const front = await startFront(server);
    const clock = new QuickClock();
    const count = (what) => front.asked.filter((line) => line.endsWith(what)).length;
    const client = await active(front, { clock, wait: 0, version: '7.1' });
    await acked(client, 'applied');
    const polls = async () => {
        const before = count('/config');
        await eventually('some polls', () => count('/config') >= before + 3, WAIT);
        return count('/heartbeat');
    };
    assert.equal(await polls(), 0);
    clock.shift += 21 * MINUTE;
    assert.equal(await polls(), 1);
    clock.shift += 9 * MINUTE;
    assert.equal(await polls(), 1);
    clock.shift += 12 * MINUTE;
    assert.equal(await polls(), 2);
    assert.equal((await deviceOf(client)).client_version, '7.1');
    assert.equal(count('/rotate'), 0, 'not before its time');
    await client.stop();
    const { token, tokenAt } = client.kept;
    client.store.kept.set('state', { ...client.kept, tokenAt: tokenAt - 31 * 24 * 60 * MINUTE });
    await client.restart();
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

test('a secret is asked for by its name, by onConfig already; a blocked one gets none', async () => {
    let early;
    const onConfig = async ({ config }) => (early = config.key && (await client.client.secret(config.key.$secret)));
    const client = jsClient(server, { enrollmentKey: key, onConfig }).start();
    await client.has('one');
    (await admin.put('/secrets/js-key', { value: 'behind the name' })).want(201);
    await publishPolicy(admin, { key: { $secret: 'js-key' } }, { scope: 'device', target_id: client.kept.deviceId });
    await eventually('it is named', () => client.config.config.key, WAIT);
    assert.equal(early, 'behind the name');
    assert.equal(await client.client.secret('js-key'), 'behind the name');
    assert.equal(await client.client.secret('another'), undefined);
    for (const name of ['vault:a/b', '', '..', 'A', 'a/b', undefined]) await assert.rejects(client.client.secret(name), TypeError, String(name));
    assert.ok(!JSON.stringify([...client.store.kept]).includes('behind'), 'it is kept nowhere');
    (await admin.post(`/devices/${client.kept.deviceId}/block`, {})).want(200);
    await client.off('device-blocked');
    await assert.rejects(client.client.secret('js-key'), /the server gave no secret/);
    await assert.rejects(jsClient(server).client.secret('js-key'), /not enrolled/);
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
