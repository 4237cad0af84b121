// SPDX-License-Identifier: Apache-2.0
// Secrets are refused when a draft is saved: the answer names the place and the kind, never the value.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();

// Put together here, so that no scanner takes this file for a leak.
const token = ['gh', 'p_', 'q7Rw2Xk9Lm4Tz8Bv1Nc6Hd3Jf5Gs0PyAeUiO'].join('');
const random = ['k3J9', 'fQ2m', 'Z7xL', '0pT5', 'vB8n', 'W1cY'].join('');
const policy = async () => (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
const save = (id, content, more = {}) => admin.post(`/policies/${id}/versions`, { content, ...more });

test('each finding is named by its pointer and kind, at making and at changing', async () => {
    const { id } = await policy();
    const content = { tools: [{ auth: token }], 'a/b': { password: random }, proxy: `http://me:${random}@proxy:3128` };
    const problem = (await save(id, content)).wantProblem(422, 'bad-field');
    assert.deepEqual(problem.errors.map((e) => e.field), ['/content/a~1b/password', '/content/proxy', '/content/tools/0/auth']);
    assert.match(problem.errors[2].want, /^a GitHub token .*\{"\$secret":"NAME"\}/);
    assert.ok(!JSON.stringify(problem).includes(random) && !JSON.stringify(problem).includes(token));
    (await save(id, { ok: true })).want(201);
    const path = `/policies/${id}/versions/1`;
    (await admin.put(path, { content })).wantProblem(422, 'bad-field');
    assert.deepEqual((await admin.get(path)).want(200).content, { ok: true });
});

test('twenty findings are listed, in locks too', async () => {
    const { id } = await policy();
    const many = (await save(id, { list: Array(50).fill(token) })).wantProblem(422, 'bad-field');
    assert.equal(many.errors.length, 20);
    const lock = (await save(id, {}, { locked: ['/a', `/${token}`] })).wantProblem(422, 'bad-field');
    assert.deepEqual(lock.errors.map((e) => e.field), ['/locked/1']);
});

test('a token as a name is refused without being shown', async () => {
    const { id } = await policy();
    const problem = (await save(id, { accounts: { [token]: { password: random } } })).wantProblem(422, 'bad-field');
    assert.deepEqual(problem.errors.map((e) => e.field), ['/content/accounts']);
    assert.ok(!JSON.stringify(problem).includes(token));
});

test('references and settings that only speak of secrets are taken', async () => {
    const { id } = await policy();
    (await save(id, {
        owui: { apiKey: { $secret: 'owui-key' }, password: { $secret: 'vault:kv/data/owui' } },
        maxTokens: 4096, token_limit: 1, password_policy: 'min 12', tokenUrl: 'https://id.example.org/token', token: '${TOKEN}',
    })).want(201);
});

test('no value reaches the log', async () => {
    await server.stop();
    const log = server.log;
    assert.ok(log.length > 0);
    assert.ok(!log.includes(token) && !log.includes(random));
});
