// SPDX-License-Identifier: Apache-2.0
// Rollouts as an administrator and the devices meet them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { audit, enrol, publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { act, look, makeRollout, members, twoVersions, until } from './lib/rollout.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

/** Each test has an organisation of its own: a policy for all of it reaches no other test. */
async function tenant() {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const own = admin.with({ 'Seneschal-Org': slug });
    const nobody = server.client({ headers: { 'Seneschal-Org': slug } });
    return { admin: own, nobody: () => nobody };
}

/** A group of all its devices. */
async function everybody(t) {
    const group = (await t.admin.post('/groups', { name: uniqueName('all') })).want(201);
    for (const { id } of await t.admin.all('/devices')) (await t.admin.post(`/groups/${group.id}/members`, { device_id: id })).want(204);
    return group;
}

const versions = (devices) => devices.map((d) => d.config?.v ?? null);

// The job looks at all of them each second: side by side they take as long as one.
describe('rollouts', { concurrency: 8 }, () => {
    test('ring by ring to everybody, and no further than the ring', async () => {
        const t = await tenant();
        const devices = await members(t.nobody, t.admin, 12);
        const policy = await twoVersions(t.admin);
        for (const d of devices) await d.round();
        const made = await makeRollout(t.admin, policy, { rings: [{ percent: 25, pause: true }, { percent: 100 }], seed: 'seed' });
        assert.equal(made.state, 'draft');
        assert.equal((await act(t.admin, made, 'start')).state, 'running');
        const paused = await until(t.admin, made, devices, (r) => r.state === 'paused');
        const first = versions(devices);
        assert.equal(first.filter((v) => v === 2).length, paused.rings[0].members);
        assert.equal(paused.rings[0].applied, paused.rings[0].members);
        assert.equal(paused.rings[1].members, 0);
        assert.equal((await t.admin.get(`/policies/${policy.id}`)).want(200).newest_number, 1);
        await act(t.admin, made, 'resume');
        const done = await until(t.admin, made, devices, (r) => r.state === 'completed');
        assert.deepEqual(versions(devices), devices.map(() => 2));
        assert.ok(devices.every((d) => d.got.length === 2), 'a device was told more than once');
        assert.deepEqual([done.progress.members, done.progress.applied], [12, 12]);
        assert.equal((await t.admin.get(`/policies/${policy.id}`)).want(200).newest_number, 2);
        const kinds = (await t.admin.all(`/rollouts/${made.id}/events`)).map((e) => e.kind).reverse();
        assert.deepEqual(kinds, ['started', 'ring-met', 'paused', 'resumed', 'ring-started', 'ring-met', 'completed']);
    });

    test('too many fail: aborted, and every device is back', async () => {
        const t = await tenant();
        const fails = (config) => (config.v === 2 ? { result: 'failed', reason: 'no such model' } : { result: 'applied' });
        const devices = [...(await members(t.nobody, t.admin, 4)), ...(await members(t.nobody, t.admin, 2, fails))];
        const policy = await twoVersions(t.admin);
        for (const d of devices) await d.round();
        const made = await makeRollout(t.admin, policy, { gate: { min_executed: 6, max_failed_percent: 20.5 } });
        await act(t.admin, made, 'start');
        const back = await until(t.admin, made, devices, (r) => r.state === 'rolled_back');
        assert.deepEqual(versions(devices), devices.map(() => 1));
        assert.equal(back.progress.failed, 2);
        const failed = await t.admin.all(`/rollouts/${made.id}/devices?state=failed`);
        assert.deepEqual(failed.map((d) => d.device_id).sort(), devices.slice(4).map((d) => d.id).sort());
        assert.ok(failed.every((d) => d.reason === 'no such model'));
        const [aborted] = (await t.admin.all(`/rollouts/${made.id}/events`)).filter((e) => e.kind === 'aborted');
        assert.match(aborted.reason, /^2 of 6 that executed failed \(33\.333 %, at most 20\.5 % may\)/);
        assert.equal((await t.admin.get(`/policies/${policy.id}`)).want(200).newest_number, 1);
        const [event] = await audit(t.admin, 'action=rollout.rolled-back');
        assert.equal(event.target.id, made.id);
        assert.equal(event.actor.kind, 'system');
    });

    test('who is silent has failed, who was never there is away', async () => {
        const t = await tenant();
        const silent = (config) => (config.v === 2 ? null : { result: 'applied' });
        const [good, mute] = [...(await members(t.nobody, t.admin, 1)), ...(await members(t.nobody, t.admin, 1, silent))];
        await members(t.nobody, t.admin, 1);
        const policy = await twoVersions(t.admin);
        await good.round();
        await mute.round();
        const made = await makeRollout(t.admin, policy, { gate: { min_executed: 2, max_failed_percent: 40, timeout_s: 2, away_after_s: 1 } });
        await act(t.admin, made, 'start');
        const over = await until(t.admin, made, [good, mute], (r) => r.state !== 'running');
        assert.deepEqual([over.rings[0].timed_out, over.rings[0].away, over.rings[0].applied], [1, 1, 1]);
        assert.match((await t.admin.all(`/rollouts/${made.id}/events`)).find((e) => e.kind === 'aborted').reason, /1 timed out/);
    });

    test('a ring in which everybody is away stays, says why, and goes on with force', async () => {
        const t = await tenant();
        await members(t.nobody, t.admin, 2);
        const policy = await twoVersions(t.admin);
        const made = await makeRollout(t.admin, policy, { gate: { away_after_s: 1 } });
        await act(t.admin, made, 'start');
        const stuck = await until(t.admin, made, [], (r) => r.rings[0].away === 2);
        assert.match(stuck.next, /2 are away/);
        (await t.admin.post(`/rollouts/${made.id}/promote`)).wantProblem(409, 'conflict');
        (await t.admin.post(`/rollouts/${made.id}/promote`, { ring: 7, force: true })).wantProblem(409, 'conflict');
        await act(t.admin, made, 'promote', { ring: 1, force: true });
        await until(t.admin, made, [], (r) => r.state === 'completed');
    });

    test('groups and labels before percentages, approval by a person', async () => {
        const t = await tenant();
        const group = (await t.admin.post('/groups', { name: 'Canary' })).want(201);
        const devices = await members(t.nobody, t.admin, 3);
        (await t.admin.post(`/groups/${group.id}/members`, { device_id: devices[0].id })).want(204);
        (await t.admin.patch(`/devices/${devices[1].id}`, { labels: { ring: 'early' } })).want(200);
        const policy = await twoVersions(t.admin);
        const rings = [{ group: 'canary', approval: true }, { label: 'ring=early', approval: true }, { percent: 100 }];
        const made = await makeRollout(t.admin, policy, { rings });
        assert.deepEqual(made.rings.map((r) => [r.name, r.group, r.label, r.percent]), [
            ['Canary', group.id, null, null],
            ['ring=early', null, 'ring=early', null],
            ['100 %', null, null, 100],
        ]);
        await act(t.admin, made, 'start');
        const waits = (n) => (r) => r.ring === n && /promotes ring/.test(r.next);
        await until(t.admin, made, devices, waits(1));
        assert.deepEqual(versions(devices), [2, 1, 1]);
        (await t.admin.delete(`/groups/${group.id}/members/${devices[0].id}`)).want(204);
        await act(t.admin, made, 'promote');
        await until(t.admin, made, devices, waits(2));
        assert.deepEqual(versions(devices), [2, 2, 1], 'whom a ring took stays in');
        await act(t.admin, made, 'promote', { ring: 2 });
        await until(t.admin, made, devices, (r) => r.state === 'completed');
        assert.deepEqual(versions(devices), [2, 2, 2]);
    });

    test('who has the same either way is unchanged, and nobody waits for it', async () => {
        const t = await tenant();
        await members(t.nobody, t.admin, 3);
        const policy = await twoVersions(t.admin, { scope: 'org' });
        (await t.admin.post(`/policies/${policy.id}/versions/2/publish`)).want(200);
        await publishPolicy(t.admin, { v: 0 }, { locked: [''] });
        const [first] = await t.admin.all(`/assignments?policy_id=${policy.id}`);
        (await t.admin.patch(`/assignments/${first.id}`, { priority: 1 })).want(200);
        (await t.admin.post('/assignments', { policy_id: policy.id, scope: 'group', target_id: (await everybody(t)).id })).want(201);
        (await t.admin.delete(`/assignments/${first.id}`)).want(204);
        const made = await makeRollout(t.admin, { id: policy.id, to: 1 });
        await act(t.admin, made, 'start');
        const done = await until(t.admin, made, [], (r) => r.state === 'completed');
        assert.deepEqual([done.progress.members, done.progress.unchanged], [3, 3]);
    });

    test('one rollout at a time: of a policy, and of a device', async () => {
        const t = await tenant();
        const policy = await twoVersions(t.admin);
        const made = await makeRollout(t.admin, policy, { rings: [{ percent: 1, approval: true }, { percent: 100 }] });
        const twin = await makeRollout(t.admin, policy);
        await act(t.admin, made, 'start');
        const named = new RegExp(made.id);
        const refused = async (reply) => assert.match((await reply).wantProblem(409, 'conflict').detail, named);
        await refused(t.admin.post(`/rollouts/${twin.id}/start`));
        await refused(t.admin.post(`/policies/${policy.id}/rollback`, { number: 1 }));
        const { number } = (await t.admin.post(`/policies/${policy.id}/versions`, { content: { v: 3 } })).want(201);
        await refused(t.admin.post(`/policies/${policy.id}/versions/${number}/publish`));
        const other = await makeRollout(t.admin, await twoVersions(t.admin));
        await refused(t.admin.post(`/rollouts/${other.id}/start`));
        const device = (await members(t.nobody, t.admin, 1))[0];
        const apart = (await t.admin.post('/policies', { name: uniqueName('apart') })).want(201);
        (await t.admin.post(`/policies/${apart.id}/versions`, { content: { w: 1 } })).want(201);
        const alone = await makeRollout(t.admin, { id: apart.id, to: 1 });
        await act(t.admin, alone, 'start');
        await refused(t.admin.post('/assignments', { policy_id: apart.id, scope: 'device', target_id: device.id }));
        await act(t.admin, made, 'abort', { reason: 'enough' });
        await until(t.admin, made, [device], (r) => r.state === 'rolled_back');
        (await t.admin.post(`/policies/${policy.id}/versions/${number}/publish`)).want(200);
    });

    test('aborted without being taken back: who has it keeps it, until it is aborted again', async () => {
        const t = await tenant();
        const devices = await members(t.nobody, t.admin, 6);
        const policy = await twoVersions(t.admin);
        for (const d of devices) await d.round();
        const made = await makeRollout(t.admin, policy, { rings: [{ percent: 50, approval: true }, { percent: 100 }], seed: 'seed', auto_rollback: false });
        await act(t.admin, made, 'start');
        const waits = await until(t.admin, made, devices, (r) => r.rings[0].met_at !== null);
        assert.equal((await act(t.admin, made, 'abort')).state, 'aborted');
        for (const d of devices) await d.round();
        assert.equal(versions(devices).filter((v) => v === 2).length, waits.progress.applied);
        (await t.admin.post(`/policies/${policy.id}/rollback`, { number: 1 })).wantProblem(409, 'conflict');
        await act(t.admin, made, 'abort');
        await until(t.admin, made, devices, (r) => r.state === 'rolled_back');
        assert.deepEqual(versions(devices), devices.map(() => 1));
        (await t.admin.post(`/rollouts/${made.id}/abort`)).wantProblem(409, 'conflict');
    });

    test('a draft is changed and deleted; what is over may be forgotten', async () => {
        const t = await tenant();
        const policy = await twoVersions(t.admin);
        const made = await makeRollout(t.admin, policy);
        const path = `/rollouts/${made.id}`;
        const changed = (await t.admin.patch(path, { rings: [{ percent: 0.125 }, { percent: 100 }], gate: { timeout_s: 9 } })).want(200);
        assert.deepEqual(changed.rings.map((r) => r.percent), [0.125, 100]);
        assert.deepEqual([changed.gate.timeout_s, changed.gate.away_after_s], [9, made.gate.away_after_s]);
        (await t.admin.patch(path, { seed: 'x' }, { headers: { 'If-Match': made.etag } })).wantProblem(412, 'stale');
        assert.deepEqual((await t.admin.all(`/rollouts?state=draft&policy_id=${policy.id}`)).map((r) => r.id), [made.id]);
        await act(t.admin, made, 'start');
        (await t.admin.patch(path, { seed: 'x' })).wantProblem(409, 'conflict');
        (await t.admin.delete(path)).wantProblem(409, 'conflict');
        await act(t.admin, made, 'pause', { reason: 'lunch' });
        assert.equal((await look(t.admin, made)).reason, 'lunch');
        (await t.admin.post(`${path}/pause`)).wantProblem(409, 'conflict');
        await act(t.admin, made, 'resume');
        await until(t.admin, made, [], (r) => r.state === 'completed');
        (await t.admin.delete(path)).want(204);
        (await t.admin.get(path)).wantProblem(404, 'not-found');
        assert.deepEqual(await t.admin.all('/rollouts'), []);
    });

    for (const [name, rings] of [
        ['no ring', []],
        ['falling percentages', [{ percent: 50 }, { percent: 10 }, { percent: 100 }]],
        ['the same percentage again', [{ percent: 100 }, { percent: 100 }]],
        ['an end before everybody', [{ percent: 99.999 }]],
        ['a label behind a percentage', [{ percent: 1 }, { label: 'a=b' }, { percent: 100 }]],
        ['two selectors', [{ percent: 100, label: 'a=b' }]],
        ['none', [{ soak_s: 1 }]],
        ['four decimals', [{ percent: 0.0001 }, { percent: 100 }]],
        ['more than all', [{ percent: 100.001 }]],
        ['a label without a value', [{ label: 'canary' }, { percent: 100 }]],
    ]) {
        test(`refused: ${name}`, async () => {
            const t = await tenant();
            const policy = await twoVersions(t.admin);
            (await t.admin.post('/rollouts', { policy_id: policy.id, to: policy.to, rings })).wantProblem(422, 'bad-field');
            assert.deepEqual(await t.admin.all('/rollouts'), []);
        });
    }

    test('refused: a group, version or policy that is not there; what is the newest already', async () => {
        const t = await tenant();
        const policy = await twoVersions(t.admin);
        const make = (more) => t.admin.post('/rollouts', { policy_id: policy.id, to: 2, rings: [{ percent: 100 }], ...more });
        (await make({ rings: [{ group: 'nobody' }, { percent: 100 }] })).wantProblem(404, 'not-found');
        (await make({ to: 9 })).wantProblem(422, 'bad-field');
        (await make({ policy_id: '01890000-0000-7000-8000-000000000000' })).wantProblem(404, 'not-found');
        const newest = (await make({ to: 1 })).want(201);
        (await t.admin.post(`/rollouts/${newest.id}/start`)).wantProblem(409, 'conflict');
        const late = (await make({ from: 7 })).want(201);
        (await t.admin.post(`/rollouts/${late.id}/start`)).wantProblem(409, 'conflict');
    });

    test('who may: operators write, auditors read, another organisation sees nothing', async () => {
        const t = await tenant();
        const { client: operator } = await serviceClient(t.admin, ['operator']);
        const { client: auditor } = await serviceClient(t.admin, ['auditor']);
        const made = await makeRollout(operator, await twoVersions(operator));
        (await auditor.get(`/rollouts/${made.id}`)).want(200);
        (await auditor.post(`/rollouts/${made.id}/start`)).wantProblem(403, 'forbidden');
        const other = await tenant();
        for (const path of ['', '/devices', '/events']) (await other.admin.get(`/rollouts/${made.id}${path}`)).wantProblem(404, 'not-found');
        for (const what of ['start', 'pause', 'resume', 'promote', 'abort']) (await other.admin.post(`/rollouts/${made.id}/${what}`)).wantProblem(404, 'not-found');
        const device = await enrol(t.nobody(), t.admin);
        (await t.nobody().as(device.token).get('/rollouts')).wantProblem(403, 'forbidden');
    });
});

// By itself: it shares its devices with every other rollout.
test('a global policy wants a system administrator', async () => {
    const { client: operator } = await serviceClient(admin, ['operator']);
    const policy = await twoVersions(admin, { scope: 'global' });
    const made = await makeRollout(operator, policy);
    (await operator.post(`/rollouts/${made.id}/start`)).wantProblem(403, 'forbidden');
    await act(admin, made, 'start');
    (await operator.post(`/rollouts/${made.id}/abort`)).wantProblem(403, 'forbidden');
    await act(admin, made, 'abort');
});
