// SPDX-License-Identifier: Apache-2.0
// What people are told by mail about coming in: invitations in their language, and what became of their account.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { uniqueName } from './lib/fleet.mjs';
import { eventually, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('mail');
const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name));
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=mail.test',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert]);
assert.equal(made.code, 0, made.stderr);

const mails = [];
const smtp = new SMTPServer({
    key: readFileSync(key),
    cert: readFileSync(cert),
    authOptional: true,
    onData(stream, session, done) {
        let raw = '';
        stream.setEncoding('latin1').on('data', (part) => (raw += part)).on('end', () => {
            const text = Buffer.from(raw.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();
            mails.push({ to: session.envelope.rcptTo.map((r) => r.address), text });
            done();
        });
    },
});
smtp.on('error', () => {}); // a client that goes away
smtp.listen(0, '127.0.0.1');
await once(smtp.server, 'listening');
after(() => new Promise((resolve) => smtp.close(resolve)));

const server = await startServer({
    args: ['--registration-open', 'true'],
    env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true', SENESCHAL_MAIL_FROM: 'seneschal@home.test', SENESCHAL_OUTBOUND_CA: cert, SENESCHAL_MAIL_URL: `smtp://127.0.0.1:${smtp.server.address().port}` },
});
const admin = await server.admin();
const nobody = server.client();
const address = () => `${uniqueName('p')}@example.org`;
const mailTo = (to, pattern) => eventually(`a mail to ${to}`, () => mails.find((m) => m.to.includes(to) && pattern.test(m.text)));

test('an invitation goes to its address, in its language; its link works, and proves the address', async () => {
    const email = address();
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const invited = (await admin.post('/invitations', { email, groups: [group.name], lang: 'fr' })).want(201);
    assert.equal(invited.mailed, true);
    const mail = await mailTo(email, /vous invite/);
    const link = mail.text.match(/https?:\/\/\S+\/invite\/\S+/)[0];
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
    assert.ok(!mails.some((m) => m.to.includes(emails[1])));
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
