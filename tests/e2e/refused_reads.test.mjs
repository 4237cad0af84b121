// SPDX-License-Identifier: Apache-2.0
// Who asks for what he may not see is on the record: summed up, so that nobody fills it by asking.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, enrol, poll, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const device = await enrol(server.client(), await server.admin());
const blocked = await enrol(server.client(), await server.admin());
const refused = async (who) => (await audit(await server.admin(), `action=request.refused&result=refused&actor=${who}`));

/** The summary of a minute is written when a server ends, too. */
async function settle() {
    await server.stop();
    await server.start();
}

// The first summary of a store comes with its server's first second: from here on it is a minute until the next.
await settle();

test('reads that were refused: one event for each row and reason, with who, from where and how often', async () => {
    const admin = await server.admin();
    const { client: someone, ...account } = await serviceClient(admin, ['enroller']);
    for (let i = 0; i < 5; i++) (await someone.get('/users')).wantProblem(403, 'forbidden');
    (await someone.get('/policies')).wantProblem(403, 'forbidden');
    (await someone.get('/devices')).want(200);
    (await someone.post('/groups', { name: uniqueName('g') })).wantProblem(403, 'forbidden');
    assert.deepEqual(await refused(account.id), [], 'no read waits for the writer');
    await settle();
    const events = await refused(account.id);
    assert.deepEqual(events.map((e) => e.details).sort((a, b) => a.count - b.count), [{ count: 1, row: '/policies' }, { count: 5, row: '/users' }]);
    for (const event of events) {
        assert.equal(event.reason, 'forbidden');
        assert.equal(event.ip, '127.0.0.1');
        assert.deepEqual([event.actor.kind, event.actor.name], ['service', account.name]);
    }
    const changes = await audit(await server.admin(), `action=group.created&result=refused&actor=${account.id}`);
    assert.equal(changes.length, 1, 'what would have changed something has an event of its own');
});

test('a device that asks for the configuration of another; one that is blocked fills nothing', async () => {
    const admin = await server.admin();
    (await admin.post(`/devices/${blocked.id}/block`, {})).want(200);
    const as = (one) => server.client().as(one.token);
    for (let i = 0; i < 3; i++) {
        (await as(device).get(`/iassistants/config?device_id=${blocked.id}`)).wantProblem(403, 'forbidden');
        (await poll(server.client(), blocked.token)).wantProblem(403, 'device-blocked');
    }
    (await as(device).get('/users')).wantProblem(403, 'forbidden');
    await settle();
    const events = await refused(device.id);
    assert.deepEqual(events.map((e) => [e.details.row, e.details.count]).sort(), [['/iassistants/config', 3], ['/users', 1]]);
    assert.ok(events.every((e) => e.actor.kind === 'device' && e.actor.name === device.machine_id));
    assert.deepEqual(await refused(blocked.id), []);
});
