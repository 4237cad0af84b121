// SPDX-License-Identifier: Apache-2.0
// A tool's definition comes from outside: what of it is what it should be.
import type { Tool } from './data.ts';

export interface Definition {
    title: string | undefined;
    description: string;
    input: object;
    output: object | undefined;
    annotations: Record<string, unknown>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
const object = (value: unknown): Record<string, unknown> | undefined =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : undefined;

/** Of the definition that may be called, else of the one that waits. */
export function definitionOf(tool: Pick<Tool, 'definition' | 'pending'>): Definition | undefined {
    const said = object(tool.definition) ?? object(tool.pending);
    if (!said) return undefined;
    const annotations = object(said['annotations']) ?? {};
    return {
        title: text(said['title']) ?? text(annotations['title']),
        description: text(said['description']) ?? '',
        input: object(said['inputSchema']) ?? { type: 'object' },
        output: object(said['outputSchema']),
        annotations,
    };
}

/** How a value of a definition is written in a diff: text as it is, the rest as JSON; nothing is the empty string. */
export const written = (value: unknown): string => {
    if (value === undefined || value === null) return '';
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};
