// SPDX-License-Identifier: Apache-2.0
// One line of the log: in a row, in the tail, and in full.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import {
    Drawer,
    Id,
    JsonView,
    KeyValue,
    Section,
    Stack,
    Status,
    Time,
    type Column,
    type Tone,
} from '../../ui/index.ts';
import { levelOf, type Level } from './query.ts';

export type LogLine = Shape<'LogLine'>;

const TONES: Record<Level, Tone> = { debug: 'off', info: 'info', warning: 'warn', error: 'bad' };

export function LevelMark({ level }: { level: string | null | undefined }) {
    const known = levelOf(level);
    return known ? <Status tone={TONES[known]}>{t.logs.level[known]}</Status> : <>{level}</>;
}

/** The members of a line in one, but for the id that all lines of a request have: `method=GET status=200`. */
export function inOne(fields: unknown): string {
    const pairs = Object.entries((fields ?? {}) as Record<string, unknown>).filter(([name]) => name !== 'request_id');
    return pairs
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join('  ');
}

export function columnsNow(): readonly Column<LogLine>[] {
    const words = t.logs.column;
    return [
        {
            key: 'event',
            head: words.event,
            width: 'minmax(9rem, 1fr)',
            cell: (one) => <span class="log-event">{one.event}</span>,
        },
        { key: 'level', head: words.level, width: '9rem', cell: (one) => <LevelMark level={one.level} /> },
        {
            key: 'fields',
            head: words.fields,
            width: 'minmax(12rem, 3fr)',
            card: true,
            hideBelow: 700,
            cell: (one) => <code class="log-fields">{inOne(one.fields)}</code>,
        },
        { key: 'at', head: words.at, width: '10.5rem', cell: (one) => <Time at={one.at} exact /> },
    ];
}

export function WholeLine({ line, close }: { line: LogLine; close(): void }) {
    const words = t.logs;
    return (
        <Drawer title={line.event ?? ''} onClose={close} wide>
            <Stack>
                <KeyValue
                    pairs={[
                        [words.column.at, <Time at={line.at} full />],
                        [words.column.level, <LevelMark level={line.level} />],
                        [
                            words.request,
                            line.request_id ? (
                                <>
                                    <Id id={line.request_id} />{' '}
                                    <a href={`/logs?request_id=${line.request_id}`} onClick={close}>
                                        {words.sameRequest}
                                    </a>
                                </>
                            ) : undefined,
                        ],
                    ]}
                />
                <Section title={words.column.fields} level={3}>
                    <JsonView value={line.fields ?? {}} label={words.column.fields} />
                </Section>
            </Stack>
        </Drawer>
    );
}
