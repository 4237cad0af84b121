// SPDX-License-Identifier: Apache-2.0
// `seneschal rollout watch`: a block on a terminal, lines and JSON elsewhere, through a restart of the server.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { BIN, Child, PATIENCE, seneschal } from './lib/process.mjs';
import { act, makeRollout, members, twoVersions, until } from './lib/rollout.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const listen = `127.0.0.1:${server.port}`;
const access = ['--server', server.url, '--data', server.data];

/** Six devices, and a rollout that waits for its start. A share of so few may be nobody: the first ring is a group. */
async function prepare(says) {
    const admin = await server.admin();
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const half = (await admin.post('/groups', { name: uniqueName('half') })).want(201);
    const rings = [{ group: half.id, name: 'first half', approval: true }, { percent: 100 }];
    const policy = await twoVersions(admin, { scope: 'group', target_id: group.id });
    const devices = await members(() => server.client(), admin, 6, says);
    for (const device of devices) {
        (await admin.post(`/groups/${group.id}/members`, { device_id: device.id })).want(204);
        await device.round();
    }
    for (const device of devices.slice(0, 3))
        (await admin.post(`/groups/${half.id}/members`, { device_id: device.id })).want(204);
    return { admin, devices, rollout: await makeRollout(admin, policy, { rings }) };
}

/** Watched to its end, promoted where that is wanted. */
async function watched({ admin, devices, rollout }, command, args) {
    const watch = new Child(command, args(rollout.id));
    await act(admin, rollout, 'start');
    const over = (now) => ['completed', 'rolled_back'].includes(now.state);
    const asks = (now) => now.ring === 1 && /a person promotes/.test(now.next);
    const aborted = (now) => now.state === 'aborted';
    const now = await until(admin, rollout, devices, (look) => over(look) || asks(look) || aborted(look));
    if (asks(now)) await act(admin, rollout, 'promote', {});
    if (aborted(now)) await watch.waitFor(/aborted/); // it looks once a second: until then nobody goes back
    await until(admin, rollout, devices, over);
    const { code } = await watch.ended(20_000 * PATIENCE);
    return { code, out: watch.stdout, err: watch.stderr };
}

const plain = (...more) => (id) => ['rollout', 'watch', id, ...access, ...more];

test('elsewhere than on a terminal: a line for each change, the time first', async () => {
    const { code, out, err } = await watched(await prepare(), BIN, plain());
    assert.equal(code, 0, err);
    const lines = out.trimEnd().split('\n');
    for (const line of lines) assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}(draft|running|completed)/);
    assert.match(out, /running, ring 1 of 2 \(first half\) \w+: \d of \d/);
    assert.match(lines.at(-1), /completed, ring 2 of 2/);
    assert.equal(new Set(lines.map((line) => line.slice(24))).size, lines.length, 'nothing is said twice in a row');
});

test('as JSON: the rollout at each change, a line each', async () => {
    const { code, out } = await watched(await prepare(), BIN, plain('-o', 'json'));
    assert.equal(code, 0);
    const states = out.trimEnd().split('\n').map((line) => JSON.parse(line).state);
    assert.equal(states.at(-1), 'completed');
});

test('on a terminal: one block, drawn over itself, without a control character of anybody else', async () => {
    const quoted = (id) => ['-qefc', [BIN, ...plain()(id)].map((word) => `'${word}'`).join(' '), '/dev/null'];
    const { code, out } = await watched(await prepare(), 'script', quoted);
    assert.equal(code, 0, out);
    assert.match(out, /\x1b\[\d+A\r\x1b\[J/, 'it goes back to the first line of the block');
    const last = out.split('\x1b[J').at(-1);
    assert.match(last, /, version 1 -> 2: completed\r\n {2}1 {2}first half +over +\[#{30}\] {2}\d of \d/);
    assert.match(last, /next: +nothing: it is over/);
    assert.equal(out.replace(/\x1b\[(\d+A|J|\?7[lh])/g, '').includes('\x1b'), false);
});

test('one that is aborted ends with another status', async () => {
    const says = (config) => (config.v === 2 ? { result: 'failed', reason: 'no \u009b room' } : { result: 'applied' });
    const { code, out } = await watched(await prepare(says), BIN, plain());
    assert.equal(code, 5, out);
    assert.match(out, /aborted, ring 1 of 2/);
    assert.match(out, /rolled_back/);
    assert.doesNotMatch(out, /\u009b/);
});

test('a server that restarts meanwhile is asked again', async () => {
    const { admin, rollout } = await prepare();
    const watch = new Child(BIN, plain()(rollout.id));
    await act(admin, rollout, 'start');
    await watch.waitFor(/running/);
    await server.stop();
    await watch.waitFor(/asking again/, { from: 'stderr' });
    await server.restart({ listen });
    const again = await server.admin();
    await act(again, rollout, 'abort', { reason: 'enough' });
    const { code } = await watch.ended(20_000 * PATIENCE);
    assert.equal(code, 5, watch.stdout + watch.stderr);
    assert.match(watch.stdout, /rolled_back/);
});

test('what is no rollout is said at once', async () => {
    const nothing = await seneschal(['rollout', 'watch', '01890000-0000-7000-8000-000000000000', ...access]);
    assert.equal(nothing.code, 3, nothing.stderr);
    const csv = await seneschal(['rollout', 'watch', '01890000-0000-7000-8000-000000000000', ...access, '-o', 'csv']);
    assert.equal(csv.code, 2);
    assert.match(csv.stderr, /-o table, json or ndjson/);
});
