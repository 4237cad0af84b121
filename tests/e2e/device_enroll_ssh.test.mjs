// SPDX-License-Identifier: Apache-2.0
// `device enroll --ssh` and a list with hosts, against Debian's own sshd: on a port, with keys and files of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { BIN, Child, eventually, tempDir } from './lib/process.mjs';
import { connects, freePort } from './lib/ports.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('ssh');
const keygen = (name) => assert.equal(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)]).status, 0);
keygen('host');
keygen('operator');
cpSync(join(dir, 'operator.pub'), join(dir, 'authorized_keys'));
const port = await freePort();
writeFileSync(join(dir, 'sshd_config'), `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${dir}/host\nAuthorizedKeysFile ${dir}/authorized_keys\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nPermitRootLogin yes\nMaxStartups 100\n`);
writeFileSync(join(dir, 'ssh_config'), `Host target other\n  HostName 127.0.0.1\n  Port ${port}\n  User ${userInfo().username}\n  IdentityFile ${dir}/operator\n  IdentitiesOnly yes\n  UserKnownHostsFile ${dir}/known\n  StrictHostKeyChecking accept-new\n  LogLevel ERROR\n`);
if (process.getuid() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
const sshd = new Child('/usr/sbin/sshd', ['-D', '-e', '-f', join(dir, 'sshd_config')]);
after(() => sshd.kill());
await eventually('sshd listens', () => connects(port));

const server = await startServer();
const admin = await server.admin();
const account = (await admin.post('/service-accounts', { name: uniqueName('enroller'), roles: ['enroller'] })).want(201);
const token = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201).token;
writeFileSync(join(dir, 'token'), token, { mode: 0o600 });
const agents = join(dir, 'agents');
for (const arch of ['amd64', 'arm64']) {
    mkdirSync(join(agents, arch), { recursive: true });
    cpSync(join(dirname(BIN), 'seneschal-agent'), join(agents, arch, 'seneschal-agent'));
}
for (const name of ['service', 'sysusers']) cpSync(`packaging/systemd/seneschal-agent.${name}`, join(agents, `seneschal-agent.${name}`));
const run = (...words) => spawnSync(BIN, ['device', 'enroll', '--agent-dir', agents, '--ssh-config', join(dir, 'ssh_config'), '-o', 'json', ...words], { encoding: 'utf8', env: { ...process.env, HOME: dir, SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: join(dir, 'token') } });
const device = async (id) => (await admin.get(`/devices/${id}`)).want(200);

test('a machine over ssh: agent, key, settings; it runs, and proves itself', async () => {
    const root = join(dir, "a 'strange' root");
    mkdirSync(root);
    const id = uniqueName('ssh');
    const done = run('--ssh', 'target', '--machine-id', id, '--root', root);
    assert.equal(done.status, 0, done.stderr);
    const [row] = JSON.parse(done.stdout);
    const key = join(root, 'etc/seneschal/device-key');
    assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.equal(JSON.parse(readFileSync(key, 'utf8')).machine_id, id);
    assert.equal(readFileSync(join(root, 'etc/default/seneschal-agent'), 'utf8').includes(`SENESCHAL_AGENT_SERVER=${server.url}`), true);
    await eventually('the agent has its configuration', () => existsSync(join(root, 'var/lib/seneschal-agent/config.json')));
    assert.equal((await device(row.device_id)).status, 'ENROLLED');
    const state = spawnSync(join(root, 'usr/bin/seneschal-agent'), ['status', '--state', join(root, 'var/lib/seneschal-agent'), '-o', 'json'], { encoding: 'utf8' });
    assert.equal(JSON.parse(state.stdout).device_id, row.device_id);
    const found = spawnSync('sh', ['-c', 'for p in /proc/[0-9]*; do tr "\\0" "\\n" <"$p/cmdline" 2>/dev/null | grep -Fxq "$1" && echo "${p#/proc/}"; done', 'sh', join(root, 'var/lib/seneschal-agent')], { encoding: 'utf8' });
    for (const pid of found.stdout.split('\n').filter(Boolean).map(Number)) if (pid !== process.pid) try { process.kill(pid); } catch { /* it was the look */ }
});

test('what is wrong on the way is said, and leaves the machine out', async () => {
    const root = join(dir, 'bare');
    mkdirSync(root);
    const id = uniqueName('no');
    assert.match(run('--ssh', 'nowhere.invalid', '--machine-id', id, '--root', root).stderr, /ssh/);
    assert.equal(run('--ssh', '-oProxyCommand=touch x', '--machine-id', id, '--root', root).status, 2);
    const empty = run('--ssh', 'target', '--machine-id', id, '--root', root, '--agent-dir', join(dir, 'none'));
    assert.match(empty.stderr, /hint: --agent-dir DIR holds/);
    assert.deepEqual((await admin.get(`/devices?search=${id}`)).want(200).items, []);
});

test('a list with hosts: each machine by its own, and what failed comes in the next time', async () => {
    const root = join(dir, 'many');
    mkdirSync(root);
    const list = join(dir, 'hosts.csv');
    const names = [uniqueName('h'), uniqueName('h')];
    writeFileSync(list, `machine_id,ssh\n${names[0]},target\n${names[1]},nowhere.invalid\n`);
    const first = run('--batch', list, '--root', root, '--no-start');
    assert.equal(first.status, 1);
    assert.deepEqual(JSON.parse(first.stdout).map((r) => r.outcome), ['enrolled', 'failed']);
    const other = join(dir, 'many-2');
    mkdirSync(other);
    writeFileSync(list, `machine_id,ssh\n${names[0]},target\n${names[1]},other\n`);
    const second = run('--batch', list, '--root', other, '--no-start');
    assert.equal(second.status, 0, second.stderr);
    assert.ok(!existsSync(join(other, 'etc/seneschal/device-key')) || JSON.parse(readFileSync(join(other, 'etc/seneschal/device-key'), 'utf8')).machine_id === names[1]);
    for (const row of JSON.parse(second.stdout)) assert.equal((await device(row.device_id)).machine_id, row.machine_id);
});
