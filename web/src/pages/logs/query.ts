// SPDX-License-Identifier: Apache-2.0
// The log as the URL has it, and as the API is asked for it. Pure, so that it is tested without a browser.
import { dayStart } from '../audit/query.ts';

export const LEVELS = ['debug', 'info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogQuery {
    level?: Level;
    q?: string;
    request_id?: string;
    from?: string;
    to?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const levelOf = (text: string | null | undefined): Level | undefined => LEVELS.find((one) => one === text);

/** What the URL says that the API understands; the rest counts as absent, for a URL may come from anywhere. */
export function queryOf(values: Readonly<Record<string, string>>): LogQuery {
    const query: LogQuery = {};
    const level = levelOf(values['level']);
    const from = dayStart(values['from']);
    const to = dayStart(values['to'], true);
    if (level) query.level = level;
    if (values['q']) query.q = values['q'];
    if (values['request_id'] && UUID.test(values['request_id'])) query.request_id = values['request_id'];
    if (from) query.from = from;
    if (to) query.to = to;
    return query;
}

/** The stream knows no time: it shows what comes. */
export function streamUrl({ from: _from, to: _to, ...query }: LogQuery): string {
    const text = new URLSearchParams({ ...query }).toString();
    return `/api/v1/admin/logs/stream${text ? `?${text}` : ''}`;
}
