// SPDX-License-Identifier: Apache-2.0
// Policies, versions and assignments as an administrator meets them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, enrol, init, publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();

const policy = async (name = uniqueName('policy')) => (await admin.post('/policies', { name })).want(201);
const draft = async (id, body) => (await admin.post(`/policies/${id}/versions`, body)).want(201);
const published = async (id, content, more = {}) => {
    const { number } = await draft(id, { content, ...more });
    return (await admin.post(`/policies/${id}/versions/${number}/publish`)).want(200);
};

test('a policy is made, read, renamed and deleted', async () => {
    const name = uniqueName('policy');
    const made = (await admin.post('/policies', { name, description: 'for all' })).want(201);
    assert.equal(made.newest_number, null);
    const read = await admin.get(`/policies/${made.id}`);
    assert.equal(read.want(200).description, 'for all');
    assert.equal(read.headers.etag, made.etag);
    const renamed = (await admin.patch(`/policies/${made.id}`, { name: `${name}-2`, description: null })).want(200);
    assert.equal(renamed.name, `${name}-2`);
    assert.equal(renamed.description, null);
    assert.notEqual(renamed.etag, made.etag);
    (await admin.patch(`/policies/${made.id}`, { name: 'x' }, { headers: { 'If-Match': made.etag } })).wantProblem(412, 'stale');
    (await admin.patch(`/policies/${made.id}`, { name: null })).wantProblem(422, 'bad-field');
    (await admin.delete(`/policies/${made.id}`)).want(204);
    (await admin.get(`/policies/${made.id}`)).wantProblem(404, 'not-found');
});

test('names are unique in the organisation', async () => {
    const one = await policy();
    const two = await policy();
    (await admin.post('/policies', { name: one.name })).wantProblem(409, 'conflict');
    (await admin.patch(`/policies/${two.id}`, { name: one.name })).wantProblem(409, 'conflict');
    (await admin.patch(`/policies/${two.id}`, { name: two.name })).want(200);
});

test('a draft changes until it is published, then never', async () => {
    const { id } = await policy();
    const one = await draft(id, { content: { a: 1 } });
    assert.equal(one.number, 1);
    assert.equal(one.state, 'draft');
    const path = `/policies/${id}/versions/1`;
    const changed = (await admin.put(path, { content: { a: 2 }, locked: ['/a'], enabled: true })).want(200);
    (await admin.put(path, { content: {} }, { headers: { 'If-Match': one.etag } })).wantProblem(412, 'stale');
    const shown = (await admin.get(path)).want(200);
    assert.deepEqual(shown.content, { a: 2 });
    assert.deepEqual(shown.locked, ['/a']);
    assert.equal(shown.enabled, true);
    assert.equal(shown.etag, changed.etag);
    const out = (await admin.post(`${path}/publish`)).want(200);
    assert.equal(out.state, 'published');
    assert.match(out.version, /^\d{4}-\d\d-\d\d\.\d+$/);
    (await admin.post(`${path}/publish`)).wantProblem(409, 'conflict');
    (await admin.put(path, { content: {} })).wantProblem(409, 'conflict');
    (await admin.delete(path)).wantProblem(409, 'conflict');
    assert.deepEqual((await admin.get(path)).want(200).content, { a: 2 });
});

test('a deleted draft does not give its number back', async () => {
    const { id } = await policy();
    await draft(id, { content: {} });
    (await admin.delete(`/policies/${id}/versions/1`)).want(204);
    (await admin.get(`/policies/${id}/versions/1`)).wantProblem(404, 'not-found');
    assert.equal((await draft(id, { content: {} })).number, 2);
});

test('a rollback is a new version with old content, locks and switch', async () => {
    const { id } = await policy();
    await published(id, { v: 1 }, { locked: ['/v'], enabled: false });
    await published(id, { v: 2 });
    await draft(id, { content: { v: 3 } });
    const back = (await admin.post(`/policies/${id}/rollback`, { number: 1 })).want(201);
    assert.equal(back.number, 4);
    const shown = (await admin.get(`/policies/${id}/versions/4`)).want(200);
    assert.deepEqual(shown.content, { v: 1 });
    assert.deepEqual(shown.locked, ['/v']);
    assert.equal(shown.enabled, false);
    (await admin.post(`/policies/${id}/rollback`, { number: 3 })).wantProblem(409, 'conflict');
    (await admin.post(`/policies/${id}/rollback`, { number: 9 })).wantProblem(404, 'not-found');
});

test('versions are listed newest first, page by page', async () => {
    const { id } = await policy();
    for (let i = 0; i < 5; i++) await draft(id, { content: { i } });
    const rows = await admin.all(`/policies/${id}/versions?limit=2`);
    assert.deepEqual(rows.map((r) => r.number), [5, 4, 3, 2, 1]);
    const first = (await admin.get(`/policies/${id}/versions?limit=2`)).want(200);
    const other = await policy();
    (await admin.get(`/policies/${other.id}/versions?limit=2&cursor=${first.next_cursor}`)).wantProblem(400, 'bad-cursor');
});

for (const [name, body] of [
    ['content that is a list', { content: [] }],
    ['content that is null', { content: null }],
    ['no content', {}],
    ['content over 256 KiB', { content: { a: 'x'.repeat(256 * 1024) } }],
    ['a lock that is no pointer', { content: {}, locked: ['a'] }],
    ['a lock with a bad escape', { content: {}, locked: ['/~2'] }],
    ['a lock into an array', { content: { a: [1] }, locked: ['/a/0'] }],
    ['a lock that is no text', { content: {}, locked: [1] }],
    ['locks that are no list', { content: {}, locked: { a: 1 } }],
    ['an unknown member', { content: {}, enable: true }],
]) {
    test(`refused: ${name}`, async () => {
        const { id } = await policy();
        (await admin.post(`/policies/${id}/versions`, body)).want(422);
        assert.deepEqual(await admin.all(`/policies/${id}/versions`), []);
    });
}

test('the whole, the switch and absent paths may be locked', async () => {
    const { id } = await policy();
    await draft(id, { content: {}, locked: ['', 'enabled', '/not/there', '/a~1b'] });
    assert.deepEqual((await admin.get(`/policies/${id}/versions/1`)).want(200).locked, ['', 'enabled', '/not/there', '/a~1b']);
});

test('an assigned policy stays, and is assigned once to a target', async () => {
    const { id } = await policy();
    await published(id, { v: 1 });
    const a = (await admin.post('/assignments', { policy_id: id, scope: 'org' })).want(201);
    assert.equal(a.priority, 100);
    assert.equal(a.number, null);
    assert.equal(a.target_id, null);
    (await admin.post('/assignments', { policy_id: id, scope: 'org', priority: 5 })).wantProblem(409, 'conflict');
    (await admin.delete(`/policies/${id}`)).wantProblem(409, 'conflict');
    const moved = (await admin.patch(`/assignments/${a.id}`, { priority: 7, number: 1 })).want(200);
    const shown = (await admin.get(`/assignments/${a.id}`)).want(200);
    assert.deepEqual([shown.priority, shown.number, shown.scope], [7, 1, 'org']);
    assert.equal(moved.priority, 7);
    assert.equal(moved.number, 1);
    (await admin.patch(`/assignments/${a.id}`, { priority: 8 }, { headers: { 'If-Match': a.etag } })).wantProblem(412, 'stale');
    assert.equal((await admin.patch(`/assignments/${a.id}`, { number: 0 })).want(200).number, null);
    (await admin.delete(`/assignments/${a.id}`)).want(204);
    (await admin.get(`/assignments/${a.id}`)).wantProblem(404, 'not-found');
    (await admin.delete(`/policies/${id}`)).want(204);
});

test('targets must exist, and fit their scope', async () => {
    const { id } = await policy();
    const absent = '01890000-0000-7000-8000-000000000000';
    const make = (more) => admin.post('/assignments', { policy_id: id, ...more });
    for (const scope of ['group', 'user', 'device']) {
        (await make({ scope, target_id: absent })).wantProblem(404, 'not-found');
        (await make({ scope })).wantProblem(422, 'bad-field');
    }
    (await make({ scope: 'org', target_id: absent })).wantProblem(422, 'bad-field');
    (await make({ scope: 'planet' })).wantProblem(422, 'bad-field');
    (await make({ scope: 'org', number: 1 })).wantProblem(422, 'bad-field');
    (await admin.post('/assignments', { policy_id: absent, scope: 'org' })).wantProblem(404, 'not-found');
    const device = await enrol(nobody, admin);
    const a = (await make({ scope: 'device', target_id: device.id })).want(201);
    assert.equal(a.target_id, device.id);
    const found = await admin.all(`/assignments?scope=device&target_id=${device.id}`);
    assert.deepEqual(found.map((r) => r.id), [a.id]);
});

test('what is assigned to a device goes with the device', async () => {
    const { device_id } = (await init(nobody, uniqueName())).want(201);
    const { id } = await policy();
    (await admin.post('/assignments', { policy_id: id, scope: 'device', target_id: device_id })).want(201);
    (await admin.delete(`/devices/${device_id}`)).want(204);
    assert.deepEqual(await admin.all(`/assignments?policy_id=${id}`), []);
    (await admin.delete(`/policies/${id}`)).want(204);
});

test('who may: operators write, auditors read, devices and nobody neither', async () => {
    const operator = (await serviceClient(admin, ['operator'])).client;
    const auditor = (await serviceClient(admin, ['auditor'])).client;
    const device = await enrol(nobody, admin);
    const made = (await operator.post('/policies', { name: uniqueName('policy') })).want(201);
    (await auditor.get(`/policies/${made.id}`)).want(200);
    (await auditor.post('/policies', { name: uniqueName('policy') })).wantProblem(403, 'forbidden');
    (await nobody.get('/policies')).wantProblem(401, 'unauthenticated');
    (await nobody.as(device.token).get('/policies')).wantProblem(403, 'forbidden');
    (await operator.post('/assignments', { policy_id: made.id, scope: 'global' })).wantProblem(403, 'forbidden');
});

test('global assignments: only a system administrator moves what reaches everybody', async () => {
    const operator = (await serviceClient(admin, ['operator'])).client;
    const { id } = await publishPolicy(admin, { v: 1 }, { scope: 'global' });
    const { number } = (await operator.post(`/policies/${id}/versions`, { content: { v: 2 } })).want(201);
    (await operator.post(`/policies/${id}/versions/${number}/publish`)).wantProblem(403, 'forbidden');
    (await operator.post(`/policies/${id}/rollback`, { number: 1 })).wantProblem(403, 'forbidden');
    (await admin.post(`/policies/${id}/versions/${number}/publish`)).want(200);
});

test('another organisation sees none of it', async () => {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const other = admin.with({ 'Seneschal-Org': slug });
    const { id } = await policy();
    await published(id, { v: 1 });
    const a = (await admin.post('/assignments', { policy_id: id, scope: 'org' })).want(201);
    (await other.get(`/policies/${id}`)).wantProblem(404, 'not-found');
    (await other.get(`/policies/${id}/versions/1`)).wantProblem(404, 'not-found');
    (await other.post(`/policies/${id}/rollback`, { number: 1 })).wantProblem(404, 'not-found');
    (await other.delete(`/assignments/${a.id}`)).wantProblem(404, 'not-found');
    (await other.post('/assignments', { policy_id: id, scope: 'org' })).wantProblem(404, 'not-found');
    const own = (await other.post('/policies', { name: uniqueName('policy') })).want(201);
    (await other.post('/assignments', { policy_id: own.id, scope: 'global' })).wantProblem(422, 'bad-field');
});

test('the same Idempotency-Key gives the same policy', async () => {
    const name = uniqueName('policy');
    const headers = { 'Idempotency-Key': `policy-${name}-0123456789abcdef` };
    const one = (await admin.post('/policies', { name }, { headers })).want(201);
    const two = (await admin.post('/policies', { name }, { headers })).want(201);
    assert.equal(one.id, two.id);
    (await admin.post('/policies', { name: `${name}-b` }, { headers })).wantProblem(409, 'conflict');
});

test('every change is on the record', async () => {
    const { id } = await policy();
    await published(id, { v: 1 });
    const events = await audit(admin, 'action=policy.published&limit=1');
    assert.equal(events[0].action, 'policy.published');
    assert.equal(events[0].target.kind, 'policy');
    assert.equal(events[0].target.id, id);
    assert.equal(events[0].details.number, 1);
});
