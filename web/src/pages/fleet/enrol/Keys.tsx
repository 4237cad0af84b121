// SPDX-License-Identifier: Apache-2.0
// The enrolment keys that live, what is left of them, and their end.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { few, number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Badge,
    Button,
    Card,
    DataTable,
    Empty,
    Menu,
    Time,
    confirm,
    lazy,
    toast,
    type Column,
} from '../../../ui/index.ts';

export type KeyRow = Shape<'EnrollmentKey'>;

const NewKey = lazy<{ onClose: () => void; made: () => void }>(() => import('./NewKey.tsx'), ['lobby']);

function Left({ row }: { row: KeyRow }) {
    const used = <small>{t.enrol.keys.used(row.used ?? 0)}</small>;
    if (row.uses === null || row.uses === undefined)
        return (
            <span title={t.enrol.keys.used(row.used ?? 0)}>
                {t.enrol.keys.unlimited} {used}
            </span>
        );
    return (
        <span class="left">
            <meter min={0} max={row.uses} value={row.uses_left ?? 0} aria-label={t.enrol.keys.left} />{' '}
            {number(row.uses_left ?? 0)} / {number(row.uses)}
        </span>
    );
}

const isOver = (row: KeyRow): boolean => Boolean(row.expires_at && new Date(row.expires_at).getTime() < Date.now());

function columns(revoke: (row: KeyRow) => void): readonly Column<KeyRow>[] {
    const words = t.enrol.keys;
    const all: readonly Column<KeyRow>[] = [
        { key: 'name', head: words.name, width: 'minmax(8rem, 1.2fr)', cell: (row) => row.name },
        { key: 'left', head: words.left, width: 'minmax(10rem, 1.2fr)', cell: (row) => <Left row={row} /> },
        {
            key: 'ends',
            head: words.ends,
            width: '10rem',
            cell: (row) => (isOver(row) ? <Badge tone="off">{words.ended}</Badge> : <Time at={row.expires_at} />),
        },
        {
            key: 'approves',
            head: words.approves,
            width: '9rem',
            hideBelow: 700,
            card: true,
            cell: (row) => (
                <Badge tone={row.auto_approve ? 'warn' : 'info'}>{row.auto_approve ? words.auto : words.lobby}</Badge>
            ),
        },
        {
            key: 'groups',
            head: words.groups,
            hideBelow: 820,
            cell: (row) => few(row.groups),
        },
    ];
    const end: Column<KeyRow> = {
        key: 'acts',
        head: words.acts,
        width: '6rem',
        align: 'end',
        card: true,
        cell: (row) => (
            <Menu
                small
                kind="link"
                label={`${words.revoke} ${row.name}`}
                items={[
                    {
                        key: 'revoke',
                        icon: 'remove',
                        danger: true,
                        label: `${words.revoke}…`,
                        onSelect: () => revoke(row),
                    },
                ]}
            />
        ),
    };
    return may('enrollment-key:write') ? [...all, end] : all;
}

export function Keys() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const words = t.enrol.keys;
    const again = (): void => setTurn((n) => n + 1);
    const revoke = async (row: KeyRow): Promise<void> => {
        const name = row.name ?? '';
        const done = await confirm({
            title: words.revokeTitle(name),
            text: words.revokeText,
            yes: words.revoke,
            danger: true,
            typed: name,
            act: () => call(api.DELETE('/api/v1/enrollment-keys/{id}', { params: { path: { id: row.id ?? '' } } })),
        });
        if (!done) return;
        toast.good(words.revoked(name));
        again();
    };
    const shown = useMemo(() => columns((row) => void revoke(row)), [t.enrol]);
    const make = may('enrollment-key:write') && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.make}
        </Button>
    );
    return (
        <Card title={words.title} intro={words.intro} icon="key" actions={make}>
            <DataTable<KeyRow>
                label={words.title}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={(row) => row.name ?? ''}
                turn={turn}
                topics={['devices']}
                count={words.count}
                load={async ({ limit, cursor }, signal) => {
                    const { items = [], next_cursor } = await call(
                        api.GET('/api/v1/enrollment-keys', {
                            params: { query: { limit, ...(cursor && { cursor }) } },
                            signal,
                        }),
                    );
                    return { items, next_cursor };
                }}
                empty={<Empty icon="key" title={words.none} />}
            />
            {query['new'] && may('enrollment-key:write') && (
                <NewKey onClose={() => setQuery({ new: undefined })} made={again} />
            )}
        </Card>
    );
}
