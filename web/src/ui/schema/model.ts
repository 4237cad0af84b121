// SPDX-License-Identifier: Apache-2.0
// A JSON Schema as the fields of a form. Pure: no browser, no strings of a language. What a form cannot say becomes `json`.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Schema = { [key: string]: unknown };

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
    long: boolean;
}
export interface NumberNode extends Common {
    kind: 'number';
    whole: boolean;
    min: number | undefined;
    max: number | undefined;
    step: number | undefined;
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
    item: Node;
    min: number;
    max: number | undefined;
}
/** One of several shapes. */
export interface VariantNode extends Common {
    kind: 'variant';
    shapes: { label: string | undefined; node: Node; schema: Schema }[];
}
export interface JsonNode extends Common {
    kind: 'json';
}
export type Node = TextNode | NumberNode | BooleanNode | ChoiceNode | ObjectNode | ListNode | VariantNode | JsonNode;

export interface Member {
    name: string;
    required: boolean;
    node: Node;
}

const DEEPEST = 8;
const LONG_TEXT = 200;

const isObject = (value: unknown): value is Schema =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const num = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** `#/$defs/x` of the same document; what points elsewhere is not followed. */
function follow(schema: Schema, root: Schema): Schema | undefined {
    const ref = text(schema['$ref']);
    if (ref === undefined) return schema;
    if (!ref.startsWith('#/')) return undefined;
    let at: unknown = root;
    for (const part of ref.slice(2).split('/')) {
        const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
        at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    if (!isObject(at)) return undefined;
    const { $ref: _, ...beside } = schema;
    return { ...at, ...beside };
}

/** Types without `null`, and whether it was among them. */
function typesOf(schema: Schema): { types: string[]; nullable: boolean } {
    const all = Array.isArray(schema['type'])
        ? (schema['type'] as string[])
        : text(schema['type'])
          ? [schema['type'] as string]
          : [];
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
function alternatives(list: Schema[], common: Common, rest: Schema, root: Schema, depth: number): Node {
    const known = list.map((one) => follow(one, root));
    if (known.some((one) => one === undefined)) return { ...common, kind: 'json' };
    const filled = (known as Schema[]).filter((one) => !isNull(one));
    const nullable = common.nullable || filled.length < known.length;
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
    if (filled.length === 1 && only)
        return {
            ...nodeOf(
                {
                    ...rest,
                    ...only,
                    title: rest['title'] ?? only['title'],
                    description: rest['description'] ?? only['description'],
                },
                root,
                depth + 1,
            ),
            nullable,
            default: common.default,
        };
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
                  required: [
                      ...((rest['required'] as string[] | undefined) ?? []),
                      ...((one['required'] as string[] | undefined) ?? []),
                  ],
              }
            : { ...rest, ...one };
        return {
            label: text(one['title']),
            node: nodeOf({ ...joined, title: undefined }, root, depth + 1),
            schema: joined,
        };
    });
    return { ...common, nullable, kind: 'variant', shapes };
}

function objectOf(schema: Schema, common: Common, root: Schema, depth: number): Node {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const names = Object.keys(properties);
    const free =
        schema['additionalProperties'] === true ||
        isObject(schema['additionalProperties']) ||
        isObject(schema['patternProperties']);
    // A tool without arguments is an empty form; an object of free names is no form at all. Free names besides those that are listed stay in the value.
    if (names.length === 0)
        return free || depth > 0 ? { ...common, kind: 'json' } : { ...common, kind: 'object', fields: [] };
    const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
    const fields = names.map((name) => {
        const inner = properties[name];
        return {
            name,
            required: required.includes(name),
            node: isObject(inner)
                ? nodeOf(inner, root, depth + 1)
                : { ...common, kind: 'json' as const, title: undefined },
        };
    });
    return { ...common, kind: 'object', fields };
}

/** Keywords that change what is valid in a way that no field shows. */
const BEYOND = [
    'allOf',
    'not',
    'if',
    'dependentSchemas',
    'dependentRequired',
    'unevaluatedProperties',
    'prefixItems',
    '$dynamicRef',
];

/** The field for this schema. */
export function nodeOf(given: Schema, root: Schema = given, depth = 0): Node {
    const schema = follow(given, root);
    const common: Common = {
        title: text(given['title'] ?? schema?.['title']),
        description: text(given['description'] ?? schema?.['description']),
        nullable: false,
        default: (given['default'] ?? schema?.['default']) as Json | undefined,
    };
    if (!schema || depth > DEEPEST || BEYOND.some((key) => key in schema)) return { ...common, kind: 'json' };
    const { types, nullable } = typesOf(schema);
    common.nullable = nullable;
    if ('const' in schema)
        return choiceOf(
            [{ value: schema['const'] as Json, label: label(schema['const'] as Json), description: undefined }],
            common,
        );
    if (Array.isArray(schema['enum']))
        return choiceOf(
            (schema['enum'] as Json[]).map((value) => ({ value, label: label(value), description: undefined })),
            common,
        );
    for (const key of ['oneOf', 'anyOf']) {
        const list = schema[key];
        if (Array.isArray(list) && list.every(isObject)) {
            const { [key]: _, ...rest } = schema;
            return alternatives(list, common, rest, root, depth);
        }
    }
    if (types.length > 1)
        return {
            ...common,
            kind: 'variant',
            shapes: types.map((type) => ({
                label: type,
                node: nodeOf({ ...schema, type, title: undefined }, root, depth + 1),
                schema: { ...schema, type },
            })),
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
                long: max !== undefined && max > LONG_TEXT,
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
                step: num(schema['multipleOf']),
            };
        case 'boolean':
            return { ...common, kind: 'boolean' };
        case 'array':
            return {
                ...common,
                kind: 'list',
                item: isObject(schema['items'])
                    ? nodeOf(schema['items'], root, depth + 1)
                    : { ...common, kind: 'json', title: undefined, description: undefined },
                min: num(schema['minItems']) ?? 0,
                max: num(schema['maxItems']),
            };
        case 'object':
            return objectOf(schema, common, root, depth);
        default:
            return { ...common, kind: 'json' };
    }
}
