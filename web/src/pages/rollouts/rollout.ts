// SPDX-License-Identifier: Apache-2.0
// What the figures of a rollout mean: segments of its bars, what holds it, what comes next. Pure.
import type { Shape } from '../../api/client.ts';

export type RolloutRow = Shape<'Rollout'>;
export type Ring = Shape<'RolloutRing'>;
type Counts = Shape<'RolloutProgress'>;

export type Member = 'applied' | 'failed' | 'timed_out' | 'lost' | 'pending' | 'away' | 'unchanged';
export const MEMBERS: readonly Member[] = ['applied', 'failed', 'timed_out', 'lost', 'pending', 'away', 'unchanged'];
export const MEMBER_TONES = {
    applied: 'good',
    failed: 'bad',
    timed_out: 'bad',
    lost: 'warn',
    pending: 'info',
    away: 'off',
    unchanged: 'off',
} as const;

export type State = 'draft' | 'running' | 'paused' | 'completed' | 'aborted' | 'rolled_back';
export const STATES: readonly State[] = ['draft', 'running', 'paused', 'completed', 'aborted', 'rolled_back'];
export const STATE_TONES = {
    draft: 'off',
    running: 'info',
    paused: 'wait',
    completed: 'good',
    aborted: 'bad',
    rolled_back: 'warn',
} as const;

export const stateOf = (row: RolloutRow): State => STATES.find((state) => state === row.state) ?? 'draft';
export const isOpen = (row: RolloutRow): boolean => ['running', 'paused', 'aborted'].includes(stateOf(row));

export const failedOf = (counts: Counts | undefined): number =>
    (counts?.failed ?? 0) + (counts?.timed_out ?? 0) + (counts?.lost ?? 0);

/** How many have failed of those that executed, 0 to 1; undefined: nobody has. */
export const failedShare = (counts: Counts | undefined): number | undefined =>
    counts?.executed ? failedOf(counts) / counts.executed : undefined;

/** The ring that is under way; undefined: it has not begun. */
export const ringNow = (row: RolloutRow): Ring | undefined => (row.ring ? row.rings?.[row.ring - 1] : undefined);

/** Seconds that a ring is still watched; 0: no more, or not yet. */
export function soakLeft(ring: Ring, now: number): number {
    if (ring.state !== 'met' || !ring.met_at) return 0;
    return Math.max(0, Math.ceil((ring.soak_s ?? 0) - (now - new Date(ring.met_at).getTime()) / 1000));
}

export type Next =
    | { kind: 'draft' | 'soon' | 'paused' | 'aborted' | 'held' | 'over' }
    | { kind: 'counting' | 'approval'; ring: number }
    | { kind: 'pending'; devices: number }
    | { kind: 'few'; did: number; away: number }
    | { kind: 'soaking'; seconds: number };

function nextOfRing(ring: Ring, now: number): Next {
    const n = ring.n ?? 1;
    if (ring.pending) return { kind: 'pending', devices: ring.pending };
    if (ring.state === 'running' && !ring.members) return { kind: 'counting', ring: n };
    if (ring.state === 'running') return { kind: 'few', did: ring.executed ?? 0, away: ring.away ?? 0 };
    const left = soakLeft(ring, now);
    if (left > 0) return { kind: 'soaking', seconds: left };
    return ring.approval && !ring.promoted_at ? { kind: 'approval', ring: n } : { kind: 'soon' };
}

/** What holds it now. */
export function nextOf(row: RolloutRow, now: number): Next {
    const state = stateOf(row);
    const ring = ringNow(row);
    if (state === 'running') return ring ? nextOfRing(ring, now) : { kind: 'soon' };
    if (state === 'aborted') return row.next?.startsWith('nothing') ? { kind: 'held' } : { kind: 'aborted' };
    if (state === 'draft' || state === 'paused') return { kind: state };
    return { kind: 'over' };
}

const REASONS_SHOWN = 3;

/** What devices gave as their reason, the most frequent first. */
export function reasonsOf(rows: readonly { reason?: string | null }[]): { reason: string; devices: number }[] {
    const counted = new Map<string, number>();
    for (const { reason } of rows) if (reason) counted.set(reason, (counted.get(reason) ?? 0) + 1);
    return [...counted]
        .map(([reason, devices]) => ({ reason, devices }))
        .sort((a, b) => b.devices - a.devices)
        .slice(0, REASONS_SHOWN);
}
