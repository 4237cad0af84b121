// SPDX-License-Identifier: Apache-2.0
// A QR code for the console to draw: a square of modules with its three finders, for people only.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol } from './lib/fleet.mjs';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const FINDER = ['1111111', '1000001', '1011101', '1011101', '1011101', '1000001', '1111111']; // ISO/IEC 18004 section 6.3.3

test('any person gets a code: square, with its finders, another text another one', async () => {
    const person = await makePerson(server, admin);
    const { access_token: token } = (await nobody.post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    const draw = async (text) => (await server.client({ token }).post('/qr', { text })).want(200);
    const code = await draw('https://seneschal.example/invite/sen_i_abc');
    assert.equal(code.rows.length, code.size);
    assert.ok(code.rows.every((row) => row.length === code.size && /^[01]+$/.test(row)));
    assert.deepEqual(code.rows.slice(0, 7).map((row) => row.slice(0, 7)), FINDER);
    assert.deepEqual(code.rows.slice(0, 7).map((row) => row.slice(-7)), FINDER);
    assert.deepEqual(code.rows.slice(-7).map((row) => row.slice(0, 7)), FINDER);
    assert.notDeepEqual((await draw('https://seneschal.example/invite/sen_i_abd')).rows, code.rows);
    assert.ok((await draw('é'.repeat(512))).size > code.size);
});

test('bounds and strangers', async () => {
    for (const body of [{}, { text: '' }, { text: 'x'.repeat(1025) }, { text: 1 }, { text: 'a', more: 1 }]) (await admin.post('/qr', body)).want(422);
    (await nobody.post('/qr', { text: 'a' })).wantProblem(401, 'unauthenticated');
    const device = await enrol(nobody, admin);
    (await nobody.as(device.token).post('/qr', { text: 'a' })).wantProblem(403, 'forbidden');
});
