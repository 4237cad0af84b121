// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Button, confirm, DataTable, Empty, Menu, Time, toast, type Column } from '../../ui/index.ts';
import { Head } from './Head.tsx';
import type { Scope } from './List.tsx';
import { SecretEdit } from './SecretEdit.tsx';
import { hrefOf } from './targets.ts';

type Secret = Shape<'Secret'>;

async function remove(secret: Secret): Promise<boolean> {
    const words = t.policies.secrets;
    const name = secret.name ?? '';
    const where = { scope: secret.scope as Scope, ...(secret.target_id && { target_id: secret.target_id }) };
    const act = () => call(api.DELETE('/api/v1/secrets/{name}', { params: { path: { name }, query: where } }));
    if (
        !(await confirm({
            title: words.removeTitle(name),
            text: words.removeText,
            yes: words.remove,
            danger: true,
            typed: name,
            act,
        }))
    )
        return false;
    toast.good(words.removed(name));
    return true;
}

/** "Group developers", the name a link. */
export function For({
    scope,
    id,
    name,
}: {
    scope: string;
    id?: string | null | undefined;
    name?: string | null | undefined;
}) {
    return (
        <span class="policy-name">
            <Badge tone="info">{t.policies.scopes[scope as Scope] ?? scope}</Badge>
            {id && <a href={hrefOf(scope, id)}>{name ?? id}</a>}
        </span>
    );
}

function columns(set: (secret: Secret) => void, gone: () => void): Column<Secret>[] {
    const words = t.policies.secrets;
    const acts = (row: Secret) => [
        { key: 'set', label: words.set, icon: 'key' as const, onSelect: () => set(row) },
        {
            key: 'remove',
            label: words.remove,
            icon: 'remove' as const,
            danger: true,
            onSelect: () => void remove(row).then((done) => done && gone()),
        },
    ];
    return [
        { key: 'name', head: words.name, width: 'minmax(10rem, 1fr)', cell: (row) => <code>{row.name}</code> },
        {
            key: 'scope',
            head: words.scope,
            width: 'minmax(12rem, 1.5fr)',
            cell: (row) => <For scope={row.scope ?? ''} id={row.target_id} name={row.target_name} />,
        },
        {
            key: 'description',
            head: words.description,
            width: 'minmax(8rem, 1.5fr)',
            cell: (row) => row.description ?? '',
            hideBelow: 900,
        },
        {
            key: 'revision',
            head: words.revision,
            width: '6rem',
            cell: (row) => row.revision,
            align: 'end',
            hideBelow: 720,
        },
        {
            key: 'changed',
            head: words.changed,
            width: '10.5rem',
            cell: (row) => <Time at={row.updated_at} />,
            hideBelow: 720,
            card: true,
        },
        ...(may('secret:write')
            ? [
                  {
                      key: 'acts',
                      head: t.policies.acts,
                      width: '6rem',
                      align: 'end' as const,
                      cell: (row: Secret) => (
                          <Menu small kind="link" label={t.policies.more(row.name ?? '')} items={acts(row)} />
                      ),
                  },
              ]
            : []),
    ];
}

/** Names of secrets, whom they are for, and how to set them. Values are never here. */
export default function Secrets() {
    const words = t.policies.secrets;
    const [editing, setEditing] = useState<Secret | 'new'>();
    const [turn, setTurn] = useState(0);
    const again = () => setTurn((n) => n + 1);
    const shown = useMemo(() => columns(setEditing, again), [words]);
    const add = may('secret:write') && (
        <Button kind="primary" icon="add" onClick={() => setEditing('new')}>
            {words.add}
        </Button>
    );
    return (
        <>
            <Head part="secrets" intro={words.intro} actions={add} />
            <DataTable
                label={words.label}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={(row) => row.name ?? ''}
                topics={['policies']}
                turn={turn}
                count={words.count}
                empty={
                    <Empty icon="key" title={words.empty} action={add}>
                        {words.emptyText}
                    </Empty>
                }
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/secrets', {
                            params: { query: { limit, ...(cursor !== undefined && { cursor }) } },
                            signal,
                        }),
                    )
                }
            />
            {editing && (
                <SecretEdit
                    {...(editing !== 'new' && { secret: editing })}
                    close={() => setEditing(undefined)}
                    done={again}
                />
            )}
        </>
    );
}
