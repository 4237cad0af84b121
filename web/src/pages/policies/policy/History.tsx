// SPDX-License-Identifier: Apache-2.0
// All versions, the difference of any two (`?from=&to=`), and the way back.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Badge,
    Button,
    Card,
    DataTable,
    Diff,
    Empty,
    Field,
    Loaded,
    Menu,
    Select,
    Status,
    Time,
    ValueDiff,
    type Column,
} from '../../../ui/index.ts';
import { laidOut } from '../json.ts';
import type { PartProps, PolicyRow } from './Policy.tsx';
import { Rollback } from './Rollback.tsx';

type Line = Shape<'PolicyVersionLine'>;

/** As many as one may choose from; older ones are found in the list. */
const CHOICE_MAX = 100;

function State({ line, policy }: { line: Line; policy: PolicyRow }) {
    const words = t.policy.history.states;
    if (line.state === 'draft')
        return (
            <Status tone="wait" icon="edit">
                {words.draft}
            </Status>
        );
    return line.number === policy.newest_number ? (
        <Status tone="good">{words.newest}</Status>
    ) : (
        <Status tone="off" icon="check">
            {words.published}
        </Status>
    );
}

function columns(
    { policy, writable }: PartProps,
    compare: (from: number, to: number) => void,
    back: (line: Line) => void,
): Column<Line>[] {
    const words = t.policy.history;
    const newest = policy.newest_number ?? 0;
    const acts = (line: Line) => {
        const number = line.number ?? 0;
        const published = line.state === 'published';
        return [
            newest > 0 &&
                number !== newest && {
                    key: 'newest',
                    label: words.compareNewest,
                    icon: 'search' as const,
                    onSelect: () => compare(newest, number),
                },
            number > 1 && {
                key: 'before',
                label: words.compareBefore,
                icon: 'search' as const,
                onSelect: () => compare(number - 1, number),
            },
            writable &&
                published &&
                number !== newest && {
                    key: 'back',
                    label: words.rollback,
                    icon: 'undo' as const,
                    onSelect: () => back(line),
                },
            may('rollout:write') &&
                number !== newest && {
                    key: 'rollout',
                    label: words.rollout,
                    icon: 'rollout' as const,
                    href: `/rollouts/new?policy=${policy.id}&to=${number}`,
                },
        ];
    };
    return [
        { key: 'number', head: words.number, width: '6rem', cell: (line) => <strong>#{line.number}</strong> },
        {
            key: 'version',
            head: words.version,
            width: 'minmax(8rem, 1fr)',
            cell: (line) => line.version ?? <span class="muted">{t.kit.none}</span>,
        },
        {
            key: 'state',
            head: words.state,
            width: 'minmax(9rem, 1fr)',
            cell: (line) => <State line={line} policy={policy} />,
        },
        {
            key: 'when',
            head: words.when,
            width: '10.5rem',
            cell: (line) => <Time at={line.published_at ?? line.updated_at} />,
        },
        {
            key: 'acts',
            head: t.policies.acts,
            width: '6rem',
            align: 'end',
            cell: (line) => <Menu small kind="link" label={words.acts(line.number ?? 0)} items={acts(line)} />,
        },
    ];
}

function Compared({ id, from, to }: { id: string; from: number; to: number }) {
    const words = t.policy.history;
    const version = (number: number, signal: AbortSignal) =>
        call(
            api.GET('/api/v1/policies/{id}/versions/{number}', {
                params: { path: { id, number: String(number) } },
                signal,
            }),
        );
    const found = useData(`${id} ${from} ${to}`, async (signal) => {
        const [diff, before, after] = await Promise.all([
            call(api.GET('/api/v1/policies/{id}/diff', { params: { path: { id }, query: { from, to } }, signal })),
            version(from, signal),
            version(to, signal),
        ]);
        return { diff, before, after };
    });
    return (
        <Loaded of={found}>
            {({ diff, before, after }) => (
                <div class="policy-halves">
                    <div>
                        <ValueDiff
                            changes={(diff.diff ?? []).map((one) => ({
                                pointer: one.pointer ?? '',
                                ...('from' in one && { from: one.from as unknown }),
                                ...('to' in one && { to: one.to as unknown }),
                            }))}
                        />
                        <ul class="locks">
                            {(diff.locked ?? []).length > 0 && (
                                <li>{t.policy.review.locksNow(list(diff.locked ?? []))}</li>
                            )}
                            {(diff.unlocked ?? []).length > 0 && (
                                <li>{t.policy.review.locksGone(list(diff.unlocked ?? []))}</li>
                            )}
                        </ul>
                    </div>
                    <Diff before={laidOut(before.content)} after={laidOut(after.content)} label={words.asText} />
                </div>
            )}
        </Loaded>
    );
}

function Compare({ policy, lines }: { policy: PolicyRow; lines: readonly Line[] }) {
    const words = t.policy.history;
    const [query, setQuery] = useQuery();
    const newest = policy.newest_number ?? lines[0]?.number ?? 0;
    const other = lines.find((line) => line.number !== newest)?.number ?? newest;
    const [first, second] = other > newest ? [newest, other] : [other, newest];
    const from = Number(query['from']) || first;
    const to = Number(query['to']) || second;
    const options = lines.map((line) => ({
        value: String(line.number),
        label: t.policy.version(line.number ?? 0, line.version ?? ''),
    }));
    return (
        <Card title={words.compareTitle}>
            <div class="compare-line">
                <Field label={words.from}>
                    <Select value={String(from)} options={options} onInput={(value) => setQuery({ from: value })} />
                </Field>
                <Field label={words.to}>
                    <Select value={String(to)} options={options} onInput={(value) => setQuery({ to: value })} />
                </Field>
            </div>
            <Compared id={policy.id ?? ''} from={from} to={to} />
        </Card>
    );
}

export default function History(props: PartProps) {
    const { policy, writable } = props;
    const words = t.policy.history;
    const id = policy.id ?? '';
    const [, setQuery] = useQuery();
    const [back, setBack] = useState<Line>();
    const shown = useMemo(
        () => columns(props, (from, to) => setQuery({ from: String(from), to: String(to) }), setBack),
        [words, policy.newest_number, policy.draft_number, writable],
    );
    const page = (limit: number, cursor: string | undefined, signal: AbortSignal) =>
        call(
            api.GET('/api/v1/policies/{id}/versions', {
                params: { path: { id }, query: { limit, ...(cursor !== undefined && { cursor }) } },
                signal,
            }),
        );
    const lines = useData(
        `${id} ${policy.newest_number} ${policy.draft_number}`,
        (signal) => page(CHOICE_MAX, undefined, signal),
        { topics: ['policies'] },
    );
    const empty = (
        <Empty
            icon="policy"
            title={words.empty}
            action={
                writable && (
                    <Button kind="primary" icon="edit" href={`/policies/${id}`}>
                        {t.policy.review.toContent}
                    </Button>
                )
            }
        >
            {words.emptyText}
        </Empty>
    );
    const all = lines.data?.items ?? [];
    return (
        <div class="stack">
            <DataTable
                label={words.label}
                columns={shown}
                rowKey={(line) => String(line.number)}
                rowName={(line) => t.policy.version(line.number ?? 0, line.version ?? '')}
                identity={id}
                turn={(policy.newest_number ?? 0) * 1000 + (policy.draft_number ?? 0)}
                topics={['policies']}
                count={words.count}
                empty={empty}
                load={({ limit, cursor }, signal) => page(limit, cursor, signal)}
            />
            {all.length > 1 && <Compare policy={policy} lines={all} />}
            {all.length === 1 && (
                <p class="muted">
                    <Badge tone="info">1</Badge> {words.one}
                </p>
            )}
            {back && <Rollback policy={policy} line={back} close={() => setBack(undefined)} done={props.reload} />}
        </div>
    );
}
