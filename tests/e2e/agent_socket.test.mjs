// SPDX-License-Identifier: Apache-2.0
// The agent's socket for programs of this machine: what it tells, to whom, and what it does not let
// happen to the agent.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import test, { after } from 'node:test';
import { askSocket as ask, startAgent } from './lib/agent.mjs';
import { decide, enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };

/** Follow /events: `seen` grows. */
function follow(socketPath) {
    const seen = [];
    let text = '';
    const request = http.get({ socketPath, path: '/events', agent: false }, (response) => {
        response.setEncoding('utf8').on('data', (part) => {
            text += part;
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
                const [event, data] = text.slice(0, end).split('\n');
                assert.equal(event, 'event: state');
                seen.push(JSON.parse(data.replace(/^data: /, '')));
                text = text.slice(end + 2);
            }
        }).on('error', () => {});
    }).on('error', () => {});
    after(() => request.destroy());
    return seen;
}

async function house({ byKey = true, args = [] } = {}) {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, { model: 'one' });
    const dir = tempDir('agent');
    const socket = path.join(dir, 'agent.sock');
    const key = byKey ? (await enrolmentKey(admin)).key : undefined;
    const agent = startAgent(server, { dir, key, args: ['--socket', socket, ...args] });
    await eventually('the socket', () => existsSync(socket), WAIT);
    const inForce = (what = 'a configuration in force') => eventually(what, async () => (await ask(socket, '/config').catch(() => ({}))).status === 200, WAIT);
    return { server, admin, policy, agent, socket, inForce };
}

test('state and configuration from PENDING to revoked; streams are told at once', async () => {
    const { server, admin, policy, agent, socket, inForce } = await house({ byKey: false });
    const [seen] = [follow(socket)];
    const pending = await eventually('PENDING', async () => {
        const { json } = await ask(socket, '/state');
        return json.state === 'PENDING' && json;
    }, WAIT);
    assert.match(pending.code, /^[0-9A-Z]{8}$/);
    assert.equal(pending.server, server.url);
    const before = await ask(socket, '/config');
    assert.equal(before.status, 503);
    assert.deepEqual(before.json, { config: {}, enabled: false, reason: 'device-pending', version: null });
    (await decide(admin, pending.device_id, 'approve')).want(200);

    await inForce();
    const got = await ask(socket, '/config');
    assert.equal(got.text, readFileSync(agent.configFile, 'utf8'), 'byte for byte');
    assert.equal(got.headers['cache-control'], 'no-store');
    for (const tag of [got.headers.etag, `W/${got.headers.etag}`, `"x", ${got.headers.etag}`, '*']) {
        assert.equal((await ask(socket, '/config', { headers: { 'If-None-Match': tag } })).status, 304, tag);
    }
    assert.equal((await ask(socket, '/config', { headers: { 'If-None-Match': '"x"' } })).status, 200);
    const active = (await ask(socket, '/state')).json;
    assert.deepEqual([active.state, active.reason, active.in_force, active.code, active.etag], ['ACTIVE', null, true, null, got.headers.etag]);
    assert.ok(Date.parse(active.lease_until) > Date.now() + 3_000_000);

    await publishVersion(admin, policy.id, { model: 'two' });
    await eventually('the stream tells the new one', () => seen.at(-1).etag !== null && seen.at(-1).etag !== got.headers.etag, WAIT);
    assert.equal((await ask(socket, '/config')).json.config.model, 'two');
    (await admin.post(`/devices/${pending.device_id}/revoke`, {})).want(200);
    await eventually('the stream tells the end', () => seen.at(-1).state === 'DISABLED', WAIT);
    const off = await ask(socket, '/config', { headers: { 'If-None-Match': got.headers.etag } });
    assert.equal(off.status, 503);
    assert.deepEqual(off.json, { config: {}, enabled: false, reason: 'device-revoked', version: null });
    assert.equal(seen.at(-1).in_force, false);
    const all = JSON.stringify([seen, pending, active]);
    const state = readFileSync(path.join(agent.state, 'state.json'), 'utf8').split('\n')[0];
    for (const name of ['seed', 'token', 'claim', 'challenge_nonce', 'init_nonce']) {
        const secret = JSON.parse(state)[name];
        if (secret !== '') assert.ok(!all.includes(secret), name);
    }
});

test('what the socket does not know, and what is no HTTP', async () => {
    const { socket } = await house();
    assert.equal((await ask(socket, '/secrets/x')).status, 404);
    const post = await ask(socket, '/config', { method: 'POST' });
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
    const head = await ask(socket, '/state', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.ok(Number(head.headers['content-length']) > 0);
    for (const junk of ['GET /state HTTP/1.1\r\n\r\n', 'GET /state\r\n\r\n', '\x00\x01\x02\r\n\r\n', 'GET /%2f HTTP/1.1\r\nHost: a\r\n\r\n']) {
        const text = await new Promise((resolve, reject) => {
            let all = '';
            net.connect(socket).on('data', (part) => (all += part)).on('end', () => resolve(all)).on('error', reject).write(junk);
        });
        assert.match(text, /^HTTP\/1\.1 (400|505) /, JSON.stringify(junk));
    }
});

test('the file is for its own user; a group only when it is named; others are turned away behind it too', async (t) => {
    const alone = await house();
    assert.equal(statSync(alone.socket).mode & 0o7777, 0o600);
    const group = 65534;
    if (process.getuid() !== 0) return t.skip('only root can become somebody else');
    const shared = await house({ args: ['--socket-group', String(group)] });
    assert.deepEqual([statSync(shared.socket).mode & 0o7777, statSync(shared.socket).gid], [0o660, group]);
    const as = async ({ socket, agent }, gid) => {
        chmodSync(agent.dir, 0o711);
        const { stdout } = await run('setpriv', ['--reuid', '65533', '--regid', String(gid), '--clear-groups', 'curl', '-s', '-o', '/dev/null',
            '-w', '%{http_code}', '--unix-socket', socket, 'http://localhost/state']);
        return stdout;
    };
    assert.equal(await as(shared, group), '200');
    assert.equal(await as(shared, 65533), '000', 'the file itself says no');
    chmodSync(shared.socket, 0o666);
    assert.equal(await as(shared, 65533), '403', 'and so does the agent');
    await shared.inForce();
    await publishVersion(shared.admin, shared.policy.id, { model: 'two' }); // ends the long poll: the next step tells it
    await eventually('it is told', () => /user 65533 may not ask/.test(shared.agent.child.stderr), WAIT);
});

test('slow, greedy and silent programs do not delay the agent', async () => {
    const { admin, policy, agent, socket, inForce } = await house();
    await inForce();
    const sockets = [];
    after(() => sockets.forEach((s) => s.destroy()));
    for (let i = 0; i < 100; i++) { // more than there may be
        const s = net.connect(socket).on('error', () => {});
        s.pause();
        s.write(i % 2 ? 'GET /state HTTP/1.1\r\nHo' : 'GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
        sockets.push(s);
    }
    for (const name of ['two', 'three']) {
        await publishVersion(admin, policy.id, { model: name });
        await eventually(name, () => agent.config.config.model === name, WAIT);
    }
    sockets.forEach((s) => s.destroy());
    await inForce('answers again');
});

test('a socket that a killed agent left is taken over; one that is in use is not', async () => {
    const { server, agent, socket, inForce } = await house();
    await inForce();
    await agent.kill();
    assert.ok(existsSync(socket));
    agent.start();
    await inForce('in force again');
    const second = startAgent(server, { args: ['--socket', socket] });
    const { code } = await second.child.ended();
    assert.equal(code, 75);
    assert.match(second.child.stderr, /another process listens there/);
    await inForce('still the first');
    await agent.stop();
    assert.ok(!existsSync(socket), 'it is gone with the agent');
});
