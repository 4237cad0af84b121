// SPDX-License-Identifier: Apache-2.0
// All accounts of people: found by how a name or an address begins.
import { useMemo, useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../../api/client.ts';
import { few } from '../../../i18n/format.ts';
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
    confirm,
    toast,
    useFilters,
    type Column,
    type FilterDef,
    type Picked,
} from '../../../ui/index.ts';
import { PeopleHead } from '../PeopleHead.tsx';
import { roleName } from '../Roles.tsx';
import { AccountState } from '../State.tsx';
import { AddUser } from './AddUser.tsx';

export type User = Shape<'User'>;

export const nameOf = (user: User): string => user.display_name || user.username || '';
const DEFS: readonly FilterDef[] = [];

function columns(): readonly Column<User>[] {
    const head = t.people.column;
    return [
        {
            key: 'name',
            head: head.name,
            width: 'minmax(11rem, 2fr)',
            cell: (user) => (
                <>
                    {nameOf(user)}
                    {user.display_name && <small class="also muted">{user.username}</small>}
                </>
            ),
        },
        { key: 'status', head: head.status, width: '9.5rem', cell: (user) => <AccountState status={user.status} /> },
        {
            key: 'email',
            head: head.email,
            width: 'minmax(10rem, 1.6fr)',
            hideBelow: 760,
            cell: (user) => (
                <span class="cut" title={user.email ?? ''}>
                    {user.email}
                </span>
            ),
        },
        {
            key: 'groups',
            head: head.groups,
            hideBelow: 900,
            card: true,
            cell: (user) => few(user.groups),
        },
        {
            key: 'roles',
            head: head.roles,
            hideBelow: 1040,
            cell: (user) =>
                user.roles?.length ? user.roles.map((role) => <Badge key={role}>{roleName(role)}</Badge>) : '–',
        },
        {
            key: 'created',
            head: head.created,
            width: '9.5rem',
            hideBelow: 640,
            cell: (user) => <Time at={user.created_at} />,
        },
    ];
}

/** Each by itself: one that is refused keeps nobody out. */
async function validateAll(ids: readonly string[]): Promise<void> {
    let done = 0;
    for (const id of ids) {
        try {
            await call(api.POST('/api/v1/users/{id}/validate', { params: { path: { id } }, body: {} }));
            done += 1;
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        }
    }
    if (done > 0) toast.good(t.people.validated(done));
}

export default function List() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const filters = useFilters(DEFS);
    const shown = useMemo(columns, [t.people]);
    const again = () => setTurn((n) => n + 1);
    const open = () => setQuery({ new: '1' });
    const validate = async (picked: Picked): Promise<void> => {
        const said = await confirm({
            title: t.people.validateMany(picked.count),
            text: t.people.validateText,
            yes: t.people.validate,
            act: () => validateAll(picked.keys),
        });
        if (!said) return;
        picked.clear();
        again();
    };
    const invite = may('invitation:write') && (
        <Button kind="primary" icon="mail" href="/people/invitations?new=1">
            {t.people.invite}
        </Button>
    );
    return (
        <>
            <PeopleHead
                part="users"
                actions={
                    <>
                        {may('user:write') && (
                            <Button icon="add" onClick={open}>
                                {t.people.add}
                            </Button>
                        )}
                        {invite}
                    </>
                }
            />
            <Filters filters={filters} placeholder={t.people.search} />
            <DataTable<User>
                label={t.people.title.users}
                columns={shown}
                rowKey={(user) => user.id ?? ''}
                rowName={nameOf}
                href={(user) => `/people/${user.id}`}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/users', {
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
                count={t.people.count}
                emptyIcon="people"
                empty={
                    <Empty icon="people" title={t.people.empty.title} action={invite}>
                        {t.people.empty.text}
                    </Empty>
                }
                {...(may('user:write') && {
                    bulk: (picked) => (
                        <Button small kind="primary" onClick={() => void validate(picked)}>
                            {t.people.validate}…
                        </Button>
                    ),
                })}
            />
            {query['new'] && may('user:write') && <AddUser onClose={() => setQuery({ new: undefined })} done={again} />}
        </>
    );
}
