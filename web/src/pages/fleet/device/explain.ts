// SPDX-License-Identifier: Apache-2.0
// What the explanation of a configuration is looked through for. Pure, so that it is tested without a browser.

import { plain } from '../../../shell/fits.ts';

interface Said {
    pointer?: string | null;
    policy_name?: string | null;
    level?: string | null;
    version?: string | null;
    value?: unknown;
}

/** A JSON Pointer as a person reads it: names with points between them, arrows where a name has one itself. */
export function readable(pointer: string | null | undefined): string {
    const parts = (pointer ?? '')
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return parts.length === 0 ? '/' : parts.join(parts.some((part) => part.includes('.')) ? ' → ' : '.');
}

/** Does each word that was typed stand in its path, its value or its policy? */
export function fitsLeaf(leaf: Said, typed: string): boolean {
    const text = plain(
        [leaf.pointer, readable(leaf.pointer), JSON.stringify(leaf.value ?? ''), leaf.policy_name, leaf.version].join(
            ' ',
        ),
    );
    return plain(typed)
        .split(/\s+/)
        .filter(Boolean)
        .every((word) => text.includes(word));
}

/** The leaves put together again, as the device gets them. An array is one leaf, and so is {}. */
export function assembled(leaves: readonly { pointer?: string | null; value?: unknown }[]): unknown {
    const whole: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const { pointer, value } of leaves) {
        const parts = (pointer ?? '')
            .split('/')
            .slice(1)
            .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
        const last = parts.pop();
        if (last === undefined) continue;
        let at = whole;
        for (const part of parts)
            at = (at[part] ??= Object.create(null) as Record<string, unknown>) as Record<string, unknown>;
        at[last] = value;
    }
    return whole;
}

/** A moment of an input of the browser (local time) as the API wants it; undefined: none, or none that has passed. */
export function momentOf(text: string | undefined, now = Date.now()): string | undefined {
    const at = text ? new Date(text).getTime() : NaN;
    return Number.isFinite(at) && at < now ? new Date(at).toISOString() : undefined;
}
