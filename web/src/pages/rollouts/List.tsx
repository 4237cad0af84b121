// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { Button, DataTable, Empty, Filters, PageHead, Time, useFilters, type Column, type FilterDef } from '../../ui/index.ts';
import { STATES, type RolloutRow } from './rollout.ts';
import { Bar, StateMark } from './words.tsx';
import './rollouts.css';

const policyOf = (row: RolloutRow): string => row.policy_name ?? t.rollouts.gone;

function columns(): Column<RolloutRow>[] {
    const words = t.rollouts;
    return [
        { key: 'policy', head: words.policy, width: 'minmax(12rem, 2fr)', cell: (row) => <>{policyOf(row)} <span class="muted">{words.versions(row.from ?? 0, row.to ?? 0)}</span></> },
        { key: 'state', head: words.state, width: 'minmax(8rem, 1fr)', cell: (row) => <StateMark row={row} /> },
        { key: 'progress', head: words.progress, width: 'minmax(9rem, 1.5fr)', cell: (row) => <div class="row-bar"><Bar counts={row.progress} label={words.progress} /></div> },
        { key: 'ring', head: words.ring, width: '7rem', cell: (row) => words.ringOf(row.ring ?? 0, row.rings?.length ?? 0), hideBelow: 720, card: true },
        { key: 'since', head: words.changed, width: '9rem', cell: (row) => <Time at={row.state_at} />, hideBelow: 820, card: true },
    ];
}

/** All rollouts, newest first as the server gives them. `?policy=ID`: those of one policy. */
export function List() {
    const words = t.rollouts;
    const [query] = useQuery();
    const defs = useMemo<FilterDef[]>(() => [{ key: 'state', label: words.state, options: STATES.map((value) => ({ value, label: words.states[value] })) }], [words]);
    const filters = useFilters(defs, '');
    const shown = useMemo(columns, [words]);
    const policy = query['policy'];
    const add = may('rollout:write') && <Button kind="primary" icon="add" href={policy ? `/rollouts/new?policy=${encodeURIComponent(policy)}` : '/rollouts/new'}>{words.add}</Button>;
    return (
        <>
            <PageHead title={t.shell.pages.rollouts} intro={words.intro} actions={add} />
            <Filters filters={filters} />
            <DataTable label={words.label} columns={shown} rowKey={(row) => row.id ?? ''} rowName={(row) => words.detail.title(policyOf(row), row.to ?? 0)}
                identity={`${filters.identity} ${policy}`} topics={['rollouts']} filtered={filters.active > 0} onClearFilters={filters.clear} count={words.count}
                href={(row) => `/rollouts/${row.id}`} empty={<Empty icon="rollout" title={words.empty.title} action={add}>{words.empty.text}</Empty>}
                load={({ limit, cursor }, signal) => call(api.GET('/api/v1/rollouts', {
                    params: { query: { limit, ...(cursor !== undefined && { cursor }), ...(policy && { policy_id: policy }), ...filters.values } as never }, signal,
                }))} />
        </>
    );
}
