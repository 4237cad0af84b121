// SPDX-License-Identifier: Apache-2.0
// Where a schema points to inside its document. Pure.

export type Schema = { [key: string]: unknown };

/** Levels of a form, and references one after the other. */
export const DEEPEST = 8;

export const isObject = (value: unknown): value is Schema =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Of a pointer's part; what cannot be read is no name. */
function nameOf(part: string): string | undefined {
    try {
        return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    } catch {
        return undefined;
    }
}

/** `#/$defs/x` of the same document, and where that leads; what points elsewhere, or in a circle, is not followed. One schema of `allOf` is that schema. */
export function follow(given: Schema, root: Schema): Schema | undefined {
    let schema = given;
    for (let hops = 0; hops < DEEPEST; hops++) {
        const only = Array.isArray(schema['allOf']) && schema['allOf'].length === 1 ? schema['allOf'][0] : undefined;
        if (isObject(only)) {
            const { allOf: _, ...beside } = schema;
            schema = { ...only, ...beside };
            continue;
        }
        const ref = text(schema['$ref']);
        if (ref === undefined) return schema;
        if (ref !== '#' && !ref.startsWith('#/')) return undefined;
        let at: unknown = root;
        for (const part of ref.split('/').slice(1)) {
            const key = nameOf(part);
            at = key !== undefined && isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
        }
        if (!isObject(at)) return undefined;
        const { $ref: _, ...beside } = schema;
        schema = { ...at, ...beside };
    }
    return undefined;
}

/** Where a part stands. `path`: the references by which one had to come here; what is optional begins anew, for nobody has to draw it. */
export interface Place {
    root: Schema;
    depth: number;
    path: readonly string[];
}

/** The path with the references of these; undefined: one of them leads back to where one came from, and that without end. */
export function entered(schemas: readonly Schema[], path: readonly string[]): readonly string[] | undefined {
    const refs = schemas.flatMap((one) => text(one['$ref']) ?? []);
    return refs.some((ref) => path.includes(ref)) ? undefined : [...path, ...refs];
}

/** Made when it is first asked for: a schema that holds itself several times is as large as what is drawn of it. */
export function later<T>(make: () => T): () => T {
    let made: { it: T } | undefined;
    return () => (made ??= { it: make() }).it;
}
