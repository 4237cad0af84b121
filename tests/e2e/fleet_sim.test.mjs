// SPDX-License-Identifier: Apache-2.0
// The fleet simulator does what it says, seen from the server: demos and figures stand on it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { Sim, startSim } from './lib/sim.mjs';

const server = await startServer();
const admin = await server.admin();
await publishPolicy(admin, { model: 'small' });

/** All simulated devices of a server, with their details. */
async function devices(by) {
    const { items } = (await by.get('/devices?limit=500&search=sim-')).want(200);
    const rows = [];
    for (const { id } of items) rows.push((await by.get(`/devices/${id}`)).want(200)); // all at once would be shed on a busy machine
    return rows;
}

const count = (rows, test) => rows.filter(test).length;

function passed(result) {
    assert.equal(result.code, 0, result.text);
    assert.equal(result.strange, 0, result.text);
    assert.equal(result.lost, 0, result.text);
    return result;
}

test('200 devices enrol with keys, apply and acknowledge; shares fail, vanish, rotate; a clone is found', async () => {
    const sim = await startSim(server, admin, {
        devices: 200, seed: 'shares', interval: 0.2, ramp: 0.5, fail: 10, vanish: '3%', clone: 1, rotate: 4,
        expect: { applied: 184, failed: 10, vanished: 6, blocked: 2, rotated: 5 },
    });
    const got = passed(await sim.result());
    assert.equal(got.by_question.init[201], 200);
    assert.equal(got.instances, 201, 'the clone lives twice');

    const rows = await devices(admin);
    assert.equal(rows.length, 200);
    assert.equal(count(rows, (d) => d.config?.result === 'failed'), 10);
    assert.equal(count(rows, (d) => d.config?.result === 'applied'), 184);
    assert.equal(count(rows, (d) => !d.config?.result), 6, 'who vanished never acknowledged');
    const blocked = rows.filter((d) => d.status === 'BLOCKED');
    assert.equal(blocked.length, 1);
    assert.equal(blocked[0].status_reason, 'clone');
    assert.equal(count(rows, (d) => d.status === 'ENROLLED'), 199, 'nobody else is harmed');
});

test('the same seed is the same machines with the same keys: a second run brings nobody new', async () => {
    const options = { devices: 20, seed: 'again', interval: 0.5, ramp: 0.1, expect: { applied: 20 } };
    const known = new Set((await devices(admin)).map((d) => d.id));
    passed(await (await startSim(server, admin, options)).result());
    const first = (await devices(admin)).filter((d) => !known.has(d.id));
    assert.equal(first.length, 20);
    passed(await (await startSim(server, admin, options)).result());
    const second = (await devices(admin)).filter((d) => !known.has(d.id));
    const names = (rows) => rows.map((d) => `${d.machine_id} ${d.id}`).sort();
    assert.deepEqual(names(second), names(first));

    const other = await startServer();
    const theirs = await other.admin();
    passed(await (await startSim(other, theirs, options)).result());
    const ids = (rows) => rows.map((d) => d.machine_id).sort();
    assert.deepEqual(ids(await devices(theirs)), ids(first), 'on another server too');
    passed(await (await startSim(other, theirs, { ...options, seed: 'another' })).result());
    assert.equal((await devices(theirs)).length, 40, 'another seed is other machines');
});

test('revoked devices end, blocked ones go on asking and come back, the others live', async () => {
    const own = await startServer();
    const theirs = await own.admin();
    const sim = await startSim(own, theirs, { devices: 12, wait: 30, ramp: 0.1, 'ask-blocked': 0.2, expect: { revoked: 3, blocked: 0, enrolled: 9 } });
    await sim.started();
    const ids = (await devices(theirs)).map((d) => d.id);
    const act = async (id, what) => (await theirs.post(`/devices/${id}/${what}`, { reason: 'test' })).want(200);
    await act(ids[3], 'block');
    for (const id of ids.slice(0, 3)) await act(id, 'revoke');
    await sim.child.waitFor(/: blocked$/m); // long before its poll of 30 s is over
    await act(ids[3], 'unblock');
    const got = passed(await sim.result());
    const told = Object.values(got.by_question).reduce((n, answers) => n + (answers[403] ?? 0), 0);
    assert.ok(told >= 4, 'each of the four, in its long poll or what it asked just then');
    assert.match(got.text, /: blocked\n(.*\n)*sim-\S+: enrolled\n/);
});

test('with streams all are told of a change and apply it, a revoked one ends, all come back after a restart', async () => {
    const own = await startServer();
    const theirs = await own.admin();
    const policy = await publishPolicy(theirs, { model: 'small' });
    const sim = await startSim(own, theirs, {
        devices: 150, stream: true, ramp: 0.2, storm: 0.5, expect: { outages: 1, streams: 149, applied: 150, revoked: 1 },
    });
    await sim.started();
    const rows = await devices(theirs);
    const told = () => devices(theirs).then((all) => count(all, (d) => d.config?.version === policy.version && d.config.result === 'applied') === 150);
    await eventually('all have applied the first configuration', told);
    policy.version = await publishVersion(theirs, policy.id, { model: 'large' });
    await eventually('and then the second', told);
    (await theirs.post(`/devices/${rows[0].id}/revoke`, { reason: 'lost' })).want(200);
    await sim.child.waitFor(/: revoked$/m);
    await own.restart({ listen: `127.0.0.1:${own.port}` });
    const got = await sim.result();
    assert.equal(got.code, 0, got.text);
    assert.equal(got.strange, 0, got.text);
    assert.equal(got.outages[1].devices, 149);
    assert.equal(got.outages[1].others, 0);
    assert.ok(got.by_question.poll[200] >= 300, 'each has fetched both');
    assert.ok(got.changes.every((change) => change.last_us >= change.first_us && change.devices <= 150));
    assert.ok(got.status_events >= 1);
});

test('Retry-After is obeyed: who is over his limit is told once each time, not again and again', async () => {
    const limited = await startServer({ limits: true });
    const theirs = await limited.admin();
    const seconds = 4;
    const sim = await startSim(limited, theirs, { devices: 5, interval: 0.02, ramp: 0, spread: 0, for: seconds });
    const { counts, retry_after_missing } = await sim.result();
    assert.ok(counts['told-to-wait'] >= 5, 'each has used up its burst');
    // At 50 polls a second and no patience there would be about 150 for each.
    assert.ok(counts['told-to-wait'] <= 5 * (seconds + 1), `${counts['told-to-wait']} refusals`);
    assert.equal(retry_after_missing, 0);
});

test('after a restart all come back within the storm and are served', async () => {
    const own = await startServer();
    const theirs = await own.admin();
    const sim = await startSim(own, theirs, { devices: 300, wait: 30, ramp: 0.3, storm: 0.5, expect: { outages: 1 } });
    await sim.started();
    await own.restart({ listen: `127.0.0.1:${own.port}` });
    const got = await sim.result();
    assert.equal(got.code, 0, got.text);
    assert.equal(got.outages.length, 2);
    assert.equal(got.outages[1].devices, 300);
    assert.equal(got.outages[1].others, 0, 'nothing but answers and 503 meanwhile');
    assert.equal(got.strange, 0);
});

test('what cannot go well is said, with what to do', async () => {
    const nobody = await new Sim({ server: 'http://127.0.0.1:1' }).result();
    assert.equal(nobody.code, 1);
    assert.match(nobody.text, /takes no connection: start the server there first/);
    const wrong = await new Sim({ server: server.url, devices: 0 }).result();
    assert.equal(wrong.code, 2);
    assert.match(wrong.text, /--devices: want 1\.\.4000000/);
    const roles = await new Sim({ server: server.url, devices: 10, fail: '60%', vanish: '60%' }).result();
    assert.equal(roles.code, 2);
    const late = await startSim(server, admin, { devices: 1, seed: 'late', ramp: 0, for: 1, expect: { applied: 2 } });
    const missed = await late.result();
    assert.equal(missed.code, 1);
    assert.match(missed.text, /expected other than applied = 1/);
});
