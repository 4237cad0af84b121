// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, DataTable, Empty, type Column } from '../../ui/index.ts';
import { Head } from './Head.tsx';
import { SchemaEdit } from './SchemaEdit.tsx';
import { SchemaPage } from './SchemaPage.tsx';

type Line = Shape<'SchemaLine'>;

function columns(): Column<Line>[] {
    const words = t.policies.schemas;
    return [
        {
            key: 'namespace',
            head: words.namespace,
            width: 'minmax(10rem, 1fr)',
            cell: (row) => (row.namespace ? <code>{row.namespace}</code> : words.whole),
        },
        {
            key: 'description',
            head: words.description,
            width: 'minmax(12rem, 2fr)',
            cell: (row) => row.description ?? '',
            hideBelow: 720,
            card: true,
        },
        { key: 'revision', head: words.revision, width: '7rem', cell: (row) => row.revision, align: 'end' },
    ];
}

/** The schemas of the organisation, or one of them. */
export default function Schemas({ id }: { id?: string }) {
    const words = t.policies.schemas;
    const shown = useMemo(columns, [words]);
    const [adding, setAdding] = useState(false);
    const [turn, setTurn] = useState(0);
    if (id !== undefined) return <SchemaPage key={id} id={id} />;
    const add = may('policy:write') && (
        <Button kind="primary" icon="add" onClick={() => setAdding(true)}>
            {words.add}
        </Button>
    );
    return (
        <>
            <Head part="schemas" intro={words.intro} actions={add} />
            <DataTable
                label={words.label}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={(row) => row.namespace || words.whole}
                topics={['policies']}
                turn={turn}
                count={words.count}
                href={(row) => `/policies/schemas/${row.id}`}
                empty={
                    <Empty icon="rule" title={words.empty} action={add}>
                        {words.emptyText}
                    </Empty>
                }
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/schemas', {
                            params: { query: { limit, ...(cursor !== undefined && { cursor }) } },
                            signal,
                        }),
                    )
                }
            />
            {adding && <SchemaEdit close={() => setAdding(false)} done={() => setTurn((n) => n + 1)} />}
        </>
    );
}
