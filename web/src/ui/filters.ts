// SPDX-License-Identifier: Apache-2.0
// Filters of a list and the query of its URL. Pure, so that it is tested without a browser.

export interface FilterDef {
    /** Its name in the URL, mostly that of the API. */
    key: string;
    label: string;
    /** `text`, `date` (a day) and `flag` (yes or absent) besides the choice of one. */
    kind?: 'select' | 'text' | 'date' | 'flag';
    options?: readonly { value: string; label: string }[];
}

export type FilterValues = Record<string, string>;

/** What the query says about these filters. A choice that is none of the options counts as absent: the URL may come from anywhere. */
export function readFilters(
    query: Readonly<Record<string, string>>,
    defs: readonly FilterDef[],
    search?: string,
): FilterValues {
    const values: FilterValues = {};
    if (search && query[search]) values[search] = query[search];
    for (const def of defs) {
        const value = query[def.key];
        if (!value) continue;
        if (def.options && !def.options.some((one) => one.value === value)) continue;
        if (def.kind === 'flag' && value !== 'true') continue;
        if (def.kind === 'date' && Number.isNaN(Date.parse(`${value}T00:00`))) continue;
        values[def.key] = value;
    }
    return values;
}

/** The changes of the query that clear all of them. */
export function clearFilters(defs: readonly FilterDef[], search?: string): Record<string, undefined> {
    return Object.fromEntries(
        [...(search ? [search] : []), ...defs.map((def) => def.key)].map((key) => [key, undefined]),
    );
}

/** The chips: a name and a word for each filter that is set, in the order of the bar. */
export function chipsOf(
    values: FilterValues,
    defs: readonly FilterDef[],
): { key: string; label: string; value: string }[] {
    return defs.flatMap((def) => {
        const value = values[def.key];
        return value === undefined
            ? []
            : [
                  {
                      key: def.key,
                      label: def.label,
                      value: def.options?.find((one) => one.value === value)?.label ?? value,
                  },
              ];
    });
}

/** Can this be the id of an object? A URL may come from anywhere. */
export const isUuid = (text: string | undefined): text is string =>
    text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
