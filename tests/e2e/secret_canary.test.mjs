// SPDX-License-Identifier: Apache-2.0
// Secrets are set, delivered, replaced, refused, sealed anew and backed up; then every byte that the server and the agent
// left anywhere is searched for them, in every spelling that a byte may have got on its way.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { agentCommand, startAgent } from './lib/agent.mjs';
import { enrol, enrolmentKey, poll, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 30_000 * PATIENCE };

/** What is searched for: no word of any language. Values wrap it in bytes that want escapes. */
const cores = [];
function canary() {
    const core = randomBytes(15).toString('hex').slice(0, 12) + randomBytes(9).toString('base64').replace(/\W/g, 'x');
    cores.push(core);
    return `\u00e9"\\/${core}<&\n`;
}

/** The spellings of a text, or of bytes, that a search must know. */
function spellings(core) {
    const bytes = Buffer.from(core);
    const forms = [core, bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
    for (let shift = 0; shift < 3; shift++) { // what stands before it decides which bits share a character
        const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
        const inner = whole.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
        forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
    }
    const each = (of) => [...bytes].map(of).join('');
    forms.push(each((b) => `%${b.toString(16)}`), each((b) => `%${b.toString(16).toUpperCase()}`), each((b) => `\\u00${b.toString(16)}`));
    return [...new Set(forms)];
}

/** Which spellings stand in the bytes. */
const found = (bytes, core) => spellings(core).filter((form) => bytes.includes(form));

function* filesBelow(dir) {
    for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
        if (entry.isFile()) yield path.join(entry.parentPath, entry.name);
    }
}

function ask(socketPath, target) {
    return new Promise((resolve, reject) => {
        http.get({ socketPath, path: target, agent: false }, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve({ status: response.statusCode, text }));
        }).on('error', reject);
    });
}

test('the search finds every spelling that it claims to know', () => {
    const value = canary();
    const core = cores.pop();
    const hide = [
        (b) => b, (b) => Buffer.from(b.toString('hex')), (b) => Buffer.from(b.toString('hex').toUpperCase()),
        (b) => Buffer.from(b.toString('base64')), (b) => Buffer.from(b.toString('base64url')),
        (b) => Buffer.from([...b].map((c) => `%${c.toString(16)}`).join('')),
        (b) => Buffer.from(JSON.stringify(b.toString())), (b) => Buffer.from(encodeURIComponent(b.toString())),
    ];
    for (const [i, form] of hide.entries()) {
        for (const before of ['', 'a', 'ab', 'abc']) {
            const text = Buffer.concat([randomBytes(50), form(Buffer.from(before + value + before)), randomBytes(50)]);
            assert.notDeepEqual(found(text, core), [], `form ${i} after ${before.length} bytes`);
            assert.deepEqual(found(text, canary()) && found(text, cores.pop()), []);
        }
    }
});

test('a canary is in no log, record, answer, file, backup or state', async () => {
    const server = await startServer({ args: ['--log-level', 'debug', '--log-access', 'all', '--log-format', 'json'] });
    const admin = await server.admin();
    const client = server.client();
    const answers = [];
    const send = async (method, target, body, options) => {
        const reply = await admin.call(method, target, body, options);
        answers.push(`${JSON.stringify(reply.headers)}${reply.text}`);
        return reply;
    };
    const planted = randomBytes(12).toString('hex');
    await publishPolicy(admin, { a: { $secret: 'k' }, b: { $secret: 'l' }, degraded: { a: { $secret: 'k' } }, note: planted });

    const dir = tempDir('agent');
    const socket = path.join(dir, 'agent.sock');
    const { key } = await enrolmentKey(admin);
    const agent = startAgent(server, { dir, key, args: ['--socket', socket] });
    const deviceId = await eventually('the agent is in', async () => JSON.parse((await ask(socket, '/state').catch(() => ({ text: '{}' }))).text).device_id, WAIT);
    const user = (await admin.post('/users', { username: 'u', email: 'u@example.org' })).want(201);
    const group = (await admin.post('/groups', { name: 'g' })).want(201);
    const raw = await enrol(client, admin, { approve: { user_id: user.id, groups: [group.id] } });

    // Of every scope; replaced, so that older values are canaries too.
    const scopes = [['global'], ['org'], ['group', group.id], ['user', user.id], ['device', raw.id], ['device', deviceId]];
    for (let round = 0; round < 2; round++) {
        for (const [scope, target_id] of scopes) {
            const value = canary();
            const reply = await send('PUT', '/secrets/k', { value, scope, target_id, description: 'no value here' });
            assert.equal(reply.status, round === 0 ? 201 : 200);
            const reader = scope === 'device' && target_id === deviceId ? undefined : client.as(raw.token);
            for (const face of reader ? [reader, reader.atRoot().as(raw.token)] : []) {
                assert.ok((await face.get('/devices/self/secrets/k')).want(200).value.length > 20);
            }
        }
    }
    const last = canary();
    await send('PUT', '/secrets/k', { value: last, scope: 'device', target_id: deviceId });
    await send('PUT', '/secrets/l', { value: canary().repeat(200) });
    await eventually('the agent has the newest', async () => {
        const reply = await ask(socket, '/secrets/k');
        return reply.status === 200 && JSON.parse(reply.text).value === last;
    }, WAIT);

    // What is refused does not say what it refused.
    const big = { value: canary().repeat(500) };
    const broken = [
        [{ value: canary(), scope: 'group' }, 422], [{ value: canary(), scope: canary() }, 422], [big, 422],
        [{ value: canary(), other: 1 }, 422], [{ value: canary(), description: 7 }, 422], [{ value: [canary()] }, 422],
        [`{"value":${JSON.stringify(canary())}`, 400], [`{"value":${JSON.stringify(canary())},"value":"x"}`, 400], [`{"value":${canary()}}`, 400],
        [JSON.stringify({ value: canary() }).padEnd(80_000), 413], [JSON.stringify({ value: `${canary()}\u0000` }), 422],
    ];
    for (const [body, status] of broken) assert.equal((await send('PUT', '/secrets/k', body)).status, status);
    assert.equal((await send('PUT', '/secrets/k', `value=${canary()}`, { headers: { 'Content-Type': 'text/plain' } })).status, 415);
    assert.equal((await send('POST', '/secrets/k', { value: canary() })).status, 405);
    assert.equal((await send('PUT', '/secrets/k', { value: canary() }, { headers: { Authorization: 'Bearer x' } })).status, 401);
    assert.equal((await send('PUT', '/secrets/k', { value: canary() }, { headers: { 'Idempotency-Key': 'n'.repeat(22), 'If-Match': '"x"' } })).status, 412);
    await send('PUT', '/secrets/m', { value: canary() });
    await send('DELETE', '/secrets/m');

    // Who knows the form of a body can guess a short secret from its hash.
    const body = JSON.stringify({ value: canary() });
    cores.push(createHash('sha256').update(body).digest(), createHash('sha256').update(JSON.parse(body).value).digest());
    assert.equal((await send('PUT', '/secrets/k', body, { headers: { 'Idempotency-Key': 'n'.repeat(22) } })).status, 200);
    for (const target of ['/secrets', '/secrets/k', '/secrets?name=k', '/admin/security/audit?limit=500', '/policies', '/devices', `/devices/${raw.id}`]) await send('GET', target);
    for (const format of ['json', 'ndjson', 'csv']) await send('GET', `/admin/security/audit?format=${format}`);
    answers.push((await admin.atRoot().get('/metrics')).text, (await poll(client, raw.token)).text, (await ask(socket, '/state')).text, (await ask(socket, '/config')).text);
    answers.push((await agentCommand(['journal', '--state', agent.state])).stdout);

    // Backups while it runs: SQLite's own, and copies of the files as they lie.
    const backup = tempDir('backup');
    const database = path.join(server.data, 'seneschal.db');
    assert.equal((await run('sqlite3', [`file:${database}?mode=ro`, `.backup ${path.join(backup, 'own.db')}`])).code, 0);
    for (const [name, from] of [['server', server.data], ['agent', dir]]) { // a revoked agent forgets what it had
        mkdirSync(path.join(backup, name));
        for (const file of filesBelow(from)) copyFileSync(file, path.join(backup, name, path.basename(file)));
    }
    for (const pid of [server.pid, agent.child.pid]) {
        assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    }

    // Off: what is written now is not what was.
    await publishVersion(admin, (await admin.get('/policies')).want(200).items[0].id, { a: { $secret: 'k' }, note: planted });
    (await admin.post(`/devices/${deviceId}/revoke`, {})).want(200);
    await eventually('the agent is off', async () => JSON.parse((await ask(socket, '/state')).text).state === 'DISABLED', WAIT);
    assert.equal((await ask(socket, '/secrets/k')).status, 404);
    await agent.stop();
    await server.stop();

    const places = [['log', server.log], ['standard output', server.stdout], ['answers', answers.join('\n')], ['agent', agent.child.stderr + agent.child.stdout]];
    for (const root of [server.data, backup, dir]) {
        for (const file of filesBelow(root)) places.push([file, readFileSync(file)]);
    }
    assert.ok(server.log.includes('secrets') && places.length > 12, `there is something to search: ${places.map(([name]) => name)}, ${server.log.slice(0, 500)}`);
    assert.ok(places.some(([name, bytes]) => name.startsWith(server.data) && Buffer.from(bytes).includes(planted)), 'a text that was stored is found');
    assert.ok(places.some(([name, bytes]) => name.startsWith(path.join(backup, 'agent')) && Buffer.from(bytes).includes(planted)), 'and in the files of the agent');
    for (const [name, bytes] of places) {
        const all = Buffer.from(bytes);
        for (const core of cores) assert.deepEqual(found(all, core), [], `${name} holds a canary`);
    }
});
