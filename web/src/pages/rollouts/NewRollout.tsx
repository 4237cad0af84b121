// SPDX-License-Identifier: Apache-2.0
// /rollouts/new?policy=ID&to=N: which version, to whom first, what must not happen.
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { navigate, useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Button,
    Card,
    Checkbox,
    Combobox,
    Empty,
    ErrorBox,
    Field,
    Note,
    PageHead,
    Select,
    TextInput,
    toast,
    useForm,
    useGroups,
} from '../../ui/index.ts';
import { bodyOf, PRESETS, ringFaults, ringOf, type Plan, type Preset, type RingPlan } from './plan.ts';
import { RingEdit } from './RingEdit.tsx';
import './rollouts.css';

const CHOICE_MAX = 100;
const FOUND_MAX = 8;

const findPolicies = async (search: string, signal: AbortSignal) => {
    const query = { limit: FOUND_MAX, ...(search && { search }) };
    const { items } = await call(api.GET('/api/v1/policies', { params: { query }, signal }));
    return (items ?? []).map((one) => ({ key: one.id ?? '', label: one.name ?? '' }));
};

/** The name of the policy, and the versions that could go out: drafts, and published ones that are not the newest. */
function usePolicy(policy: string) {
    const found = useData(policy || undefined, async (signal) => {
        const path = { id: policy };
        const [row, versions] = await Promise.all([
            call(api.GET('/api/v1/policies/{id}', { params: { path }, signal })),
            call(api.GET('/api/v1/policies/{id}/versions', { params: { path, query: { limit: CHOICE_MAX } }, signal })),
        ]);
        return {
            name: row.name ?? '',
            versions: (versions.items ?? []).filter((line) => line.number !== row.newest_number),
        };
    });
    return found.data;
}

/** How many devices follow it, by the preview of this version. */
function useReach(policy: string, to: string): number | undefined {
    const found = useData(policy && to && may('device:read') ? `${policy} ${to}` : undefined, (signal) =>
        call(api.POST('/api/v1/policies/preview', { body: { policy_id: policy, number: Number(to) }, signal })),
    );
    return found.data?.devices;
}

export default function NewRollout() {
    const words = t.rollouts.make;
    const [query] = useQuery();
    const [tried, setTried] = useState(false);
    const first = useData('first', (signal) => findPolicies('', signal));
    const form = useForm<Plan, { id?: string | null }>({
        initial: {
            policy: query['policy'] ?? '',
            to: query['to'] ?? '',
            rings: PRESETS.careful,
            maxFailed: '2',
            minExecuted: '5',
            timeout: '60',
            rollback: true,
        },
        check: (v) => ({
            ...(!v.policy && { policy: words.needPolicy }),
            ...(!v.to && { to: words.needVersion }),
            ...(ringFaults(v.rings).some(Boolean) && { rings: ' ' }),
        }),
        submit: (v) => call(api.POST('/api/v1/rollouts', { body: bodyOf(v) })),
        done: (made) => {
            toast.good(words.made);
            navigate(`/rollouts/${made.id}`);
        },
    });
    const { policy, to, rings } = form.values;
    const chosen = usePolicy(policy);
    const versions = chosen?.versions;
    const reach = useReach(policy, to);
    const groups = (useGroups() ?? []).map((group) => group.name ?? '');
    const faults = ringFaults(rings);
    const newest = versions?.[0]?.number;
    useEffect(() => {
        if (!to && newest) form.set({ to: String(newest) });
    }, [newest, to]);
    const setRing = (at: number, changes: Partial<RingPlan>) =>
        form.set({ rings: rings.map((ring, i) => (i === at ? { ...ring, ...changes } : ring)) });
    const add = () => form.set({ rings: [...rings.slice(0, -1), ringOf({ percent: '50' }), ...rings.slice(-1)] });
    const versionOptions = [
        { value: '', label: t.kit.none },
        ...(versions ?? []).map((line) => ({
            value: String(line.number),
            label: t.policy.version(line.number ?? 0, line.version ?? ''),
        })),
    ];
    const send = (event: Event) => {
        setTried(true);
        form.attributes.onSubmit(event);
    };
    const head = (
        <PageHead title={words.title} intro={words.intro} back={{ href: '/rollouts', label: t.rollouts.detail.back }} />
    );
    if (first.data?.length === 0) {
        return (
            <>
                {head}
                <Empty
                    icon="policy"
                    title={words.noPolicy}
                    action={
                        may('policy:write') && (
                            <Button kind="primary" icon="add" href="/policies?new=1">
                                {words.writePolicy}
                            </Button>
                        )
                    }
                >
                    {words.noPolicyText}
                </Empty>
            </>
        );
    }
    return (
        <>
            {head}
            <form noValidate onSubmit={send} class="stack">
                {form.problem && <ErrorBox problem={form.problem} />}
                <Card title={words.what}>
                    <div class="gate-edit">
                        <Field label={words.policy} error={form.error('policy')} required>
                            <Combobox
                                value={chosen?.name ?? ''}
                                find={findPolicies}
                                placeholder={words.choosePolicy}
                                onPick={(next) => form.set({ policy: next.key, to: '' })}
                            />
                        </Field>
                        <Field label={words.version} hint={words.versionHint} error={form.error('to')} required>
                            <Select {...form.bind('to')} options={versionOptions} disabled={!policy} />
                        </Field>
                    </div>
                    {versions?.length === 0 && (
                        <Note
                            tone="warn"
                            actions={
                                <Button small href={`/policies/${policy}`}>
                                    {words.write}
                                </Button>
                            }
                        >
                            {words.noVersion}
                        </Note>
                    )}
                    {reach !== undefined && <p>{words.reaches(reach)}</p>}
                </Card>
                <Card
                    title={words.rings}
                    intro={words.ringsHint}
                    actions={
                        <div class="stack row" role="group" aria-label={words.presets.label}>
                            {(Object.keys(PRESETS) as Preset[]).map((one) => (
                                <Button key={one} small onClick={() => form.set({ rings: PRESETS[one] })}>
                                    {words.presets[one]}
                                </Button>
                            ))}
                        </div>
                    }
                >
                    <ol class="rings-edit">
                        {rings.map((ring, at) => (
                            <RingEdit
                                key={at}
                                ring={ring}
                                n={at + 1}
                                last={at === rings.length - 1}
                                fault={tried ? faults[at] : undefined}
                                reach={reach}
                                groups={groups}
                                set={(changes) => setRing(at, changes)}
                                remove={
                                    at < rings.length - 1 && rings.length > 1
                                        ? () => form.set({ rings: rings.filter((_, i) => i !== at) })
                                        : undefined
                                }
                            />
                        ))}
                    </ol>
                    <Button icon="add" onClick={add}>
                        {words.addRing}
                    </Button>
                </Card>
                <Card title={words.gate}>
                    <div class="gate-edit">
                        <Field label={words.maxFailed} hint={words.maxFailedHint}>
                            <TextInput
                                {...form.bind('maxFailed')}
                                type="number"
                                unit="%"
                                min={0}
                                max={100}
                                step="any"
                            />
                        </Field>
                        <Field label={words.minExecuted} hint={words.minExecutedHint}>
                            <TextInput {...form.bind('minExecuted')} type="number" min={1} />
                        </Field>
                        <Field label={words.timeout} hint={words.timeoutHint}>
                            <TextInput {...form.bind('timeout')} type="number" min={1} />
                        </Field>
                    </div>
                    <Checkbox {...form.tick('rollback')} label={words.rollback} hint={words.rollbackHint} />
                </Card>
                <div class="stack row">
                    <Button kind="primary" type="submit" busy={form.busy} icon="check">
                        {words.submit}
                    </Button>
                    <span class="muted">{words.submitHint}</span>
                </div>
            </form>
        </>
    );
}
