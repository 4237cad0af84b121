// SPDX-License-Identifier: Apache-2.0
// `device why`, `policy preview`, `policy diff` and `policy rollback`: what people read, and what scripts get.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { enrol, publishPolicy, publishVersion, uniqueName } from './lib/fleet.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const cli = async (...words) => {
    const { code, stdout, stderr } = await seneschal([...words, '--server', server.url, '--data', server.data]);
    return { code, out: stdout, err: stderr };
};

const user = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('u')}@example.org` })).want(201);
const device = await enrol(server.client(), admin, { approve: { user_id: user.id } });
const [org, person, own] = [uniqueName('everybody'), uniqueName('person'), uniqueName('own')];
const base = await publishPolicy(admin, { limits: { max: 1, min: 0 }, mail: 'on', gone: [1] }, { name: org });
await publishPolicy(admin, { limits: { max: 5 }, gone: null }, { name: person, scope: 'user', target_id: user.id, locked: ['/limits/max'] });
await publishPolicy(admin, { limits: { max: 9, mean: 3 } }, { name: own, scope: 'device', target_id: device.id });

test('device why: one answer for a person', async () => {
    const { code, out } = await cli('device', 'why', device.machine_id, '/limits/max');
    assert.equal(code, 0);
    const [said, by, locked, over, refused] = out.trimEnd().split('\n');
    assert.equal(said, '/limits/max = 5');
    assert.match(by, new RegExp(`^  said by   policy ${person} \\(version 1, \\d{4}-\\d\\d-\\d\\d\\.\\d+\\) at level user, assignment [0-9a-f-]{36}$`));
    assert.match(locked, new RegExp(`^  locked by policy ${person} .* at level user, at /limits/max$`));
    assert.match(over, new RegExp(`^  over      1 of policy ${org} .* at level org$`));
    assert.match(refused, new RegExp(`^  refused   9 of policy ${own} .* at level device, locked by policy ${person} .*, at /limits/max$`));
});

test('device why: an object is told leaf by leaf, and JSON comes as it is', async () => {
    const { out } = await cli('device', 'why', device.id, '/limits');
    assert.deepEqual(out.split('\n').filter((l) => l.startsWith('/')), ['/limits/max = 5', '/limits/mean = 3', '/limits/min = 0']);
    const json = JSON.parse((await cli('device', 'why', device.id, '/limits/max', '-o', 'json')).out);
    assert.deepEqual([json.leaves.length, json.leaves[0].policy_name, json.pointer], [1, person, '/limits/max']);
});

test('device why: what is not there ends with 1, and names what is near', async () => {
    const typo = await cli('device', 'why', device.id, '/limits/mux');
    assert.equal(typo.code, 1);
    assert.match(typo.err, /no such value/);
    assert.match(typo.err, /there is \/limits\/max/);
    const removed = await cli('device', 'why', device.id, '/gone');
    assert.equal(removed.code, 1);
    assert.match(removed.out, new RegExp(`^/gone\n  removed by policy ${person} `));
    assert.match(removed.out, new RegExp(`over      \\[1\\] of policy ${org} `));
    assert.equal((await cli('device', 'why', 'nobody-at-all', '/x')).code, 3);
    assert.equal((await cli('device', 'why', device.id, 'x')).code, 2);
    assert.equal((await cli('device', 'why', device.id, '/x', '--at', '2020-01-01T00:00:00Z')).code, 2);
});

test('policy diff, preview and rollback say what changes', async () => {
    await publishVersion(admin, base.id, { limits: { max: 1, min: 2 }, news: true }, { locked: ['/news'] });
    const diff = (await cli('policy', 'diff', org, '1', '2')).out;
    assert.match(diff, /^version 1 \(\d{4}-\d\d-\d\d\.\d+\) -> 2 \(.*\)\n- \/gone \[1\]\n~ \/limits\/min 0 -> 2\n- \/mail "on"\n\+ \/news true\n\+ locked \/news\n$/);
    assert.equal((await cli('policy', 'diff', org, '2', '2')).out.split('\n')[1], 'nothing changes');
    const file = join(tempDir('why'), 'draft.json');
    await writeFile(file, '{"news":false}');
    const preview = (await cli('policy', 'preview', '--policy', org, '--content', file)).out;
    assert.match(preview, new RegExp(`^reaches 1 devices, changes 1 of them\n\n1 device, such as ${device.machine_id}:\n`));
    assert.match(preview, /^ {2}- \/limits\/min 2\n {2}~ \/news true -> false$/m);
    const dry = await cli('policy', 'rollback', org, '--number', '1', '--dry-run');
    assert.match(dry.err, /^version 2 .* -> 1 .*\n\+ \/gone \[1\]\n~ \/limits\/min 2 -> 0\n/);
    assert.match(dry.out, /^POST .*\/rollback/);
    const done = await cli('policy', 'rollback', org, '--number', '1', '-o', 'json');
    assert.equal(JSON.parse(done.out).number, 3);
    assert.match(done.err, /- locked \/news/);
});
