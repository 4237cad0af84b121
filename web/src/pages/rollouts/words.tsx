// SPDX-License-Identifier: Apache-2.0
// A rollout in words and bars of the page's language.
import { t } from '../../i18n/index.ts';
import { Progress, Status } from '../../ui/index.ts';
import { sentenceOf } from './said.ts';
import { MEMBERS, MEMBER_TONES, nextOf, stateOf, STATE_TONES, type Ring, type RolloutRow } from './rollout.ts';

type Counts = NonNullable<RolloutRow['progress']>;

export function ringName(ring: Ring): string {
    const words = t.rollouts.detail;
    if (ring.group) return words.group(ring.group_name ?? words.someGroup);
    if (ring.label) return ring.label;
    return ring.percent === 100 ? t.rollouts.make.everybody : words.share(ring.percent ?? 0);
}

export function StateMark({ row }: { row: RolloutRow }) {
    const state = stateOf(row);
    return <Status tone={STATE_TONES[state]}>{t.rollouts.states[state]}</Status>;
}

export function Bar({
    counts,
    label,
    legend = false,
}: {
    counts: Counts | Ring | undefined;
    label: string;
    legend?: boolean;
}) {
    const segments = MEMBERS.map((member) => ({
        label: t.rollouts.members[member],
        value: counts?.[member] ?? 0,
        tone: MEMBER_TONES[member],
    }));
    return (
        <Progress
            segments={legend ? segments.filter((one) => one.value > 0) : segments}
            label={label}
            legend={legend}
        />
    );
}

/** What holds it now, and what follows then. */
export function nextWords(row: RolloutRow, now: number): string {
    const words = t.rollouts.nexts;
    const next = nextOf(row, now);
    switch (next.kind) {
        case 'pending':
            return words.pending(next.devices);
        case 'few':
            return words.few(next.did, next.away);
        case 'soaking':
            return words.soaking(next.seconds);
        case 'counting':
            return words.counting(next.ring);
        case 'approval':
            return words.approval(next.ring);
        default:
            return words[next.kind];
    }
}

export function thenWords(row: RolloutRow): string {
    if (stateOf(row) !== 'running') return '';
    const after = row.rings?.[row.ring ?? 0];
    return after ? t.rollouts.nexts.then(after.n ?? 0, ringName(after)) : t.rollouts.nexts.last;
}

/** A reason in the page's language, where it is the rollout's own. */
export function saidWords(text: string): string {
    const known = sentenceOf(text);
    if (!known) return text;
    const say: (...figures: number[]) => string = t.rollouts.said[known.name];
    return say(...known.figures);
}
