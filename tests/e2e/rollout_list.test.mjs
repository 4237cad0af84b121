// SPDX-License-Identifier: Apache-2.0
// A list of rollouts: found by their policy's name, by their states, counted, in either order; and policies by a group.
import assert from 'node:assert/strict';
import test from 'node:test';
import { publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

/** Four of them: three drafts, of which two of one policy, and one that runs, of an empty group. */
async function stage(client) {
    const group = (await client.post('/groups', { name: uniqueName('nobody') })).want(201);
    const policies = [];
    for (const name of ['Desk Lamps', 'kiosks', 'DESKS'])
        policies.push(await publishPolicy(client, { v: 1 }, { name, scope: 'group', target_id: group.id }));
    const ids = [];
    for (const { id: policy_id } of [policies[0], policies[1], policies[0], policies[2]]) {
        const draft = (await client.post(`/policies/${policy_id}/versions`, { content: { v: 2 } })).want(201);
        const body = { policy_id, to: draft.number, rings: [{ percent: 100 }] };
        ids.push((await client.post('/rollouts', body)).want(201).id);
    }
    (await client.post(`/rollouts/${ids[3]}/start`)).want(200);
    (await client.post(`/rollouts/${ids[3]}/pause`)).want(200);
    return { ids, policies, group };
}

const { ids, policies, group } = await stage(admin);
const [lamp, kiosk, lampAgain, desk] = ids;
const list = async (query) => (await admin.get(`/rollouts?${query}`)).want(200);
const found = async (query) => (await list(query)).items.map((row) => row.id);

test('by a part of the name of their policy, in either case, and nothing in it means more than itself', async () => {
    assert.deepEqual(await found('search=desk'), [lamp, lampAgain, desk]);
    assert.deepEqual(await found('search=K%20LAMP'), [lamp, lampAgain]);
    for (const nothing of ['%25', '_', 'zebra']) assert.deepEqual(await found(`search=${nothing}`), [], nothing);
    assert.deepEqual(await found('search='), ids);
});

test('by their states, one or several, and with the policy', async () => {
    assert.deepEqual(await found('state=draft'), [lamp, kiosk, lampAgain]);
    assert.deepEqual(await found('state=running,paused'), [desk]);
    assert.deepEqual(await found('state=draft,paused'), ids);
    assert.deepEqual(await found(`state=draft&policy_id=${policies[0].id}`), [lamp, lampAgain]);
    for (const wrong of ['gone', 'draft,', ',draft', 'draft,,paused', 'DRAFT', 'draft,gone'])
        (await admin.get(`/rollouts?state=${wrong}`)).wantProblem(422, 'bad-field');
});

test('newest first where that is asked for, page by page, counted', async () => {
    assert.deepEqual(await found('sort=-created_at'), [...ids].reverse());
    const first = await list('sort=-created_at&search=desk&limit=2&count=true');
    assert.deepEqual([first.items.map((row) => row.id), first.total], [[desk, lampAgain], 3]);
    const rest = await list(`sort=-created_at&search=desk&limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([rest.items.map((row) => row.id), rest.next_cursor, rest.total], [[lamp], null, undefined]);
    assert.equal((await list('count=true&state=completed')).total, 0);
    for (const other of ['search=desk&limit=2', 'sort=-created_at&limit=2', 'sort=-created_at&search=desk&state=draft'])
        (await admin.get(`/rollouts?${other}&cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
    (await admin.get('/rollouts?sort=name')).wantProblem(422, 'bad-field');
});

test('of one organisation only, and not for who may not read them', async () => {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const other = admin.with({ 'Seneschal-Org': slug });
    assert.deepEqual((await other.get('/rollouts?search=desk&count=true')).want(200).total, 0);
    assert.deepEqual((await other.get(`/policies?group=${group.id}`)).want(200).items, []);
    const { client } = await serviceClient(admin, ['user']);
    (await client.get('/rollouts?search=desk&count=true')).wantProblem(403, 'forbidden');
});

test('policies of a group are those that are assigned to it', async () => {
    const of = async (query) => (await admin.get(`/policies?${query}`)).want(200);
    const elsewhere = (await admin.post('/groups', { name: uniqueName('other') })).want(201);
    await publishPolicy(admin, { v: 1 }, { name: uniqueName('elsewhere'), scope: 'group', target_id: elsewhere.id });
    const first = await of(`group=${group.id}&limit=2`);
    const rest = await of(`group=${group.id}&limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([...first.items, ...rest.items].map((row) => row.name), ['Desk Lamps', 'kiosks', 'DESKS']);
    assert.deepEqual((await of(`group=${group.id}&search=desk`)).items.map((row) => row.name), ['Desk Lamps', 'DESKS']);
    (await admin.get(`/policies?group=${elsewhere.id}&limit=2&cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
    (await admin.get('/policies?group=desks')).wantProblem(422, 'bad-field');
});
