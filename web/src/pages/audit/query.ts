// SPDX-License-Identifier: Apache-2.0
// The record as the URL has it, and as the API is asked for it. Pure, so that it is tested without a browser.
export const KEYS = ['from', 'to', 'actor', 'action', 'target', 'result', 'org'] as const;

export interface AuditQuery {
    from?: string;
    to?: string;
    actor?: string;
    action?: string;
    target?: string;
    result?: 'ok' | 'refused';
    org?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The first moment of this day where the reader is; `after`: of the day behind it. Undefined: it is no day. */
export function dayStart(day: string | undefined, after = false): string | undefined {
    if (!day || !DAY.test(day)) return undefined;
    const start = new Date(`${day}T00:00:00`);
    if (after) start.setDate(start.getDate() + 1);
    return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** What the URL says that the API understands; the rest counts as absent, for a URL may come from anywhere. */
export function queryOf(values: Readonly<Record<string, string>>): AuditQuery {
    const query: AuditQuery = {};
    const from = dayStart(values['from']);
    const to = dayStart(values['to'], true);
    if (from) query.from = from;
    if (to) query.to = to;
    for (const key of ['actor', 'action', 'target', 'org'] as const) if (values[key]) query[key] = values[key];
    if (values['result'] === 'ok' || values['result'] === 'refused') query.result = values['result'];
    return query;
}

/** All that the filters leave, as a file. */
export const exportUrl = (path: string, query: object, format: 'csv' | 'ndjson'): string =>
    `${path}?${new URLSearchParams({ ...(query as Record<string, string>), format })}`;

/** Of what comes: the stream knows no time. */
export function streamUrl({ from: _from, to: _to, ...query }: AuditQuery): string {
    const text = new URLSearchParams({ ...query }).toString();
    return `/api/v1/admin/security/audit/stream${text ? `?${text}` : ''}`;
}

/** Where the page of a party is: what can be looked at has one. */
export function placeOfParty(kind: string | null | undefined, id: string | null | undefined): string | undefined {
    if (!id) return undefined;
    const at: Record<string, string> = {
        user: '/people/',
        device: '/fleet/',
        policy: '/policies/',
        rollout: '/rollouts/',
        server: '/tools/',
        application: '/applications/',
        group: '/people/groups/',
        'service-account': '/people/services/',
        service: '/people/services/',
    };
    const base = at[kind ?? ''];
    return base && `${base}${id}`;
}
