// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeOf, type Schema } from '../src/ui/schema/model.ts';
import { checkable } from '../src/ui/schema/foreign.ts';
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
    assert.equal(shapeOf(node, { name: 'x', url: 'y' }, schema, false), 1);
    assert.equal(kindOf({ type: ['string', 'integer'] }), 'variant');
});

test('what no field can say is JSON: free names, if, allOf, references elsewhere, schemas that hold themselves', () => {
    assert.equal(kindOf({ type: 'object', additionalProperties: { type: 'string' } }), 'json');
    assert.equal(kindOf({ type: 'string', allOf: [{ minLength: 2 }, { maxLength: 9 }] }), 'json');
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

test('one schema of allOf is that schema, with the words that stand beside it', () => {
    const node = nodeOf({ $defs: { a: { enum: ['x'] } }, description: 'here', allOf: [{ $ref: '#/$defs/a' }] });
    assert.deepEqual([node.kind, node.description], ['choice', 'here']);
});

/** Schemas that servers send, meant or not. */
const ODD: Record<string, Schema> = {
    nothing: {},
    'a type that is none': { type: 'any' },
    'types that are none': { type: [1, null, 'string'] },
    null: { type: 'null' },
    'an empty enum': { enum: [] },
    'a shape that is true': { oneOf: [true, { type: 'string' }] },
    'no shape': { anyOf: [] },
    'required that is none': { type: 'object', required: 'a', properties: { a: true, b: false, c: 7, '': {} } },
    'a pattern that is none': { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
    'a reference in a circle': { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    'a reference to nowhere': { type: 'object', properties: { a: { $ref: '#/$defs/%zz' } } },
    'a list of tuples': { type: 'array', items: [{ type: 'string' }], minItems: 1e9 },
    'a schema that holds itself, and has to': {
        type: 'object',
        required: ['a', 'b', 'c', 'd', 'e', 'f'],
        properties: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { $ref: '#' }])),
    },
    'a name that no address takes': {
        type: 'object',
        required: ['\ud800'],
        properties: { '\ud800': { type: 'string' } },
    },
};

for (const [name, schema] of Object.entries(ODD)) {
    test(`no exception and no endless work: ${name}`, () => {
        const node = nodeOf(schema);
        const value = initialOf(node, true);
        assert.doesNotThrow(() => faultsOf(schema, value));
        assert.ok(node.kind === 'object' ? node.fields.every((one) => one.node.kind) : node.kind);
        if (node.kind === 'variant') assert.ok(shapeOf(node, value, schema, false) >= 0);
    });
}

test('what a place says is its own: a part without a schema has no words and no value of what holds it', () => {
    const node = nodeOf({ type: 'object', default: { a: 1 }, description: 'whole', properties: { a: true } });
    assert.ok(node.kind === 'object');
    assert.deepEqual([node.fields[0]?.node.default, node.fields[0]?.node.description], [undefined, undefined]);
    const list = nodeOf({ type: 'array', default: [1], items: true });
    assert.ok(list.kind === 'list' && list.item.default === undefined);
});

test('null is a beginning where it has to be said, and not where nothing has to', () => {
    const child = { anyOf: [{ $ref: '#' }, { type: 'null' }] };
    const schema = {
        type: 'object',
        required: ['next', 'note'],
        properties: { next: child, note: { type: ['string', 'null'] }, more: child },
    };
    assert.deepEqual(initialOf(nodeOf(schema), true), { next: null, note: null });
    assert.deepEqual(faultsOf(schema, { next: null, note: null }), {});
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

test('patterns from elsewhere are not run, and what they let through is not refused without them', () => {
    const endless = { type: 'string', pattern: '^(a+)+$' };
    const long = `${'a'.repeat(60)}!`;
    const foreign: Schema = {
        $defs: { endless },
        type: 'object',
        properties: {
            pattern: endless,
            const: { $ref: '#/$defs/endless' },
            free: { patternProperties: { '^(a+)+$': true }, additionalProperties: false },
            one: { oneOf: [endless, { ...endless, pattern: '!$' }] },
            no: { not: endless },
            if: { if: endless, then: false },
            names: { propertyNames: endless },
            needs: { dependencies: { [long]: { properties: { [long]: endless } } } },
            data: { const: { pattern: 'x' } },
            count: { type: 'integer' },
        },
    };
    const value = { pattern: long, const: long, free: { [long]: 1 }, one: long, no: long, if: long };
    const more = { names: { [long]: 1 }, needs: { [long]: long }, data: { pattern: 'x' } };
    assert.deepEqual(faultsOf(checkable(foreign), { ...value, ...more }), {});
    assert.deepEqual(Object.keys(faultsOf(checkable(foreign), { count: 'x', data: {} })), ['/data', '/count']);
    const shapes = { $defs: { endless }, oneOf: [{ type: 'integer' }, { $ref: '#/$defs/endless' }] };
    const node = nodeOf(shapes);
    assert.equal(node.kind === 'variant' && shapeOf(node, long, shapes, true), 1);
    const ours = { type: 'string', pattern: '^[a-z]+$' };
    assert.deepEqual(Object.keys(faultsOf(ours, 'A1')), ['']);
    const plain = { not: { type: 'string' } };
    assert.equal(checkable(plain), plain);
});
