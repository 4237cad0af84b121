// SPDX-License-Identifier: Apache-2.0
// The columns of the record.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Status, Time, type Column } from '../../ui/index.ts';
import { actionName } from './actions.ts';

export type AuditEvent = Shape<'AuditEvent'>;

/** Who or what it is, in a word; an erased one keeps its kind. */
export function partyName(party: Shape<'AuditParty'> | undefined): string {
    const kinds: Record<string, string> = t.audit.kinds;
    return party?.name || (kinds[party?.kind ?? ''] ?? party?.kind ?? t.kit.none);
}

export function Result({ event }: { event: AuditEvent }) {
    const refused = event.result === 'refused';
    return (
        <Status tone={refused ? 'bad' : 'good'} {...(event.reason && { title: event.reason })}>
            {refused ? t.audit.result.refused : t.audit.result.ok}
        </Status>
    );
}

export function columnsNow(): readonly Column<AuditEvent>[] {
    const words = t.audit.column;
    return [
        {
            key: 'what',
            head: words.what,
            width: 'minmax(14rem, 2.2fr)',
            cell: (one) => <span title={one.action ?? ''}>{actionName(one.action)}</span>,
        },
        { key: 'who', head: words.who, card: true, cell: (one) => partyName(one.actor) },
        { key: 'target', head: words.target, card: true, hideBelow: 700, cell: (one) => partyName(one.target) },
        { key: 'result', head: words.result, width: '8.5rem', cell: (one) => <Result event={one} /> },
        {
            key: 'where',
            head: words.where,
            width: '9rem',
            hideBelow: 1040,
            cell: (one) => <span class="address">{one.ip || t.kit.none}</span>,
        },
        { key: 'when', head: words.when, width: '10.5rem', cell: (one) => <Time at={one.at} exact /> },
    ];
}
