// SPDX-License-Identifier: Apache-2.0
// One event in full: what happened, by whom, to what, and its place in the chain.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { number } from '../../i18n/format.ts';
import { may } from '../../session.ts';
import { Copy, Empty, Id, JsonView, KeyValue, Note, Section, Stack, Time } from '../../ui/index.ts';
import { partyName, Result, type AuditEvent } from './columns.tsx';
import { placeOfParty } from './query.ts';

function Party({ party }: { party: Shape<'AuditParty'> | undefined }) {
    const href = placeOfParty(party?.kind, party?.id);
    const name = partyName(party);
    return (
        <>
            {href ? <a href={href}>{name}</a> : name} {party?.id && <Id id={party.id} />}
        </>
    );
}

const Hash = ({ of }: { of: string | null | undefined }) => (
    <span class="id">
        <code title={of ?? ''}>{of?.slice(0, 16)}…</code>
        <Copy text={of ?? ''} />
    </span>
);

function Whole({ event }: { event: AuditEvent }) {
    const words = t.audit.event;
    return (
        <Stack>
            {event.erased && <Note tone="info">{words.erased}</Note>}
            <KeyValue
                pairs={[
                    [words.when, <Time at={event.at} full />],
                    [words.action, <code>{event.action}</code>],
                    [words.actor, <Party party={event.actor} />],
                    [words.target, <Party party={event.target} />],
                    [words.result, <Result event={event} />],
                    [words.reason, event.reason || undefined],
                    [words.address, event.ip || undefined],
                    [
                        words.request,
                        event.request_id ? (
                            <Id
                                id={event.request_id}
                                {...(may('audit:read') && { href: `/logs?request_id=${event.request_id}` })}
                            />
                        ) : undefined,
                    ],
                ]}
            />
            {event.details && Object.keys(event.details).length > 0 && (
                <Section title={words.details} level={3}>
                    <JsonView value={event.details} label={words.details} />
                </Section>
            )}
            <Section title={words.chain} intro={words.chainText} level={3}>
                <KeyValue
                    pairs={[
                        [words.place, number(event.seq ?? 0)],
                        [words.hash, <Hash of={event.hash} />],
                        [words.before, <Hash of={event.prev_hash} />],
                    ]}
                />
            </Section>
        </Stack>
    );
}

/** Null: the server has none of this number among those that were looked through. */
export function Event({ event }: { event: AuditEvent | null }) {
    const words = t.audit.event;
    return event ? (
        <Whole event={event} />
    ) : (
        <Empty icon="audit" title={words.away}>
            {words.awayText}
        </Empty>
    );
}
