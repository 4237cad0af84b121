// SPDX-License-Identifier: Apache-2.0
// `seneschal login`: the device flow from a terminal, what is kept of it, and what it lets one do.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { Desk, personOf } from './lib/operator.mjs';
import { BIN } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const desk = new Desk(server);
const { env } = desk;
const cli = (...words) => desk.run(...words);
const cache = desk.cacheOf(server.url);
const withPerson = (...all) => desk.withPerson(...all);
const enroller = await personOf(server, admin, ['enroller']);

test('refused: nothing is kept, and the next command says what to do', async () => {
    const done = await withPerson(enroller, ['login', '--no-browser'], 'deny');
    assert.equal(done.code, 4, done.stderr);
    assert.match(done.stderr, /was refused/);
    assert.ok(!existsSync(cache));
    const nobody = cli('device', 'list');
    assert.deepEqual([nobody.status, /seneschal login/.test(nobody.stderr)], [4, true]);
});

test('signed in: a file for one\'s own eyes, who one is, an enroller\'s rights and no more', async () => {
    const done = await withPerson(enroller, ['login', '--no-browser']);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(statSync(cache).mode & 0o777, 0o600);
    const kept = JSON.parse(readFileSync(cache, 'utf8'));
    assert.deepEqual([kept.issuer, kept.client_id], [server.url, 'seneschal-cli']);
    for (const secret of [kept.access_token, kept.refresh_token]) assert.ok(secret.length > 20 && !done.stdout.includes(secret) && !done.stderr.includes(secret));
    const me = cli('whoami', '-o', 'json');
    assert.equal(me.status, 0, me.stderr);
    assert.equal(JSON.parse(me.stdout).username, enroller.username);
    assert.equal(cli('device', 'list').status, 0);
    assert.equal(cli('user', 'list').status, 4);
});

test('an access token that has ended, or that the server takes no more, is replaced once for all', () => {
    const before = JSON.parse(readFileSync(cache, 'utf8'));
    writeFileSync(cache, JSON.stringify({ ...before, expires_at: '2020-01-01T00:00:00.000Z' }), { mode: 0o600 });
    assert.equal(cli('device', 'list').status, 0);
    const after = JSON.parse(readFileSync(cache, 'utf8'));
    assert.notEqual(after.access_token, before.access_token);
    assert.notEqual(after.refresh_token, before.refresh_token);
    writeFileSync(cache, JSON.stringify({ ...after, access_token: `${before.access_token.slice(0, -8)}AAAAAAAA` }), { mode: 0o600 });
    assert.equal(cli('device', 'list').status, 0, 'its time had not come, but the server said 401');
    assert.equal(cli('device', 'list', '--refresh-token').status, 0);
    assert.notEqual(JSON.parse(readFileSync(cache, 'utf8')).access_token, after.access_token);
    assert.equal(cli('device', 'list', '--no-token-cache').status, 4);
});

test('two at once refresh once: the lineage lives', async () => {
    const kept = JSON.parse(readFileSync(cache, 'utf8'));
    writeFileSync(cache, JSON.stringify({ ...kept, expires_at: '2020-01-01T00:00:00.000Z' }), { mode: 0o600 });
    const ends = await Promise.all(Array.from({ length: 6 }, () => new Promise((done) => spawn(BIN, ['device', 'list'], { env, stdio: 'ignore' }).on('exit', done))));
    assert.deepEqual(ends, Array(6).fill(0));
    assert.equal(cli('device', 'list', '--refresh-token').status, 0);
});

test('another issuer\'s sign-in, or one that others can read, is not used', async () => {
    const other = await startServer();
    writeFileSync(desk.cacheOf(other.url), readFileSync(cache), { mode: 0o600 });
    const done = cli('device', 'list', '--server', other.url);
    assert.deepEqual([done.status, /another issuer/.test(done.stderr)], [4, true]);
    chmodSync(cache, 0o644);
    const open = cli('device', 'list');
    assert.deepEqual([open.status, /others may read/.test(open.stderr)], [4, true]);
    chmodSync(cache, 0o600);
    const misnamed = cli('login', '--server', server.url.replace('127.0.0.1', 'localhost'));
    assert.notEqual(misnamed.status, 0, 'a server by another name than its own');
});

test('rights that were taken are gone at once; logout ends the sign-in, here and there', async () => {
    const other = await personOf(server, admin, ['operator']);
    assert.equal((await withPerson(other, ['login', '--no-browser', '--scope', 'api'])).code, 0);
    assert.equal(cli('policy', 'list').status, 0);
    (await admin.delete(`/groups/${other.group.id}/members/${other.id}`)).want(204);
    assert.equal(cli('policy', 'list').status, 4);
    const kept = readFileSync(cache);
    assert.equal(cli('logout').status, 0);
    assert.ok(!existsSync(cache));
    assert.equal(cli('logout').status, 3);
    writeFileSync(cache, kept, { mode: 0o600 });
    assert.equal(cli('whoami', '--refresh-token').status, 4, 'the server has forgotten it too');
});

test('contexts: servers with a name', async () => {
    const plain = { ...env, SENESCHAL_URL: '' };
    const run = (...words) => spawnSync(BIN, words, { encoding: 'utf8', env: plain });
    assert.equal(run('context', 'set', 'home', '--server', `${server.url}/`).status, 0);
    assert.equal(run('context', 'set', 'dead', '--server', 'http://127.0.0.1:9').status, 0);
    assert.deepEqual(JSON.parse(run('context', 'list', '-o', 'json').stdout).map((c) => [c.name, c.current]), [['dead', ''], ['home', '*']]);
    assert.match(run('api', 'GET', '/api/v1/health').stdout, /"status"/);
    assert.equal(run('context', 'use', 'dead').status, 0);
    assert.equal(run('api', 'GET', '/api/v1/health').status, 1);
    assert.match(run('api', 'GET', '/api/v1/health', '--server', server.url).stdout, /"status"/);
    assert.equal(run('context', 'use', 'nowhere').status, 3);
    assert.equal(run('context', 'delete', 'dead').status, 0);
    assert.deepEqual(JSON.parse(run('context', 'list', '-o', 'json').stdout).map((c) => [c.name, c.current]), [['home', '']]);
});
