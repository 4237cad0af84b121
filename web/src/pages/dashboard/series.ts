// SPDX-License-Identifier: Apache-2.0
// Figures over time: which are asked for, and what the answer is to a chart. Pure, so that it is tested without a browser.
export const SPANS = ['hour', 'day', 'month'] as const;
export type Span = (typeof SPANS)[number];

/** How far back, and how long a point is: some three hundred points are as fine as a chart on a screen can be. */
const OF: Record<Span, { backS: number; stepS: number }> = {
    hour: { backS: 3600, stepS: 60 },
    day: { backS: 24 * 3600, stepS: 300 },
    month: { backS: 30 * 24 * 3600, stepS: 7200 },
};

export const NAMES = [
    'requests',
    'errors',
    'latency_p50_us',
    'latency_p99_us',
    'logins',
    'logins_failed',
    'tool_calls',
    'tool_calls_denied',
    'devices_pending',
    'devices_enrolled',
    'devices_blocked',
    'devices_revoked',
    'sessions',
    'mcp_sessions',
] as const;
export type Name = (typeof NAMES)[number];

/** The span that the query names; a day when it names none. */
export const spanOf = (text: string | undefined): Span => SPANS.find((one) => one === text) ?? 'day';

/** What is asked for. The beginning is a whole point, so that two requests of the same minute are the same. */
export function question(span: Span, now = Date.now()): { name: string; from: string; step: number } {
    const { backS, stepS } = OF[span];
    const from = Math.ceil((now / 1000 - backS) / stepS) * stepS;
    return { name: NAMES.join(','), from: new Date(from * 1000).toISOString(), step: stepS };
}

export interface Figures {
    /** Seconds since 1970. */
    times: readonly number[];
    of: Readonly<Record<Name, readonly (number | null)[]>>;
}

const isColumn = (value: unknown): value is readonly (number | null)[] => Array.isArray(value);

/** The columns of an answer; one that is missing is a gap from end to end. */
export function figuresOf(answer: { at?: readonly string[]; series?: unknown }): Figures {
    const times = (answer.at ?? []).map((at) => Date.parse(at) / 1000);
    const columns = (answer.series ?? {}) as Record<string, unknown>;
    const of = Object.fromEntries(
        NAMES.map((name) => {
            const column = columns[name];
            return [name, isColumn(column) ? column : times.map(() => null)];
        }),
    ) as unknown as Figures['of'];
    return { times, of };
}

/** Microseconds as milliseconds; a gap stays one. */
export const inMilliseconds = (column: readonly (number | null)[]): (number | null)[] =>
    column.map((value) => (value === null ? null : value / 1000));

/** The sum of what was measured; undefined: nothing was. */
export function sum(column: readonly (number | null)[]): number | undefined {
    const there = column.filter((value) => value !== null);
    return there.length === 0 ? undefined : there.reduce((all, value) => all + value, 0);
}
