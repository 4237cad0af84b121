// SPDX-License-Identifier: Apache-2.0
// `seneschal device enroll`: an operator lets machines in, one or many; who is killed in the middle goes on.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { BIN, eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const MANY = Number(process.env.SENESCHAL_TEST_BATCH ?? 30);
const server = await startServer();
const admin = await server.admin();
const home = mkdtempSync(join(tmpdir(), 'seneschal-enroll-'));
after(() => rmSync(home, { recursive: true, force: true }));
const tokenFile = join(home, 'token');
writeFileSync(tokenFile, (await serviceToken(['enroller'])), { mode: 0o600 });
const agents = join(home, 'agents');
for (const arch of ['amd64', 'arm64']) {
    mkdirSync(join(agents, arch), { recursive: true });
    cpSync(join(dirname(BIN), 'seneschal-agent'), join(agents, arch, 'seneschal-agent'));
}
for (const name of ['service', 'sysusers']) cpSync(`packaging/systemd/seneschal-agent.${name}`, join(agents, `seneschal-agent.${name}`));

async function serviceToken(roles) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('enroller'), roles })).want(201);
    return (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201).token;
}
const env = { ...process.env, HOME: home, SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile };
const args = (...words) => ['device', 'enroll', '--agent-dir', agents, ...words];
const run = (...words) => spawnSync(BIN, args(...words), { env, encoding: 'utf8', cwd: home });
const enrolled = async (prefix) => {
    const items = (await admin.get(`/devices?search=${prefix}&limit=500`)).want(200).items;
    return { all: items.length, in: items.filter((d) => d.status === 'ENROLLED').length, items };
};
/** Start the agent that a directory was made for, and wait until it has a configuration. */
async function agentOf(root, overlay = false) {
    const words = ['--state', join(root, 'state'), '--config-out', join(root, 'config.json'), '--key-file', join(root, 'etc/seneschal/device-key'), '--once'];
    const settings = Object.fromEntries(readFileSync(join(root, 'etc/default/seneschal-agent'), 'utf8').split('\n').filter((l) => l.includes('=')).map((l) => l.split('=')));
    return spawnSync(join(dirname(BIN), 'seneschal-agent'), words, { env: { ...process.env, ...settings }, encoding: 'utf8' });
}

test('one machine: key 0600 and minted there, agent and unit installed, started, known by its own proof', async () => {
    const root = join(home, 'one');
    mkdirSync(root);
    const id = uniqueName('one');
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const done = run('--root', root, '--machine-id', id, '--group', group.name, '--label', 'site=paris', '-o', 'json');
    assert.equal(done.status, 0, done.stderr);
    const [row] = JSON.parse(done.stdout);
    assert.deepEqual([row.machine_id, row.outcome], [id, 'enrolled']);
    const key = join(root, 'etc/seneschal/device-key');
    assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.equal(statSync(join(root, 'usr/bin/seneschal-agent')).mode & 0o777, 0o755);
    assert.ok(existsSync(join(root, 'etc/systemd/system/seneschal-agent.service')));
    const secret = JSON.parse(readFileSync(key, 'utf8')).key.d;
    assert.ok(!`${done.stdout}${done.stderr}${server.log}`.includes(secret));
    const log = join(root, 'var/lib/seneschal-agent/agent.log');
    await eventually('the agent has its configuration', () => existsSync(join(root, 'var/lib/seneschal-agent/config.json')));
    const device = (await admin.get(`/devices/${row.device_id}`)).want(200);
    assert.deepEqual([device.status, device.groups, device.labels, device.user_id], ['ENROLLED', [group.name], { site: 'paris' }, null]);
    const pid = spawnSync('sh', ['-c', `for p in /proc/[0-9]*; do if tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '${root}/var/lib'; then echo \${p#/proc/}; fi; done`], { encoding: 'utf8' }).stdout.trim().split('\n').map(Number).filter((n) => n > 0);
    for (const p of pid) try { process.kill(p); } catch { /* it was the look itself */ }
    assert.ok(readFileSync(log, 'utf8').includes('agent-state'));
    const again = run('--root', root, '--machine-id', id, '--no-start');
    assert.notEqual(again.status, 0, 'a key is never overwritten');
    assert.equal(readFileSync(key, 'utf8').includes(secret), true);
});

test('a key that was minted before: the same bytes of configuration, the same device', async () => {
    const id = uniqueName('before');
    const file = join(home, `${id}.key`);
    const minted = spawnSync(BIN, ['agent', 'key', '--server', server.url, '--machine-id', id, '--out', file], { encoding: 'utf8' });
    assert.equal(minted.status, 0, minted.stderr);
    const settings = [];
    const ids = [];
    for (const name of ['first', 'second']) {
        const root = join(home, `${id}-${name}`);
        mkdirSync(root);
        const done = run('--root', root, '--key-file', file, '--no-start', '-o', 'json');
        assert.equal(done.status, 0, done.stderr);
        ids.push(JSON.parse(done.stdout)[0].device_id);
        settings.push(readFileSync(join(root, 'etc/default/seneschal-agent')));
        assert.deepEqual(readFileSync(join(root, 'etc/seneschal/device-key')), readFileSync(file));
    }
    assert.deepEqual(settings[0], settings[1]);
    assert.equal(ids[0], ids[1]);
    assert.equal((await agentOf(join(home, `${id}-first`))).status, 0);
});

test('nothing is touched before the sign-in has succeeded, or without the right', async () => {
    const root = join(home, 'untouched');
    mkdirSync(root);
    const bad = join(home, 'bad-token');
    writeFileSync(bad, 'sen_s_0000000000000000000000000000000000000000000000000', { mode: 0o600 });
    const refused = run('--root', root, '--machine-id', 'x', '--token-file', bad);
    assert.equal(refused.status, 4, refused.stderr);
    assert.deepEqual(spawnSync('find', [root, '-mindepth', '1'], { encoding: 'utf8' }).stdout, '');
    const user = join(home, 'user-token');
    writeFileSync(user, await serviceToken(['user']), { mode: 0o600 });
    assert.equal(run('--root', root, '--machine-id', 'x', '--token-file', user).status, 4);
    assert.deepEqual(spawnSync('find', [root, '-mindepth', '1'], { encoding: 'utf8' }).stdout, '');
});

test('bad lists are refused whole, with the line', () => {
    for (const [text, want] of [['a\na\n', /:2: a stands there twice/], ['a,b,c,d\n', /:1: want/], [',host\n', /:1: want a machine/], ['..\n', /:1: want/], ['"a"\n', /without quotes/]]) {
        const list = join(home, 'bad.csv');
        writeFileSync(list, text);
        const done = run('--batch', list);
        assert.equal(done.status, 2, done.stderr);
        assert.match(done.stderr, want);
        assert.ok(!existsSync(`${list}.resume`));
    }
});

test(`a batch of ${MANY}, killed in the middle: the next run makes exactly the rest`, async () => {
    const prefix = uniqueName('batch');
    const list = join(home, 'machines.csv');
    const out = join(home, 'out');
    const names = Array.from({ length: MANY }, (_, i) => `${prefix}-${i}`);
    writeFileSync(list, `machine_id\n# ours\n${names.join('\n')}\n`);
    const words = args('--batch', list, '--out', out, '--parallel', '3', '-o', 'json');
    for (const share of [0.2, 0.6]) {
        const child = spawn(BIN, words, { env, stdio: 'ignore', cwd: home });
        const ended = new Promise((done) => child.on('exit', done));
        const lines = () => (existsSync(`${list}.resume`) ? readFileSync(`${list}.resume`, 'utf8').split('\n').filter((l) => l.startsWith('done ')).length : 0);
        await eventually('some are in', () => lines() >= MANY * share || child.exitCode !== null);
        child.kill('SIGKILL');
        await ended;
    }
    const last = spawnSync(BIN, words, { env, encoding: 'utf8', cwd: home });
    assert.equal(last.status, 0, last.stderr);
    const rows = JSON.parse(last.stdout);
    assert.deepEqual(rows.map((r) => r.machine_id), names);
    assert.ok(rows.every((r) => r.outcome === 'enrolled'));
    const now = await enrolled(prefix);
    assert.deepEqual([now.all, now.in], [MANY, MANY]);
    assert.deepEqual(new Set(now.items.map((d) => d.id)), new Set(rows.map((r) => r.device_id)));
    for (const i of [0, MANY - 1]) assert.equal((await agentOf(join(out, names[i]))).status, 0);
    const idle = spawnSync(BIN, words, { env, encoding: 'utf8', cwd: home });
    assert.equal(idle.status, 0, idle.stderr);
    assert.equal((await enrolled(prefix)).all, MANY);
});

test('a machine that is in with another key is named, and the others come in', async () => {
    const prefix = uniqueName('mixed');
    const list = join(home, 'mixed.csv');
    writeFileSync(list, `${prefix}-a\n${prefix}-b\n`);
    assert.equal(run('--batch', list, '--out', join(home, 'mixed-1')).status, 0);
    const second = join(home, 'mixed2.csv');
    writeFileSync(second, `${prefix}-a\n${prefix}-c,,${prefix}-none\n${prefix}-d\n`);
    const done = run('--batch', second, '--out', join(home, 'mixed-2'), '-o', 'json');
    assert.equal(done.status, 1, done.stderr);
    assert.match(done.stderr, new RegExp(`${prefix}-a: .*enrolled`));
    assert.match(done.stderr, new RegExp(`${prefix}-c: `));
    assert.deepEqual(JSON.parse(done.stdout).map((r) => r.outcome), ['failed', 'failed', 'enrolled']);
});
