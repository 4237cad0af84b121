// SPDX-License-Identifier: Apache-2.0
// A call that waits for a person, where nobody answers in time, where its caller may answer himself, and where that is a device.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { audit, enrol } from './lib/fleet.mjs';
import { makeCaller } from './lib/gateway.mjs';
import { makePerson } from './lib/person.mjs';
import { eventually } from './lib/process.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, startGateway } from './mcp/gateway.mjs';

/** A gateway whose `echo` waits for a yes. */
async function start(env) {
    const gateway = await startGateway({ env: { SENESCHAL_GATEWAY_APPROVAL_HOLD: '1', ...env } });
    const admin = await gateway.admin();
    const demo = await addServer(admin, { name: 'demo', transport: 'demo' });
    const caller = await makeCaller(gateway, admin);
    (await caller.client.post('/mcp/tools/list', {})).want(200);
    (await admin.patch(`/gateway/servers/${demo.id}/tools/echo`, { approval: true })).want(200);
    const operator = await makeCaller(gateway, admin, { roles: ['operator'] });
    const waiting = async () => (await admin.get('/gateway/approvals?state=waiting')).want(200).items;
    return {
        gateway, admin, caller, operator,
        one: (of) => eventually('it waits', async () => (await waiting()).find((row) => row.caller_id === of.id)),
        row: async (id) => (await admin.get(`/gateway/approvals/${id}`)).want(200),
        call: (who, text) => gateway.client({ token: who.token }).post('/mcp/tools/call', { name: 'demo__echo', arguments: { text } }),
        connect: async (kind, who) => {
            const client = await clients[kind](`${gateway.url}/mcp`, bearer(who));
            after(() => client.close().catch(() => {}));
            return client;
        },
    };
}

test('nobody answers in time: it is refused, whoever called, and nobody can answer any more', async () => {
    const { admin, gateway, connect, call, one, row } = await start({ SENESCHAL_GATEWAY_APPROVAL_TTL: '2' });
    const who = await Promise.all([0, 1, 2].map(() => makeCaller(gateway, admin)));
    const [legacy, modern] = await Promise.all([connect('2.x legacy', who[0]), connect('2.x pinned', who[1])]);
    const calls = [legacy.call('demo__echo', { text: 'legacy' }), modern.call('demo__echo', { text: 'modern' })].map((c) => c.then(() => 'ran', (e) => e.message));
    const rest = call(who[2], 'rest');
    const rows = await Promise.all(who.map(one));
    for (const one of rows) {
        const ms = Date.parse(one.expires_at) - Date.parse(one.created_at);
        assert.ok(ms > 0 && ms <= 2000, `${ms}`);
    }
    for (const said of await Promise.all(calls)) assert.match(said, /Nobody has approved/);
    (await rest).wantProblem(403, 'not-approved');
    for (const { id } of rows) {
        const late = await eventually('its row says so', async () => {
            const it = await row(id);
            return it.state === 'expired' && it;
        });
        assert.deepEqual([late.arguments, late.decided_by], [null, null]);
        (await admin.post(`/gateway/approvals/${id}/approve`, {})).wantProblem(409, 'conflict');
        (await admin.post(`/gateway/approvals/${id}/deny`, {})).wantProblem(409, 'conflict');
    }
    await eventually('the record has all of them', async () => (await audit(admin, 'action=approval.expired')).length === 3);
    const refused = await eventually('and the refusals', async () => {
        const all = await audit(admin, 'action=tool.refused');
        return all.length === 3 && all;
    });
    assert.deepEqual(new Set(refused.map((e) => e.actor.id)), new Set(who.map((w) => w.id)));
    assert.deepEqual(await audit(admin, 'action=tool.call'), [], 'none was run');
});

test('his own calls: not without the setting, with it they are his to answer, but for who may answer none', async () => {
    const { admin, gateway, call, one, operator, caller } = await start({ SENESCHAL_GATEWAY_APPROVE_OWN: 'true' });
    const mine = call(operator, 'mine');
    const row = await one(operator);
    (await operator.client.post(`/gateway/approvals/${row.id}/approve`, { reason: 'I know' })).want(200);
    assert.equal((await mine).want(200).result.content[0].text, 'mine');
    const his = call(caller, 'his');
    const other = await one(caller);
    (await gateway.client({ token: caller.token }).post(`/gateway/approvals/${other.id}/approve`, {})).wantProblem(403, 'forbidden');
    (await admin.post(`/gateway/approvals/${other.id}/deny`, {})).want(200);
    (await his).wantProblem(403, 'not-approved');
});

test('a device calls: people see which, and that it is somebody\'s; it is not his to answer for', async () => {
    const { admin, gateway, call, one, row, operator } = await start({});
    const ann = await makePerson(gateway, admin, { roles: ['operator'] });
    const hers = admin.as((await gateway.client().post('/auth/login', { username: ann.username, password: ann.password })).want(200).access_token);
    const device = await enrol(gateway.client(), admin, { approve: { user_id: ann.id } });
    const waits = call(device, 'from a device');
    const line = await one(device);
    assert.deepEqual([line.caller_kind, line.caller_id, line.device_id, line.device_name], ['device', device.id, device.id, device.machine_id]);
    (await hers.post(`/gateway/approvals/${line.id}/approve`, {})).wantProblem(403, 'forbidden');
    (await gateway.client({ token: device.token }).post(`/gateway/approvals/${line.id}/approve`, {})).wantProblem(403, 'forbidden');
    assert.deepEqual((await row(line.id)).arguments, { text: 'from a device' });
    (await operator.client.post(`/gateway/approvals/${line.id}/approve`, {})).want(200);
    assert.equal((await waits).want(200).result.content[0].text, 'from a device');
    const last = call(device, 'the last');
    const lost = await one(device);
    (await admin.post(`/devices/${device.id}/revoke`, { reason: 'stolen' })).want(200);
    assert.notEqual((await last).status, 200);
    await eventually('nobody waits for it any more', async () => (await row(lost.id)).state === 'expired');
    (await operator.client.post(`/gateway/approvals/${lost.id}/approve`, {})).wantProblem(409, 'conflict');
});
