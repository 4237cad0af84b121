// SPDX-License-Identifier: Apache-2.0
// A batch of machines after one sign-in, with an access token that ends and a kill in the middle.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { Desk, personOf } from './lib/operator.mjs';
import { BIN, eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const MANY = Number(process.env.SENESCHAL_TEST_BATCH ?? 24);
const server = await startServer();
const admin = await server.admin();
const desk = new Desk(server);
const { env, home } = desk;
const enroller = await personOf(server, admin, ['enroller']);

test(`a batch of ${MANY} after one sign-in: the access token ends and a kill comes in the middle`, async () => {
    const signed = await desk.withPerson(enroller, ['login', '--no-browser']);
    assert.equal(signed.code, 0, signed.stderr);
    const cache = desk.cacheOf(server.url);
    const prefix = uniqueName('op');
    const list = join(home, 'machines.csv');
    writeFileSync(list, Array.from({ length: MANY }, (_, i) => `${prefix}-${i}\n`).join(''));
    const words = ['device', 'enroll', '--batch', list, '--out', join(home, 'out'), '--parallel', '3', '-o', 'json'];
    const lines = () => (existsSync(`${list}.resume`) ? readFileSync(`${list}.resume`, 'utf8').split('\n').filter((l) => l.startsWith('done ')).length : 0);
    const child = spawn(BIN, words, { env, cwd: home, stdio: 'ignore' });
    const ended = new Promise((done) => child.on('exit', done));
    await eventually('some are in', () => lines() >= MANY / 4 || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    const kept = JSON.parse(readFileSync(cache, 'utf8'));
    writeFileSync(cache, JSON.stringify({ ...kept, expires_at: '2020-01-01T00:00:00.000Z' }), { mode: 0o600 });
    const last = desk.run(...words);
    assert.equal(last.status, 0, last.stderr);
    assert.doesNotMatch(last.stderr, /To sign in/);
    const items = (await admin.get(`/devices?search=${prefix}&limit=500`)).want(200).items;
    assert.deepEqual([items.length, items.filter((d) => d.status === 'ENROLLED').length], [MANY, MANY]);
    assert.deepEqual(new Set(items.map((d) => d.user_id)), new Set([null]), 'the operator does not own what he enrols');
    assert.notEqual(JSON.parse(readFileSync(cache, 'utf8')).access_token, kept.access_token);
});

test('device enroll signs in by itself where nobody is: before it touches anything', async () => {
    const root = join(home, 'fresh');
    const list = join(home, 'few.csv');
    const prefix = uniqueName('few');
    writeFileSync(list, `${prefix}-1\n${prefix}-2\n`);
    const words = ['device', 'enroll', '--no-token-cache', '--batch', list, '--out', root];
    const denied = await desk.withPerson(enroller, words, 'deny');
    assert.equal(denied.code, 4, denied.stderr);
    assert.ok(!existsSync(root) && !existsSync(`${list}.resume`));
    const done = await desk.withPerson(enroller, words);
    assert.equal(done.code, 0, done.stderr);
    assert.equal((await admin.get(`/devices?search=${prefix}&status=ENROLLED`)).want(200).items.length, 2);
});
