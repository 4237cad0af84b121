// SPDX-License-Identifier: Apache-2.0
// Whether the record is whole. The browser sees that its events are linked; what each hash is made of lies in the store, salted, and only
// `seneschal audit verify` reads that: an answer of the server about itself would prove nothing.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, Card, CodeBlock, KeyValue, Loaded, Note, Stack, Time } from '../../ui/index.ts';
import type { AuditEvent } from './columns.tsx';
import { firstBroken } from './query.ts';

/** The newest so many are looked at: two pages of the API. */
const PAGES = 2;
const PAGE = 500;

async function newest(org: string | undefined, signal: AbortSignal): Promise<AuditEvent[]> {
    const found: AuditEvent[] = [];
    let cursor: string | null | undefined;
    for (let n = 0; n < PAGES; n++) {
        const query = { limit: PAGE, ...(org && { org }), ...(cursor && { cursor }) };
        const page = await call(api.GET('/api/v1/admin/security/audit', { params: { query }, signal }));
        found.push(...page.items);
        cursor = page.next_cursor;
        if (!cursor) break;
    }
    return found.toReversed();
}

function Links({ events }: { events: readonly AuditEvent[] }) {
    const words = t.audit.verify;
    const broken = firstBroken(events);
    const head = events.at(-1);
    const at = events[broken];
    if (!head) return <Note tone="info">{t.audit.none}</Note>;
    return (
        <>
            {at ? <Note tone="bad" title={words.broken}>{words.brokenAt(number(at.seq ?? 0))}</Note> : <Note tone="good" title={words.linked(events.length)}>{words.linkedText}</Note>}
            <KeyValue wide pairs={[[words.head, <code class="hash">{head.hash}</code>], [words.place, number(head.seq ?? 0)], [words.at, <Time at={head.at} full />]]} />
        </>
    );
}

export default function Verify({ org, close }: { org: string | undefined; close(): void }) {
    const words = t.audit.verify;
    const asked = useData(`audit/verify ${org}`, (signal) => newest(org, signal));
    return (
        <Card title={words.title} icon="check" actions={<Button small icon="close" onClick={close}>{t.kit.close}</Button>}>
            <Stack>
                <Loaded of={asked}>{(events) => <Links events={events} />}</Loaded>
                <p>{words.text}</p>
                <CodeBlock label={words.command} text={'seneschal audit verify --data DIR\nseneschal audit verify --data DIR --against kept.log'} />
                <p class="muted">{words.against}</p>
            </Stack>
        </Card>
    );
}
