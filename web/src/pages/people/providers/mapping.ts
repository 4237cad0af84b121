// SPDX-License-Identifier: Apache-2.0
// Which values of the claim are which groups, as lines VALUE = GROUP that a person writes.
export interface Mapped {
    value: string;
    group: string;
}

export const linesOf = (groups: readonly Mapped[]): string =>
    groups.map(({ value, group }) => `${value} = ${group}`).join('\n');

/** undefined: a line is no mapping. The value may hold '=' signs: the last one divides. */
export function mappingOf(text: string): Mapped[] | undefined {
    const found: Mapped[] = [];
    for (const line of text
        .split('\n')
        .map((one) => one.trim())
        .filter(Boolean)) {
        const at = line.lastIndexOf('=');
        const value = line.slice(0, at).trim();
        const group = line.slice(at + 1).trim();
        if (at < 0 || !value || !group) return undefined;
        found.push({ value, group });
    }
    return found;
}
