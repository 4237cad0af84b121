// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a yes, by the command line: who waits is seen, and answered, once and for what was shown.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { makeCaller } from './lib/gateway.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { addServer, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const demo = await addServer(admin, { name: 'demo', transport: 'demo' });
const operator = await makeCaller(gateway, admin, { roles: ['operator'] });
const caller = await makeCaller(gateway, admin);
const dir = tempDir('approval-cli');

/** The command line of somebody. */
async function as(who) {
    const file = path.join(dir, who.name);
    await writeFile(file, `${who.token}\n`, { mode: 0o600 });
    const run = (...args) => seneschal(args, { env: { SENESCHAL_URL: gateway.url, SENESCHAL_TOKEN_FILE: file } });
    return {
        run,
        ok: async (...args) => {
            const { code, stdout, stderr } = await run(...args);
            assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
            return stdout;
        },
    };
}
const { run, ok } = await as(operator);
const json = async (...args) => JSON.parse(await ok(...args, '-o', 'json'));
const calling = await as(caller);

await calling.ok('tool', 'list');
(await admin.patch(`/gateway/servers/${demo.id}/tools/echo`, { approval: true })).want(200);
/** A call that waits, and its row. */
async function wait(text) {
    const call = calling.run('tool', 'call', 'demo__echo', `text=${text}`);
    const row = await eventually('it is in the list', async () => (await json('approval', 'list', '--state', 'waiting'))[0]);
    return { call, row };
}

test('seen, and approved with the digest of what was shown', async () => {
    const { call, row } = await wait('two words');
    assert.deepEqual([row.state, row.caller_name, row.server_name, row.tool], ['waiting', caller.name, 'demo', 'echo']);
    assert.match(await ok('approval', 'list', '--state', 'waiting'), new RegExp(`^id +state[^\\n]*\\n${row.id} +waiting +${caller.name} `));
    const shown = await json('approval', 'show', row.id);
    assert.deepEqual([shown.arguments, shown.digest], [{ text: 'two words' }, row.digest]);
    const stale = await run('approval', 'approve', row.id, '--digest', '0'.repeat(64));
    assert.notEqual(stale.code, 0);
    assert.match(await ok('approval', 'approve', row.id, '--digest', shown.digest, '--reason', 'agreed with Ann'), /approved/);
    const { code, stdout } = await call;
    assert.deepEqual([code, stdout], [0, 'two words\n']);
    const after = await json('approval', 'show', row.id);
    assert.deepEqual([after.state, after.decided_by_name, after.reason, after.arguments], ['approved', operator.name, 'agreed with Ann', null]);
    assert.deepEqual(await json('approval', 'list', '--state', 'waiting'), []);
    const again = await run('approval', 'deny', row.id);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /approved/);
});

test('denied: its caller is told, and ends with a status of its own', async () => {
    const { call, row } = await wait('x');
    assert.match(await ok('approval', 'deny', row.id, '--reason', 'not on a Friday'), /denied/);
    const { code, stdout, stderr } = await call;
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /Nobody has approved/);
    assert.equal((await json('approval', 'list', '--state', 'denied'))[0].id, row.id);
});

test('not by who may not, and not what is not there', async () => {
    const { call, row } = await wait('y');
    const own = await calling.run('approval', 'list');
    assert.ok(own.code === 0 && own.stdout.includes(row.id), 'a caller sees what of his waits');
    for (const words of [['show', row.id], ['approve', row.id], ['deny', row.id]])
        assert.match((await calling.run('approval', ...words)).stderr, /approval:(read|decide)/, words.join(' '));
    assert.equal((await run('approval', 'approve', '019a0000-0000-7000-8000-000000000001')).code, 3);
    assert.equal((await run('approval', 'approve')).code, 2);
    assert.equal((await run('approval', 'list', '--state', 'maybe')).code === 0, false);
    await ok('approval', 'approve', row.id);
    assert.equal((await call).stdout, 'y\n');
});
