// SPDX-License-Identifier: Apache-2.0
// Notices: who is told what, in the portal and by mail; each person's own, in his language, read by himself alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import path from 'node:path';
import { totp } from './lib/factor.mjs';
import { init, uniqueName } from './lib/fleet.mjs';
import { makeCaller, makeServer } from './lib/gateway.mjs';
import { mailEnv, startMail } from './lib/mail.mjs';
import { makePerson, PASSWORD, setPassword } from './lib/oauth.mjs';
import { eventually, run } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const mail = await startMail();
const server = await startServer({ env: { ...mailEnv(mail), SENESCHAL_WEBHOOKS_ATTEMPTS: '1' } });
const admin = await server.admin();

const login = async (username, otp) => (await server.client().post('/auth/login', { username, password: PASSWORD, otp })).want(200);
async function signedIn(more) {
    const person = await makePerson(admin, more);
    await setPassword(server, admin, person);
    const { access_token } = await login(person.username);
    return Object.assign(server.client().as(access_token), { person });
}
const told = async (who, kind) => (await who.get('/portal/notices')).want(200).items.filter((n) => n.kind === kind);
const mailed = (who, pattern, ms) => eventually(`a mail: ${pattern}`, () => mail.to(who.person.email).find((m) => pattern.test(m.subject)), { ms });

test('an administrator reads of a webhook that fails, in his language; nobody else does', async () => {
    const boss = await signedIn({ roles: ['administrator'] });
    const other = await signedIn();
    const { id } = (await admin.post('/webhooks', { name: 'dead', url: 'http://127.0.0.1:1/', events: ['group.created'] })).want(201);
    (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const failed = async () => (await told(boss, 'admin-webhook-failed'))[0];
    const notice = await eventually('a notice', failed);
    assert.deepEqual([notice.subject, notice.read_at], ['The webhook dead fails', null]);
    assert.ok(!(await other.get('/portal/notices')).want(200).items.some((n) => n.id === notice.id));
    (await other.post(`/portal/notices/${notice.id}/read`)).wantProblem(404, 'not-found');
    (await boss.post(`/portal/notices/${notice.id}/read`)).want(204);
    assert.ok((await failed()).read_at);
    (await boss.put('/portal/language', { lang: 'fr' })).want(204);
    assert.equal((await failed()).subject, 'Le webhook dead échoue');
    (await boss.put('/portal/language', { lang: 'de' })).wantProblem(422, 'bad-field');
    (await admin.get('/portal/notices')).wantProblem(403, 'forbidden');
    (await admin.delete(`/webhooks/${id}`)).want(204);
});

test('administrators are told of a call that waits: who, which tool, of which server', async () => {
    const boss = await signedIn({ roles: ['administrator'] });
    const demo = await makeServer(admin, { name: uniqueName('demo'), transport: 'demo', url: undefined });
    const tool = `/gateway/servers/${demo.id}/tools/echo`;
    const caller = await makeCaller(server, admin);
    (await caller.client.post('/mcp/tools/list', {})).want(200);
    await eventually('its tools are known', async () => (await admin.get(tool)).status === 200);
    (await admin.patch(tool, { approval: true })).want(200);
    const call = caller.client.post('/mcp/tools/call', { name: `${demo.name}__echo`, arguments: { text: 'x' } });
    const notice = await eventually('a notice', async () => (await told(boss, 'admin-approval'))[0]);
    assert.equal(notice.subject, `${caller.name} wants to call echo on ${demo.name}`);
    const [row] = (await admin.get('/gateway/approvals?state=waiting')).want(200).items;
    (await admin.post(`/gateway/approvals/${row.id}/deny`, {})).want(200);
    await call;
});

test('administrators are told of a machine that waits, not of one that comes in by itself, and ten times an hour at the most', async () => {
    const boss = await signedIn({ roles: ['administrator'] });
    const other = await signedIn();
    const asked = (await init(server.client(), 'mac-17')).want(201);
    const [notice] = await told(boss, 'admin-new-device');
    assert.equal(notice.subject, 'mac-17 waits in the lobby');
    assert.ok(notice.text.includes(`Its code is ${asked.code}:`), notice.text);
    assert.equal((await mailed(boss, /^mac-17 waits/)).text, notice.text);
    const key = (await admin.post('/enrollment-keys', { name: uniqueName('key'), auto_approve: true })).want(201);
    (await init(server.client().as(key.key), uniqueName('auto'))).want(201);
    const nonce = 'n'.repeat(22);
    for (const name of ['again', 'again']) (await init(server.client(), name, { headers: { 'Idempotency-Key': nonce } })).want(201);
    assert.equal((await told(boss, 'admin-new-device')).length, 2, 'who asks again is no new one');
    for (let i = 0; i < 12; i++) (await init(server.client(), uniqueName('many'))).want(201);
    assert.equal((await told(boss, 'admin-new-device')).length, 10);
    assert.deepEqual(await told(other, 'admin-new-device'), []);
});

test('who comes into a group is told what it opens, once', async () => {
    const own = await signedIn();
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    for (const name of ['Mealie', 'Navidrome']) {
        const { id } = (await admin.post('/applications', { name, kind: 'oidc', redirect_uris: ['https://app.example.org/cb'] })).want(201);
        (await admin.post(`/applications/${id}/bindings`, { group: group.name })).want(201);
    }
    for (let i = 0; i < 2; i++) (await admin.post(`/groups/${group.id}/members`, { user_id: own.person.id })).want(204);
    const subjects = async () => (await told(own, 'access-gained')).map((n) => n.subject);
    assert.deepEqual(await subjects(), ['You now have access to Mealie, Navidrome']);
    await mailed(own, /^You now have access to Mealie, Navidrome$/);
});

test('who gets a new password, and whose recovery code is used, is told', async () => {
    const own = await signedIn();
    const { username } = own.person;
    await setPassword(server, admin, own.person);
    assert.equal((await told(own.as((await login(username)).access_token), 'password-changed')).length, 2, 'the first one too');
    await mailed(own, /^Your password was changed$/);
    const again = server.client().as((await login(username)).access_token);
    const { id, secret } = (await again.post('/auth/factors/totp', {})).want(201);
    (await again.post(`/auth/factors/totp/${id}/confirm`, { code: totp(secret) })).want(204);
    const { codes } = (await again.post('/auth/factors/recovery-codes')).want(201);
    const back = server.client().as((await login(username, codes[0])).access_token);
    const [notice] = await told(back, 'recovery-code-used');
    assert.ok(notice.text.includes(`as ${username} with a recovery code; ${codes.length - 1} are left`), notice.text);
    assert.equal((await mailed(own, /^A recovery code was used/)).text, notice.text);
});

test('a credential that ends soon: a person\'s own is told to him, a service account\'s to administrators', async () => {
    const boss = await signedIn({ roles: ['administrator'] });
    const own = await signedIn();
    (await boss.put('/portal/language', { lang: 'fr' })).want(204);
    const token = (await own.post('/auth/tokens', { name: 'calendar' })).want(201);
    const name = uniqueName('backup');
    const account = (await admin.post('/service-accounts', { name })).want(201);
    const key = (await admin.post(`/service-accounts/${account.id}/keys`, { name: 'nightly', generate: 'EdDSA' })).want(201);
    await server.stop();
    const soon = (Date.now() + 6.5 * 86_400_000) * 1000;
    const hex = (id) => `x'${id.replaceAll('-', '')}'`;
    const times = `SET created_at = ${soon - 365 * 86_400_000_000}, expires_at = ${soon}`;
    const sql = `UPDATE token ${times} WHERE id = ${hex(token.id)}; UPDATE service_key ${times} WHERE id = ${hex(key.id)};
        UPDATE job SET due = 0 WHERE name = 'credential-expiry'; SELECT changes();`;
    const done = await run('sqlite3', [path.join(server.data, 'seneschal.db'), sql]);
    assert.deepEqual([done.stderr, done.stdout], ['', '1\n']);
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    const day = new Date(soon / 1000).toISOString().slice(0, 10);
    const [mine] = await eventually('a notice', async () => ((await told(own, 'expiring')).length ? told(own, 'expiring') : undefined));
    assert.equal(mine.subject, `Your token calendar ends on ${day}`);
    await mailed(own, /^Your token calendar ends/);
    assert.equal((await told(boss, 'admin-expiring'))[0].subject, `nightly, du compte de service ${name}, prend fin le ${day}`);
    await mailed(boss, /^nightly, du compte de service/);
    assert.deepEqual([await told(own, 'admin-expiring'), await told(boss, 'expiring')], [[], []]);
});
