// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { list as inWords } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Badge,
    Button,
    DataTable,
    Empty,
    Filters,
    Icon,
    nameOfSubject,
    Status,
    Time,
    useFilters,
    useGroups,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { isUuid } from '../../ui/filters.ts';
import { Head } from './Head.tsx';
import { NewPolicy } from './NewPolicy.tsx';
import './policies.css';

type Policy = Shape<'Policy'>;
export type Scope = keyof typeof t.policies.scopes;

/** By the groups that it is assigned to. The one in the URL is a choice, too, before all of them are there. */
function useGroupFilter(chosen: string | undefined): readonly FilterDef[] {
    const groups = useGroups();
    const named = useData(chosen, (signal) => nameOfSubject('group', chosen ?? '', signal));
    const options = (groups ?? []).map((group) => ({ value: group.id ?? '', label: group.name ?? '' }));
    const one = { value: chosen ?? '', label: named.data ?? (named.error ? t.policies.list.noGroup : '…') };
    const all = !chosen || options.some(({ value }) => value === chosen) ? options : [one, ...options];
    const identity = JSON.stringify(all);
    return useMemo(
        () => (all.length === 0 ? [] : [{ key: 'group', label: t.policies.list.group, options: all }]),
        [identity, t.policies],
    );
}

function Name({ policy }: { policy: Policy }) {
    const words = t.policies.list;
    return (
        <span class="policy-name">
            <span title={policy.name ?? ''}>{policy.name}</span>
            {policy.draft_number && (
                <Status tone="wait" icon="edit">
                    {words.draft}
                </Status>
            )}
            {policy.managed && (
                <Badge>
                    <Icon name="file" size={14} />
                    {t.kit.managed.title}
                </Badge>
            )}
        </span>
    );
}

function Assigned({ policy }: { policy: Policy }) {
    const words = t.policies.list;
    const scopes = (policy.scopes ?? []).map((scope) => t.policies.scopes[scope as Scope] ?? scope);
    if (!policy.assignments) return <span class="muted">{words.nowhere}</span>;
    return (
        <span title={words.assignments(policy.assignments)}>
            {inWords(scopes).toLowerCase()}
            {policy.assignments > scopes.length && (
                <span class="muted"> · {words.assignments(policy.assignments)}</span>
            )}
        </span>
    );
}

function columns(): Column<Policy>[] {
    const words = t.policies.list;
    return [
        { key: 'name', head: words.name, width: 'minmax(14rem, 2fr)', cell: (row) => <Name policy={row} /> },
        {
            key: 'published',
            head: words.published,
            width: 'minmax(9rem, 1fr)',
            cell: (row) =>
                row.newest_version ? (
                    <span>
                        {row.newest_version} <span class="muted">#{row.newest_number}</span>
                    </span>
                ) : (
                    <span class="muted">{words.never}</span>
                ),
        },
        {
            key: 'assigned',
            head: words.assigned,
            width: 'minmax(12rem, 1.5fr)',
            cell: (row) => <Assigned policy={row} />,
            hideBelow: 720,
            card: true,
        },
        {
            key: 'changed',
            head: words.changed,
            width: '10.5rem',
            cell: (row) => <Time at={row.updated_at} />,
            hideBelow: 900,
            card: true,
        },
    ];
}

/** The policies of the organisation. `?new=1` opens the dialog that makes one. */
export function List() {
    const [query, setQuery] = useQuery();
    const filters = useFilters(useGroupFilter(isUuid(query['group']) ? query['group'] : undefined));
    const shown = useMemo(columns, [t.policies]);
    const mayWrite = may('policy:write');
    const make = mayWrite && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {t.policies.make.act}
        </Button>
    );
    const empty = (
        <Empty
            icon="policy"
            title={t.policies.empty.title}
            action={
                mayWrite && (
                    <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
                        {t.policies.empty.act}
                    </Button>
                )
            }
        >
            {t.policies.empty.text}
        </Empty>
    );
    return (
        <>
            <Head part="policies" intro={t.policies.intro} actions={make} />
            <Filters filters={filters} placeholder={t.policies.list.search} />
            <DataTable
                label={t.policies.list.label}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={(row) => row.name ?? ''}
                identity={filters.identity}
                topics={['policies']}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={t.policies.list.count}
                empty={empty}
                href={(row) => `/policies/${row.id}`}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/policies', {
                            params: { query: { limit, ...(cursor !== undefined && { cursor }), ...filters.values } },
                            signal,
                        }),
                    )
                }
            />
            {query['new'] === '1' && mayWrite && <NewPolicy close={() => setQuery({ new: undefined })} />}
        </>
    );
}
