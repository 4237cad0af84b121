// SPDX-License-Identifier: Apache-2.0
// Refusals in the language of whoever asks (RFC 9110 section 12.5.4): titles, sentences and each field's fault. What machines and records read stays English.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const french = admin.with({ 'Accept-Language': 'fr-CA, en;q=0.5' });
const refused = async (asked, status, code) => (await asked).wantProblem(status, code);

test('title, detail and field: in French to whoever wants it, else in English', async () => {
    for (const [client, title, want] of [
        [french, 'un champ a une mauvaise valeur', 'il faut un texte'],
        [admin, 'a field has a bad value', 'want a text'],
        [admin.with({ 'Accept-Language': 'de, en;q=0.1' }), 'a field has a bad value', 'want a text'],
        [admin.with({ 'Accept-Language': 'fr;q=0, *' }), 'a field has a bad value', 'want a text'],
    ]) {
        const reply = await client.post('/groups', { name: 5 });
        const problem = reply.wantProblem(422, 'bad-field');
        assert.match(String(reply.headers.vary), /Accept-Language/);
        assert.equal(problem.title, title);
        assert.equal(problem.detail, want);
        assert.deepEqual(problem.errors, [{ field: 'name', want }]);
    }
});

test('formats: numbers, lists of words, and arguments that are words themselves', async () => {
    const words = await refused(french.get('/devices?status=ASLEEP'), 422, 'bad-field');
    assert.match(words.detail, /^il faut PENDING, .* ou REVOKED\u00a0; plusieurs, séparés par des virgules$/);
    const byte = await refused(french.post('/access-rules', { name: 'r', effect: 'deny', when: 'user.name ==' }), 422, 'bad-field');
    assert.match(byte.detail, /^à l’octet \d+\u00a0: /);
    const device = await enrol(server.client(), admin);
    const move = await refused(french.post(`/devices/${device.id}/approve`, {}), 409, 'conflict');
    assert.equal(move.detail, 'l’appareil est enrôlé\u00a0: approuver n’est pas possible');
    const line = await refused(french.call('POST', '/groups', '{"name":1,\n]', { headers: { 'Content-Type': 'application/json' } }), 400, 'bad-json');
    assert.match(line.detail, /^ligne 2, colonne \d+\u00a0: le texte n’est pas du JSON$/);
});

test('several faults of one object, and a secret where none may stand', async () => {
    const policy = (await admin.post('/policies', { name: uniqueName('p') })).want(201);
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';
    const draft = await french.post(`/policies/${policy.id}/versions`, { content: { a: key, b: { c: key } } });
    const { errors } = draft.wantProblem(422, 'bad-field');
    assert.equal(errors.length, 2);
    for (const { want } of errors) assert.match(want, /^un secret se trouve ici \(.*\)\u00a0: enregistrez-le comme secret et écrivez/);
});

test('what a schema would break, and why a tool may not be called', async () => {
    const made = (await admin.post('/schemas', { namespace: '/lang', schema: { type: 'object' } })).want(201);
    const tight = { schema: { type: 'object', minProperties: 1 } };
    const { breaks } = (await french.put(`/schemas/${made.id}`, tight)).wantProblem(409, 'conflict');
    assert.equal(breaks[0].want, 'n’existait pas avant');
    const verdict = (await french.post('/permissions/validate', { everybody: true, tool: 'nowhere/tool', access: 'READ' })).want(200);
    assert.equal(verdict.reason, 'ce serveur n’existe pas');
});

test('before a row is found, and where nobody is known', async () => {
    const nobody = server.client().with({ 'Accept-Language': 'fr' });
    assert.equal((await refused(nobody.get('/nowhere'), 404, 'not-found')).title, 'cela n’existe pas ici');
    const problem = await refused(nobody.as('no-token').with({ 'Accept-Language': 'fr' }).get('/devices'), 401, 'unauthenticated');
    assert.match(problem.detail, /jeton|identifi/);
});

test('a page goes by the cookie of the choice before Accept-Language, the API by Accept-Language alone', async () => {
    const cookie = { Cookie: 'seneschal-lang=fr', Accept: 'text/html' };
    const page = await server.client().with({ ...cookie, 'Accept-Language': 'en' }).atRoot().get('/oauth2/authorize?client_id=nobody');
    assert.match(page.text, /<html lang="fr"/);
    assert.match(page.text, /<p class="detail">(?!.*there is no)/);
    assert.equal((await refused(admin.with({ Cookie: 'seneschal-lang=fr' }).post('/groups', { name: 5 }), 422, 'bad-field')).detail, 'want a text');
});

test('OAuth errors are ASCII (RFC 6749 section 5.2): they stay English', async () => {
    const reply = await server.client().with({ 'Accept-Language': 'fr' }).atRoot().call('POST', '/oauth2/token', 'grant_type=none', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    assert.ok(reply.status === 400 || reply.status === 401);
    assert.match(JSON.parse(reply.text).error_description, /^[\x20-\x7e]+$/);
    assert.doesNotMatch(JSON.parse(reply.text).error_description, /\?\?/);
});

test('the log stays English', async () => {
    await french.post('/groups', { name: 5 });
    assert.doesNotMatch(server.log, /il faut|mauvaise valeur/);
});
