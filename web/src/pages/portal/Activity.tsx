// SPDX-License-Identifier: Apache-2.0
// What the record has of the one who looks.
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { actionName } from '../audit/actions.ts';
import { useMemo } from 'preact/hooks';
import { DataTable, Empty, PageHead, Status, Time, type Column, type Tone } from '../../ui/index.ts';

type Event = Shape<'AuditEvent'>;

const TONES: Record<string, Tone> = { ok: 'good', refused: 'bad' };

function columnsNow(): Column<Event>[] {
    const words = t.portal.activity;
    return [
        { key: 'what', head: words.what, width: 'minmax(14rem, 3fr)', cell: (one) => actionName(one.action) },
        { key: 'on', head: words.on, width: 'minmax(8rem, 2fr)', card: true, cell: onWhat },
        { key: 'when', head: words.when, width: '11rem', card: true, cell: (one) => <Time at={one.at} /> },
        { key: 'result', head: words.result, width: '8rem', cell: (one) => <Result of={one.result ?? ''} /> },
        { key: 'where', head: words.where, width: '9rem', hideBelow: 900, cell: (one) => one.ip ?? t.kit.none },
    ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of what one has asked for, that; else what was acted on. */
function onWhat(one: Event): string {
    const details = one.details as Record<string, unknown> | null | undefined;
    const asked = /^(tool|access)-request\./.test(one.action ?? '');
    return (
        (asked && (text(details?.['tool']) || text(details?.['application']))) ||
        one.target?.name ||
        one.target?.kind ||
        t.kit.none
    );
}

function Result({ of }: { of: string }) {
    const known: Record<string, string> = { ok: t.portal.activity.ok, refused: t.portal.activity.refused };
    return <Status tone={TONES[of] ?? 'info'}>{known[of] ?? of}</Status>;
}

export default function Activity() {
    const words = t.portal.activity;
    const columns = useMemo(columnsNow, [words]);
    return (
        <>
            <PageHead title={t.shell.pages.portalActivity} intro={words.intro} />
            <DataTable
                label={words.label}
                columns={columns}
                rowKey={(one) => `${one.chain}${one.seq}`}
                identity="own"
                count={words.count}
                paging="cursor"
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/portal/activity', {
                            params: { query: { limit, ...(cursor && { cursor }) } },
                            signal,
                        }),
                    )
                }
                empty={
                    <Empty icon="activity" title={words.none}>
                        {words.noneText}
                    </Empty>
                }
            />
        </>
    );
}
