// SPDX-License-Identifier: Apache-2.0
// What the record knows of refusals: by day, from where, to whom; over all organisations, and for who runs the server alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const PATH = '/admin/security/stats';
const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const stats = async (by = admin) => (await by.get(PATH)).want(200);

test('failures, locks and denials of today, and who', async () => {
    const before = await stats();
    assert.equal(before.days.length, 30);
    assert.equal(before.complete, true);
    assert.equal(before.days.at(-1).day, new Date(before.at).toISOString().slice(0, 10));
    const person = await makePerson(server, admin);
    for (let i = 0; i < 12; i++) await nobody.post('/auth/login', { username: person.username, password: `wrong horse ${i}` });
    const { client: enroller } = await serviceClient(admin, ['enroller']);
    (await enroller.post('/groups', { name: uniqueName('group') })).wantProblem(403, 'forbidden');
    const now = await stats();
    const rise = (what) => now.days.at(-1)[what] - before.days.at(-1)[what];
    assert.equal(rise('login_failures') + rise('locks'), 12);
    assert.ok(rise('login_failures') > 0 && rise('locks') > 0, JSON.stringify(now.days.at(-1)));
    assert.ok(rise('denials') >= 1); // and the refused calls of nobody, once their minute is over
    assert.ok(now.names.some((n) => n.count === 1), 'and who it was');
    assert.deepEqual(now.names.find((n) => n.name === person.username), { name: person.username, count: 12 });
    assert.ok(now.addresses.find((a) => a.name === '127.0.0.1').count >= 12);
    for (const day of now.days.slice(0, -1)) assert.equal(day.login_failures + day.locks + day.denials, 0);
});

test('it survives a restart; rights', async () => {
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    const { client: operator } = await serviceClient(admin, ['enroller']);
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const { client: stranger } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['administrator']);
    (await operator.get(PATH)).wantProblem(403, 'forbidden');
    (await stranger.get(PATH)).wantProblem(403, 'forbidden');
    (await nobody.get(PATH)).wantProblem(401, 'unauthenticated');
    (await auditor.get(`${PATH}?days=3`)).wantProblem(422, 'unknown-field');
    const before = await stats(auditor);
    await server.kill();
    await server.start();
    const after = await stats(server.client().as(auditor.token));
    assert.deepEqual(after.names, before.names);
    assert.deepEqual(after.days.at(-1).login_failures, before.days.at(-1).login_failures);
});
