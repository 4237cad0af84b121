// SPDX-License-Identifier: Apache-2.0
// How it went: the last hour, day or month. What was not measured is a gap, not a zero.
import { useMemo } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { milliseconds, number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { urlOf, useLocation } from '../../router.ts';
import { Card, Chart, ErrorBox, Note, Section, Skeleton, type ChartProps } from '../../ui/index.ts';
import { useEveryMinute } from './data.ts';
import { figuresOf, inMilliseconds, question, spanOf, SPANS, sum, type Figures } from './series.ts';

interface Drawn extends Pick<ChartProps, 'kind' | 'unit' | 'series'> {
    key: string;
    title: string;
    note?: string | undefined;
}

/** "1,204 in this time": of a column that counts. */
const total = (column: readonly (number | null)[], words: (n: string) => string): string | undefined => {
    const all = sum(column);
    return all === undefined ? undefined : words(number(all));
};

function chartsOf({ of }: Figures): Drawn[] {
    const words = t.dashboard.chart;
    return [
        {
            key: 'requests',
            title: words.requests,
            kind: 'area',
            note: total(of.requests, words.total),
            series: [
                { label: words.answered, values: of.requests, colour: 'accent' },
                { label: words.errors, values: of.errors, colour: 'bad' },
            ],
        },
        {
            key: 'latency',
            title: words.latency,
            unit: milliseconds,
            note: words.latencyNote,
            series: [
                { label: words.p50, values: inMilliseconds(of.latency_p50_us), colour: 'accent' },
                { label: words.p99, values: inMilliseconds(of.latency_p99_us), colour: 'warn' },
            ],
        },
        {
            key: 'logins',
            title: words.logins,
            note: total(of.logins, words.total),
            series: [
                { label: words.signedIn, values: of.logins, colour: 'good' },
                { label: words.failed, values: of.logins_failed, colour: 'bad' },
            ],
        },
        {
            key: 'calls',
            title: words.calls,
            note: total(of.tool_calls, words.total),
            series: [
                { label: words.called, values: of.tool_calls, colour: 'accent' },
                { label: words.denied, values: of.tool_calls_denied, colour: 'bad' },
            ],
        },
        {
            key: 'devices',
            title: words.devices,
            series: [
                { label: t.dashboard.status.enrolled, values: of.devices_enrolled, colour: 'good' },
                { label: t.dashboard.status.pending, values: of.devices_pending, colour: 'warn' },
                { label: t.dashboard.status.blocked, values: of.devices_blocked, colour: 'bad' },
                { label: t.dashboard.status.revoked, values: of.devices_revoked, colour: 'muted' },
            ],
        },
        {
            key: 'sessions',
            title: words.sessions,
            series: [
                { label: words.people, values: of.sessions, colour: 'accent' },
                { label: words.clients, values: of.mcp_sessions, colour: 'muted' },
            ],
        },
    ];
}

export default function Charts() {
    const { path, query } = useLocation();
    const span = spanOf(query['span']);
    const words = t.dashboard.chart;
    const asked = useData(`dashboard/series ${span}`, (signal) =>
        call(api.GET('/api/v1/admin/stats/series', { params: { query: question(span) }, signal })),
    );
    useEveryMinute(asked.reload);
    const figures = useMemo(() => figuresOf(asked.data ?? {}), [asked.data]);
    const spans = (
        <nav class="spans" aria-label={words.span}>
            {SPANS.map((one) => (
                <a
                    key={one}
                    href={urlOf(path, { ...query, span: one === 'day' ? undefined : one })}
                    aria-current={one === span ? 'true' : undefined}
                >
                    {words.spans[one]}
                </a>
            ))}
        </nav>
    );
    // Figures of the whole server are for who runs it: to others they are refused, and that is no fault.
    const isForOthers = asked.error?.status === 403;
    return (
        <Section title={words.title} actions={spans}>
            {isForOthers ? (
                <Note tone="info">{words.forOthers}</Note>
            ) : (
                <>
                    {asked.error && <ErrorBox problem={asked.error} retry={asked.reload} />}
                    {(asked.data || !asked.error) && (
                        <div class="charts">
                            {chartsOf(figures).map(({ key, title, note, ...drawn }) => (
                                <Card key={key} title={title} level={3} {...(note && { intro: note })}>
                                    {asked.data ? (
                                        <Chart
                                            label={words.label(title, words.spans[span])}
                                            times={figures.times}
                                            height={150}
                                            {...drawn}
                                        />
                                    ) : (
                                        <Skeleton lines={3} />
                                    )}
                                </Card>
                            ))}
                        </div>
                    )}
                </>
            )}
        </Section>
    );
}
