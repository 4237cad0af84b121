// SPDX-License-Identifier: Apache-2.0
// A JSON Schema as the fields of a form. Pure: no browser, no strings of a language. What a form cannot say becomes `json`.

import { DEEPEST, entered, follow, isObject, later, text, type Place, type Schema } from './refs.ts';

export type { Schema };
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Common {
    title: string | undefined;
    description: string | undefined;
    nullable: boolean;
    default: Json | undefined;
}
export interface TextNode extends Common {
    kind: 'text';
    format: string | undefined;
    min: number | undefined;
    max: number | undefined;
    pattern: string | undefined;
    /** Several lines are expected, or none at all beside the first. */
    long: boolean;
    line: boolean;
}
export interface NumberNode extends Common {
    kind: 'number';
    whole: boolean;
    min: number | undefined;
    max: number | undefined;
    /** More than `min`, less than `max`. */
    above: boolean;
    under: boolean;
}
export interface BooleanNode extends Common {
    kind: 'boolean';
}
export interface ChoiceNode extends Common {
    kind: 'choice';
    options: { value: Json; label: string; description: string | undefined }[];
}
export interface ObjectNode extends Common {
    kind: 'object';
    fields: Member[];
}
export interface ListNode extends Common {
    kind: 'list';
    readonly item: Node;
    min: number;
    max: number | undefined;
}
/** One of several shapes. */
export interface VariantNode extends Common {
    kind: 'variant';
    shapes: { label: string | undefined; readonly node: Node; schema: Schema }[];
}
export interface JsonNode extends Common {
    kind: 'json';
}
export type Node = TextNode | NumberNode | BooleanNode | ChoiceNode | ObjectNode | ListNode | VariantNode | JsonNode;

export interface Member {
    name: string;
    required: boolean;
    readonly node: Node;
}

const LONG_TEXT = 256;

const namesIn = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const num = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Types without `null`, and whether it was among them. */
function typesOf(schema: Schema): { types: string[]; nullable: boolean } {
    const all = Array.isArray(schema['type'])
        ? schema['type'].filter((one) => typeof one === 'string')
        : [schema['type']].filter((one) => typeof one === 'string');
    return {
        types: all.filter((one) => one !== 'null'),
        nullable: all.includes('null') || schema['nullable'] === true,
    };
}

const isNull = (schema: Schema): boolean =>
    schema['type'] === 'null' ||
    schema['const'] === null ||
    (Array.isArray(schema['enum']) && schema['enum'].length === 1 && schema['enum'][0] === null);

const label = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function choiceOf(options: ChoiceNode['options'], common: Common): Node {
    const nullable = common.nullable || options.some((one) => one.value === null);
    return { ...common, kind: 'choice', nullable, options: options.filter((one) => one.value !== null) };
}

/** oneOf and anyOf: a choice where all are constants, the one that is left beside `null`, else shapes. */
function alternatives(list: Schema[], common: Common, rest: Schema, at: Place): Node {
    const { root } = at;
    const known = list.map((one) => follow(one, root));
    if (known.some((one) => one === undefined)) return { ...common, kind: 'json' };
    const filled = (known as Schema[]).filter((one) => !isNull(one));
    const nullable = common.nullable || filled.length < known.length;
    const path = entered(list, nullable ? [] : at.path);
    if (!path) return { ...common, kind: 'json' };
    const constants = filled.flatMap((one) =>
        'const' in one
            ? [
                  {
                      value: one['const'] as Json,
                      label: text(one['title']) ?? label(one['const'] as Json),
                      description: text(one['description']),
                  },
              ]
            : Array.isArray(one['enum'])
              ? (one['enum'] as Json[]).map((value) => ({ value, label: label(value), description: undefined }))
              : [],
    );
    if (filled.length > 0 && filled.every((one) => 'const' in one || Array.isArray(one['enum'])))
        return choiceOf(constants, { ...common, nullable });
    const only = filled[0];
    if (filled.length === 1 && only) {
        const words = {
            title: rest['title'] ?? only['title'],
            description: rest['description'] ?? only['description'],
        };
        const node = nodeOf({ ...rest, ...only, ...words }, root, at.depth + 1, path);
        node.nullable ||= nullable;
        node.default = common.default;
        return node;
    }
    if (filled.length === 0) return { ...common, kind: 'json' };
    // What stands beside oneOf holds for each shape; an object's members are joined.
    const shapes = filled.map((one) => {
        const joined: Schema = isObject(rest['properties'])
            ? {
                  ...rest,
                  ...one,
                  properties: {
                      ...(rest['properties'] as Schema),
                      ...((one['properties'] as Schema | undefined) ?? {}),
                  },
                  required: [...namesIn(rest['required']), ...namesIn(one['required'])],
              }
            : { ...rest, ...one };
        const node = later(() => nodeOf({ ...joined, title: undefined }, root, at.depth + 1, path));
        return {
            label: text(one['title']),
            get node() {
                return node();
            },
            schema: joined,
        };
    });
    return { ...common, nullable, kind: 'variant', shapes };
}

/** Of a place in a schema: what is no object there (`true`, a tuple, nothing) takes anything. */
const nodeIn = (inner: unknown, { root, depth, path }: Place, forced: boolean): Node =>
    nodeOf(isObject(inner) ? inner : {}, root, depth + 1, forced ? path : []);

function objectOf(schema: Schema, common: Common, at: Place): Node {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const names = Object.keys(properties);
    const free =
        schema['additionalProperties'] === true ||
        isObject(schema['additionalProperties']) ||
        isObject(schema['patternProperties']);
    // A tool without arguments is an empty form; an object of free names is no form at all. Free names besides those that are listed stay in the value.
    if (names.length === 0)
        return free || at.depth > 0 ? { ...common, kind: 'json' } : { ...common, kind: 'object', fields: [] };
    const required = namesIn(schema['required']);
    const fields = names
        .filter((name) => properties[name] !== false)
        .map((name) => {
            const node = later(() => nodeIn(properties[name], at, required.includes(name)));
            return {
                name,
                required: required.includes(name),
                get node() {
                    return node();
                },
            };
        })
        // What has to be said comes first: the order of a stored schema is that of its letters.
        .sort((a, b) => Number(b.required) - Number(a.required));
    return { ...common, kind: 'object', fields };
}

/** Keywords that change what is valid in a way that no field shows. */
const BEYOND = [
    'allOf',
    'not',
    'contains',
    'if',
    'dependentSchemas',
    'dependentRequired',
    'unevaluatedProperties',
    'prefixItems',
    '$dynamicRef',
];

/** The field for this schema. */
export function nodeOf(given: Schema, root: Schema = given, depth = 0, path: readonly string[] = ['#']): Node {
    const schema = follow(given, root);
    const here = entered([given], path);
    const common: Common = {
        title: text(given['title'] ?? schema?.['title']),
        description: text(given['description'] ?? schema?.['description']),
        nullable: false,
        default: (given['default'] ?? schema?.['default']) as Json | undefined,
    };
    if (!schema || !here || depth > DEEPEST || BEYOND.some((key) => key in schema)) return { ...common, kind: 'json' };
    const { types, nullable } = typesOf(schema);
    common.nullable = nullable;
    if ('const' in schema)
        return choiceOf(
            [{ value: schema['const'] as Json, label: label(schema['const'] as Json), description: undefined }],
            common,
        );
    if (Array.isArray(schema['enum']) && schema['enum'].length > 0)
        return choiceOf(
            (schema['enum'] as Json[]).map((value) => ({ value, label: label(value), description: undefined })),
            common,
        );
    for (const key of ['oneOf', 'anyOf']) {
        const list = schema[key];
        if (Array.isArray(list)) {
            if (!list.every(isObject)) return { ...common, kind: 'json' };
            const { [key]: _, ...rest } = schema;
            return alternatives(list, common, rest, { root, depth, path: here });
        }
    }
    if (types.length === 0 && nullable) return choiceOf([{ value: null, label: '', description: undefined }], common);
    if (types.length > 1)
        return {
            ...common,
            kind: 'variant',
            shapes: types.map((type) => {
                const one = { ...schema, type };
                const node = later(() => nodeOf({ ...one, title: undefined }, root, depth + 1, here));
                return {
                    label: type,
                    get node() {
                        return node();
                    },
                    schema: one,
                };
            }),
        };
    switch (types[0] ?? (isObject(schema['properties']) ? 'object' : undefined)) {
        case 'string': {
            const max = num(schema['maxLength']);
            return {
                ...common,
                kind: 'text',
                format: text(schema['format']),
                min: num(schema['minLength']),
                max,
                pattern: text(schema['pattern']),
                long: max !== undefined && max > LONG_TEXT && !('format' in schema),
                line: max !== undefined || 'format' in schema || 'pattern' in schema,
            };
        }
        case 'integer':
        case 'number':
            return {
                ...common,
                kind: 'number',
                whole: types[0] === 'integer',
                min: num(schema['minimum']) ?? num(schema['exclusiveMinimum']),
                max: num(schema['maximum']) ?? num(schema['exclusiveMaximum']),
                above: num(schema['minimum']) === undefined,
                under: num(schema['maximum']) === undefined,
            };
        case 'boolean':
            return { ...common, kind: 'boolean' };
        case 'array': {
            const least = num(schema['minItems']) ?? 0;
            const item = later(() => nodeIn(schema['items'], { root, depth, path: here }, least > 0));
            return {
                ...common,
                kind: 'list',
                get item() {
                    return item();
                },
                min: least,
                max: num(schema['maxItems']),
            };
        }
        case 'object':
            return objectOf(schema, common, { root, depth, path: here });
        default:
            return { ...common, kind: 'json' };
    }
}
