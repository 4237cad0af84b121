// SPDX-License-Identifier: Apache-2.0
// The systemd unit of the agent says only what the agent and systemd know.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { run } from './lib/process.mjs';

const UNIT = 'packaging/systemd/seneschal-agent.service';
const unit = readFileSync(UNIT, 'utf8').replaceAll('\\\n', ' ');
const setting = (name) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value);

test('its options and exit statuses are those of the tables', () => {
    const options = new Set([...readFileSync('src/agent/agent_options.def', 'utf8').matchAll(/^AGENT_OPTION\(\w+,\s*"([\w-]+)"/gm)].map(([, flag]) => flag));
    const given = [...setting('ExecStart')[0].matchAll(/ --([\w-]+)/g)].map(([, flag]) => flag);
    assert.deepEqual(given.filter((flag) => !options.has(flag)), []);
    for (const flag of ['state', 'config-out', 'socket', 'socket-group', 'enrollment-key-file']) assert.ok(given.includes(flag), flag);
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
