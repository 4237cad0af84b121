// SPDX-License-Identifier: Apache-2.0
// Key files that the command line makes: whom they are for, what they open, and what a failure leaves.
import assert from 'node:assert/strict';
import { createPrivateKey, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { JWT_BEARER, jws, seconds, tokenForm } from './lib/machine.mjs';
import { BIN, Child, run, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const dir = tempDir('keys');
const tokenFile = path.join(dir, 'token');
writeFileSync(tokenFile, `${admin.token}\n`, { mode: 0o600 });
const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile };
const cli = (...args) => seneschal(args, { env });
const ok = async (...args) => {
    const { code, stdout, stderr } = await cli(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
};
const account = async (more = {}) => (await admin.post('/service-accounts', { name: uniqueName('s'), ...more })).want(201);
const keys = async ({ id }) => (await admin.get(`/service-accounts/${id}/keys`)).want(200).items;
const newFile = () => path.join(dir, uniqueName('key'));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const leftovers = () => readdirSync(dir).filter((name) => name.startsWith('.'));

/** What a program does that was given the file, and nothing else. */
async function signIn({ keyId, userId, key }, head = {}) {
    const now = seconds();
    const assertion = jws(createPrivateKey(key), { kid: keyId, typ: 'JWT', ...head }, { iss: userId, sub: userId, aud: server.url, iat: now, exp: now + 120, jti: randomUUID() });
    return tokenForm(server, { grant_type: JWT_BEARER, assertion });
}

test('IDENTITY 66: key file created 0600 with O_EXCL, umask 0 ignored', async () => {
    const who = await account({ roles: ['auditor'] });
    for (const umask of ['0', '0777']) {
        const file = newFile();
        const made = await run('/bin/sh', ['-c', `umask ${umask}; exec "$0" "$@"`, BIN, 'service-key', 'create', who.name, '--out', file], { env });
        assert.equal(made.code, 0, made.stderr);
        assert.equal(statSync(file).mode & 0o7777, 0o600);
        assert.ok(!`${made.stdout}${made.stderr}`.includes('PRIVATE'));
    }
    const there = newFile();
    writeFileSync(there, 'mine', { mode: 0o644 });
    const dangling = newFile();
    symlinkSync(path.join(dir, 'nowhere'), dangling);
    for (const file of [there, dangling]) {
        const refused = await cli('service-key', 'create', who.name, '--out', file);
        assert.equal(refused.code, 5, refused.stderr);
        assert.match(refused.stderr, /hint: .*name another/);
    }
    assert.equal(readFileSync(there, 'utf8'), 'mine');
    assert.equal(statSync(there).mode & 0o777, 0o644);
    assert.ok(!existsSync(path.join(dir, 'nowhere')));
    assert.equal((await keys(who)).length, 2, 'what was refused here never reached the server');
    assert.deepEqual(leftovers(), []);
});

test('the file is all that a program needs, of each type, and by either name of EdDSA', async () => {
    const who = await account({ roles: ['auditor'] });
    for (const type of ['EdDSA', 'ES256', 'RS256']) {
        const file = newFile();
        const made = JSON.parse(await ok('service-key', 'create', who.name, '--type', type, '--name', type, '--expires-at', '2027-06-01T00:00:00Z', '--out', file, '-o', 'json'));
        const held = read(file);
        assert.deepEqual([held.type, held.keyId, held.userId, made.alg, made.name], ['serviceaccount', made.id, who.id, type, type]);
        assert.equal(Date.parse(made.expires_at), Date.parse('2027-06-01T00:00:00Z'));
        const { access_token: token } = (await signIn(held)).want(200);
        assert.equal((await server.client({ token }).get('/auth/me')).status, 200);
        assert.equal((await signIn(held, { alg: 'Ed25519' })).status, type === 'EdDSA' ? 200 : 400);
    }
    const piped = JSON.parse(await ok('service-key', 'create', who.id, '--out', '-'));
    (await signIn(piped)).want(200);
    assert.equal((await keys(who)).length, 4);
});

test('off, on, gone: by the words of the command line', async () => {
    const who = await account();
    const file = newFile();
    await ok('service-key', 'create', who.name, '--out', file);
    const held = read(file);
    assert.match(await ok('service-key', 'list', who.name), new RegExp(`^id +name +status.*\n${held.keyId} +key +active +EdDSA`));
    await ok('service-key', 'disable', who.name, held.keyId);
    assert.equal((await signIn(held)).status, 400);
    await ok('service-key', 'enable', who.name, held.keyId);
    (await signIn(held)).want(200);
    assert.equal((await cli('service-key', 'delete', who.name, held.keyId)).code, 2, 'wants --yes');
    await ok('service-key', 'delete', who.name, held.keyId, '--yes');
    assert.equal((await signIn(held)).status, 400);
});

test('rotate: a new key first, then the end of the old ones, and only when it is meant', async () => {
    const who = await account();
    const [first, second, third] = [newFile(), newFile(), newFile()];
    for (const file of [first, second]) await ok('service-key', 'create', who.name, '--out', file);
    const before = await keys(who);
    assert.match(await ok('service-account', 'rotate', who.name, '--out', third, '--dry-run'), new RegExp(`^POST .*\nDELETE .*${before[0].id}\nDELETE .*${before[1].id}\n$`));
    const asked = await cli('service-account', 'rotate', who.name, '--out', third);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /^hint: --yes/m);
    const there = await cli('service-account', 'rotate', who.name, '--out', first, '--yes');
    assert.equal(there.code, 5, 'the old file stays, and so do the old keys');
    assert.deepEqual(await keys(who), before);
    assert.ok(!existsSync(third));
    await ok('service-account', 'rotate', who.name, '--out', third, '--yes');
    assert.deepEqual((await keys(who)).map((key) => key.id), [read(third).keyId]);
    (await signIn(read(third))).want(200);
    for (const file of [first, second]) assert.equal((await signIn(read(file))).status, 400);
});

test('killed between file and upload, or refused: nothing is left that works', async (t) => {
    const who = await account();
    const file = newFile();
    const silent = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const asked = new Promise((resolve) => silent.once('connection', (socket) => socket.once('data', () => resolve(socket))));
    const url = `http://127.0.0.1:${silent.address().port}`;
    const child = new Child(BIN, ['service-key', 'create', who.id, '--out', file, '--server', url], { env });
    const socket = await asked;
    assert.equal(statSync(file).mode & 0o7777, 0o600, 'before anything is sent the file is whole');
    await child.kill();
    socket.destroy();
    const held = read(file);
    assert.deepEqual([held.keyId, held.userId], [null, who.id]);
    assert.deepEqual(await keys(who), []);
    for (const keyId of [undefined, who.id, randomUUID()]) assert.equal((await signIn({ ...held, keyId })).status, 400);
    for (const args of [
        [who.id, '--expires-at', '2020-01-01T00:00:00Z'],
        [randomUUID()],
    ]) {
        const other = newFile();
        const refused = await cli('service-key', 'create', ...args, '--out', other);
        assert.notEqual(refused.code, 0, refused.stdout);
        assert.ok(!existsSync(other), `${args}: the file of a key that nobody took is gone`);
    }
    assert.deepEqual([await keys(who), leftovers()], [[], []]);
});

for (const [args, message] of [
    [[], /want a file for the key\nhint: --out FILE/],
    [['--out', ''], /want a file for the key/],
    [['--out', path.join(dir, 'x'), '--type', 'HS256'], /--type HS256: want EdDSA\|ES256\|RS256/],
    [['--out', path.join(dir, 'x'), 'more'], /one word too many/],
]) {
    test(`service-key create NAME ${args.join(' ').replaceAll(dir, '.')}: a usage error`, async () => {
        const who = await account();
        const got = await cli('service-key', 'create', who.name, ...args);
        assert.equal(got.code, 2, got.stderr);
        assert.match(got.stderr, message);
        assert.deepEqual([await keys(who), existsSync(path.join(dir, 'x'))], [[], false]);
    });
}

test('a terminal never gets a private key', async () => {
    const who = await account();
    const got = await run('script', ['-qec', `"${BIN}" service-key create ${who.id} --out -`, '/dev/null'], { env });
    assert.equal(got.code, 2, got.stdout);
    assert.match(got.stdout, /not shown on a terminal/);
    assert.deepEqual(await keys(who), []);
});
