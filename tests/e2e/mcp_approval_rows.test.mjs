// SPDX-License-Identifier: Apache-2.0
// A permission that wants a person's yes: for whom it says so, most specific first, and never less than the tool itself wants.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { makeCaller } from './lib/gateway.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
await addServer(admin, { name: 'demo', transport: 'demo' });
const group = (await admin.post('/groups', { name: uniqueName('careful') })).want(201);
const caller = await makeCaller(gateway, admin, { groups: [group.id] });
const free = await makeCaller(gateway, admin);
const operator = await makeCaller(gateway, admin, { roles: ['operator'] });
const open = async (who) => {
    const client = await clients['2.x pinned'](`${gateway.url}/mcp`, bearer(who));
    after(() => client.close());
    return client;
};
const say = async (whose, tool, more) => (await admin.put(`/permissions/${whose}`, { tool, ...more })).want(200);
const ask = async (who) => (await admin.post('/permissions/validate', { tool: 'demo/echo', access: 'READ', service_account_id: who.id })).want(200);
const waiting = async () => (await operator.client.get('/gateway/approvals?state=waiting')).want(200).items;
const client = await open(caller);
const others = await open(free);
assert.ok((await client.tools()).some((t) => t.name === 'demo__echo'));

test('a row of a group makes its members wait, and nobody else', async () => {
    const row = await say(`group/${group.id}`, 'demo/*', { approval: true });
    assert.deepEqual([row.approval, row.can_read, row.inherited.approval], [true, null, false]);
    const verdict = await ask(caller);
    assert.deepEqual([verdict.allowed, verdict.needs_approval, verdict.approval_rule], [true, true, row.id]);
    assert.deepEqual([(await ask(free)).needs_approval, (await ask(free)).approval_rule], [false, null]);
    const mine = (await caller.client.get('/permissions/me')).want(200).items.find((t) => t.tool === 'demo/echo');
    assert.equal(mine.needs_approval, true);
    assert.equal((await others.call('demo__echo', { text: 'at once' })).content[0].text, 'at once');
    const call = client.call('demo__echo', { text: 'after a yes' });
    call.catch(() => {});
    const held = await eventually('it waits', async () => (await waiting())[0]);
    assert.deepEqual([held.tool, held.caller_id], ['echo', caller.id]);
    (await operator.client.post(`/gateway/approvals/${held.id}/approve`, { digest: held.digest })).want(200);
    assert.equal((await call).content[0].text, 'after a yes');
});

test('a more specific row waives what a less specific one wants; of equals, the one that wants it wins', async () => {
    await say(`service-account/${caller.id}`, 'demo/echo', { approval: false });
    assert.equal((await ask(caller)).needs_approval, false);
    assert.equal((await client.call('demo__echo', { text: 'x' })).content[0].text, 'x');
    const twin = (await admin.post('/groups', { name: uniqueName('careless') })).want(201);
    (await admin.post(`/groups/${twin.id}/members`, { service_account_id: caller.id })).want(204);
    (await admin.delete(`/permissions/service-account/${caller.id}/tool/demo/echo`)).want(204);
    await say(`group/${twin.id}`, 'demo/*', { approval: false });
    assert.equal((await ask(caller)).needs_approval, true);
});

test('what the tool itself wants no permission waives', async () => {
    const demo = (await admin.all('/gateway/servers')).find((s) => s.name === 'demo');
    await say(`service-account/${free.id}`, '*', { approval: false });
    (await admin.patch(`/gateway/servers/${demo.id}/tools/echo`, { approval: true })).want(200);
    const verdict = await ask(free);
    assert.deepEqual([verdict.needs_approval, verdict.approval_rule], [true, null]);
    (await admin.patch(`/gateway/servers/${demo.id}/tools/echo`, { approval: false })).want(200);
    assert.equal((await ask(free)).needs_approval, false);
});

test('it allows nothing by itself', async () => {
    await say(`service-account/${free.id}`, 'demo/none', { approval: true });
    const verdict = (await admin.post('/permissions/validate', { tool: 'demo/none', access: 'WRITE', service_account_id: free.id })).want(200);
    assert.deepEqual([verdict.allowed, verdict.needs_approval], [false, false]);
});

test('by the command line, by files, and on the record', async () => {
    const work = tempDir('approval-rows');
    const tokenFile = path.join(work, 'token');
    await writeFile(tokenFile, `${await gateway.adminToken()}\n`, { mode: 0o600 });
    const run = (...args) => seneschal(args, { env: { SENESCHAL_URL: gateway.url, SENESCHAL_TOKEN_FILE: tokenFile } });
    const ok = async (...args) => {
        const { code, stdout, stderr } = await run(...args);
        assert.equal(code, 0, stderr);
        return stdout;
    };
    await ok('tool', 'grant', group.name, 'demo/time', '--approval', 'true');
    const event = (await admin.get('/admin/security/audit?action=permission.changed')).want(200).items[0];
    assert.deepEqual([event.target.name, event.details], [group.name, { tool: 'demo/time', approval: true }]);
    await writeFile(path.join(work, 'all.yaml'), `permissions:\n  - {service_account: ${free.name}, tool: demo/time, approval: true}\n`);
    const asked = await run('apply', '-f', work);
    assert.equal(asked.code, 2, asked.stdout);
    assert.match(asked.stdout, new RegExp(`^ {2}~ ${free.name} \\(service account\\) keeps READ of demo/time, under other conditions$`, 'm'));
    await ok('apply', '-f', work, '--yes');
    assert.equal(await ok('apply', '-f', work), 'no change\n');
    assert.match(await ok('export'), /approval: true/);
});
