// SPDX-License-Identifier: Apache-2.0
// Secrets on a machine: fetched by the agent, handed over by its socket, never written, gone when they must be.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startAgent } from './lib/agent.mjs';
import { enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 30_000 * PATIENCE };

function ask(socketPath, target, method = 'GET') {
    return new Promise((resolve, reject) => {
        http.request({ socketPath, path: target, method, agent: false }, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part) => (text += part));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text, get json() { return JSON.parse(text); } }));
        }).on('error', reject).end();
    });
}

async function house(content) {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, content);
    const dir = tempDir('agent');
    const socket = path.join(dir, 'agent.sock');
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { dir, key, args: ['--socket', socket] });
    await eventually('in force', async () => existsSync(socket) && (await ask(socket, '/config').catch(() => ({}))).status === 200, WAIT);
    const secret = (name) => ask(socket, `/secrets/${name}`);
    const state = async () => (await ask(socket, '/state')).json;
    const becomes = (name, want) => eventually(`${name} = ${want}`, async () => {
        const reply = await secret(name);
        return want === undefined ? reply.status === 404 : reply.status === 200 && reply.json.value === want;
    }, WAIT);
    /** The state names them, never what they are. */
    const shows = (here, missing) => eventually(`${JSON.stringify(here)}, missing ${missing}`, async () => {
        const { secrets, secrets_missing } = await state();
        return isDeepStrictEqual([secrets, secrets_missing.toSorted()], [here, missing]);
    }, WAIT);
    const device = (await state()).device_id;
    return { server, admin, policy, agent, socket, secret, state, shows, becomes, device };
}

const put = (admin, name, value) => admin.put(`/secrets/${name}`, { value });

test('what is named is fetched; a new value, a first one and a deletion reach the socket within seconds', async () => {
    const { admin, policy, secret, shows, becomes, socket } = await house({ a: { $secret: 'one' }, b: [{ $secret: 'two' }], c: { $secret: 'vault:x' } });
    await shows({}, ['one', 'two']);
    (await put(admin, 'one', 'first "\\ ü')).want(201);
    await becomes('one', 'first "\\ ü');
    const got = await secret('one');
    assert.deepEqual(got.json, { name: 'one', revision: 1, value: 'first "\\ ü' });
    assert.equal(got.headers['cache-control'], 'no-store');
    await shows({ one: 1 }, ['two']);
    (await put(admin, 'one', 'second')).want(200);
    (await put(admin, 'two', 'x'.repeat(8192))).want(201);
    await becomes('one', 'second');
    await becomes('two', 'x'.repeat(8192));
    assert.deepEqual((await ask(socket, '/config')).json.config.a, { $secret: 'one' }, 'the reference stays as it is');
    const head = await ask(socket, '/secrets/one', 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
    for (const name of ['three', '', 'vault:x', 'ONE', '%2e']) assert.ok([400, 404].includes((await secret(name)).status), name);
    assert.equal((await ask(socket, '/secrets/one', 'POST')).status, 405);

    (await admin.delete('/secrets/one')).want(204);
    await becomes('one', undefined);
    await shows({ two: 1 }, ['one']);
    await publishVersion(admin, policy.id, { b: { $secret: 'one' } }); // `two` is named no more
    await becomes('two', undefined);
    await shows({}, ['one']);
});

test('they go with the configuration: switched off, blocked, revoked', async () => {
    const { admin, policy, secret, state, shows, becomes, device } = await house({ a: { $secret: 'one' } });
    (await put(admin, 'one', 'value')).want(201);
    await becomes('one', 'value');
    await publishVersion(admin, policy.id, { a: { $secret: 'one' } }, { enabled: false });
    await becomes('one', undefined);
    await publishVersion(admin, policy.id, { a: { $secret: 'one' } });
    await becomes('one', 'value');
    (await admin.post(`/devices/${device}/revoke`, {})).want(200);
    await eventually('off', async () => (await state()).state === 'DISABLED', WAIT);
    assert.equal((await secret('one')).status, 404);
    await shows({}, []);
});

test('after a restart of the agent they are here again; while the server is away they stay', async () => {
    const { server, admin, agent, secret, becomes } = await house({ a: { $secret: 'one' } });
    (await put(admin, 'one', 'value')).want(201);
    await becomes('one', 'value');
    await agent.kill();
    agent.start();
    await eventually('again', async () => (await secret('one').catch(() => ({}))).status === 200, WAIT);
    await server.kill();
    assert.equal((await secret('one')).json.value, 'value');
});

test('an agent without a socket fetches no secret', async () => {
    const server = await startServer();
    const admin = await server.admin();
    await publishPolicy(admin, { a: { $secret: 'one' } });
    (await put(admin, 'one', 'value')).want(201);
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { key });
    await eventually('in force', () => agent.config?.enabled, WAIT);
    await eventually('applied', async () => (await admin.get('/admin/security/audit?action=config.applied')).want(200).items.length > 0, WAIT);
    assert.deepEqual((await admin.get('/admin/security/audit?action=secret.delivered')).want(200).items, []);
});
