// SPDX-License-Identifier: Apache-2.0
// Other issuers that people sign in by.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Button, confirm, DataTable, Empty, Menu, Status, type Column } from '../../../ui/index.ts';
import { PeopleHead } from '../PeopleHead.tsx';
import { ProviderForm } from './ProviderForm.tsx';

type Provider = Shape<'IdentityProvider'>;

const remove = (one: Provider) =>
    confirm({
        title: t.providers.removeTitle(one.name ?? ''),
        text: t.providers.removeText,
        yes: t.providers.remove,
        danger: true,
        typed: one.name ?? '',
        act: () => call(api.DELETE('/api/v1/identity-providers/{id}', { params: { path: { id: one.id ?? '' } } })),
    });

function columns(edit: (one: Provider) => void, changed: () => void): readonly Column<Provider>[] {
    const words = t.providers;
    const acts = (one: Provider) => [
        { key: 'edit', label: words.edit(one.name ?? ''), icon: 'edit' as const, onSelect: () => edit(one) },
        {
            key: 'remove',
            label: words.remove,
            icon: 'remove' as const,
            danger: true,
            onSelect: () => void remove(one).then((answer) => answer && changed()),
        },
    ];
    return [
        { key: 'name', head: words.name, width: 'minmax(9rem, 1fr)', cell: (one) => one.title || one.name },
        {
            key: 'issuer',
            head: words.issuer,
            width: 'minmax(14rem, 3fr)',
            card: true,
            cell: (one) => <code>{one.issuer}</code>,
        },
        { key: 'status', head: t.people.column.status, width: '8rem', cell: (one) => <State of={one.status} /> },
        {
            key: 'acts',
            head: words.acts,
            width: '6rem',
            cell: (one) =>
                may('identity-provider:write') && <Menu label={words.edit(one.name ?? '')} items={acts(one)} />,
        },
    ];
}

function State({ of }: { of: string | null | undefined }) {
    return of === 'disabled' ? (
        <Status tone="off">{t.providers.state.disabled}</Status>
    ) : (
        <Status tone="good">{t.providers.state.active}</Status>
    );
}

export default function Providers() {
    const words = t.providers;
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const [edited, edit] = useState<Provider>();
    const changed = () => setTurn((n) => n + 1);
    const shown = useMemo(() => columns(edit, changed), [t.providers]);
    const add = may('identity-provider:write') && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.add}
        </Button>
    );
    return (
        <>
            <PeopleHead part="providers" actions={add} />
            <DataTable<Provider>
                label={t.people.title.providers}
                columns={shown}
                rowKey={(one) => one.id ?? ''}
                rowName={(one) => one.title || one.name || ''}
                {...(may('identity-provider:write') && { onOpen: edit })}
                identity="all"
                turn={turn}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/identity-providers', {
                            params: { query: { limit, ...(cursor && { cursor }) } },
                            signal,
                        }),
                    )
                }
                topics={['people']}
                count={words.count}
                emptyIcon="globe"
                empty={
                    <Empty icon="globe" title={words.empty.title} action={add}>
                        {words.empty.text}
                    </Empty>
                }
            />
            {query['new'] && add && <ProviderForm onClose={() => setQuery({ new: undefined })} done={changed} />}
            {edited && <ProviderForm provider={edited} onClose={() => edit(undefined)} done={changed} />}
        </>
    );
}
