// SPDX-License-Identifier: Apache-2.0
// What the dashboard asks for: of each only what the one who looks may see.
import { useEffect } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData, type Data } from '../../api/data.ts';
import { loadParts } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { nextOf } from '../rollouts/rollout.ts';

export type Stats = Shape<'Stats'>;

/** What of a list stands on the dashboard; the rest is behind its link. */
const SHOWN = 5;
/** So many policies are looked through for drafts, and so many people for accounts that wait. */
const LOOKED_AT = 100;
/** Kinds of notices that say that a credential ends soon. */
const EXPIRING = ['expiring', 'admin-expiring'];

const keyIf = (key: string, ...permissions: readonly string[]): string | undefined =>
    may(...permissions) ? `dashboard/${key}` : undefined;

/** Asks again each minute, while somebody looks. */
export function useEveryMinute(reload: () => void): void {
    useEffect(() => {
        const timer = setInterval(() => document.hidden || reload(), 60_000);
        return () => clearInterval(timer);
    }, [reload]);
}

/** How much there is of everything. Whoever may only see devices gets their counts alone. */
export function useStats(): Data<Stats> {
    const all = keyIf('stats', 'metrics:read');
    const key = all ?? keyIf('devices', 'device:read');
    return useData(
        key,
        async (signal): Promise<Stats> => {
            if (all) return call(api.GET('/api/v1/admin/stats', { signal }));
            return { devices: await call(api.GET('/api/v1/devices/counts', { signal })) };
        },
        { topics: ['devices', 'people', 'approvals', 'rollouts', 'policies', 'tools', 'applications', 'sessions'] },
    );
}

export interface Waiting {
    approvals: readonly Shape<'ApprovalLine'>[];
    requests: readonly Shape<'AccessRequest'>[];
    accounts: readonly Shape<'User'>[];
    /** To be promoted, stopped by their gate or by a person, or ended early. */
    rollouts: readonly Shape<'Rollout'>[];
    policies: readonly Shape<'Policy'>[];
    notices: readonly Shape<'Notice'>[];
}

async function items<T>(wanted: boolean, ask: () => Promise<{ items: T[] }>): Promise<readonly T[]> {
    return wanted ? (await ask()).items : [];
}

/** A rollout that ended early is worth a look for a day. */
const FRESH_MS = 24 * 3_600_000;
const isFresh = (at: string | null | undefined): boolean => Boolean(at) && Date.now() - Date.parse(at ?? '') < FRESH_MS;

async function rolloutsWaiting(signal: AbortSignal): Promise<Shape<'Rollout'>[]> {
    const of = (state: 'running' | 'paused' | 'aborted') =>
        call(api.GET('/api/v1/rollouts', { params: { query: { state, limit: SHOWN } }, signal }));
    const [running, paused, aborted] = await Promise.all([of('running'), of('paused'), of('aborted')]);
    return [
        ...running.items.filter((one) => nextOf(one, Date.now()).kind === 'approval'),
        ...paused.items,
        ...aborted.items.filter((one) => isFresh(one.ended_at)),
    ];
}

/** All that waits for a person. */
export function useWaiting(): Data<Waiting> {
    return useData(
        'dashboard/waiting',
        async (signal): Promise<Waiting> => {
            const [approvals, requests, accounts, rollouts, policies, notices] = await Promise.all([
                items(may('approval:read'), () =>
                    call(
                        api.GET('/api/v1/gateway/approvals', {
                            params: { query: { state: 'waiting', limit: SHOWN } },
                            signal,
                        }),
                    ),
                ),
                items(may('group:read'), () =>
                    call(
                        api.GET('/api/v1/access-requests', {
                            params: { query: { status: 'open', limit: SHOWN } },
                            signal,
                        }),
                    ),
                ),
                items(may('user:read'), () =>
                    call(api.GET('/api/v1/users', { params: { query: { limit: LOOKED_AT } }, signal })),
                ),
                may('rollout:read') ? rolloutsWaiting(signal) : [],
                items(may('policy:read'), () =>
                    call(api.GET('/api/v1/policies', { params: { query: { limit: LOOKED_AT } }, signal })),
                ),
                items(true, () =>
                    call(api.GET('/api/v1/portal/notices', { params: { query: { limit: 20 } }, signal })),
                ),
            ]);
            if (rollouts.length > 0) await loadParts(['rollouts']); // what stopped them is told in its words
            return {
                approvals,
                requests,
                rollouts,
                policies,
                accounts: accounts.filter((one) => one.status === 'pending'),
                notices: notices.filter((one) => !one.read_at && EXPIRING.includes(one.kind ?? '')),
            };
        },
        { topics: ['approvals', 'people', 'applications', 'rollouts', 'policies', 'notices'] },
    );
}
