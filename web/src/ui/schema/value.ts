// SPDX-License-Identifier: Apache-2.0
// The value of a schema's form: what it begins with, and how a part of it is changed. Pure.
import { Validator } from '@cfworker/json-schema';
import { checkable } from './foreign.ts';
import type { Json, Node, Schema, VariantNode } from './model.ts';

type Members = { [key: string]: Json };

/** More items than this are not made before anybody wants them. */
const ITEMS_MAX = 50;

/** What a field begins with: its default, or what it cannot do without. undefined: absent. */
export function initialOf(node: Node, required: boolean): Json | undefined {
    if (node.default !== undefined) return structuredClone(node.default);
    if (!required) return undefined;
    if (node.nullable) return null;
    switch (node.kind) {
        case 'object':
            return Object.fromEntries(
                node.fields.flatMap((field) => {
                    const value = initialOf(field.node, field.required);
                    return value === undefined ? [] : [[field.name, value]];
                }),
            );
        case 'list':
            return Array.from({ length: Math.min(node.min, ITEMS_MAX) }, () => initialOf(node.item, true) ?? null);
        case 'choice':
            return node.options.length === 1 ? node.options[0]?.value : undefined;
        case 'boolean':
            return false;
        case 'variant':
            return node.shapes[0] ? initialOf(node.shapes[0].node, true) : null;
        default:
            return undefined;
    }
}

/** `value` with the member `name` set; undefined takes it away. */
export function withMember(value: Json | undefined, name: string, part: Json | undefined): Json {
    const members: Members = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
    if (part === undefined) delete members[name];
    else Object.defineProperty(members, name, { value: part, enumerable: true, configurable: true, writable: true });
    return members;
}

export function memberOf(value: Json | undefined, name: string): Json | undefined {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
        ? value[name]
        : undefined;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** RFC 6901. */
export const below = (pointer: string, name: string | number): string => `${pointer}/${escaped(String(name))}`;

/** The faults as the library finds them; undefined: it cannot read the schema (a pattern that is none, a reference to nowhere). */
function checked(schema: Schema, value: Json | undefined, first: boolean) {
    try {
        return new Validator(schema as ConstructorParameters<typeof Validator>[0], '2020-12', first).validate(
            value ?? null,
        ).errors;
    } catch {
        return undefined;
    }
}

/** Those that follow from a deeper one. */
const FOLLOW = ['properties', 'items', '$ref', 'additionalProperties', 'oneOf', 'anyOf', 'allOf'];

/** What is wrong, by pointer: the keyword that was not met and the library's word for it. The deepest fault counts, not those that follow from it. */
export function faultsOf(schema: Schema, value: Json | undefined): Record<string, { keyword: string; text: string }> {
    const found: Record<string, { keyword: string; text: string }> = {};
    const errors = checked(schema, value, false) ?? [];
    for (const error of errors) {
        if (FOLLOW.includes(error.keyword) && errors.length > 1 && error.instanceLocation !== '#') continue;
        let pointer = decodeURI(error.instanceLocation).replace(/^#/, '');
        const missing = error.keyword === 'required' ? /"(.+)"/s.exec(error.error)?.[1] : undefined;
        if (missing !== undefined) pointer = below(pointer, missing);
        found[pointer] ??= { keyword: error.keyword, text: error.error };
    }
    if (Object.keys(found).length > 1 && found['']?.keyword === 'properties') delete found[''];
    return found;
}

/** Which shape a value has: the first that it is valid for, else the first. */
export function shapeOf(node: VariantNode, value: Json | undefined, root: Schema, foreign: boolean): number {
    const at = node.shapes.findIndex((shape) => {
        const schema = { ...shape.schema, $defs: root['$defs'] ?? {}, definitions: root['definitions'] ?? {} };
        return checked(foreign ? checkable(schema) : schema, value, true)?.length === 0;
    });
    return Math.max(0, at);
}
