// SPDX-License-Identifier: Apache-2.0
// The record as it is written.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Drawer, EventTail, TailRow } from '../../ui/index.ts';
import { actionName } from './actions.ts';
import { partyName, Result, type AuditEvent } from './columns.tsx';
import { Event } from './Event.tsx';
import { streamUrl, type AuditQuery } from './query.ts';

function Row({ event, open }: { event: AuditEvent; open(): void }) {
    const { target } = event;
    return (
        <TailRow at={event.at} mark={<Result event={event} />} name={actionName(event.action)} onOpen={open}>
            {partyName(event.actor)}
            {target?.kind && (
                <>
                    {' → '}
                    {partyName(target)}
                </>
            )}
            {event.ip && <span class="muted"> {event.ip}</span>}
        </TailRow>
    );
}

export default function Tail({ query }: { query: AuditQuery }) {
    const [opened, setOpened] = useState<AuditEvent>();
    return (
        <>
            <EventTail<AuditEvent>
                url={streamUrl(query)}
                event="audit"
                lost="events"
                label={t.audit.tail}
                row={(event) => <Row event={event} open={() => setOpened(event)} />}
            />
            {opened && (
                <Drawer title={actionName(opened.action)} onClose={() => setOpened(undefined)} wide>
                    <Event event={opened} />
                </Drawer>
            )}
        </>
    );
}
