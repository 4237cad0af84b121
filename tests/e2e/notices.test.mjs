// SPDX-License-Identifier: Apache-2.0
// Notices in the portal: each person's own, in his language, read by himself alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makePerson, PASSWORD, setPassword } from './lib/oauth.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const env = { SENESCHAL_OUTBOUND_LOOPBACK: 'true', SENESCHAL_WEBHOOKS_ATTEMPTS: '1' };
const server = await startServer({ env });
const admin = await server.admin();

async function signedIn(more) {
    const person = await makePerson(admin, more);
    await setPassword(server, admin, person);
    const { access_token } = (await server.client().post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    return server.client().as(access_token);
}

test('an administrator reads of a webhook that fails, in his language; nobody else does', async () => {
    const boss = await signedIn({ roles: ['administrator'] });
    const other = await signedIn();
    const { id } = (await admin.post('/webhooks', { name: 'dead', url: 'http://127.0.0.1:1/', events: ['group.created'] })).want(201);
    (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const told = async () => (await boss.get('/portal/notices')).want(200).items.find((n) => n.kind === 'admin-webhook-failed');
    const notice = await eventually('a notice', told);
    assert.deepEqual([notice.subject, notice.read_at], ['The webhook dead fails', null]);
    assert.ok(!(await other.get('/portal/notices')).want(200).items.some((n) => n.id === notice.id));
    (await other.post(`/portal/notices/${notice.id}/read`)).wantProblem(404, 'not-found');
    (await boss.post(`/portal/notices/${notice.id}/read`)).want(204);
    assert.ok((await told()).read_at);
    (await boss.put('/portal/language', { lang: 'fr' })).want(204);
    assert.equal((await told()).subject, 'Le webhook dead échoue');
    (await boss.put('/portal/language', { lang: 'de' })).wantProblem(422, 'bad-field');
    (await admin.get('/portal/notices')).wantProblem(403, 'forbidden');
    (await admin.delete(`/webhooks/${id}`)).want(204);
});
