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

const isOf = (who) => (event) => (event.actor.kind === 'none' ? event.target.id : event.actor.id) === who.id;

test('one sees what one did, newest first, page by page; and nothing of others', async () => {
    const [anns, bobs] = [await signIn(ann), await signIn(bob)];
    for (const name of ['one', 'two', 'three']) (await anns.post('/auth/tokens', { name })).want(201);
    const { items } = (await anns.get('/portal/activity')).want(200);
    assert.deepEqual(items.slice(0, 4).map((event) => event.action), [...Array(3).fill('user.token-created'), 'session.opened'], JSON.stringify(items));
    assert.ok(items.every(isOf(ann)), JSON.stringify(items));
    assert.deepEqual(items.map((event) => event.seq), items.map((event) => event.seq).sort((a, b) => b - a));
    const first = (await anns.get('/portal/activity?limit=2')).want(200);
    const second = (await anns.get(`/portal/activity?limit=2&cursor=${first.next_cursor}`)).want(200);
    assert.deepEqual([...first.items, ...second.items], items.slice(0, 4));
    assert.ok((await bobs.get('/portal/activity')).want(200).items.every(isOf(bob)));
    (await bobs.get(`/portal/activity?cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
});

test('somebody who tries to sign in as him is there; what an administrator does to him is not', async () => {
    const anns = await signIn(ann);
    (await server.client().post('/auth/login', { username: ann.username, password: 'not hers' })).want(401);
    (await admin.patch(`/users/${ann.id}`, { display_name: 'Ann' })).want(200);
    const [first, second] = (await anns.get('/portal/activity?limit=2')).want(200).items;
    assert.deepEqual([first.action, first.result, first.ip], ['session.refused', 'refused', '127.0.0.1']);
    assert.deepEqual([second.action, second.result], ['session.opened', 'ok']);
    const bobs = await signIn(bob);
    assert.ok((await bobs.get('/portal/activity')).want(200).items.every(isOf(bob)));
});

test('who else did it cannot be asked for, and nobody asks without being somebody', async () => {
    const anns = await signIn(ann);
    (await anns.get(`/portal/activity?actor=${bob.id}`)).wantProblem(422, 'unknown-field');
    (await anns.get('/portal/activity?org=system')).wantProblem(422, 'unknown-field');
    (await server.client().get('/portal/activity')).wantProblem(401, 'unauthenticated');
});
