// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { faultsOf } from '../src/ui/schema/value.ts';
import { asFiles } from '../src/pages/policies/policy/files.ts';
import { bodyOf, draftOf, inContent, isLockable, pointersOf, sameDraft } from '../src/pages/policies/policy/draft.ts';
import { EXAMPLE } from '../src/pages/policies/policy/example.ts';
import { schemaOfLayers } from '../src/pages/policies/policy/layer.ts';

const settings = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings',
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    definitions: { model: { type: 'string', minLength: 2 } },
    properties: {
        url: { type: 'string', pattern: '^https://' },
        model: { $ref: '#/definitions/model' },
        limits: { type: 'object', properties: { tokens: { type: 'integer', minimum: 1 } }, required: ['tokens'] },
        servers: {
            type: 'array',
            items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
    },
};
const lint = schemaOfLayers([{ namespace: '/a/b', schema: settings }], { forgiving: true }) ?? {};
const faults = (content: unknown): string[] => Object.keys(faultsOf(lint, content as never));

test('the example is what its schema describes', () => {
    const file = readFileSync(new URL('../../schemas/iassistants.json', import.meta.url), 'utf8');
    const whole = schemaOfLayers([{ namespace: '/iassistants', schema: JSON.parse(file) }], { forgiving: false }) ?? {};
    assert.deepEqual(faultsOf(whole, EXAMPLE as never), {});
    assert.notDeepEqual(faultsOf(whole, { iassistants: { ...EXAMPLE.iassistants, owuiModel: 1 } } as never), {});
});

test('a layer need not be complete, takes away by null, and names secrets', () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ a: { b: { limits: {} }, other: 1 }, more: true }), []);
    assert.deepEqual(faults({ a: { b: { url: null, limits: null } } }), []);
    assert.deepEqual(faults({ a: { b: { url: { $secret: 'the-url' }, model: { $secret: 'm' } } } }), []);
});

test('what a layer says is held to the schema, where it stands', () => {
    assert.ok(faults({ a: { b: { url: 'http://plain' } } }).includes('/a/b/url'));
    assert.ok(faults({ a: { b: { model: 'x' } } }).includes('/a/b/model'));
    assert.ok(faults({ a: { b: { limits: { tokens: 0 } } } }).includes('/a/b/limits/tokens'));
    assert.notDeepEqual(faults({ a: { b: { unknown: 1 } } }), []);
    assert.notDeepEqual(faults({ a: { b: { servers: [{}] } } }), [], 'inside a list everything is asked');
});

test('schemas of several namespaces are one; none is none', () => {
    assert.equal(schemaOfLayers([], { forgiving: false }), undefined);
    const two =
        schemaOfLayers(
            [
                { namespace: '/x', schema: { type: 'object', properties: { n: { type: 'integer' } } } },
                { namespace: '/y', schema: { type: 'string' } },
            ],
            { forgiving: false },
        ) ?? {};
    assert.deepEqual(Object.keys((two as { properties: object }).properties), ['x', 'y']);
    assert.deepEqual(Object.keys(faultsOf(two, { x: { n: 'one' }, y: 'text' })), ['/x/n']);
    const whole =
        schemaOfLayers(
            [
                { namespace: '', schema: settings },
                { namespace: '/limits', schema: { type: 'object' } },
            ],
            { forgiving: true },
        ) ?? {};
    assert.notDeepEqual(Object.keys(faultsOf(whole, { url: 7 })), []);
});

test('a draft is the same however it is laid out, and another by its switch and its locks', () => {
    const one = draftOf({ content: { a: 1 }, enabled: null, locked: ['/a', '/b'] });
    assert.ok(sameDraft(one, { ...one, text: '{"a":1}', locked: ['/b', '/a'] }));
    assert.equal(sameDraft(one, { ...one, text: '{"a":2}' }), false);
    assert.equal(sameDraft(one, { ...one, text: '{"a":1' }), false);
    assert.equal(sameDraft(one, { ...one, enabled: 'off' }), false);
    assert.equal(sameDraft(one, { ...one, locked: ['/a'] }), false);
    assert.deepEqual(bodyOf({ ...one, enabled: 'off' }), { content: { a: 1 }, locked: ['/a', '/b'], enabled: false });
    assert.equal(bodyOf({ ...one, text: '[]' }), undefined);
});

test('pointers: what may be locked, what is proposed, where a refusal stands', () => {
    for (const path of ['', 'enabled', '/a', '/a~1b/c', '/']) assert.ok(isLockable(path), path);
    for (const path of ['a', '/a~2', '/~']) assert.equal(isLockable(path), false, path);
    assert.deepEqual(pointersOf({ a: { 'b/c': 1 }, d: [{ e: 1 }] }), ['/a', '/d', '/a/b~1c']);
    assert.equal(inContent('/content/a/0'), '/a/0');
    assert.equal(inContent('content'), '');
    assert.equal(inContent('/locked/0'), undefined);
});

test('a policy is copied as the files of apply have it', () => {
    const policy = { name: 'desks', description: '' };
    const version = { content: { a: { b: 1 } }, locked: ['/a'], enabled: null };
    const assignments = [
        { scope: 'org', priority: 100, number: null, target_name: null },
        { scope: 'group', priority: 50, number: 2, target_name: 'staff' },
        { scope: 'device', priority: 100, target_name: 'mac-17' },
    ];
    assert.deepEqual(asFiles(policy, version, assignments), {
        policies: { desks: { content: { a: { b: 1 } }, locked: ['/a'] } },
        assignments: [
            { policy: 'desks', scope: 'org', priority: 100 },
            { policy: 'desks', scope: 'group', group: 'staff', priority: 50, number: 2 },
        ],
    });
    assert.deepEqual(asFiles(policy, undefined, []), { policies: { desks: {} } });
});
