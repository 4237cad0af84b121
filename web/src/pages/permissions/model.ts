// SPDX-License-Identifier: Apache-2.0
// What permissions say about tools, and what is to be written. Pure; what comes of it the server alone decides.
import type { PermissionRow } from '../tools/who.ts';

export type Access = 'READ' | 'WRITE' | 'EXECUTE';
export const FLAGS = ['can_read', 'can_write', 'can_execute', 'is_enabled', 'approval'] as const;
export type Flag = (typeof FLAGS)[number];
export type Said = boolean | null;
export type Rule = Record<Flag, Said>;
export type Draft = ReadonlyMap<string, Partial<Rule>>;
/** What one level says, by pattern. */
export type Level = ReadonlyMap<string, Rule>;

export const FLAG_OF: Record<Access, Flag> = { READ: 'can_read', WRITE: 'can_write', EXECUTE: 'can_execute' };
const NOTHING: Rule = { can_read: null, can_write: null, can_execute: null, is_enabled: null, approval: null };
export const ruleOf = (row: PermissionRow | undefined): Rule =>
    row ? (Object.fromEntries(FLAGS.map((flag) => [flag, row[flag] ?? null])) as Rule) : NOTHING;

/** What a level says with the changes that are not saved yet. */
export function levelOf(rows: readonly PermissionRow[], draft: Draft = new Map()): Map<string, Rule> {
    const level = new Map(rows.map((row) => [row.tool ?? '', ruleOf(row)]));
    for (const [tool, changes] of draft) level.set(tool, { ...(level.get(tool) ?? NOTHING), ...changes });
    return level;
}

/** Nothing, yes, no, and round again. */
export const nextOf = (said: Said): Said => (said === null ? true : said ? false : null);

/** The draft with one flag of one pattern set; what is as it was saved is no change. */
export function setFlag(draft: Draft, saved: Level, tool: string, flag: Flag, value: Said): Draft {
    const next = new Map(draft);
    const changes: Partial<Rule> = { ...next.get(tool), [flag]: value };
    if ((saved.get(tool)?.[flag] ?? null) === value) delete changes[flag];
    if (Object.keys(changes).length > 0) next.set(tool, changes);
    else next.delete(tool);
    return next;
}

export const saysNothing = (rule: Rule): boolean => FLAGS.every((flag) => rule[flag] === null);

/** What PUT takes and which rows go: a row that says nothing any more, and has no conditions, is taken back. */
export function writesOf(
    rows: readonly PermissionRow[],
    draft: Draft,
): { put: ({ tool: string; arguments?: unknown; device?: unknown } & Rule)[]; drop: string[] } {
    const put: ({ tool: string; arguments?: unknown; device?: unknown } & Rule)[] = [];
    const drop: string[] = [];
    for (const [tool, changes] of draft) {
        const row = rows.find((one) => one.tool === tool);
        const rule = { ...ruleOf(row), ...changes };
        if (saysNothing(rule)) {
            if (row?.id) drop.push(row.id);
        } else
            put.push({
                tool,
                ...rule,
                ...(row?.arguments ? { arguments: row.arguments } : {}),
                ...(row?.device ? { device: row.device } : {}),
            });
    }
    return { put, drop };
}

/** A row as files have it: what it says, and nothing of how it is stored. */
export function written(row: PermissionRow): Record<string, unknown> {
    const subject =
        row.subject_kind === 'default' ? { everybody: true } : { [row.subject_kind ?? '']: row.subject_name };
    const said = FLAGS.filter((flag) => typeof row[flag] === 'boolean').map((flag) => [flag, row[flag]]);
    return {
        ...subject,
        tool: row.tool,
        ...(Object.fromEntries(said) as object),
        ...(row.arguments ? { arguments: row.arguments } : {}),
        ...(row.device ? { device: row.device } : {}),
    };
}
