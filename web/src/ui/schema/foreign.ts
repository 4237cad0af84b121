// SPDX-License-Identifier: Apache-2.0
// What of a schema from elsewhere is checked in the page. Pure.
// Its patterns are not: one that backtracks for ever would hang the tab. The server that owns the schema judges by them.
import { isObject, type Schema } from './refs.ts';

const MAPS = ['$defs', 'definitions', 'properties', 'dependentSchemas'];
const DATA = ['const', 'enum', 'default'];
/** The patterns, and what would refuse more once they are gone. */
const LEFT_OUT = [
    'pattern',
    'patternProperties',
    'additionalProperties',
    'unevaluatedProperties',
    'unevaluatedItems',
    'dependencies',
    'maxContains',
    'not',
    'oneOf',
    'if',
];

/** `map`: its keys are names, not keywords. */
function without(part: unknown, map: boolean): unknown {
    if (Array.isArray(part)) return part.map((one) => without(one, false));
    if (!isObject(part)) return part;
    const kept = Object.entries(part).filter(([key]) => map || !LEFT_OUT.includes(key));
    return Object.fromEntries(
        kept.map(([key, inner]) => [
            key,
            !map && DATA.includes(key) ? inner : without(inner, !map && MAPS.includes(key)),
        ]),
    );
}

/** The schema that is checked instead; the same where it has no pattern. */
export const checkable = (schema: Schema): Schema =>
    /"pattern(Properties)?":/.test(JSON.stringify(schema)) ? (without(schema, false) as Schema) : schema;
