// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeOf, type Schema } from '../src/ui/schema/model.ts';
import { faultsOf, initialOf, memberOf, shapeOf, withMember } from '../src/ui/schema/value.ts';

const kindOf = (schema: Schema): string => nodeOf(schema).kind;

test('constants of oneOf and anyOf are one choice, with their titles; null among them makes it nullable', () => {
    const node = nodeOf({ oneOf: [{ const: 'a', title: 'First' }, { const: 2 }, { type: 'null' }] });
    assert.equal(node.kind, 'choice');
    assert.equal(node.nullable, true);
    assert.deepEqual(node.kind === 'choice' && node.options.map((one) => [one.value, one.label]), [
        ['a', 'First'],
        [2, '2'],
    ]);
    assert.equal(kindOf({ anyOf: [{ enum: ['x', 'y'] }, { const: 'z' }] }), 'choice');
    assert.equal(kindOf({ const: 7 }), 'choice');
});

test('one shape beside null is that shape, nullable, with the outer title', () => {
    const node = nodeOf({
        title: 'Until',
        anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }],
        default: null,
    });
    assert.deepEqual(
        [node.kind, node.nullable, node.title, node.default, node.kind === 'text' && node.format],
        ['text', true, 'Until', null, 'date'],
    );
    assert.deepEqual(
        [nodeOf({ type: ['integer', 'null'] }).kind, nodeOf({ type: ['integer', 'null'] }).nullable],
        ['number', true],
    );
});

test('shapes of objects keep what stands beside oneOf; the shape of a value is the one that it is valid for', () => {
    const schema = {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
        oneOf: [
            { title: 'File', properties: { path: { type: 'string' } }, required: ['path'] },
            { title: 'URL', properties: { url: { type: 'string' } }, required: ['url'] },
        ],
    };
    const node = nodeOf(schema);
    assert.ok(node.kind === 'variant');
    assert.deepEqual(
        node.shapes.map((one) => [one.label, one.node.kind === 'object' && one.node.fields.map((field) => field.name)]),
        [
            ['File', ['name', 'path']],
            ['URL', ['name', 'url']],
        ],
    );
    assert.equal(shapeOf(node, { name: 'x', url: 'y' }, schema), 1);
    assert.equal(kindOf({ type: ['string', 'integer'] }), 'variant');
});

test('what no field can say is JSON: free names, if, allOf, references elsewhere, schemas that hold themselves', () => {
    assert.equal(kindOf({ type: 'object', additionalProperties: { type: 'string' } }), 'json');
    assert.equal(kindOf({ type: 'string', allOf: [{ minLength: 2 }] }), 'json');
    assert.equal(kindOf({ $ref: 'https://example.org/x.json' }), 'json');
    assert.equal(kindOf({}), 'json');
    let node = nodeOf({
        $defs: { tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } } },
        $ref: '#/$defs/tree',
    });
    let depth = 0;
    while (node.kind === 'object' && node.fields[0]) {
        node = node.fields[0].node;
        depth++;
    }
    assert.equal(node.kind, 'json');
    assert.ok(depth < 20);
});

test('references inside the document are followed, names with slashes too', () => {
    const node = nodeOf({
        $defs: { 'a/b': { type: 'integer', maximum: 3 } },
        type: 'object',
        properties: { n: { $ref: '#/$defs/a~1b', description: 'here' } },
    });
    assert.ok(node.kind === 'object' && node.fields[0]?.node.kind === 'number');
    assert.deepEqual([node.fields[0].node.max, node.fields[0].node.description], [3, 'here']);
});

test('a form begins with defaults and what it cannot do without', () => {
    const schema = {
        type: 'object',
        required: ['to', 'mode', 'go'],
        properties: {
            to: { type: 'array', items: { type: 'string' }, minItems: 2 },
            mode: { const: 'x' },
            go: { type: 'boolean' },
            limit: { type: 'integer', default: 5 },
            note: { type: 'string' },
        },
    };
    assert.deepEqual(initialOf(nodeOf(schema), true), { to: [null, null], mode: 'x', go: false, limit: 5 });
    assert.deepEqual(initialOf(nodeOf({ type: 'object', properties: {} }), true), {});
});

test('members are set and taken away; a name of Object.prototype is a name like others', () => {
    assert.deepEqual(withMember({ a: 1, b: 2 }, 'a', undefined), { b: 2 });
    const odd = withMember(undefined, '__proto__', 1);
    assert.equal(JSON.stringify(odd), '{"__proto__":1}');
    assert.equal(memberOf({}, 'toString'), undefined);
});

test('faults are told at the member that has them', () => {
    const schema = {
        type: 'object',
        required: ['a/b', 'n'],
        properties: {
            'a/b': { type: 'string' },
            n: { type: 'integer', maximum: 3 },
            list: { type: 'array', items: { type: 'string' } },
        },
    };
    const faults = faultsOf(schema, { n: 9, list: ['x', 1] });
    assert.equal(faults['/a~1b']?.keyword, 'required');
    assert.equal(faults['/n']?.keyword, 'maximum');
    assert.equal(faults['/list/1']?.keyword, 'type');
    assert.deepEqual(faultsOf(schema, { 'a/b': '', n: 1 }), {});
});
