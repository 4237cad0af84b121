// SPDX-License-Identifier: Apache-2.0
// A rollout as it is planned in the form. Pure.
import type { Shape } from '../../api/client.ts';

export type RingKind = 'group' | 'label' | 'percent';

export interface RingPlan {
    kind: RingKind;
    group: string;
    label: string;
    percent: string;
    /** Minutes. */
    soak: string;
    approval: boolean;
    pause: boolean;
}

export interface Plan {
    policy: string;
    /** Number of the version. */
    to: string;
    rings: readonly RingPlan[];
    maxFailed: string;
    minExecuted: string;
    /** Minutes. */
    timeout: string;
    rollback: boolean;
}

export const ringOf = (more: Partial<RingPlan>): RingPlan => ({
    kind: 'percent',
    group: '',
    label: '',
    percent: '100',
    soak: '10',
    approval: false,
    pause: false,
    ...more,
});

const EVERYBODY = ringOf({ soak: '0' });

export type Preset = 'careful' | 'quick' | 'group';
export const PRESETS: Record<Preset, readonly RingPlan[]> = {
    careful: [ringOf({ percent: '1' }), ringOf({ percent: '10', soak: '60' }), EVERYBODY],
    quick: [ringOf({ percent: '10' }), EVERYBODY],
    group: [ringOf({ kind: 'group', soak: '60', approval: true }), ringOf({ percent: '10' }), EVERYBODY],
};

export type Fault = 'needGroup' | 'needLabel' | 'limits' | 'rising';

/** What is wrong with each ring; undefined: nothing. The last one is everybody, whatever it says. */
export function ringFaults(rings: readonly RingPlan[]): (Fault | undefined)[] {
    let least = 0;
    return rings.map((ring, at) => {
        if (at === rings.length - 1) return undefined;
        if (ring.kind === 'group') return ring.group.trim() ? undefined : 'needGroup';
        if (ring.kind === 'label') return /^[^=\s]+=.+$/.test(ring.label.trim()) ? undefined : 'needLabel';
        const share = Number(ring.percent);
        if (!(share > 0 && share <= 100)) return 'limits';
        if (share <= least) return 'rising';
        least = share;
        return undefined;
    });
}

const seconds = (minutes: string): number => Math.max(0, Math.round(Number(minutes) * 60) || 0);

function ringBody(ring: RingPlan, last: boolean): Shape<'RolloutRingIn'> {
    const who = last
        ? { percent: 100 }
        : ring.kind === 'group'
          ? { group: ring.group.trim() }
          : ring.kind === 'label'
            ? { label: ring.label.trim() }
            : { percent: Number(ring.percent) };
    return {
        ...who,
        ...(seconds(ring.soak) > 0 && { soak_s: seconds(ring.soak) }),
        ...(ring.approval && { approval: true }),
        ...(ring.pause && { pause: true }),
    };
}

export function bodyOf(plan: Plan): Shape<'RolloutIn'> {
    return {
        policy_id: plan.policy,
        to: Number(plan.to),
        rings: plan.rings.map((ring, at) => ringBody(ring, at === plan.rings.length - 1)),
        auto_rollback: plan.rollback,
        gate: {
            max_failed_percent: Number(plan.maxFailed),
            min_executed: Number(plan.minExecuted),
            timeout_s: seconds(plan.timeout),
        },
    };
}
