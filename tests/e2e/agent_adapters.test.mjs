// SPDX-License-Identifier: Apache-2.0
// The agent writes what is in force into the files that assistants read: the real server, the real agent, files in
// directories of the test. The formats are those of the products' documentation (docs/ADAPTERS.md names them).
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentCommand, startAgent } from './lib/agent.mjs';
import { audit, enrolmentKey, publishPolicy, publishVersion } from './lib/fleet.mjs';
import { eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const WAIT = { ms: 60_000 * PATIENCE };

const CONTENT = {
    assistants: {
        autoApprove: false,
        'claude-code': { permissions: { deny: ['Read(./.env)'] }, model: 'large' },
        vscode: { AllowedExtensions: { acme: true }, UpdateMode: 'manual' },
        codex: { allowed_sandbox_modes: ['read-only', 'workspace-write'], rules: { prefix_rules: [{ pattern: [{ token: 'rm' }], decision: 'forbidden' }] } },
        'codex-defaults': { model: 'large', features: { web: true } },
    },
    app: { limit: 3 },
};

/** What the documented formats want for CONTENT. */
const WANT = {
    'claude-code': '{"disableAutoMode":"disable","model":"large","permissions":{"deny":["Read(./.env)"],"disableBypassPermissionsMode":"disable"}}\n',
    vscode: '{"AllowedExtensions":"{\\"acme\\":true}","ChatToolsAutoApprove":false,"ChatToolsTerminalEnableAutoApprove":false,"UpdateMode":"manual"}\n',
    codex: [
        '# Written by the Seneschal agent, which undoes every other change: seneschal-agent(1).',
        'allowed_approval_policies = ["untrusted", "on-request"]', 'allowed_sandbox_modes = ["read-only", "workspace-write"]', '', '[rules]',
        'prefix_rules = [{decision = "forbidden", pattern = [{token = "rm"}]}]', '',
    ].join('\n'),
    'codex-defaults': [
        '# Written by the Seneschal agent, which undoes every other change: seneschal-agent(1).',
        'model = "large"', '', '[features]', 'web = true', '',
    ].join('\n'),
    json: '{"limit":3}\n',
};

const NAMES = { 'claude-code': 'claude-code/managed-settings.json', vscode: 'vscode/policy.json', codex: 'codex/requirements.toml', 'codex-defaults': 'codex/managed_config.toml', json: 'app.json' };

function files() {
    const dir = tempDir('adapters');
    const at = Object.fromEntries(Object.entries(NAMES).map(([name, file]) => [name, path.join(dir, file)]));
    const args = Object.entries(at).flatMap(([name, file]) => ['--adapter', `${name}=${file}${name === 'json' ? '#/app' : ''}`]);
    const read = (name) => (existsSync(at[name]) ? readFileSync(at[name], 'utf8') : undefined);
    const holds = (what, name, probe) => eventually(what, () => read(name) !== undefined && probe(read(name)), WAIT);
    return { dir, at, args, read, holds };
}

async function house(content, options) {
    const server = await startServer();
    const admin = await server.admin();
    const policy = await publishPolicy(admin, content);
    const agent = startAgent(server, { key: (await enrolmentKey(admin)).key, ...options });
    const device = async () => {
        const [{ id }] = (await admin.get('/devices')).want(200).items;
        return (await admin.get(`/devices/${id}`)).want(200);
    };
    const acked = (what, probe) => eventually(what, async () => {
        const { items } = (await admin.get('/devices')).want(200);
        return items.length > 0 && probe((await device()).config ?? {});
    }, WAIT);
    return { server, admin, policy, agent, device, acked };
}

test('each file in its documented form, changed by the policy, off when the device is', async () => {
    const f = files();
    const h = await house(CONTENT, { args: f.args });
    await h.acked('in force', (c) => c.result === 'applied');
    for (const [name, want] of Object.entries(WANT)) {
        assert.equal(f.read(name), want, name);
        assert.equal(statSync(f.at[name]).mode & 0o777, 0o644, name);
    }
    await publishVersion(h.admin, h.policy.id, { ...CONTENT, assistants: { ...CONTENT.assistants, webSearch: false, mcpServers: 'none' } });
    await f.holds('the new version', 'claude-code', (t) => JSON.parse(t).permissions.deny.length === 3);
    assert.deepEqual(JSON.parse(f.read('claude-code')).permissions.deny, ['Read(./.env)', 'WebFetch', 'WebSearch']);
    await f.holds('the same there', 'vscode', (t) => JSON.parse(t).ChatMCP === 'none');
    await f.holds('and there', 'codex', (t) => /^\[mcp_servers\]$/m.test(t));
    const { id } = await h.device();
    (await h.admin.post(`/devices/${id}/block`, {})).want(200);
    await f.holds('off', 'json', (t) => JSON.parse(t).enabled === false);
    assert.deepEqual(JSON.parse(f.read('json')), { enabled: false, reason: 'device-blocked' });
    assert.deepEqual(JSON.parse(f.read('claude-code')).allowedProviders, []);
    assert.equal(JSON.parse(f.read('claude-code')).model, undefined);
    assert.equal(JSON.parse(f.read('vscode')).ChatAgentMode, false);
    assert.equal(JSON.parse(f.read('vscode')).AllowedExtensions, '{"acme":true}', 'what the policy closed beside it stays closed');
    assert.match(f.read('codex'), /^allowed_sandbox_modes = \["read-only"\]$/m);
    assert.match(f.read('codex-defaults'), /^sandbox_mode = "read-only"$/m);
    (await h.admin.post(`/devices/${id}/unblock`, {})).want(200);
    await h.agent.stop(); // a blocked one asks every five minutes
    h.agent.start();
    await f.holds('on again', 'json', (t) => t === WANT.json);
    await publishVersion(h.admin, h.policy.id, CONTENT, { enabled: false });
    await f.holds('switched off by a policy', 'claude-code', (t) => JSON.parse(t).allowedProviders?.length === 0);
    await publishVersion(h.admin, h.policy.id, CONTENT, { enabled: true });
    await f.holds('and on', 'claude-code', (t) => t === WANT['claude-code']);
    (await h.admin.post(`/devices/${id}/revoke`, { reason: 'lost' })).want(200);
    await f.holds('revoked', 'json', (t) => JSON.parse(t).reason === 'device-revoked');
    await f.holds('revoked there', 'codex-defaults', (t) => t.includes('sandbox_mode = "read-only"'));
    const off = Object.keys(NAMES).map(f.read);
    await h.agent.kill();
    h.agent.start();
    await sleep(300);
    assert.deepEqual(Object.keys(NAMES).map(f.read), off, 'a start gives nothing back');
});

test('what somebody changes by hand is put back, journaled and reported; his values stay with him', async () => {
    const f = files();
    const h = await house(CONTENT, { args: f.args });
    await h.acked('in force', (c) => c.result === 'applied');
    const mine = JSON.parse(f.read('claude-code'));
    writeFileSync(f.at['claude-code'], JSON.stringify({ ...mine, permissions: { allow: ['Bash'] }, env: { API_TOKEN: 'hunter2-hunter2' } }));
    await f.holds('put back', 'claude-code', (t) => t === WANT['claude-code']);
    await h.acked('reported', (c) => c.drift_count > 0);
    const { id, config } = await h.device();
    assert.ok(config.drift.includes('claude-code:/permissions/deny/0'), config.drift.join());
    assert.ok(config.drift.includes('claude-code:/env/API_TOKEN'));
    assert.equal(config.result, 'applied');
    const events = (await audit(h.admin, 'action=config.drifted')).filter((e) => e.target?.id === id);
    assert.equal(events.length, 1);
    assert.ok(JSON.stringify(events[0]).includes('/permissions/deny/0'));
    rmSync(f.at.vscode);
    writeFileSync(f.at.codex, f.read('codex').replace('"on-request"', '"never"'));
    await f.holds('made again', 'vscode', (t) => t === WANT.vscode);
    await f.holds('put back too', 'codex', (t) => t === WANT.codex);
    await h.agent.stop();
    writeFileSync(f.at['codex-defaults'], 'model = "mine"\n');
    h.agent.start();
    await f.holds('put back after a rest', 'codex-defaults', (t) => t === WANT['codex-defaults']);
    await h.agent.stop();
    const { stdout } = await agentCommand(['journal', '--state', h.agent.state, '-o', 'json']);
    const lines = JSON.parse(stdout).filter((l) => l.event === 'drifted');
    assert.deepEqual(lines.map((l) => l.adapter), ['claude-code', 'vscode', 'codex', 'codex-defaults']);
    const at = (line, pointer) => line.changes.find((c) => c.pointer === pointer);
    assert.equal(at(lines[0], '/env/API_TOKEN').hidden, true);
    assert.deepEqual(at(lines[0], '/permissions/allow/0'), { pointer: '/permissions/allow/0', new: 'Bash' });
    assert.deepEqual(at(lines[2], '/allowed_approval_policies'), { pointer: '/allowed_approval_policies', old: '["untrusted", "on-request"]', new: '["untrusted", "never"]' });
    assert.equal(at(lines[3], '/model').new, '"mine"');
    assert.ok(!stdout.includes('hunter2'));
});

test('what stood there before is kept once; a link, an open directory and no directory are named and refused', async () => {
    const f = files();
    mkdirSync(path.dirname(f.at['claude-code']), { mode: 0o755 });
    writeFileSync(f.at['claude-code'], '{"model":"of the administrator"}');
    const h = await house(CONTENT, { args: f.args });
    await h.acked('in force', (c) => c.result === 'applied');
    assert.equal(readFileSync(`${f.at['claude-code']}.before-seneschal`, 'utf8'), '{"model":"of the administrator"}');
    assert.equal(f.read('claude-code'), WANT['claude-code']);
    await h.agent.stop();

    const rows = [
        ['a link', (dir, file) => { mkdirSync(dir); writeFileSync(`${dir}/other`, 'x'); symlinkSync(`${dir}/other`, file); }, /symbolic link/],
        ['a link above it', (dir) => symlinkSync(tempDir('elsewhere'), dir), /symbolic link/],
        ['an open directory', (dir) => { mkdirSync(dir); chmodSync(dir, 0o777); }, /others can write/],
        ['no directory above', (dir) => { writeFileSync(dir, ''); }, /not a directory/],
    ];
    for (const [what, make, why] of rows) {
        const g = files();
        make(path.dirname(g.at.vscode), g.at.vscode);
        const bad = await house(CONTENT, { args: g.args });
        await bad.acked(what, (c) => c.result === 'failed');
        const { config } = await bad.device();
        assert.match(config.reason, /^adapter vscode: /, what);
        assert.match(config.reason, why, what);
        await eventually('off: not all of it is in force', () => bad.agent.config?.enabled === false, WAIT);
        await g.holds('off there too', 'json', (t) => JSON.parse(t).enabled === false);
        await bad.agent.stop();
        await bad.server.stop();
    }
});

test('kill -9 at any moment leaves whole files, and no change of its own is taken for drift', { timeout: 240_000 }, async () => {
    const f = files();
    const content = (n) => ({ assistants: { 'claude-code': { model: `m${n}` }, codex: { guardian_policy_config: `m${n}` } } });
    const h = await house(content(0), { args: f.args });
    await h.acked('in force', (c) => c.result === 'applied');
    for (let n = 1; n <= 8; n++) {
        await publishVersion(h.admin, h.policy.id, content(n));
        await sleep(Math.random() * 30);
        await h.agent.kill();
        const seen = JSON.parse(f.read('claude-code')).model;
        assert.ok(seen === `m${n}` || seen === `m${n - 1}`, seen);
        assert.match(f.read('codex'), /^guardian_policy_config = "m\d+"\n$/m);
        h.agent.start();
        await f.holds(`version ${n}`, 'claude-code', (t) => JSON.parse(t).model === `m${n}`);
        await f.holds(`version ${n}`, 'codex', (t) => t.includes(`"m${n}"`));
        /* The last of the files: before it, a start writes what was in force once more. */
        await eventually(`version ${n} in force`, () => h.agent.config?.config.assistants['claude-code'].model === `m${n}`);
    }
    await h.agent.stop();
    const { stdout } = await agentCommand(['journal', '--state', h.agent.state, '-o', 'json']);
    assert.deepEqual(JSON.parse(stdout).filter((l) => l.event === 'drifted'), []);
});

test('what is ill-typed or a secret is not written, and the server hears of it', async () => {
    const f = files();
    const h = await house({ assistants: { 'claude-code': { cleanupPeriodDays: 'ten', model: 'x' } } }, { args: f.args });
    await h.acked('in force', (c) => c.result === 'applied');
    assert.deepEqual(JSON.parse(f.read('claude-code')), { model: 'x' });
    assert.equal((await h.device()).config.reason, 'not written: /assistants/claude-code/cleanupPeriodDays: want a whole number');
});

test('the options and the table', async () => {
    const rows = [['--adapter', 'nonsense'], ['--adapter', 'json'], ['--adapter', 'json=relative'], ['--adapter', 'json=/x#a'], ['--adapter', 'codex', '--adapter', 'codex']];
    for (const args of rows) {
        const dir = tempDir('agent');
        const { code, stderr } = await agentCommand(['--server', 'http://127.0.0.1:9', '--state', `${dir}/s`, '--config-out', `${dir}/c`, ...args]);
        assert.equal(code, 2, `${args}: ${stderr}`);
    }
    const { stdout } = await agentCommand(['adapters', '-o', 'markdown']);
    const doc = readFileSync('docs/ADAPTERS.md', 'utf8');
    assert.ok(doc.includes(stdout.trim()), 'docs/ADAPTERS.md holds what `seneschal agent adapters -o markdown` prints');
    const names = JSON.parse((await agentCommand(['adapters', '-o', 'json'])).stdout).map((a) => a.name);
    assert.deepEqual(names, Object.keys(WANT));
    assert.equal((await agentCommand(['adapters', '-o', 'nonsense'])).code, 2);
});

test('the drop-in of the unit opens exactly the directories of the tables, and the unit stays hardened', async (t) => {
    const at = (name) => readFileSync(`packaging/systemd/${name}`, 'utf8');
    const table = JSON.parse((await agentCommand(['adapters', '-o', 'json'])).stdout);
    const dirs = [...new Set(table.filter((a) => a.path).map((a) => path.dirname(a.path)))].sort();
    const conf = at('seneschal-agent-adapters.conf');
    assert.deepEqual(conf.match(/^ReadWritePaths=(.*)$/m)[1].split(' '), dirs.map((d) => `-${d}`));
    const [, user] = conf.match(/^User=(.*)$/m);
    assert.match(at('seneschal-agent-adapters.sysusers'), new RegExp(`^u ${user} `, 'm'));
    const made = [...at('seneschal-agent-adapters.tmpfiles').matchAll(/^d (\S+) +0755 (\S+) root -$/gm)];
    assert.deepEqual(made.map(([, d, u]) => [d, u]), dirs.map((d) => [d, user]));
    if (!existsSync('/usr/bin/systemd-analyze')) return t.skip('systemd-analyze is not installed');
    const unit = path.join(tempDir('unit'), 'seneschal-agent.service');
    writeFileSync(unit, `${at('seneschal-agent.service')}\n${conf}`);
    const { stdout, stderr } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', '--no-pager', unit]);
    const [, level] = stdout.match(/Overall exposure level[^:]*: ([\d.]+)/) ?? assert.fail(stdout + stderr);
    assert.ok(Number(level) <= 2, level);
    assert.doesNotMatch(stderr, /Unknown (key|section)|Failed to parse|Invalid syntax/);
});
