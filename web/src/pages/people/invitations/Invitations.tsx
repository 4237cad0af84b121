// SPDX-License-Identifier: Apache-2.0
// Invitations: those that stand open, or all; made one by one or from a list.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { few, list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Button,
    DataTable,
    Drawer,
    Empty,
    Filters,
    KeyValue,
    Status,
    Time,
    confirm,
    toast,
    useFilters,
    type Column,
    type FilterDef,
    type Tone,
} from '../../../ui/index.ts';
import { PeopleHead } from '../PeopleHead.tsx';
import { Batch } from './Batch.tsx';
import { Invite } from './Invite.tsx';

type Invitation = Shape<'Invitation'>;

const TONES = { open: 'info', used: 'good', expired: 'off', orphaned: 'bad' } as const satisfies Record<string, Tone>;

function State({ state }: { state: string | null | undefined }) {
    const known = (Object.keys(TONES) as (keyof typeof TONES)[]).find((one) => one === state);
    return known ? <Status tone={TONES[known]}>{t.invitations.state[known]}</Status> : <>{state}</>;
}

const forWhom = (one: Invitation): string =>
    one.email || one.prefill?.display_name || one.prefill?.username || t.invitations.anybody;

function columns(): readonly Column<Invitation>[] {
    const head = t.invitations.column;
    return [
        { key: 'for', head: head.for, width: 'minmax(11rem, 2fr)', cell: forWhom },
        { key: 'state', head: head.state, width: '8.5rem', cell: (one) => <State state={one.state} /> },
        {
            key: 'groups',
            head: head.groups,
            hideBelow: 640,
            card: true,
            cell: (one) => few(one.groups),
        },
        {
            key: 'uses',
            head: head.uses,
            width: '8rem',
            hideBelow: 820,
            cell: (one) => t.invitations.usesLeft(one.uses_left ?? 0, one.uses ?? 0),
        },
        { key: 'by', head: head.by, hideBelow: 1000, cell: (one) => one.created_by?.name || '–' },
        { key: 'expires', head: head.expires, width: '9rem', cell: (one) => <Time at={one.expires_at} /> },
    ];
}

async function withdraw(one: Invitation): Promise<boolean> {
    const words = t.invitations;
    const id = one.id ?? '';
    const said = await confirm({
        title: words.withdrawAsk(forWhom(one)),
        text: words.withdrawText,
        yes: words.withdraw,
        danger: true,
        act: () => call(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } })),
    });
    if (said) toast.good(words.withdrawn);
    return said !== null;
}

export default function Invitations() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const [shown, setShown] = useState<Invitation>();
    const words = t.invitations;
    const defs = useMemo(
        (): FilterDef[] => [
            { key: 'state', label: words.column.state, options: [{ value: 'open', label: words.state.open }] },
        ],
        [words],
    );
    const filters = useFilters(defs, '');
    const head = useMemo(columns, [words]);
    const again = () => setTurn((n) => n + 1);
    const closeNew = () => setQuery({ new: undefined });
    const write = may('invitation:write');
    const invite = (
        <Button kind="primary" icon="mail" onClick={() => setQuery({ new: '1' })}>
            {t.people.invite}
        </Button>
    );
    return (
        <>
            <PeopleHead
                part="invitations"
                actions={
                    write && (
                        <>
                            <Button icon="upload" onClick={() => setQuery({ new: 'list' })}>
                                {words.many}
                            </Button>
                            {invite}
                        </>
                    )
                }
            />
            <Filters filters={filters} />
            <DataTable<Invitation>
                label={t.people.title.invitations}
                columns={head}
                rowKey={(one) => one.id ?? ''}
                rowName={forWhom}
                onOpen={setShown}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/invitations', {
                            params: {
                                query: {
                                    limit,
                                    ...(cursor && { cursor }),
                                    ...(filters.values['state'] && { state: 'open' as const }),
                                },
                            },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null }) => ({ items, next_cursor }))
                }
                identity={filters.identity}
                topics={['people']}
                turn={turn}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={words.count}
                emptyIcon="mail"
                empty={
                    <Empty icon="mail" title={words.empty.title} action={write && invite}>
                        {words.empty.text}
                    </Empty>
                }
            />
            {shown && (
                <Drawer
                    title={forWhom(shown)}
                    onClose={() => setShown(undefined)}
                    actions={
                        write &&
                        shown.state === 'open' && (
                            <Button
                                kind="danger"
                                onClick={() =>
                                    void withdraw(shown).then((gone) => {
                                        if (gone) {
                                            setShown(undefined);
                                            again();
                                        }
                                    })
                                }
                            >
                                {words.withdraw}…
                            </Button>
                        )
                    }
                >
                    <KeyValue
                        wide
                        pairs={[
                            [words.column.state, <State state={shown.state} />],
                            [words.column.groups, shown.groups?.length ? list(shown.groups) : null],
                            [words.column.uses, words.usesLeft(shown.uses_left ?? 0, shown.uses ?? 0)],
                            [words.column.expires, <Time at={shown.expires_at} full />],
                            [words.column.mailed, shown.mailed ? words.yes : words.no],
                            [words.column.used, <Time at={shown.used_at} full />],
                            [words.column.by, shown.created_by?.name ?? null],
                            [words.column.made, <Time at={shown.created_at} full />],
                        ]}
                    />
                    <p class="muted">{words.onceOnly}</p>
                </Drawer>
            )}
            {write && query['new'] === 'list' && <Batch onClose={closeNew} done={again} />}
            {write && query['new'] !== undefined && query['new'] !== 'list' && (
                <Invite onClose={closeNew} done={again} />
            )}
        </>
    );
}
