// SPDX-License-Identifier: Apache-2.0
// All groups.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Badge,
    Button,
    DataTable,
    Empty,
    Filters,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../../ui/index.ts';
import { PeopleHead } from '../PeopleHead.tsx';
import { roleName } from '../Roles.tsx';
import { GroupForm } from './GroupForm.tsx';

type Group = Shape<'Group'>;

const DEFS: readonly FilterDef[] = [];

function columns(): readonly Column<Group>[] {
    return [
        { key: 'name', head: t.people.column.name, width: 'minmax(11rem, 2fr)', cell: (group) => group.name },
        {
            key: 'roles',
            head: t.people.roles,
            width: 'minmax(10rem, 1.5fr)',
            hideBelow: 640,
            card: true,
            cell: (group) =>
                group.roles?.length ? group.roles.map((role) => <Badge key={role}>{roleName(role)}</Badge>) : '–',
        },
        {
            key: 'priority',
            head: t.groups.priority,
            width: '7rem',
            align: 'end',
            cell: (group) => number(group.priority ?? 0),
        },
        {
            key: 'created',
            head: t.people.column.created,
            width: '9.5rem',
            hideBelow: 760,
            cell: (group) => <Time at={group.created_at} />,
        },
    ];
}

export default function Groups() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const filters = useFilters(DEFS);
    const shown = useMemo(columns, [t.groups]);
    const add = may('group:write') && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {t.groups.add}
        </Button>
    );
    return (
        <>
            <PeopleHead part="groups" actions={add} />
            <Filters filters={filters} placeholder={t.groups.search} />
            <DataTable<Group>
                label={t.people.title.groups}
                columns={shown}
                rowKey={(group) => group.id ?? ''}
                rowName={(group) => group.name ?? ''}
                href={(group) => `/people/groups/${group.id}`}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/groups', {
                            params: { query: { limit, ...(cursor ? { cursor } : { count: true }), ...filters.values } },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null, total }) => ({ items, next_cursor, total }))
                }
                identity={filters.identity}
                topics={['people']}
                turn={turn}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={t.groups.count}
                emptyIcon="group"
                empty={
                    <Empty icon="group" title={t.groups.empty.title} action={add}>
                        {t.groups.empty.text}
                    </Empty>
                }
            />
            {query['new'] && may('group:write') && (
                <GroupForm onClose={() => setQuery({ new: undefined })} done={() => setTurn((n) => n + 1)} />
            )}
        </>
    );
}
