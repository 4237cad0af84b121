// SPDX-License-Identifier: Apache-2.0
// Whom the policy is for.
import { useMemo, useState } from 'preact/hooks';
import { managedSince } from '../../../api/all.ts';
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Badge, Button, confirm, DataTable, Empty, Menu, Status, Time, toast, type Column } from '../../../ui/index.ts';
import type { Scope } from '../List.tsx';
import { For } from '../Secrets.tsx';
import { Access, usePreview } from './Access.tsx';
import { Assign } from './Assign.tsx';
import type { PartProps } from './Policy.tsx';

export type Assignment = Shape<'Assignment'>;
/** `byFiles`: it is changed there. */
type Line = Assignment & { byFiles: boolean };

export const whereOf = (row: Assignment): string =>
    row.target_name ?? t.policies.scopes[row.scope as Scope] ?? row.scope ?? '';

function Loss({ row }: { row: Assignment }) {
    const preview = usePreview({ policy_id: row.policy_id ?? '', without: row.id ?? '' });
    return <Access of={preview} title={t.policy.assign.preview} none={t.policy.review.same} />;
}

async function takeAway(row: Assignment): Promise<boolean> {
    const words = t.policy.assign;
    const act = () => call(api.DELETE('/api/v1/assignments/{id}', { params: { path: { id: row.id ?? '' } } }));
    if (
        !(await confirm({
            title: words.removeTitle(whereOf(row)),
            text: (
                <>
                    <p>{words.removeText}</p>
                    <Loss row={row} />
                </>
            ),
            yes: words.remove,
            danger: true,
            act,
        }))
    )
        return false;
    toast.good(words.removed);
    return true;
}

/** What is for everybody everywhere is the system administrator's. */
const mayTouch = (row: Assignment): boolean => row.scope !== 'global' || may('system:admin');

function columns(writable: boolean, change: (row: Assignment) => void, gone: () => void): Column<Line>[] {
    const words = t.policy.assign;
    const acts = (row: Assignment) => [
        { key: 'change', label: words.change, icon: 'edit' as const, onSelect: () => change(row) },
        {
            key: 'remove',
            label: words.remove,
            icon: 'remove' as const,
            danger: true,
            onSelect: () => void takeAway(row).then((done) => done && gone()),
        },
    ];
    return [
        {
            key: 'to',
            head: words.to,
            width: 'minmax(12rem, 2fr)',
            cell: (row) => (
                <>
                    <For scope={row.scope ?? ''} id={row.target_id} name={row.target_name} />
                    {row.byFiles && (
                        <Status tone="info" icon="file">
                            {t.kit.managed.title}
                        </Status>
                    )}
                </>
            ),
        },
        {
            key: 'version',
            head: words.version,
            width: 'minmax(10rem, 1.5fr)',
            cell: (row) =>
                row.number ? (
                    <Badge tone="warn">{words.pinned(row.number)}</Badge>
                ) : (
                    <span class="muted">{words.follows}</span>
                ),
        },
        {
            key: 'priority',
            head: words.priority,
            width: '6rem',
            align: 'end',
            cell: (row) => row.priority,
            hideBelow: 720,
            card: true,
        },
        {
            key: 'since',
            head: words.since,
            width: '10.5rem',
            cell: (row) => <Time at={row.created_at} />,
            hideBelow: 820,
        },
        ...(writable
            ? [
                  {
                      key: 'acts',
                      head: t.policies.acts,
                      width: '6rem',
                      align: 'end' as const,
                      cell: (row: Line) =>
                          mayTouch(row) &&
                          !row.byFiles && <Menu small kind="link" label={words.acts(whereOf(row))} items={acts(row)} />,
                  },
              ]
            : []),
    ];
}

async function load(policy_id: string, limit: number, cursor: string | undefined, signal: AbortSignal) {
    const query = { policy_id, limit, ...(cursor !== undefined && { cursor }) };
    const [page, byFiles] = await Promise.all([
        call(api.GET('/api/v1/assignments', { params: { query }, signal })),
        managedSince('assignment', signal),
    ]);
    return { ...page, items: (page.items ?? []).map((row): Line => ({ ...row, byFiles: byFiles.has(row.id ?? '') })) };
}

export default function Assignments({ policy, writable, reload }: PartProps) {
    const words = t.policy.assign;
    const [query, setQuery] = useQuery();
    const [changing, setChanging] = useState<Assignment>();
    const [turn, setTurn] = useState(0);
    const again = () => {
        setTurn((n) => n + 1);
        reload();
    };
    const shown = useMemo(() => columns(writable, setChanging, again), [words, writable, policy.id]);
    const add = writable && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.add}
        </Button>
    );
    const close = () => {
        setChanging(undefined);
        setQuery({ new: undefined });
    };
    return (
        <>
            <DataTable
                label={words.label}
                columns={shown}
                rowKey={(row) => row.id ?? ''}
                rowName={whereOf}
                identity={policy.id ?? ''}
                turn={turn}
                topics={['policies']}
                count={words.count}
                tools={policy.assignments ? add : undefined}
                empty={
                    <Empty icon="group" title={words.empty} action={add}>
                        {words.emptyText}
                    </Empty>
                }
                load={({ limit, cursor }, signal) => load(policy.id ?? '', limit, cursor, signal)}
            />
            {writable && (changing || query['new'] === '1') && (
                <Assign policy={policy} {...(changing && { assignment: changing })} close={close} done={again} />
            )}
        </>
    );
}
