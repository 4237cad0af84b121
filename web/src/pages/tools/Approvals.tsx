// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a person's yes, as they come; and those that had an answer.
import { useMemo, useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import {
    DataTable,
    Empty,
    Filters,
    Loaded,
    Section,
    Status,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { useWaiting, type Approval } from './approvals.ts';
import { toolPath } from './data.ts';
import { Waiting } from './Waiting.tsx';
import './tools.css';

const STATES = ['approved', 'denied', 'expired'] as const;
const TONES = { waiting: 'wait', approved: 'good', denied: 'bad', expired: 'off' } as const;

export const toolOf = (one: Approval): string => `${one.server_name}/${one.tool}`;

function columnsOf(): Column<Approval>[] {
    const words = t.tools.approvals;
    return [
        {
            key: 'tool',
            head: t.tools.columns.tool,
            width: 'minmax(8rem, 2fr)',
            cell: (one) => <code>{toolOf(one)}</code>,
        },
        { key: 'state', head: t.tools.columns.state, width: '9rem', cell: (one) => <State of={one} /> },
        {
            key: 'caller',
            head: words.caller,
            width: 'minmax(7rem, 2fr)',
            cell: (one) => one.caller_name ?? words.nobody,
        },
        {
            key: 'by',
            head: words.by,
            width: 'minmax(7.5rem, 1fr)',
            hideBelow: 720,
            card: true,
            cell: (one) => one.decided_by_name ?? <span class="muted">{t.kit.none}</span>,
        },
        {
            key: 'reason',
            head: t.kit.reason,
            width: 'minmax(8rem, 2fr)',
            hideBelow: 900,
            card: true,
            cell: (one) => {
                const reason = words.endings[one.reason ?? ''] ?? one.reason;
                return <span title={reason ?? undefined}>{reason || <span class="muted">{t.kit.none}</span>}</span>;
            },
        },
        { key: 'at', head: words.at, width: '9.5rem', cell: (one) => <Time at={one.decided_at ?? one.expires_at} /> },
    ];
}

function State({ of }: { of: Approval }) {
    const state = (of.state ?? 'waiting') as keyof typeof TONES;
    return <Status tone={TONES[state]}>{t.tools.approvals.states[state]}</Status>;
}

function History({ turn }: { turn: number }) {
    const words = t.tools.approvals;
    const defs = useMemo(
        (): FilterDef[] => [
            {
                key: 'state',
                label: t.tools.columns.state,
                options: STATES.map((value) => ({ value, label: words.states[value] })),
            },
        ],
        [words],
    );
    const filters = useFilters(defs, '');
    const columns = useMemo(columnsOf, [words]);
    const state = filters.values['state'] as (typeof STATES)[number] | undefined;
    return (
        <Section title={words.history}>
            <Filters filters={filters} />
            <DataTable
                label={words.history}
                columns={columns}
                rowKey={(one) => one.id ?? ''}
                rowName={toolOf}
                identity={filters.identity}
                topics={['approvals']}
                turn={turn}
                count={words.count}
                load={async ({ limit, cursor }, signal) => {
                    const query = {
                        limit,
                        newest: true,
                        ...(cursor !== undefined && { cursor }),
                        ...(state && { state }),
                    };
                    const page = await call(api.GET('/api/v1/gateway/approvals', { params: { query }, signal }));
                    return {
                        items: (page.items ?? []).filter((one) => one.state !== 'waiting'),
                        next_cursor: page.next_cursor,
                    };
                }}
                href={(one) => toolPath(one.server_name ?? '', one.tool ?? '')}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                empty={
                    <Empty icon="approval" title={words.noHistory}>
                        {words.noHistoryText}
                    </Empty>
                }
            />
        </Section>
    );
}

export default function Approvals() {
    const words = t.tools.approvals;
    const waiting = useWaiting();
    const [turn, setTurn] = useState(0);
    const done = (): void => {
        waiting.reload();
        setTurn((n) => n + 1);
    };
    return (
        <>
            <Section title={words.waiting}>
                <Loaded of={waiting}>
                    {(all) =>
                        all.length === 0 ? (
                            <Empty icon="approval" title={words.none}>
                                {words.noneText}
                            </Empty>
                        ) : (
                            <div class="waiting-calls">
                                {all.map((one) => (
                                    <Waiting key={one.id} of={one} done={done} />
                                ))}
                            </div>
                        )
                    }
                </Loaded>
            </Section>
            <History turn={turn} />
        </>
    );
}
