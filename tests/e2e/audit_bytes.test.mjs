// SPDX-License-Identifier: Apache-2.0
// The record as it is stored: whoever has these bytes checks the chain himself, and sees what was done behind the server's back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';
import { inStore } from './lib/store.mjs';

const PATH = '/admin/security/audit/bytes';
const server = await startServer();
const admin = await server.admin();
for (let i = 0; i < 30; i++) (await admin.post('/groups', { name: uniqueName('Größe') })).want(201);

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (text) => Buffer.from(text, 'hex');

async function all(query = '', by = admin) {
    const seen = [];
    let cursor = '';
    do {
        const page = (await by.get(`${PATH}?limit=7${query}${cursor}`)).want(200);
        seen.push(...page.items);
        cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
    } while (cursor);
    return seen;
}

/** docs/adr/0003-audit-format.md: the numbers of those that are not what they were. */
function wrong(events) {
    let before = Buffer.alloc(32);
    return events.filter((one, i) => {
        const seq = Buffer.alloc(8);
        seq.writeBigUInt64BE(BigInt(one.seq));
        const hash = sha('seneschal-audit-v1\0', hex(one.chain.replaceAll('-', '')), '\0', seq, before, sha(one.body));
        before = hex(one.hash);
        const details = one.private === null || sha(hex(one.salt), one.private).equals(hex(JSON.parse(one.body).detail_digest));
        return one.seq !== i + 1 || !hash.equals(before) || !details;
    }).map((one) => one.seq);
}

test('every event of the list is there with the bytes of its hash', async () => {
    const events = await all();
    const listed = (await admin.get('/admin/security/audit?order=asc&limit=500')).want(200).items;
    assert.ok(events.length > 30);
    assert.deepEqual(events.map((one) => [one.chain, one.seq, one.hash]), listed.map((one) => [one.chain, one.seq, one.hash]));
    assert.deepEqual(wrong(events), []);
    assert.deepEqual(wrong(await all('&org=system')), []);
});

test('what was changed in the store is seen, also what the server could not read any more', async () => {
    const count = (await all()).length;
    const chain = hex((await all())[0].chain.replaceAll('-', ''));
    const forge = (sql) => assert.equal(inStore(server, sql, chain), 1);
    forge(`UPDATE audit_event SET body = replace(body, '"ok"', '"no"') WHERE chain = ? AND seq = 4`);
    forge(`UPDATE audit_event SET body = 'nothing' WHERE chain = ? AND seq = 7`);
    forge(`UPDATE audit_private SET private = replace(private, '127.0.0.1', '127.0.0.2') WHERE chain = ? AND seq = 9`);
    forge(`DELETE FROM audit_private WHERE chain = ? AND seq = 11`);
    forge(`UPDATE audit_event SET hash = x'' WHERE chain = ? AND seq = 20`);
    const events = await all();
    assert.equal(events.length, count);
    assert.equal(events[10].private, null, 'erased, which the chain allows');
    const readable = events.map((one) => (one.seq === 7 ? { ...one, body: '{}', private: null } : one));
    assert.deepEqual(wrong(readable), [4, 7, 9, 20, 21]);
});

test('it wants audit:export, of one\'s own organisation; a cursor is of one chain', async () => {
    const { client: operator } = await serviceClient(admin, ['operator']);
    (await operator.get(PATH)).wantProblem(403, 'forbidden');
    const slug = uniqueName('acme');
    (await admin.post('/organisations', { slug, name: 'Acme' })).want(201);
    const { client: auditor } = await serviceClient(admin.with({ 'Seneschal-Org': slug }), ['auditor']);
    assert.equal((await all('', auditor))[0].seq, 1);
    for (const org of ['default', 'system', 'nowhere']) (await auditor.get(`${PATH}?org=${org}`)).wantProblem(404, 'not-found');
    const { next_cursor } = (await admin.get(`${PATH}?limit=1`)).want(200);
    (await admin.get(`${PATH}?limit=1&org=${slug}&cursor=${next_cursor}`)).wantProblem(400, 'bad-cursor');
    (await admin.get(`${PATH}?limit=0`)).wantProblem(422, 'bad-field');
    (await admin.get(`${PATH}?action=group.created`)).wantProblem(422, 'unknown-field');
});
