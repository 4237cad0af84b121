// SPDX-License-Identifier: Apache-2.0
// Accounts of programs.
import { useMemo } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { few } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { navigate, useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Button,
    DataTable,
    Dialog,
    Empty,
    ErrorBox,
    Field,
    Filters,
    TextInput,
    Time,
    useFilters,
    useForm,
    type Choice,
    type Column,
    type FilterDef,
} from '../../../ui/index.ts';
import { GroupField } from '../GroupField.tsx';
import { PeopleHead } from '../PeopleHead.tsx';
import { RolePicks } from '../Roles.tsx';
import { AccountState } from '../State.tsx';

type Account = Shape<'ServiceAccount'>;

const DEFS: readonly FilterDef[] = [];

function columns(): readonly Column<Account>[] {
    const head = t.people.column;
    return [
        { key: 'name', head: head.name, width: 'minmax(11rem, 2fr)', cell: (one) => one.name },
        { key: 'status', head: head.status, width: '9.5rem', cell: (one) => <AccountState status={one.status} /> },
        {
            key: 'groups',
            head: head.groups,
            width: 'minmax(9rem, 1.5fr)',
            hideBelow: 640,
            card: true,
            cell: (one) => few(one.groups),
        },
        {
            key: 'created',
            head: head.created,
            width: '9.5rem',
            hideBelow: 760,
            cell: (one) => <Time at={one.created_at} />,
        },
    ];
}

function Add({ onClose }: { onClose: () => void }) {
    const form = useForm({
        initial: { name: '', groups: [] as readonly Choice[], roles: [] as string[] },
        careless: true,
        check: (v) => (v.name.trim() ? {} : { name: t.people.needed }),
        submit: (v) =>
            call(
                api.POST('/api/v1/service-accounts', {
                    body: { name: v.name.trim(), roles: v.roles, groups: v.groups.map((group) => group.id) },
                }),
            ),
        done: (made) => navigate(`/people/services/${made.id}`),
    });
    return (
        <Dialog
            title={t.services.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {t.services.add}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} hint={t.services.nameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <GroupField {...form.bind('groups')} error={form.error('groups')} />
            <RolePicks {...form.bind('roles')} error={form.error('roles')} />
        </Dialog>
    );
}

export default function Services() {
    const [query, setQuery] = useQuery();
    const filters = useFilters(DEFS);
    const shown = useMemo(columns, [t.people]);
    const add = may('service-account:write') && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {t.services.add}
        </Button>
    );
    return (
        <>
            <PeopleHead part="services" actions={add} />
            <Filters filters={filters} placeholder={t.services.search} />
            <DataTable<Account>
                label={t.people.title.services}
                columns={shown}
                rowKey={(one) => one.id ?? ''}
                rowName={(one) => one.name ?? ''}
                href={(one) => `/people/services/${one.id}`}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/service-accounts', {
                            params: { query: { limit, ...(cursor ? { cursor } : { count: true }), ...filters.values } },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null, total }) => ({ items, next_cursor, total }))
                }
                identity={filters.identity}
                topics={['people']}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={t.services.count}
                emptyIcon="robot"
                empty={
                    <Empty icon="robot" title={t.services.empty.title} action={add}>
                        {t.services.empty.text}
                    </Empty>
                }
            />
            {query['new'] && add && <Add onClose={() => setQuery({ new: undefined })} />}
        </>
    );
}
