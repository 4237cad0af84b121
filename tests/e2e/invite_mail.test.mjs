// SPDX-License-Identifier: Apache-2.0
// What people are told by mail about coming in: invitations in their language, and what became of their account.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { mailEnv, startMail } from './lib/mail.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const mail = await startMail();
const server = await startServer({
    args: ['--registration-open', 'true'],
    env: mailEnv(mail),
});
const admin = await server.admin();
const nobody = server.client();
const address = () => `${uniqueName('p')}@example.org`;
const mailTo = (to, pattern) => eventually(`a mail to ${to}`, () => mail.mails.find((m) => m.to.includes(to) && pattern.test(`${m.subject}\n${m.text}`)));

test('an invitation goes to its address, in its language; its link works, and proves the address', async () => {
    const email = address();
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const invited = (await admin.post('/invitations', { email, groups: [group.name], lang: 'fr' })).want(201);
    assert.equal(invited.mailed, true);
    const { text } = await mailTo(email, /vous invite/);
    const link = text.match(/https?:\/\/\S+\/invite\/\S+/)[0];
    assert.equal(link, invited.url);
    const token = new URL(link).pathname.split('/').at(-1);
    const account = (await nobody.post(`/invitations/${token}/accept`, { username: uniqueName('u'), password: 'eleven calm rivers' })).want(201);
    assert.deepEqual([account.email, account.groups], [email, [group.name]]);
    assert.ok(!server.log.includes(token));
});

test('a list is mailed too; who says otherwise keeps the link to himself', async () => {
    const emails = [address(), address()];
    const done = (await admin.post('/invitations/batch', { invitations: [{ email: emails[0] }, { email: emails[1], mail: false }] })).want(200);
    assert.deepEqual(done.results.map((r) => r.invitation.mailed), [true, false]);
    await mailTo(emails[0], /invites you/);
    assert.ok(!mail.mails.some((m) => m.to.includes(emails[1])));
    (await admin.post('/invitations', { mail: true })).want(422);
    const dumb = await startServer();
    const there = await dumb.admin();
    (await there.post('/invitations', { email: address(), mail: true })).wantProblem(409, 'conflict');
    assert.equal((await there.post('/invitations', { email: address() })).want(201).mailed, false);
});

test('who registered is told that he waits, and what became of it; administrators that he is there', async () => {
    const boss = (await admin.post('/users', { username: uniqueName('boss'), email: address(), roles: ['administrator'] })).want(201);
    const register = async () => {
        const username = uniqueName('r').replaceAll(/[^\w.-]/g, '');
        return (await nobody.post('/auth/register', { username, email: `${username}@example.org`, password: 'eleven calm rivers' })).want(201);
    };
    const [one, two] = [await register(), await register()];
    await mailTo(one.email, /waits|looks at it/);
    await mailTo(boss.email, new RegExp(one.username));
    (await admin.post(`/users/${one.id}/validate`)).want(200);
    await mailTo(one.email, /validated\. Sign in/);
    (await admin.post(`/users/${two.id}/reject`, { reason: 'nobody knows you' })).want(204);
    await mailTo(two.email, /nobody knows you/);
});
