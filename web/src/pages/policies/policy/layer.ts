// SPDX-License-Identifier: Apache-2.0
// The organisation's schemas as one schema of a policy, which is one layer of several: outside lists nothing need be there yet, `null` takes
// away, and a named secret stands for a text (docs/SCHEMAS.md). Pure.
import { isObject, type JsonObject } from '../json.ts';

export interface Namespace {
    namespace: string;
    schema: JsonObject;
}

const NOT_ASKED = ['required', 'minProperties', 'dependencies', '$schema', '$id'];
const NOT_ASKED_OF_OBJECTS = ['anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'enum', 'const'];
const MAPS = ['properties', 'patternProperties', 'definitions', '$defs'];

const SECRET: JsonObject = {
    type: 'object',
    properties: { $secret: { type: 'string' } },
    required: ['$secret'],
    additionalProperties: false,
};

/** `forgiving`: what a layer may say besides. A form says nothing but the values themselves. */
interface How {
    forgiving: boolean;
}

const isOfObjects = (schema: JsonObject): boolean => schema['type'] === 'object' || isObject(schema['properties']);

function member(schema: unknown, how: How): unknown {
    if (!isObject(schema)) return schema;
    const inner = layered(schema, how);
    return how.forgiving ? { anyOf: [inner, { type: 'null' }, SECRET] } : inner;
}

function layered(schema: JsonObject, how: How): JsonObject {
    const dropped = new Set(isOfObjects(schema) ? [...NOT_ASKED, ...NOT_ASKED_OF_OBJECTS] : NOT_ASKED);
    const kept = Object.entries(schema).filter(([name]) => !dropped.has(name));
    return Object.fromEntries(
        kept.map(([name, value]) => {
            if (MAPS.includes(name) && isObject(value)) {
                const define = name === 'definitions' || name === '$defs';
                return [
                    name,
                    Object.fromEntries(
                        Object.entries(value).map(([key, one]) => [
                            key,
                            define && isObject(one) ? layered(one, how) : member(one, how),
                        ]),
                    ),
                ];
            }
            if (name === 'additionalProperties') return [name, member(value, how)];
            if (name === 'allOf' && Array.isArray(value))
                return [name, value.map((one: unknown) => (isObject(one) ? layered(one, how) : one))];
            return [name, value];
        }),
    );
}

/** References to the root of their own document lead to where that lies now. */
function moved(value: unknown, to: string): unknown {
    if (Array.isArray(value)) return value.map((one) => moved(one, to));
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
            name,
            name === '$ref' && typeof inner === 'string' && inner.startsWith('#')
                ? `#/definitions/${to}${inner.slice(1)}`
                : moved(inner, to),
        ]),
    );
}

/** Puts `schema` at a pointer below `root`. */
function nest(root: JsonObject, pointer: string, schema: JsonObject): void {
    const names = pointer
        .split('/')
        .slice(1)
        .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    let at = root;
    names.forEach((name, i) => {
        at['type'] = 'object';
        const members = isObject(at['properties']) ? at['properties'] : {};
        const next = isObject(members[name]) ? members[name] : {};
        at['properties'] = { ...members, [name]: i === names.length - 1 ? { ...next, ...schema } : next };
        at = (at['properties'] as Record<string, JsonObject>)[name] ?? {};
    });
}

/** One schema for the whole content; undefined: there is none. */
export function schemaOfLayers(all: readonly Namespace[], how: How): JsonObject | undefined {
    if (all.length === 0) return undefined;
    const root: JsonObject = {};
    const definitions: JsonObject = {};
    const whole: JsonObject[] = [];
    all.forEach(({ namespace, schema }, n) => {
        const name = `ns${n}`;
        definitions[name] = moved(layered(schema, how), name);
        const here: JsonObject = {
            $ref: `#/definitions/${name}`,
            ...(typeof schema['title'] === 'string' && { title: schema['title'] }),
        };
        if (namespace === '') whole.push(here);
        else nest(root, namespace, here);
    });
    if (whole.length === 0) return { ...root, definitions };
    return Object.keys(root).length === 0 ? { ...whole[0], definitions } : { allOf: [...whole, root], definitions };
}
