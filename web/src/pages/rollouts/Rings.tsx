// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';
import { Card, Icon, Status, type IconName, type Tone } from '../../ui/index.ts';
import { soakLeft, stateOf, type Ring, type RolloutRow } from './rollout.ts';
import { Bar, ringName } from './words.tsx';

const TONES: Record<string, Tone> = { waiting: 'off', running: 'info', met: 'wait', over: 'good' };

function Rule({ icon, children }: { icon: IconName; children: string }) {
    return (
        <li>
            <Icon name={icon} size={16} />
            {children}
        </li>
    );
}

function One({ ring, current, open, now }: { ring: Ring; current: boolean; open: boolean; now: number }) {
    const words = t.rollouts.detail;
    const state = (ring.state ?? 'waiting') as keyof typeof words.ringStates;
    const left = soakLeft(ring, now);
    return (
        <li class={current ? 'ring-card now' : 'ring-card'} aria-current={current ? 'step' : undefined}>
            <div class="ring-head">
                <h3>{words.ring(ring.n ?? 0)}</h3>
                {(open || state === 'over') && <Status tone={TONES[state] ?? 'off'}>{words.ringStates[state]}</Status>}
            </div>
            <p class="ring-who">{ringName(ring)}</p>
            {ring.members ? (
                <Bar counts={ring} label={words.ring(ring.n ?? 0)} legend />
            ) : (
                <p class="muted">{words.noMembers}</p>
            )}
            <ul class="ring-rules">
                {Boolean(ring.soak_s) && (
                    <Rule icon="wait">{left > 0 && current ? words.soakLeft(left) : words.soak(ring.soak_s ?? 0)}</Rule>
                )}
                {ring.approval && <Rule icon="approval">{ring.promoted_at ? words.promoted : words.approval}</Rule>}
                {ring.pause && <Rule icon="pause">{words.pauses}</Rule>}
                {Boolean(ring.min_devices) && <Rule icon="device">{words.least(ring.min_devices ?? 0)}</Rule>}
            </ul>
        </li>
    );
}

/** The rings in their order, the present one marked. */
export function Rings({ row, now }: { row: RolloutRow; now: number }) {
    const open = ['running', 'paused'].includes(stateOf(row));
    return (
        <Card title={t.rollouts.detail.rings}>
            <ol class="rings">
                {(row.rings ?? []).map((ring) => (
                    <One key={ring.n} ring={ring} current={open && ring.n === row.ring} open={open} now={now} />
                ))}
            </ol>
        </Card>
    );
}
