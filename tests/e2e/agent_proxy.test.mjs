// SPDX-License-Identifier: Apache-2.0
// The agent behind a company's proxy: CONNECT, its password, its refusals, and where it is not used.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { startAgent } from './lib/agent.mjs';
import { startConnectProxy } from './lib/connect_proxy.mjs';
import { enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };
const NAME = 'seneschal.test'; // no name server knows it: only the proxy leads there
const CLEAN = { HTTPS_PROXY: '', https_proxy: '', HTTP_PROXY: '', http_proxy: '', ALL_PROXY: '', all_proxy: '', NO_PROXY: '', no_proxy: '' };
const output = (agent) => agent.child.stdout + agent.child.stderr;

const dir = tempDir('proxy');
const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(dir, name));
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', key, '-out', cert]);
assert.equal(made.code, 0, made.stderr);

/** A server that is known as https://seneschal.test:PORT. */
async function house() {
    let server;
    const front = tls.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (client) => {
        const upstream = net.connect(server.port, '127.0.0.1');
        client.pipe(upstream).pipe(client);
        for (const [one, other] of [[client, upstream], [upstream, client]]) one.on('error', () => {}).on('close', () => other.destroy());
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    after(() => front.close());
    const far = { url: `https://${NAME}:${front.address().port}` };
    server = await startServer({ args: ['--hosts', new URL(far.url).host] });
    const admin = await server.admin();
    const policy = await publishPolicy(admin, { model: 'one' });
    return { server, far, admin, policy, key: (await enrolmentKey(admin)).key };
}

const has = (agent, name) => eventually(name, () => agent.config?.config?.model === name, WAIT);

test('HTTPS_PROXY with a password: the proxy sees neither token nor key, the log no password', async () => {
    const { far, admin, policy, key } = await house();
    const proxy = await startConnectProxy({ user: 'desk', password: 'hunter2secret' });
    const agent = startAgent(far, { key, args: ['--ca-file', cert], env: { ...CLEAN, HTTPS_PROXY: `http://desk:hunter2secret@${proxy.host}` } });
    await has(agent, 'one');
    await publishVersion(admin, policy.id, { model: 'two' });
    await has(agent, 'two');
    await agent.stop();
    assert.ok(proxy.heads.length > 0);
    for (const head of proxy.heads) {
        assert.match(head, new RegExp(`^CONNECT ${NAME}:\\d+\n`));
        assert.doesNotMatch(head, /sen_|Bearer/);
    }
    assert.doesNotMatch(output(agent), /hunter2secret/);
});

test('a proxy that refuses is no refusal of the server: what is in force stays, and goes on afterwards', async () => {
    const { far, admin, policy, key } = await house();
    const proxy = await startConnectProxy();
    const agent = startAgent(far, { key, args: ['--ca-file', cert, '--proxy', `http://${proxy.host}`], env: CLEAN });
    await has(agent, 'one');
    const refusals = [[403, '<h1>Blocked by policy</h1>'], [407, '<h1>Sign in</h1>'], [403, '{"code":"device-revoked"}'], [502, '']];
    for (const [i, refusal] of refusals.entries()) {
        const asked = proxy.heads.length;
        proxy.refusal = refusal;
        proxy.cut();
        await publishVersion(admin, policy.id, { model: `m${i}` });
        await eventually('it is refused', () => proxy.heads.length > asked, WAIT);
        await sleep(200);
        assert.equal(agent.config.enabled, true, refusal[1]);
        assert.doesNotMatch(output(agent), /DISABLED/);
        proxy.refusal = undefined;
        await has(agent, `m${i}`);
    }
});

test('plain http through a proxy: its page is not an answer', async () => {
    const proxy = await startConnectProxy();
    const agent = startAgent({ url: `http://${NAME}` }, { args: ['--insecure-http', '--once', '--proxy', `http://${proxy.host}`], env: CLEAN });
    await agent.child.ended();
    for (const status of [403, 407, 200]) {
        proxy.refusal = [status, '<h1>Welcome</h1>'];
        const { code, stderr } = await agent.once();
        assert.equal(code, 75, stderr);
        assert.match(stderr, /"event":"agent-unreached"/);
        assert.doesNotMatch(stderr, /DISABLED/);
    }
    assert.match(proxy.heads.at(-1), new RegExp(`^POST http://${NAME}/`));
});

test('a wrong password, or a proxy that is not there, is "could not be reached"', async () => {
    const proxy = await startConnectProxy({ user: 'desk', password: 'right' });
    for (const url of [`http://desk:wrong-word@${proxy.host}`, 'http://desk:wrong-word@127.0.0.1:9']) {
        const agent = startAgent({ url: `https://${NAME}` }, { args: ['--once', '--proxy', url], env: CLEAN });
        const { code } = await agent.child.ended();
        assert.equal(code, 75);
        assert.match(output(agent), /"event":"agent-unreached"/);
        assert.doesNotMatch(output(agent), /wrong-word/);
    }
});

test('never to this machine, never where NO_PROXY or `none` says so', async () => {
    const { server, key } = await house();
    const proxy = await startConnectProxy();
    const url = `http://${proxy.host}`;
    const all = { ...CLEAN, HTTPS_PROXY: url, http_proxy: url, ALL_PROXY: url };
    const near = startAgent(server, { key, args: ['--proxy', url], env: all });
    await has(near, 'one');
    const far = { url: `https://${NAME}:9` };
    for (const options of [{ env: { ...all, NO_PROXY: NAME } }, { env: all, args: ['--proxy', 'none'] }]) {
        const agent = startAgent(far, { ...options, args: [...(options.args ?? []), '--once'] });
        assert.equal((await agent.child.ended()).code, 75);
    }
    assert.deepEqual(proxy.heads, []);
});
