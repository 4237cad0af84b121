// SPDX-License-Identifier: Apache-2.0
// Mail and notices: a real SMTP server gets what people are told, each in his language, and gets it after it was away.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { mailEnv, startMail } from './lib/mail.mjs';
import { BIN, eventually, run, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('mail');
const env = { ...mailEnv(), SENESCHAL_WEBHOOKS_ATTEMPTS: '1' };

/** People who are told something: administrators, of a webhook that fails. */
async function house(settings, args = []) {
    const server = await startServer({ args, env: { ...env, ...settings } });
    const admin = await server.admin();
    const closed = await startReceiver();
    await closed.stop();
    const person = async (more) => {
        const username = uniqueName('boss');
        return (await admin.post('/users', { username, email: `${username}@example.org`, roles: ['administrator'], ...more })).want(201);
    };
    const fail = async (name) => {
        const { id } = (await admin.post('/webhooks', { name, url: `${closed.url}/`, events: ['group.created'] })).want(201);
        (await admin.post('/groups', { name: uniqueName('group') })).want(201);
        await eventually('given up', async () => (await admin.get(`/webhooks/${id}`)).want(200).failing_since);
        (await admin.delete(`/webhooks/${id}`)).want(204);
    };
    return { server, admin, person, fail };
}

test('a failed webhook is told to administrators by mail, and what it is called cannot begin a header', async () => {
    const mail = await startMail();
    const { admin, person, fail } = await house({ SENESCHAL_MAIL_URL: `smtp://127.0.0.1:${mail.port}`, SENESCHAL_PUBLIC_URL: 'https://home.test/' });
    const boss = await person();
    const plain = await person({ roles: [] });
    await fail('Würste "1"\\');
    const [got] = await eventually('a mail', () => mail.to(boss.email).length && mail.to(boss.email));
    assert.equal(got.subject, 'The webhook Würste "1"\\ fails');
    assert.match(got.text, /could not be delivered, and is not tried any more for group\.created: /);
    assert.equal(got.from, 'seneschal@home.test');
    assert.equal(got.secure, true, 'STARTTLS is used where it is offered');
    assert.match(got.headers.From, /<seneschal@home\.test>$/);
    assert.equal(got.headers['Auto-Submitted'], 'auto-generated');
    assert.equal(mail.to(plain.email).length, 0);
    (await admin.post('/webhooks', { name: 'a\r\nBcc: eve@example.org', url: 'https://example.org' })).wantProblem(422, 'bad-field');
});

test('each is written to in his language, and SIGHUP changes the default', async () => {
    const mail = await startMail();
    const file = path.join(dir, 'lang.yaml');
    const settings = (lang, port) => `mail: {url: "smtp://127.0.0.1:${port}"}\nlang: ${lang}\n`;
    writeFileSync(file, settings('fr', mail.port));
    const { server, person, fail } = await house({}, ['--config', file]);
    const boss = await person();
    await fail('un');
    await eventually('a mail', () => mail.to(boss.email).length === 1);
    assert.equal(mail.to(boss.email)[0].subject, 'Le webhook un échoue');
    const other = await startMail();
    writeFileSync(file, settings('en', other.port));
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.includes('"event":"reloaded"'));
    await fail('two');
    await eventually('a mail', () => other.to(boss.email).length === 1);
    assert.equal(other.to(boss.email)[0].subject, 'The webhook two fails');
});

test('mail.from and mail.password change with SIGHUP', async () => {
    const mail = await startMail({ secure: true, password: ['first word', 'second word'] });
    const file = path.join(dir, 'post.yaml');
    const settings = (from, password) => writeFileSync(file, `mail: {url: "smtps://post@localhost:${mail.port}", from: ${from}@home.test, password: ${password}}\n`);
    settings('old', 'first word');
    const { server, person, fail } = await house({ SENESCHAL_MAIL_FROM: undefined }, ['--config', file]);
    const boss = await person();
    const sent = async (n) => {
        await fail(`number ${n}`);
        await eventually('a mail', () => mail.to(boss.email).length === n);
        return [mail.to(boss.email).at(-1).from, mail.logins.at(-1)];
    };
    assert.deepEqual(await sent(1), ['old@home.test', ['post', 'first word']]);
    settings('new', 'second word');
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.includes('"event":"reloaded"'));
    assert.deepEqual(await sent(2), ['new@home.test', ['post', 'second word']]);
    assert.ok(!server.log.includes('word'), server.log);
});

test('a mail waits for a server that is away, over a kill -9', async () => {
    const first = await startMail();
    await first.stop();
    const { server, person, fail } = await house({ SENESCHAL_MAIL_URL: `smtp://127.0.0.1:${first.port}` });
    const boss = await person();
    await fail('late');
    await eventually('an attempt', () => server.log.includes('"event":"mail-failed"'));
    await server.kill();
    const back = await startMail({ port: first.port });
    await server.restart();
    await eventually('the mail', () => back.to(boss.email).length === 1, { ms: 25_000 });
});

test('a password goes over TLS alone, a refused address is given up, and no log has an address', async () => {
    const mail = await startMail({ secure: true, password: 'pass word', refuse: (address) => address.startsWith('gone') });
    const secret = path.join(dir, 'password');
    writeFileSync(secret, 'pass word\n');
    const { server, person, fail } = await house({ SENESCHAL_MAIL_URL: `smtps://post%40home.test@localhost:${mail.port}`, SENESCHAL_MAIL_PASSWORD_FILE: secret });
    const boss = await person();
    const gone = await person({ email: `${uniqueName('gone')}@example.org` });
    await fail('x');
    await eventually('a mail', () => mail.to(boss.email).length === 1);
    assert.deepEqual([mail.to(boss.email)[0].user, mail.to(boss.email)[0].secure], ['post@home.test', true]);
    await eventually('given up', () => server.log.includes('"event":"mail-given-up"'));
    for (const text of ['pass word', boss.email, gone.email]) assert.ok(!server.log.includes(text), text);
});

test('settings that would send mail in the clear, or from nobody, refuse the start', async () => {
    const check = (more) => run(BIN, ['check-config', '--data', dir], { env: more });
    assert.match((await check({ SENESCHAL_MAIL_URL: 'smtp://mail.test' })).stderr, /mail\.from/);
    assert.match((await check({ SENESCHAL_MAIL_URL: 'smtp://u:p@mail.test', SENESCHAL_MAIL_FROM: 'a@b' })).stderr, /mail\.password/);
    assert.match((await check({ SENESCHAL_MAIL_URL: 'http://mail.test', SENESCHAL_MAIL_FROM: 'a@b' })).stderr, /mail\.url: want smtp/);
    assert.match((await check({ SENESCHAL_MAIL_URL: 'smtp://mail.test', SENESCHAL_MAIL_FROM: 'a@b\nBcc: c@d' })).stderr, /mail\.from/);
    const { stdout } = await check({ SENESCHAL_MAIL_PASSWORD: 'hush-hush' });
    assert.ok(!stdout.includes('hush-hush') && /mail\.password +\(set\)/.test(stdout));
});
