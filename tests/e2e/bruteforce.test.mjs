// SPDX-License-Identifier: Apache-2.0
// Guessing passwords: what strangers learn (nothing), what a wrong guess costs, and that nobody can be shut out by it.
import assert from 'node:assert/strict';
import test from 'node:test';
import http from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Browser } from './lib/browser.mjs';
import { Client } from './lib/client.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { PASSWORD, makePerson, signInBy } from './lib/person.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const FREE = 5; // wrong ones before the first wait

/** A client that calls from this address of the machine. */
const from = (address) => new Client(server.url, { agent: new http.Agent({ keepAlive: true, localAddress: address, maxSockets: 64 }) });
const nobody = from('127.0.0.1');
const guess = (name, password = 'not the right one', client = nobody) => client.post('/auth/login', { username: name, password });
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

test('IDENTITY 46: who is not there, waits or is disabled is answered like a wrong password, in the same time', async () => {
    const off = await makePerson(server, admin);
    (await admin.patch(`/users/${off.id}`, { status: 'disabled' })).want(200);
    const people = [];
    for (let i = 0; i < 8; i++) people.push((await makePerson(server, admin)).username);
    for (const name of people.slice(4)) (await admin.patch(`/users/${(await admin.get(`/users?username=${name}`)).want(200).items[0].id}`, { status: 'disabled' })).want(200);
    const times = { known: [], unknown: [], disabled: [] };
    const bodies = new Set();
    for (let i = 0; i < 16; i++) {
        for (const [kind, name] of [['known', people[i % 4]], ['unknown', uniqueName('x')], ['disabled', people[4 + i % 4]]]) {
            const began = process.hrtime.bigint();
            const reply = await guess(name);
            times[kind].push(Number(process.hrtime.bigint() - began));
            const { request_id, ...body } = reply.wantProblem(401, 'unauthenticated');
            assert.ok(request_id);
            bodies.add(JSON.stringify(body));
        }
    }
    const { request_id, ...disabled } = (await guess(off.username, PASSWORD)).wantProblem(401, 'unauthenticated');
    bodies.add(JSON.stringify(disabled));
    assert.ok(request_id);
    assert.equal(bodies.size, 1, [...bodies].join('\n'));
    const known = median(times.known);
    for (const other of [median(times.unknown), median(times.disabled)]) assert.ok(Math.abs(known - other) < 0.4 * Math.max(known, other), `${known / 1e6} ms and ${other / 1e6} ms`);
});

test('IDENTITY 46: the page says the same of both', async () => {
    const ada = await makePerson(server, admin);
    const texts = [];
    for (const name of [ada.username, ada.username.replace(/./g, 'z')]) {
        const page = await signInBy(new Browser(server.url), name, 'not the right one');
        assert.equal(page.status, 401);
        texts.push(page.text.replaceAll(name, 'NAME').replace(/name="csrf" value="[^"]*"/, ''));
    }
    assert.equal(texts[0], texts[1]);
});

test('IDENTITY 48: every spelling of a name, and the address, count together', async () => {
    const ada = await makePerson(server, admin, { username: uniqueName('Mixed.Case') });
    const spellings = [ada.username, ada.username.toUpperCase(), ` ${ada.username.toLowerCase()} `, ada.email, ada.email.toUpperCase()];
    for (const name of spellings) (await guess(name)).wantProblem(401, 'unauthenticated');
    for (const name of spellings) {
        const reply = await guess(name);
        reply.wantProblem(429, 'rate-limited');
        assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
    }
    const stranger = uniqueName('nobody'); // who is not there counts as well
    for (let i = 0; i < FREE; i++) (await guess(i % 2 ? stranger : stranger.toUpperCase())).wantProblem(401, 'unauthenticated');
    (await guess(stranger)).wantProblem(429, 'rate-limited');
});

test('IDENTITY 48: a letter that only looks the same is another name, with the right password too', async () => {
    const eva = await makePerson(server, admin, { username: uniqueName('\u00c9va'), email: `${uniqueName('eva')}@example.org` });
    const rest = eva.username.slice(1);
    const others = [`E\u0301${rest}`, `\u00e9${rest}`, `E${rest}`, `\uff25${rest}`, `\u0415${rest}`, `${eva.username}\u200b`];
    for (const name of others) (await guess(name, PASSWORD)).wantProblem(401, 'unauthenticated');
    (await guess(eva.username, PASSWORD)).want(200);
    for (let i = 0; i < FREE; i++) (await guess(i % 2 ? eva.username : eva.username.toLowerCase().replace('\u00e9', '\u00c9'))).wantProblem(401, 'unauthenticated');
    for (const name of [eva.username, eva.email, ...others]) assert.notEqual((await guess(name, PASSWORD)).status, 200, name);
    (await guess(eva.username, PASSWORD)).wantProblem(429, 'rate-limited');
});

test('IDENTITY 47: a stranger cannot shut anybody out', async () => {
    const ada = await makePerson(server, admin);
    const known = new Browser(server.url);
    assert.equal((await signInBy(known, ada.username, PASSWORD)).status, 303);
    const away = from('127.0.0.3');
    const attacker = from('127.0.0.2');
    for (let i = 0; i < 2 * FREE; i++) await guess(ada.username, `guess number ${i}`, attacker);
    (await guess(ada.username, PASSWORD, attacker)).wantProblem(429, 'rate-limited');
    (await guess(ada.username, PASSWORD, away)).want(200); // from somewhere else he comes in
    for (let i = 0; i < FREE; i++) await guess(ada.username); // and now somebody at his own address
    (await guess(ada.username, PASSWORD)).wantProblem(429, 'rate-limited');
    assert.equal((await signInBy(known, ada.username, PASSWORD, { at: '/login?again=1' })).status, 303);
    const thief = new Browser(server.url); // a browser that is known for somebody else is not for her
    const bob = await makePerson(server, admin);
    assert.equal((await signInBy(thief, bob.username, PASSWORD)).status, 303);
    assert.equal((await signInBy(thief, ada.username, PASSWORD, { at: '/login?again=1' })).status, 429);
});

test('a known browser has no endless guesses either', async () => {
    const ada = await makePerson(server, admin);
    const browser = new Browser(server.url);
    assert.equal((await signInBy(browser, ada.username, PASSWORD)).status, 303);
    for (let i = 0; i < FREE; i++) assert.equal((await signInBy(browser, ada.username, `guess number ${i}`, { at: '/login?again=1' })).status, 401);
    const page = await signInBy(browser, ada.username, PASSWORD, { at: '/login?again=1' });
    assert.equal(page.status, 429);
    assert.match(page.text, /Try again in \d+ seconds/);
});

test('IDENTITY 49: fifty wrong passwords at once are fifty, and the right one among them is not told', async () => {
    const ada = await makePerson(server, admin);
    const tries = Array.from({ length: 50 }, (_, i) => guess(ada.username, i === 40 ? PASSWORD : `guess number ${i}`));
    const replies = await Promise.all(tries);
    const counts = new Map();
    for (const { status } of replies) counts.set(status, (counts.get(status) ?? 0) + 1);
    assert.equal(counts.get(401), FREE, JSON.stringify([...counts]));
    assert.equal(counts.get(429) ?? 0, 50 - FREE, JSON.stringify([...counts]));
    await eventually('the right password is taken again', async () => (await guess(ada.username, PASSWORD)).status === 200, { every: 200 });
    (await guess(ada.username)).wantProblem(401, 'unauthenticated'); // and all is forgiven
});

test('what was counted survives a kill -9', async () => {
    const own = await startServer();
    const boss = await own.admin();
    const ada = await makePerson(own, boss);
    const ask = () => own.client().post('/auth/login', { username: ada.username, password: PASSWORD });
    for (let i = 0; i < FREE; i++) await own.client().post('/auth/login', { username: ada.username, password: 'x'.repeat(12) });
    await own.kill();
    const db = new DatabaseSync(path.join(own.data, 'seneschal.db')); // as after many more
    db.exec('UPDATE signin_failure SET failures = failures + 10');
    db.close();
    await own.restart();
    (await ask()).wantProblem(429, 'rate-limited');
    await own.stop();
});

test('an address may try ten times a minute, whoever is meant', async () => {
    const own = await startServer({ limits: true });
    const client = own.client();
    const statuses = [];
    for (let i = 0; i < 14; i++) statuses.push((await client.post('/auth/login', { username: uniqueName('x'), password: 'x' })).status);
    assert.ok(statuses.filter((s) => s === 401).length >= 10, statuses.join(' '));
    assert.equal(statuses.at(-1), 429, statuses.join(' '));
    await own.stop();
});
