// SPDX-License-Identifier: Apache-2.0
// Secrets that configurations name: who sets them, which device gets which, and what nobody learns.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, enrol, poll, publishPolicy, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const client = server.client();
await publishPolicy(admin, { key: { $secret: 'api-key' }, list: [{ $secret: 'second' }], far: { $secret: 'vault:a/b' } });

const ask = (device, name) => client.as(device.token).get(`/devices/self/secrets/${name}`);
const value = async (device, name = 'api-key') => (await ask(device, name)).want(200).value;
const target = (scope, id) => (id ? `?scope=${scope}&target_id=${id}` : `?scope=${scope}`);

test('a value goes in once, comes out to a device that names it, and nowhere else', async () => {
    const device = await enrol(client, admin);
    (await ask(device, 'api-key')).wantProblem(404, 'not-found');
    const made = (await admin.put('/secrets/api-key', { value: 'va"lue-1', description: 'of the tests' })).want(201);
    assert.deepEqual([made.name, made.scope, made.target_id, made.description, made.revision, made.epoch], ['api-key', 'org', null, 'of the tests', 1, 1]);
    assert.ok(!('value' in made));
    const got = await ask(device, 'api-key');
    assert.deepEqual(got.want(200), { name: 'api-key', value: 'va"lue-1', revision: 1 });
    assert.equal(got.headers['cache-control'], 'no-store');
    assert.equal(got.headers.etag, undefined);
    assert.equal((await client.as(device.token).atRoot().as(device.token).get('/devices/self/secrets/api-key')).want(200).revision, 1);
    assert.ok(!(await poll(client, device.token)).text.includes('lue-1'), 'the configuration has the name only');

    const again = (await admin.put('/secrets/api-key', { value: 'value-2' })).want(200);
    assert.deepEqual([again.id, again.revision, again.description], [made.id, 2, 'of the tests']);
    assert.deepEqual((await ask(device, 'api-key')).want(200), { name: 'api-key', value: 'value-2', revision: 2 });
    (await admin.put('/secrets/api-key', { value: 'x' }, { headers: { 'If-Match': made.etag } })).wantProblem(412, 'stale');
    assert.equal((await admin.put('/secrets/api-key', { value: 'value-3', description: null }, { headers: { 'If-Match': again.etag } })).want(200).description, null);

    const one = (await admin.get('/secrets/api-key')).want(200);
    assert.deepEqual((await admin.get('/secrets?name=api-key')).want(200).items, [one]);
    assert.ok(!JSON.stringify(one).includes('value-3'));
    (await admin.delete('/secrets/api-key', { headers: { 'If-Match': made.etag } })).wantProblem(412, 'stale');
    (await admin.delete('/secrets/api-key')).want(204);
    (await ask(device, 'api-key')).wantProblem(404, 'not-found');
    (await admin.get('/secrets/api-key')).wantProblem(404, 'not-found');
    (await admin.delete('/secrets/api-key')).wantProblem(404, 'not-found');
});

test('the most specific wins, of groups the one that applies last; a list shows all of them by pages', async () => {
    const user = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('u')}@example.org` })).want(201);
    const low = (await admin.post('/groups', { name: uniqueName('low'), priority: 10 })).want(201);
    const high = (await admin.post('/groups', { name: uniqueName('high'), priority: 200 })).want(201);
    const device = await enrol(client, admin, { approve: { user_id: user.id, groups: [low.id, high.id] } });
    const plain = await enrol(client, admin);
    const rows = [['global'], ['org'], ['group', low.id], ['group', high.id], ['user', user.id], ['device', device.id]];
    for (const [scope, target_id] of rows) {
        const text = `for ${scope} ${target_id}`;
        (await admin.put('/secrets/api-key', { value: text, scope, target_id })).want(201);
        assert.equal(await value(device), text);
    }
    assert.equal(await value(plain), 'for org undefined');
    (await admin.put('/secrets/api-key', { value: 'low again', scope: 'group', target_id: low.id })).want(200);
    assert.equal(await value(device), `for device ${device.id}`);
    assert.deepEqual((await admin.all('/secrets?limit=2&name=api-key')).map((row) => row.target_id), rows.map(([, id]) => id ?? null));
    assert.equal((await admin.get(`/secrets${target('group', high.id)}`)).want(200).items.length, 1);
    const page = (await admin.get('/secrets?limit=2&name=api-key')).want(200);
    (await admin.get(`/secrets?limit=2&cursor=${page.next_cursor}`)).wantProblem(400, 'bad-cursor');
    (await admin.delete(`/groups/${high.id}`)).wantProblem(409, 'conflict');
    for (const [scope, id] of rows.toReversed()) {
        const want = id === low.id ? 'low again' : `for ${scope} ${id}`;
        assert.equal(await value(device), want);
        (await admin.delete(`/secrets/api-key${target(scope, id)}`)).want(204);
    }
});

test('not named, not set, no name at all, another tenant: one answer', async () => {
    const device = await enrol(client, admin);
    (await admin.put('/secrets/unnamed', { value: 'nobody names it' })).want(201);
    const answers = [];
    for (const name of ['unnamed', 'absent', 'second', 'vault:a', 'NO', 'a%20b']) {
        const { detail, title } = (await ask(device, name)).wantProblem(404, 'not-found');
        answers.push(`${title} ${detail}`);
    }
    assert.equal(new Set(answers).size, 1);
    const slug = uniqueName('org').toLowerCase();
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const other = admin.with({ 'Seneschal-Org': slug });
    (await admin.put('/secrets/second', { value: 'ours' })).want(201);
    (await other.get('/secrets/second')).wantProblem(404, 'not-found');
    assert.deepEqual(await other.all('/secrets'), []);
    (await other.delete('/secrets/second')).wantProblem(404, 'not-found');
    (await other.put('/secrets/second', { value: 'x', scope: 'device', target_id: device.id })).wantProblem(404, 'not-found');
    (await other.put('/secrets/second', { value: 'x', scope: 'global' })).wantProblem(422, 'bad-field');
    (await other.put('/secrets/second', { value: 'theirs' })).want(201);
    assert.equal(await value(device, 'second'), 'ours');

    // Named from now on, and no more once it is switched off.
    const extra = await publishPolicy(admin, { more: { $secret: 'unnamed' } }, { scope: 'device', target_id: device.id });
    assert.equal(await value(device, 'unnamed'), 'nobody names it');
    await publishVersion(admin, extra.id, {}, { enabled: false });
    for (const name of ['unnamed', 'second']) (await ask(device, name)).wantProblem(404, 'not-found');
});

test('only an enrolled device asks; revocation ends it at once', async () => {
    (await admin.put('/secrets/api-key', { value: 'v' })).want(201);
    const device = await enrol(client, admin);
    assert.equal(await value(device), 'v');
    (await admin.get('/devices/self/secrets/api-key')).wantProblem(403, 'forbidden');
    (await client.get('/devices/self/secrets/api-key')).wantProblem(401, 'unauthenticated');
    (await client.as(device.token).get('/secrets/api-key')).wantProblem(403, 'forbidden');
    (await client.as(device.token).put('/secrets/api-key', { value: 'mine' })).wantProblem(403, 'forbidden');
    (await admin.post(`/devices/${device.id}/block`, {})).want(200);
    (await ask(device, 'api-key')).wantProblem(403, 'device-blocked');
    (await admin.post(`/devices/${device.id}/unblock`, {})).want(200);
    assert.equal(await value(device), 'v');
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    (await ask(device, 'api-key')).wantProblem(403, 'device-revoked');
    const roles = { administrator: [200, 200], operator: [200, 403], auditor: [200, 403], enroller: [403, 403] };
    for (const [role, [read, write]] of Object.entries(roles)) {
        const { client: actor } = await serviceClient(admin, [role]);
        assert.equal((await actor.get('/secrets')).status, read, role);
        assert.equal((await actor.put('/secrets/api-key', { value: 'v' })).status, write, role);
    }
});

test('what is no secret is refused, without a word of it', async () => {
    const marks = { value: 'm4rk-in-a-value', scope: 'group' };
    const refused = [
        [{ ...marks }, 422, 'bad-field'],
        [{ ...marks, target_id: marks.value }, 422, 'bad-field'],
        [{ ...marks, scope: marks.value }, 422, 'bad-field'],
        [{ value: marks.value, description: 'x'.repeat(2049) }, 422, 'bad-field'],
        [{ value: marks.value.repeat(600) }, 422, 'bad-field'],
        [{ value: `${marks.value}\u0000` }, 422, 'bad-field'],
        [{ value: `${marks.value}\u001b` }, 422, 'bad-field'],
        [{ value: [marks.value] }, 422, 'bad-field'],
        [{ value: '' }, 422, 'bad-field'],
        [{}, 422, 'bad-field'],
        [{ value: marks.value, other: marks.value }, 422, 'unknown-field'],
        [`{"value":"${marks.value}`, 400, 'bad-json'],
        [`{"value":"x","value":"${marks.value}"}`, 400, 'bad-json'],
        [`{"value":${marks.value}}`, 400, 'bad-json'],
        [`{"value":"${marks.value}"}`.padEnd(70_000), 413, 'too-large'],
    ];
    for (const [body, status, code] of refused) {
        const reply = await admin.put('/secrets/api-key', body);
        reply.wantProblem(status, code);
        assert.ok(!reply.text.includes('m4rk'), reply.text);
    }
    for (const name of ['A', 'vault:x', 'x'.repeat(65)]) (await admin.put(`/secrets/${name}`, { value: 'x' })).wantProblem(422, 'bad-field');
    const long = 'é'.repeat(4096);
    (await admin.put('/secrets/api-key', { value: long })).want(200);
    assert.equal(await value(await enrol(client, admin)), long);
});

test('the record has each set, delivery and refusal, once, and no value', async () => {
    const name = uniqueName('s').toLowerCase();
    const device = await enrol(client, admin);
    await publishPolicy(admin, { it: { $secret: name } }, { scope: 'device', target_id: device.id });
    (await ask(device, name)).wantProblem(404, 'not-found');
    (await ask(device, name)).wantProblem(404, 'not-found');
    (await admin.put(`/secrets/${name}`, { value: 'in-no-record' })).want(201);
    for (let i = 0; i < 3; i++) await value(device, name);
    (await admin.put(`/secrets/${name}`, { value: 'in-no-record' })).want(200);
    for (let i = 0; i < 3; i++) await value(device, name);
    (await admin.delete(`/secrets/${name}`)).want(204);
    const events = (await audit(admin, 'order=asc&limit=500')).filter((event) => event.target?.name === name);
    const told = events.map(({ action, result, actor, details }) => [action, result, actor.kind, details.revision ?? details.why]);
    assert.deepEqual(told.sort(), [
        ['secret.deleted', 'ok', 'system', 2],
        ['secret.delivered', 'ok', 'device', 1],
        ['secret.delivered', 'ok', 'device', 2],
        ['secret.refused', 'refused', 'device', 'not-set'],
        ['secret.set', 'ok', 'system', 1],
        ['secret.set', 'ok', 'system', 2],
    ]);
    assert.ok(!JSON.stringify(events).includes('in-no-record'));
    (await admin.post(`/devices/${device.id}/block`, {})).want(200);
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
});

test('a wait that knows a number ends when the secret changes; others go on waiting', async () => {
    const device = await enrol(client, admin);
    const [etag, seq] = [(await poll(client, device.token)).headers.etag, (await client.as(device.token).get('/iassistants/config/version')).want(200).seq];
    const conditional = (query) => client.as(device.token).get(`/iassistants/config?${query}`, { headers: { 'If-None-Match': etag } });
    const told = await conditional(`wait=50&seq=${seq - 1}`);
    told.want(304);
    assert.equal(told.headers['seneschal-seq'], String(seq));
    assert.equal((await conditional('wait=0')).headers['seneschal-seq'], undefined);
    assert.equal((await client.as(device.token).get('/iassistants/config?seq=0')).headers['seneschal-seq'], String(seq));
    const other = await enrol(client, admin);
    const deaf = client.as(other.token).get('/iassistants/config?wait=3', { headers: { 'If-None-Match': etag } });
    let deafDone = false;
    deaf.then(() => (deafDone = true));
    const parked = conditional(`wait=50&seq=${seq}`);
    await eventually('both wait', async () => /seneschal_polls_parked 2\n/.test((await admin.atRoot().get('/metrics')).text));
    (await admin.put('/secrets/api-key', { value: 'moved' })).want(200);
    const moved = await parked;
    moved.want(304);
    assert.ok(Number(moved.headers['seneschal-seq']) > seq);
    assert.equal(deafDone, false);
    assert.equal((await deaf).want(304), undefined);
});

test('two at once: every revision is one of them, and each answer a value that was set', async () => {
    const device = await enrol(client, admin);
    const values = Array.from({ length: 12 }, (_, i) => `value-${i}`);
    (await admin.put('/secrets/api-key', { value: 'value-0' })).want(200);
    const replies = await Promise.all(values.flatMap((text) => [admin.put('/secrets/api-key', { value: text }), ask(device, 'api-key')]));
    const revisions = replies.filter((reply) => reply.what.startsWith('PUT')).map((reply) => reply.want(200).revision);
    assert.equal(new Set(revisions).size, values.length);
    for (const reply of replies.filter((r) => r.what.startsWith('GET'))) assert.ok(values.includes(reply.want(200).value));
    assert.equal((await admin.get('/secrets/api-key')).want(200).revision, Math.max(...revisions));
});
