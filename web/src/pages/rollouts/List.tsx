// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Button,
    DataTable,
    Empty,
    Filters,
    PageHead,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { isOpen, STATES, type RolloutRow } from './rollout.ts';
import { Bar, StateMark } from './words.tsx';
import './rollouts.css';

const policyOf = (row: RolloutRow): string => row.policy_name ?? t.rollouts.gone;

function columns(): Column<RolloutRow>[] {
    const words = t.rollouts;
    return [
        {
            key: 'policy',
            head: words.policy,
            width: 'minmax(12rem, 2fr)',
            cell: (row) => (
                <>
                    {policyOf(row)} <span class="muted">{words.versions(row.from ?? 0, row.to ?? 0)}</span>
                </>
            ),
        },
        { key: 'state', head: words.state, width: '9.5rem', cell: (row) => <StateMark row={row} /> },
        {
            key: 'progress',
            head: words.progress,
            width: 'minmax(9rem, 1.5fr)',
            cell: (row) => (
                <div class="row-bar">
                    <Bar counts={row.progress} label={words.progress} />
                </div>
            ),
        },
        {
            key: 'ring',
            head: words.ring,
            width: '7rem',
            cell: (row) => words.ringOf(row.ring ?? 0, row.rings?.length ?? 0),
            hideBelow: 720,
            card: true,
        },
        {
            key: 'planned',
            head: words.planned,
            width: '10.5rem',
            sort: 'created_at',
            cell: (row) => <Time at={row.created_at} />,
            hideBelow: 1000,
        },
        {
            key: 'since',
            head: words.changed,
            width: '10.5rem',
            cell: (row) => <Time at={row.state_at} />,
            hideBelow: 820,
            card: true,
        },
    ];
}

/** Those that a person may still have to do with. */
const OPEN = STATES.filter((state) => isOpen({ state })).join(',');

/** The name of the policy whose rollouts are asked for. */
function usePolicyName(id: string | undefined): string {
    const found = useData(id, (signal) =>
        call(api.GET('/api/v1/policies/{id}', { params: { path: { id: id ?? '' } }, signal })),
    );
    return found.data?.name ?? (found.error ? t.rollouts.gone : '…');
}

/** All rollouts, newest first. `?policy=ID`: those of one policy. */
export function List() {
    const words = t.rollouts;
    const [query, setQuery] = useQuery();
    const defs = useMemo<FilterDef[]>(
        () => [
            {
                key: 'state',
                label: words.state,
                options: [
                    { value: OPEN, label: words.open },
                    ...STATES.map((value) => ({ value, label: words.states[value] })),
                ],
            },
        ],
        [words],
    );
    const filters = useFilters(defs);
    const shown = useMemo(columns, [words]);
    const policy = query['policy'];
    const policyName = usePolicyName(policy);
    const everyPolicy = () => setQuery({ policy: undefined });
    const add = may('rollout:write') && (
        <Button
            kind="primary"
            icon="add"
            href={policy ? `/rollouts/new?policy=${encodeURIComponent(policy)}` : '/rollouts/new'}
        >
            {words.add}
        </Button>
    );
    return (
        <>
            <PageHead title={t.shell.pages.rollouts} intro={words.intro} actions={add} />
            <Filters filters={filters} placeholder={words.search}>
                {policy && (
                    <Button small icon="close" onClick={everyPolicy}>
                        {words.ofPolicy(policyName)}
                    </Button>
                )}
            </Filters>
            <DataTable
                label={words.label}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={(row) => words.detail.title(policyOf(row), row.to ?? 0)}
                identity={`${filters.identity} ${policy}`}
                topics={['rollouts']}
                sort="-created_at"
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={words.count}
                href={(row) => `/rollouts/${row.id}`}
                empty={
                    <Empty icon="rollout" title={policy ? words.empty.ofPolicy : words.empty.title} action={add}>
                        {words.empty.text}
                    </Empty>
                }
                load={({ limit, cursor, sort }, signal) =>
                    call(
                        api.GET('/api/v1/rollouts', {
                            params: {
                                query: {
                                    limit,
                                    sort: sort === 'created_at' ? sort : '-created_at',
                                    ...(cursor === undefined && { count: true }),
                                    ...(cursor !== undefined && { cursor }),
                                    ...(policy && { policy_id: policy }),
                                    ...filters.values,
                                } as never,
                            },
                            signal,
                        }),
                    )
                }
            />
        </>
    );
}
