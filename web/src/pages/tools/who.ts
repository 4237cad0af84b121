// SPDX-License-Identifier: Apache-2.0
// Which permissions speak of a tool, and what they say. Pure: the server alone decides, this shows what it decides by.
import type { Shape } from '../../api/client.ts';

export type PermissionRow = Shape<'Permission'>;
export type Access = 'READ' | 'WRITE' | 'EXECUTE';
export type Says = 'allow' | 'deny' | 'inherit';
export const SAYS_TONES = { allow: 'good', deny: 'bad', inherit: 'off' } as const;

const KIND_ORDER = ['user', 'service-account', 'device', 'group', 'default'];

/** How closely a row names a tool: 0 by its name, 1 by its server, 2 by everything; undefined: not at all. */
export function closeness(pattern: string, server: string, tool: string): number | undefined {
    if (pattern === `${server}/${tool}`) return 0;
    if (pattern === `${server}/*`) return 1;
    return pattern === '*' ? 2 : undefined;
}

/** The rows that speak of it: of people and machines first, then groups, then everybody; in each the closest first. */
export function rowsFor(rows: readonly PermissionRow[], server: string, tool: string): PermissionRow[] {
    const rank = (row: PermissionRow): number =>
        KIND_ORDER.indexOf(row.subject_kind ?? 'default') * 3 + (closeness(row.tool ?? '', server, tool) ?? 0);
    return rows
        .filter((row) => closeness(row.tool ?? '', server, tool) !== undefined)
        .sort((a, b) => rank(a) - rank(b));
}

const MEMBER = { READ: 'can_read', WRITE: 'can_write', EXECUTE: 'can_execute' } as const;

/** What a row says about this access: off is no, whatever else it says. */
export function saysOf(
    row: Pick<PermissionRow, 'can_read' | 'can_write' | 'can_execute' | 'is_enabled'>,
    access: Access,
): Says {
    if (row.is_enabled === false) return 'deny';
    const said = row[MEMBER[access]];
    if (said === null || said === undefined) return 'inherit';
    return said ? 'allow' : 'deny';
}

/** Whose row it is, as the query of the permissions page has it. */
export const subjectKey = (row: PermissionRow): string =>
    row.subject_kind === 'default' ? 'default' : `${row.subject_kind}:${row.subject_id}`;
