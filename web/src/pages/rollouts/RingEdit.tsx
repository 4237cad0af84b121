// SPDX-License-Identifier: Apache-2.0
// One ring of a plan: whom it takes, how long it is watched; and how many devices that is.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Checkbox, Field, IconButton, Select, TextInput } from '../../ui/index.ts';
import { ringOf, type Fault, type RingKind, type RingPlan } from './plan.ts';

interface Props {
    ring: RingPlan;
    n: number;
    last: boolean;
    fault: Fault | undefined;
    /** Devices that follow the policy; undefined: not known. */
    reach: number | undefined;
    groups: readonly string[];
    set: (changes: Partial<RingPlan>) => void;
    remove: (() => void) | undefined;
}

/** How many devices a selector takes; a share is counted from those that follow the policy. */
function Count({ ring, last, reach }: Pick<Props, 'ring' | 'last' | 'reach'>) {
    const words = t.rollouts.make;
    const by =
        ring.kind === 'group' && ring.group.trim()
            ? { group: ring.group.trim() }
            : ring.kind === 'label' && ring.label.includes('=')
              ? { label: ring.label.trim() }
              : undefined;
    const asked = !last && by && may('device:read') ? JSON.stringify(by) : undefined;
    const found = useData(asked, (signal) =>
        call(
            api.GET('/api/v1/devices', {
                params: { query: { ...by, status: 'ENROLLED', limit: 1, count: true } as never },
                signal,
            }),
        ),
    );
    if (asked)
        return found.data?.total === undefined ? null : (
            <Badge tone="info">{words.exactly(found.data.total ?? 0)}</Badge>
        );
    if (reach === undefined || (!last && ring.kind !== 'percent')) return null;
    return (
        <Badge tone="info">
            {last ? words.exactly(reach) : words.about(Math.round((reach * (Number(ring.percent) || 0)) / 100))}
        </Badge>
    );
}

function Who({ ring, fault, groups, set }: Pick<Props, 'ring' | 'fault' | 'groups' | 'set'>) {
    const words = t.rollouts.make;
    const error = fault && words[fault];
    const kinds = (['group', 'label', 'percent'] as const).map((value) => ({ value, label: words.kinds[value] }));
    return (
        <>
            <Field label={words.kind}>
                <Select<RingKind>
                    value={ring.kind}
                    options={kinds}
                    onInput={(kind) => set({ ...ringOf({ soak: ring.soak }), kind, percent: '10' })}
                />
            </Field>
            {ring.kind === 'group' && (
                <Field label={words.group} hint={words.groupHint} error={error} required>
                    <TextInput value={ring.group} onInput={(group) => set({ group })} list={[...groups]} />
                </Field>
            )}
            {ring.kind === 'label' && (
                <Field label={words.label} hint={words.labelHint} error={error} required>
                    <TextInput value={ring.label} onInput={(label) => set({ label })} mono />
                </Field>
            )}
            {ring.kind === 'percent' && (
                <Field label={words.percent} error={error} required>
                    <TextInput
                        type="number"
                        value={ring.percent}
                        onInput={(percent) => set({ percent })}
                        unit="%"
                        min={0.001}
                        max={100}
                        step="any"
                    />
                </Field>
            )}
        </>
    );
}

export function RingEdit(p: Props) {
    const words = t.rollouts.make;
    const { ring, n, last, set } = p;
    return (
        <li class="ring-edit">
            <div class="ring-head">
                <h3>{last ? words.lastRing(n) : t.rollouts.detail.ring(n)}</h3>
                <Count ring={ring} last={last} reach={p.reach} />
                {p.remove && (
                    <IconButton icon="remove" kind="link" small label={words.removeRing(n)} onClick={p.remove} />
                )}
            </div>
            {!last && <Who ring={ring} fault={p.fault} groups={p.groups} set={set} />}
            <Field label={words.soak}>
                <TextInput type="number" value={ring.soak} onInput={(soak) => set({ soak })} min={0} />
            </Field>
            <div class="ring-ticks">
                <Checkbox label={words.approval} checked={ring.approval} onInput={(approval) => set({ approval })} />
                <Checkbox label={words.pause} checked={ring.pause} onInput={(pause) => set({ pause })} />
            </div>
        </li>
    );
}
