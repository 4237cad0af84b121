// SPDX-License-Identifier: Apache-2.0
// The systemd unit of the agent says only what the agent and systemd know.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { startAgent } from './lib/agent.mjs';
import { enrolmentKey, publishPolicy } from './lib/fleet.mjs';
import { Child, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const UNIT = 'packaging/systemd/seneschal-agent.service';
const unit = readFileSync(UNIT, 'utf8').replaceAll('\\\n', ' ');
const setting = (name) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value);

test('its options and exit statuses are those of the tables', () => {
    const options = new Set([...readFileSync('src/agent/agent_options.def', 'utf8').matchAll(/^AGENT_OPTION\(\w+,\s*"([\w-]+)"/gm)].map(([, flag]) => flag));
    const given = [...setting('ExecStart')[0].matchAll(/ --([\w-]+)/g)].map(([, flag]) => flag);
    assert.deepEqual(given.filter((flag) => !options.has(flag)), []);
    for (const flag of ['state', 'config-out', 'socket', 'socket-group', 'enrollment-key-file', 'key-file']) assert.ok(given.includes(flag), flag);
    const usage = readFileSync('src/agent/agent_exit.def', 'utf8').match(/^AGENT_EXIT\(USAGE,\s*(\d+)/m)[1];
    assert.deepEqual(setting('RestartPreventExitStatus'), [usage]);
    assert.deepEqual(setting('SupplementaryGroups'), setting('ExecStart')[0].match(/--socket-group (\S+)/).slice(1));
    assert.match(readFileSync('packaging/systemd/seneschal-agent.sysusers', 'utf8'), /^g assistants -$/m);
});

test('systemd finds it hardened', async (t) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return t.skip('systemd-analyze is not installed');
    const { stdout, stderr } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', '--no-pager', UNIT]);
    const [, level] = stdout.match(/Overall exposure level[^:]*: ([\d.]+)/) ?? assert.fail(stdout + stderr);
    assert.ok(Number(level) <= 2, level);
    assert.doesNotMatch(stderr, /Unknown (key|section)|Failed to parse|Invalid syntax/);
});

/** What systemd would hear (sd_notify(3)); Node has no datagrams of Unix sockets. */
const LISTEN = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode(), flush=True)
`;

test('systemd is told when it is ready, how it stands, that it lives, and that it ends', async () => {
    const socket = path.join(tempDir('notify'), 'notify');
    const systemd = new Child('python3', ['-c', LISTEN, socket]);
    after(() => systemd.kill());
    await systemd.waitFor(/bound/);
    const server = await startServer();
    const admin = await server.admin();
    await publishPolicy(admin, { model: 'one' });
    const agent = startAgent(server, { key: (await enrolmentKey(admin)).key, env: { NOTIFY_SOCKET: socket } });
    for (const said of [/^READY=1$/m, /^WATCHDOG=1$/m, /^STATUS=UNENROLLED: start$/m, /^STATUS=ACTIVE: enrolled$/m]) await systemd.waitFor(said);
    await agent.stop();
    await systemd.waitFor(/^STOPPING=1$/m);
});

test('what is wrong for good ends with 2, so that systemd does not try again', async () => {
    for (const args of [['--bogus'], ['--server', 'http://192.0.2.1'], ['--socket-group', 'root']]) {
        const agent = startAgent({ url: 'https://seneschal.example' }, { args });
        assert.equal((await agent.child.ended()).code, 2, args.join(' '));
        assert.notEqual(agent.child.stderr, '');
    }
});
