// SPDX-License-Identifier: Apache-2.0
// What one has done oneself, out of the record: nobody else's, for whoever asks.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const [ann, bob] = [await makePerson(server, admin), await makePerson(server, admin)];
const signIn = async (who) => server.client({ token: (await server.client().post('/auth/login', { username: who.username, password: who.password })).want(200).access_token });

test('one sees what one did, newest first, page by page; and nothing of others', async () => {
    const [anns, bobs] = [await signIn(ann), await signIn(bob)];
    for (const name of ['one', 'two', 'three']) (await anns.post('/auth/tokens', { name })).want(201);
    const { items } = (await anns.get('/portal/activity')).want(200);
    assert.ok(items.length === 3 && items.every((event) => event.actor.id === ann.id), JSON.stringify(items));
    assert.deepEqual(items.map((event) => event.seq), items.map((event) => event.seq).sort((a, b) => b - a));
    const first = (await anns.get('/portal/activity?limit=2')).want(200);
    const second = (await anns.get(`/portal/activity?limit=2&cursor=${first.next_cursor}`)).want(200);
    assert.deepEqual([...first.items, ...second.items], items);
    assert.ok((await bobs.get('/portal/activity')).want(200).items.every((event) => event.actor.id === bob.id));
    (await bobs.get(`/portal/activity?cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
});

test('who else did it cannot be asked for, and nobody asks without being somebody', async () => {
    const anns = await signIn(ann);
    (await anns.get(`/portal/activity?actor=${bob.id}`)).wantProblem(422, 'unknown-field');
    (await anns.get('/portal/activity?org=system')).wantProblem(422, 'unknown-field');
    (await server.client().get('/portal/activity')).wantProblem(401, 'unauthenticated');
});
