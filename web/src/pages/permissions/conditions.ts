// SPDX-License-Identifier: Apache-2.0
// Conditions of a permission as a person writes them: on the arguments of a call, and on the device it comes from.
export const OPS = ['eq', 'in', 'prefix', 'glob', 'min', 'max', 'absent'] as const;
export type Op = (typeof OPS)[number];

export interface Condition {
    pointer: string;
    op: Op;
    /** As typed: JSON where it is JSON, else a text. */
    value: string;
}

/** `2`, `true` and `["a"]` are what they look like; everything else is a text. */
export function valueOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

const typed = (value: unknown): string =>
    typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

export function conditionsOf(rows: unknown): Condition[] {
    if (!Array.isArray(rows)) return [];
    return rows.map((row: Record<string, unknown>) => ({
        pointer: typed(row['pointer']),
        op: OPS.includes(row['op'] as Op) ? (row['op'] as Op) : 'eq',
        value: typed(row['value']),
    }));
}

/** What the API takes; `in` from "a, b" too. */
export function writtenOf(conditions: readonly Condition[]): object[] {
    return conditions
        .filter((one) => one.pointer.trim())
        .map(({ pointer, op, value }) => {
            const at = { pointer: pointer.trim(), op };
            if (op === 'absent') return at;
            const parsed = valueOf(value);
            return {
                ...at,
                value:
                    op === 'in' && !Array.isArray(parsed)
                        ? value.split(',').map((one) => valueOf(one.trim()))
                        : op === 'prefix' || op === 'glob'
                          ? value
                          : parsed,
            };
        });
}

export interface DeviceCondition {
    enrolled: boolean;
    credential_level: string;
    /** room=study */
    labels: readonly string[];
}

export function deviceOf(row: unknown): DeviceCondition {
    const said = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
    const labels = (typeof said['labels'] === 'object' && said['labels'] !== null ? said['labels'] : {}) as Record<
        string,
        unknown
    >;
    return {
        enrolled: said['enrolled'] === true,
        credential_level: typed(said['credential_level']),
        labels: Object.entries(labels).map(([name, value]) => `${name}=${typed(value)}`),
    };
}

/** null: from anywhere. */
export function deviceWritten({ enrolled, credential_level, labels }: DeviceCondition): object | null {
    const pairs = labels.map((one) => [one.split('=')[0] ?? '', one.slice(one.indexOf('=') + 1)]);
    const device = {
        ...(enrolled && { enrolled }),
        ...(credential_level && { credential_level }),
        ...(pairs.length > 0 && { labels: Object.fromEntries(pairs) as object }),
    };
    return Object.keys(device).length > 0 ? device : null;
}
