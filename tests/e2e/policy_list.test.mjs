// SPDX-License-Identifier: Apache-2.0
// What a list of policies says of each: its draft, where it is assigned, whether files stand behind it; and names beside ids.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const make = async (name, options) => (await admin.post('/policies', { name }, options)).want(201);
const named = async (search, more = '') => (await admin.get(`/policies?search=${encodeURIComponent(search)}${more}`)).want(200);

test('a policy says its draft and where it is assigned', async () => {
    const { id } = await make(uniqueName('row'));
    const look = async () => (await admin.get(`/policies/${id}`)).want(200);
    assert.deepEqual([(await look()).draft_number, (await look()).assignments, (await look()).scopes], [null, 0, []]);
    await publishVersion(admin, id, { a: 1 });
    const { number } = (await admin.post(`/policies/${id}/versions`, { content: { a: 2 } })).want(201);
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const device = await enrol(server.client(), admin);
    for (const at of [{ scope: 'org' }, { scope: 'group', target_id: group.id }, { scope: 'device', target_id: device.id }])
        (await admin.post('/assignments', { policy_id: id, ...at })).want(201);
    const now = await look();
    assert.deepEqual([now.newest_number, now.draft_number, now.assignments, now.scopes, now.managed], [1, number, 3, ['org', 'group', 'device'], false]);
    const names = (await admin.get(`/assignments?policy_id=${id}`)).want(200).items.map((row) => row.target_name);
    assert.deepEqual(names, [null, group.name, device.machine_id]);
    (await admin.delete(`/policies/${id}/versions/${number}`)).want(204);
    assert.equal((await look()).draft_number, null);
});

test('a search finds a part of the name, page by page, and its cursor is no other list\'s', async () => {
    const part = uniqueName('Find').replaceAll('-', '_');
    const made = [];
    for (const name of [`a ${part} %`, `${part}`, `${part.toUpperCase()} é`]) made.push((await make(name)).id);
    await make(part.replaceAll('_', 'x'));
    assert.deepEqual((await named(part.toLowerCase())).items.map((row) => row.id), made);
    const first = await named(part, '&limit=2');
    const rest = await named(part, `&limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([...first.items, ...rest.items].map((row) => row.id), made);
    (await admin.get(`/policies?search=another&cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
    assert.deepEqual((await named(`${part} %`)).items.map((row) => row.id), [made[0]]);
    assert.deepEqual((await named('nothing is named so')).items, []);
});

test('what files made is marked, for an operator too', async () => {
    const { id } = await make(uniqueName('file'), { headers: { 'Seneschal-Origin': 'file' } });
    assert.equal((await admin.get(`/policies/${id}`)).want(200).managed, true);
    const { client: operator } = await serviceClient(admin, ['operator']);
    assert.equal((await operator.get(`/policies/${id}`)).want(200).managed, true);
});

test('a secret and a ring say the name of the group that they are for', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('ring') })).want(201);
    const secret = (await admin.put('/secrets/list-key', { value: 'a value of a secret', scope: 'group', target_id: group.id })).want(201);
    assert.equal(secret.target_name, group.name);
    assert.equal((await admin.get('/secrets?name=list-key')).want(200).items[0].target_name, group.name);
    const { id } = await make(uniqueName('ringed'));
    (await admin.post(`/policies/${id}/versions`, { content: { a: 1 } })).want(201);
    const body = { policy_id: id, to: 1, rings: [{ group: group.name }, { percent: 100 }] };
    const rollout = (await admin.post('/rollouts', body)).want(201);
    assert.deepEqual(rollout.rings.map((ring) => ring.group_name), [group.name, null]);
});
