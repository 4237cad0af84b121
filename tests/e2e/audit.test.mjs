// SPDX-License-Identifier: Apache-2.0
// The record: what is in it, how it is read, and that `audit verify` finds what was done to it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { seneschal, tempDir } from './lib/process.mjs';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const record = (query, by = admin) => by.atRoot().get(`/admin/security/audit?${query}`);
const verify = (...args) => seneschal(['audit', 'verify', '--data', server.data, ...args]);

async function makeGroups(n, name = uniqueName('g')) {
    const made = [];
    for (let i = 0; i < n; i++) made.push((await admin.post('/groups', { name: `${name}-${i}` })).want(201));
    return made;
}

test('an act is on the record, with all that the contract lists', async () => {
    const [group] = await makeGroups(1);
    const reply = await admin.patch(`/groups/${group.id}`, { roles: ['auditor'] });
    reply.want(200);
    const { items } = (await record(`target=${group.id}`)).want(200);
    assert.deepEqual(items.map((e) => e.action), ['group.changed', 'group.created']);
    const [event] = items;
    assert.equal(event.actor.kind, 'system');
    assert.deepEqual(event.target, { kind: 'group', id: group.id, name: group.name });
    assert.equal(event.result, 'ok');
    assert.equal(event.ip, '127.0.0.1');
    assert.equal(event.request_id, reply.headers['seneschal-request-id']);
    assert.deepEqual(event.details, { roles: ['auditor'] });
    assert.match(event.hash, /^[0-9a-f]{64}$/);
    assert.equal(event.prev_hash, items[1].hash);
    assert.equal(event.seq, items[1].seq + 1);
    assert.ok(Math.abs(Date.parse(event.at) - Date.now()) < 60_000);
});

test('filters', async () => {
    const [group] = await makeGroups(1);
    const { client: someone } = await serviceClient(admin, ['auditor']);
    (await someone.delete(`/groups/${group.id}`)).wantProblem(403, 'forbidden');
    const actions = async (query) => (await record(query)).want(200).items.map((e) => e.action);
    assert.deepEqual(await actions(`target=${group.id}&action=group.created`), ['group.created']);
    assert.deepEqual(await actions(`target=${group.name}`), ['group.created']);
    assert.deepEqual(await actions(`target=${group.id}&from=2100-01-01T00:00:00Z`), []);
    assert.deepEqual(await actions(`target=${group.id}&to=2000-01-01T00:00:00Z`), []);
    const refused = (await record('result=refused&action=group.deleted')).want(200).items;
    assert.equal(refused.length, 1);
    assert.equal(refused[0].reason, 'forbidden');
    assert.deepEqual((await record(`actor=${refused[0].actor.id}`)).want(200).items, refused);
    const first = (await record('order=asc&limit=2')).want(200).items;
    assert.deepEqual(first.map((e) => [e.seq, e.action]), [[1, 'audit.opened'], [2, 'organisation.created']]);
    assert.equal(first[0].prev_hash, '0'.repeat(64));
    for (const bad of ['format=xml', 'order=up', 'result=maybe', 'from=yesterday', 'limit=501', 'limit=0']) {
        (await record(bad)).wantProblem(422, 'bad-field');
    }
});

test('the same refusal of the same principal is written once an hour', async () => {
    const { client: someone } = await serviceClient(admin, ['operator']);
    for (let i = 0; i < 30; i++) (await someone.post('/users', { username: 'x', email: 'x@example.org' })).wantProblem(403, 'forbidden');
    const { items } = (await record('result=refused&action=user.created')).want(200);
    assert.equal(items.length, 1);
});

test('pages cover everything once, while new events come', async () => {
    await makeGroups(25);
    const seen = [];
    let cursor = '';
    do {
        const page = (await record(`limit=10${cursor}`)).want(200);
        seen.push(...page.items.map((e) => e.seq));
        cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
        await makeGroups(1);
    } while (cursor);
    assert.deepEqual(seen, Array.from({ length: seen[0] }, (_, i) => seen[0] - i));
    const { next_cursor } = (await record('limit=1')).want(200);
    (await record(`limit=1&action=group.created&cursor=${next_cursor}`)).wantProblem(400, 'bad-cursor');
});

test('NDJSON and CSV stream it all; a cell that would run as a formula is tamed', async () => {
    const name = '=HYPERLINK("http://example.org")';
    (await admin.post('/groups', { name })).want(201);
    await makeGroups(600);
    const nd = await record('format=ndjson');
    assert.equal(nd.status, 200);
    assert.equal(nd.type, 'application/x-ndjson');
    const events = nd.text.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.ok(events.length > 600);
    assert.equal(events.at(-1).seq, 1);
    for (let i = 1; i < events.length; i++) assert.equal(events[i - 1].prev_hash, events[i].hash);
    const csv = await record('format=csv&order=asc');
    assert.equal(csv.type, 'text/csv');
    assert.ok(csv.text.startsWith('at,chain,seq,action,result,'));
    assert.ok(csv.text.includes(`"'${name.replaceAll('"', '""')}"`));
    assert.ok(!/(^|,|")[=+@-][A-Za-z]/m.test(csv.text.replaceAll(/""/g, '')));
    const { client: operator } = await serviceClient(admin, ['operator']);
    (await record('format=json', operator)).want(200);
    (await record('format=csv', operator)).wantProblem(403, 'forbidden');
    (await record('', server.client())).wantProblem(401, 'unauthenticated');
});

test('each organisation reads its own record', async () => {
    const slug = uniqueName('acme');
    (await admin.post('/organisations', { slug, name: 'Acme' })).want(201);
    const { client: there } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['administrator']);
    const theirs = (await record('order=asc', there)).want(200).items;
    assert.deepEqual(theirs.slice(0, 2).map((e) => e.action), ['audit.opened', 'organisation.created']);
    const ours = (await record('limit=1')).want(200).items;
    assert.notEqual(theirs[0].chain, ours[0].chain);
    (await record('org=default', there)).wantProblem(404, 'not-found');
    (await record('org=system', there)).wantProblem(404, 'not-found');
    assert.equal((await record(`org=${slug}&order=asc`)).want(200).items[0].chain, theirs[0].chain);
    assert.equal((await record('org=system&order=asc')).want(200).items[0].target.kind, 'system');
});

/** The hash as docs/adr/0003-audit-format.md says, from nothing but that text. */
function hashOf(event, body) {
    const seq = Buffer.alloc(8);
    seq.writeBigUInt64BE(BigInt(event.seq));
    return createHash('sha256')
        .update('seneschal-audit-v1\0')
        .update(Buffer.from(event.chain.replaceAll('-', ''), 'hex'))
        .update('\0')
        .update(seq)
        .update(Buffer.from(event.prev_hash, 'hex'))
        .update(createHash('sha256').update(body).digest())
        .digest('hex');
}

const sql = async (text) => {
    const { Child } = await import('./lib/process.mjs');
    const child = new Child('sqlite3', ['-readonly', path.join(server.data, 'seneschal.db'), text]);
    const { code } = await child.ended(10_000);
    assert.equal(code, 0, child.stderr);
    return child.stdout.trimEnd();
};

test('the hash is what the documents say', async () => {
    const [group] = await makeGroups(1);
    const [event] = (await record(`target=${group.id}`)).want(200).items;
    const chain = event.chain.replaceAll('-', '');
    const body = await sql(`SELECT body FROM audit_event WHERE chain = x'${chain}' AND seq = ${event.seq}`);
    assert.equal(hashOf(event, body), event.hash);
    const [salt, details] = (await sql(`SELECT hex(salt) || ' ' || private FROM audit_private WHERE chain = x'${chain}' AND seq = ${event.seq}`)).split(/ (.*)/);
    const digest = createHash('sha256').update(Buffer.from(salt, 'hex')).update(details).digest('hex');
    assert.equal(JSON.parse(body).detail_digest, digest);
});

test('audit verify beside the running server, then after a kill, then after a forgery', async () => {
    await makeGroups(20);
    const beside = await verify();
    assert.equal(beside.code, 0, beside.stdout + beside.stderr);
    await makeGroups(5);
    await server.stop(); // signs what is not signed yet
    const kept = path.join(tempDir('kept'), 'log');
    writeFileSync(kept, server.log);
    assert.equal((await verify()).code, 0);
    assert.equal((await verify('--against', kept)).code, 0);

    const { Child } = await import('./lib/process.mjs');
    const forge = async (text) => {
        const child = new Child('sqlite3', [path.join(server.data, 'seneschal.db'), text]);
        const { code } = await child.ended(10_000);
        assert.equal(code, 0, child.stderr);
    };
    await forge(`CREATE TABLE kept_event AS SELECT * FROM audit_event; CREATE TABLE kept_private AS SELECT * FROM audit_private;
        DELETE FROM audit_private WHERE seq > 10; DELETE FROM audit_event WHERE seq > 10`);
    const cut = await verify('--against', kept);
    assert.equal(cut.code, 1, cut.stdout + cut.stderr);
    await forge(`INSERT INTO audit_event SELECT * FROM kept_event WHERE seq > 10; INSERT INTO audit_private SELECT * FROM kept_private WHERE seq > 10;
        DROP TABLE kept_event; DROP TABLE kept_private`);
    assert.equal((await verify('--against', kept)).code, 0);
    await forge("DELETE FROM audit_private WHERE seq = 5 AND private NOT LIKE '%signature%'");
    assert.equal((await verify()).code, 0, 'erasing a person leaves the chain whole');
    await forge("UPDATE audit_event SET body = replace(body, '\"ok\"', '\"refused\"') WHERE seq = 7");
    const changed = await verify();
    assert.equal(changed.code, 1, changed.stdout + changed.stderr);
});
