// SPDX-License-Identifier: Apache-2.0
// `seneschal secret`: a value goes in by standard input or a file, and stands on no command line and in no output.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { enrol, publishPolicy } from './lib/fleet.mjs';
import { BIN, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const dir = tempDir('cli');
const tokenFile = path.join(dir, 'token');
await writeFile(tokenFile, `${admin.token}\n`, { mode: 0o600 });
const env = { ...process.env, SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile };

function run(args, input = '') {
    const { status, stdout, stderr } = spawnSync(BIN, ['secret', ...args], { env, input, encoding: 'utf8' });
    return { code: status, stdout, stderr };
}
function json(args, input) {
    const { code, stdout, stderr } = run([...args, '-o', 'json'], input);
    assert.equal(code, 0, stderr);
    return stdout === '' ? undefined : JSON.parse(stdout);
}

test('set, list, get and delete, for each target by its name', async () => {
    await publishPolicy(admin, { a: { $secret: 'k' } });
    const group = (await admin.post('/groups', { name: 'ops' })).want(201);
    const device = await enrol(server.client(), admin, { approve: { groups: [group.id] } });
    const value = async () => (await server.client({ token: device.token }).get('/devices/self/secrets/k')).want(200).value;
    const made = json(['set', 'k', '--description', 'of the tests'], 'from standard input\n');
    assert.deepEqual([made.name, made.scope, made.revision, made.description], ['k', 'org', 1, 'of the tests']);
    assert.equal(await value(), 'from standard input');
    const file = path.join(dir, 'value');
    await writeFile(file, 'two\nlines\n\n');
    assert.deepEqual([json(['set', 'k', '--group', 'ops', '--value-file', file])].map((row) => [row.scope, row.target_id]), [['group', group.id]]);
    assert.equal(await value(), 'two\nlines\n');
    json(['set', 'k', '--device', device.machine_id, '--value-file', '-'], 'for it alone');
    assert.equal(await value(), 'for it alone');
    assert.equal(json(['get', 'k', '--device', device.machine_id]).scope, 'device');
    assert.equal(json(['get', 'k']).scope, 'org');
    assert.equal(json(['list', '--group', 'ops']).length, 1);
    assert.match(run(['list', '--name', 'k']).stdout, /^name +scope +target_id/);
    assert.equal(run(['delete', 'k', '--group', 'ops']).code, 2, 'wants --yes');
    assert.equal(run(['delete', 'k', '--group', 'ops', '--yes']).code, 0);
    assert.equal(run(['get', 'k', '--group', 'ops']).code, 3);
    assert.equal(json(['list']).length, 2);
});

test('what it says never holds the value', () => {
    const mark = 'm4rk-of-a-value';
    for (const args of [['set', 'm'], ['set', 'm', '--dry-run'], ['set', 'NO'], ['set', 'm', '--group', 'nobody'], ['set', 'm', '--scope', 'moon'], ['set', 'm', '--value', mark], ['set', 'm', mark]]) {
        const { stdout, stderr } = run(args, mark);
        assert.ok(!`${stdout}${stderr}`.replaceAll(args.includes(mark) ? mark : '-', '').includes('m4rk'), `${args}: ${stdout}${stderr}`);
    }
    for (const input of ['', '\n', 'a\0b', Buffer.from([0xff, 0xfe])]) assert.equal(run(['set', 'm'], input).code, 2);
    assert.equal(run(['set', 'm', '--value-file', path.join(dir, 'absent')]).code, 3);
});
