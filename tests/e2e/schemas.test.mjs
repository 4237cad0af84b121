// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of configurations: made, kept to, changed with care, and nobody else's business.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { audit, enrolmentKey, init, publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const system = await server.admin();
const nobody = server.client();
const EXAMPLE = new URL('../../schemas/iassistants.json', import.meta.url).pathname;

/** An organisation of its own, so that schemas of other tests do not reach it. */
const tenant = async () => {
    const slug = uniqueName('org');
    (await system.post('/organisations', { slug, name: slug })).want(201);
    return system.with({ 'Seneschal-Org': slug });
};
const make = (org, namespace, schema, more = {}) => org.post('/schemas', { namespace, schema, ...more });
const policy = async (org) => (await org.post('/policies', { name: uniqueName('policy') })).want(201);
const save = (org, id, content) => org.post(`/policies/${id}/versions`, { content });
const fields = (problem) => problem.errors.map((e) => e.field);
const integer = { type: 'object', properties: { n: { type: 'integer', maximum: 5 } } };

test('a schema is made, read, listed, changed and deleted; its revisions stay', async () => {
    const org = await tenant();
    const made = (await make(org, '/a', integer, { description: 'one' })).want(201);
    assert.deepEqual([made.revision, made.namespace, made.description], [1, '/a', 'one']);
    const read = await org.get(`/schemas/${made.id}`);
    assert.deepEqual(read.want(200).schema, integer);
    assert.equal(read.headers.etag, made.etag);
    assert.deepEqual((await org.all('/schemas')).map((s) => s.id), [made.id]);
    const wider = { type: 'object' };
    const changed = (await org.put(`/schemas/${made.id}`, { schema: wider })).want(200);
    assert.deepEqual([changed.revision, changed.description], [2, 'one']);
    (await org.put(`/schemas/${made.id}`, { schema: wider }, { headers: { 'If-Match': made.etag } })).wantProblem(412, 'stale');
    assert.deepEqual((await org.get(`/schemas/${made.id}?revision=1`)).want(200).schema, integer);
    (await org.get(`/schemas/${made.id}?revision=3`)).wantProblem(404, 'not-found');
    (await make(org, '/a', wider)).wantProblem(409, 'conflict');
    (await org.delete(`/schemas/${made.id}`)).want(204);
    (await org.get(`/schemas/${made.id}`)).wantProblem(404, 'not-found');
});

for (const [name, body, field] of [
    ['a namespace that is no pointer', { namespace: 'a', schema: {} }, 'namespace'],
    ['a schema that is a list', { schema: [] }, 'schema'],
    ['a reference to somewhere else', { schema: { items: { $ref: 'https://example.org/s.json' } } }, '/schema/items/$ref'],
    ['a reference in a circle', { schema: { allOf: [{ $ref: '#' }] } }, '/schema'],
    ['a pattern that does not compile', { schema: { properties: { a: { pattern: '(' } } } }, '/schema/properties/a/pattern'],
    ['a keyword of later drafts', { schema: { unevaluatedProperties: false } }, '/schema/unevaluatedProperties'],
    ['a draft that nobody reads', { schema: { $schema: 'http://json-schema.org/draft-03/schema#' } }, '/schema/$schema'],
    ['more than 64 KiB', { schema: { description: 'x'.repeat(64 * 1024) } }, 'schema'],
]) {
    test(`not taken: ${name}`, async () => {
        assert.deepEqual(fields((await system.post('/schemas', body)).wantProblem(422, 'bad-field')), [field]);
    });
}

test('a draft is held to it as one layer; publishing looks again', async () => {
    const org = await tenant();
    const { id } = await policy(org);
    (await save(org, id, { a: { n: 9 } })).want(201); // before there was a schema
    (await make(org, '/a', { ...integer, required: ['m'], additionalProperties: false })).want(201);
    const late = (await org.post(`/policies/${id}/versions/1/publish`)).wantProblem(422, 'bad-field');
    assert.deepEqual(fields(late), ['/content/a/n']);
    const bad = (await save(org, id, { a: { n: '1', x: 1 }, b: 1 })).wantProblem(422, 'bad-field');
    assert.deepEqual(fields(bad).sort(), ['/content/a', '/content/a/n']);
    (await save(org, id, { a: 7 })).wantProblem(422, 'bad-field');
    (await save(org, id, { a: { n: 3 } })).want(201); // `m` may come from another layer
    (await save(org, id, { a: { n: null }, b: 1 })).want(201); // null takes away
    (await save(org, id, { a: null })).want(201);
});

test('a reference to a secret stands for a text', async () => {
    const org = await tenant();
    const { id } = await policy(org);
    (await make(org, '', { properties: { key: { type: 'string', minLength: 20 }, n: { type: 'integer' } } })).want(201);
    (await save(org, id, { key: { $secret: 'owui-key' } })).want(201);
    (await save(org, id, { key: { other: 'x' } })).wantProblem(422, 'bad-field');
});

test('what a change breaks is listed, and done only by force, on the record', async () => {
    const org = await tenant();
    const { id } = await publishPolicy(org, { a: { n: 4 } }, { scope: 'org' });
    const first = (await make(org, '/a', { properties: { n: { type: 'string' } } })).wantProblem(409, 'conflict');
    assert.deepEqual(first.breaks.map((b) => [b.policy_id, b.number, b.pointer, b.keyword]), [[id, 1, '/a/n', 'type']]);
    const made = (await make(org, '/a', integer)).want(201);
    const path = `/schemas/${made.id}`;
    const strict = { type: 'object', required: ['n'], additionalProperties: false, properties: { n: { enum: [1, 2] } } };
    const second = (await org.put(path, { schema: strict })).wantProblem(409, 'conflict');
    assert.deepEqual(
        second.breaks.map((b) => [b.policy ?? '', b.pointer, b.keyword]),
        [
            [second.breaks[0].policy, '/a/n', 'enum'],
            ['', '', 'additionalProperties'],
            ['', '', 'required'],
            ['', '/properties/n', 'enum'],
        ],
    );
    assert.equal((await org.get(path)).want(200).revision, 1);
    assert.equal((await org.put(path, { schema: strict, force: true })).want(200).revision, 2);
    const [event] = await audit(org, 'action=schema.changed&limit=1');
    assert.deepEqual(event.details, { force: true, revision: 2 });
    (await org.post(`/policies/${id}/rollback`, { number: 1 })).wantProblem(422, 'bad-field');
});

test('a preview tells what would be missing on a device', async () => {
    const org = await tenant();
    const key = nobody.as((await enrolmentKey(org)).key);
    const device = (await init(key, uniqueName())).want(201).device_id;
    (await make(org, '/a', { required: ['m'], properties: { n: { type: 'integer' } } })).want(201);
    const { id } = await publishPolicy(org, { a: { n: 1 } }, { scope: 'org' });
    const ask = async (content) => (await org.post('/policies/preview', { policy_id: id, content, device_id: device })).want(200);
    assert.deepEqual((await ask({ a: { n: 2 } })).results[0].faults.map((f) => [f.pointer, f.keyword]), [['/a', 'required']]);
    assert.deepEqual((await ask({ a: { n: 2, m: 1 } })).results[0].faults, []);
});

test('another organisation sees none of it, and is not held to it', async () => {
    const [one, two] = [await tenant(), await tenant()];
    const made = (await make(one, '', { additionalProperties: false })).want(201);
    (await two.get(`/schemas/${made.id}`)).wantProblem(404, 'not-found');
    (await two.put(`/schemas/${made.id}`, { schema: {} })).wantProblem(404, 'not-found');
    (await two.delete(`/schemas/${made.id}`)).wantProblem(404, 'not-found');
    assert.deepEqual(await two.all('/schemas'), []);
    (await save(two, (await policy(two)).id, { anything: 1 })).want(201);
    (await save(one, (await policy(one)).id, { anything: 1 })).wantProblem(422, 'bad-field');
});

test('who may: operators write, auditors read, nobody nothing; sixteen are enough', async () => {
    const org = await tenant();
    const auditor = (await serviceClient(org, ['auditor'])).client;
    (await auditor.get('/schemas')).want(200);
    (await auditor.post('/schemas', { schema: {} })).wantProblem(403, 'forbidden');
    (await nobody.get('/schemas')).wantProblem(401, 'unauthenticated');
    for (let i = 0; i < 16; i++) (await make(org, `/n${i}`, {})).want(201);
    (await make(org, '/n16', {})).wantProblem(409, 'conflict');
});

test('a pattern made to be slow ends, and is a fault of the schema', async () => {
    const org = await tenant();
    (await make(org, '', { properties: { t: { pattern: '^(a+)+$' } } })).want(201);
    const before = performance.now();
    const problem = (await save(org, (await policy(org)).id, { t: `${'a'.repeat(200_000)}!` })).wantProblem(422, 'bad-field');
    assert.match(problem.errors[0].want, /too costly/);
    assert.ok(performance.now() - before < 20_000);
});

test('the example goes in by the command line and refuses a wrong value', async () => {
    const slug = uniqueName('org');
    (await system.post('/organisations', { slug, name: slug })).want(201);
    const options = ['--server', server.url, '--data', server.data, '--org', slug];
    const run = (...words) => seneschal([...words, ...options]);
    const made = await run('schema', 'create', '/iassistants', '--schema', EXAMPLE);
    assert.equal(made.code, 0, made.stderr);
    assert.match((await run('schema', 'list')).stdout, /\/iassistants/);
    assert.match((await run('schema', 'get', '/iassistants', '-o', 'json')).stdout, /owuiEndpoint/);
    assert.equal((await run('schema', 'set', '/iassistants', '--schema', EXAMPLE)).code, 0);
    assert.equal((await run('policy', 'create', 'assistants')).code, 0);
    const file = `${server.data}/content.json`;
    fs.writeFileSync(file, JSON.stringify({ iassistants: { owuiEndpoint: 'owui', limits: { maxTokens: 0 } } }));
    const refused = await run('policy', 'draft', 'assistants', '--content', file);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /\/content\/iassistants\/limits\/maxTokens/);
    assert.match(refused.stderr, /\/content\/iassistants\/owuiEndpoint/);
    fs.writeFileSync(file, JSON.stringify({ iassistants: { owuiEndpoint: 'https://owui.example.org', owuiKey: { $secret: 'owui-key' } } }));
    assert.equal((await run('policy', 'draft', 'assistants', '--content', file)).code, 0);
    assert.equal((await run('schema', 'delete', '/iassistants', '--yes')).code, 0);
});

test('a schema and a configuration are tried without a server', async () => {
    const file = `${server.data}/try.json`;
    fs.writeFileSync(file, JSON.stringify({ owuiEndpoint: 'https://owui.example.org', owuiModel: 'm', featureFlags: { webSearch: 'yes' } }));
    assert.equal((await seneschal(['schema', 'check', EXAMPLE])).code, 0);
    const wrong = await seneschal(['schema', 'check', EXAMPLE, '--content', file]);
    assert.equal(wrong.code, 2);
    assert.equal(wrong.stdout, '/featureFlags/webSearch: type: want a value of another type\n');
    fs.writeFileSync(file, '{"type":"nothing"}');
    assert.equal((await seneschal(['schema', 'check', file])).code, 2);
});
