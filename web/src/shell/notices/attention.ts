// SPDX-License-Identifier: Apache-2.0
// What needs somebody like the one who looks: a row a kind, counted where he may see it.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { readAll } from '../../api/all.ts';
import { api, call } from '../../api/client.ts';
import { onTopics, type Topic } from '../../live.ts';
import { may } from '../../session.ts';
import type { IconName } from '../../ui/Icon.tsx';
import type enNotices from '../../i18n/parts/notices.en.ts';

interface Kind {
    words: keyof (typeof enNotices)['needs'];
    may: string;
    topic: Topic;
    icon: IconName;
    href: string;
    count(signal: AbortSignal): Promise<number>;
}

/** Of approvals and requests so many are counted. */
const COUNTED = 100;

const KINDS: readonly Kind[] = [
    {
        words: 'approvals',
        may: 'approval:read',
        topic: 'approvals',
        icon: 'approval',
        href: '/tools?tab=approvals',
        async count(signal) {
            const query = { state: 'waiting', limit: COUNTED } as const;
            return (await call(api.GET('/api/v1/gateway/approvals', { params: { query }, signal }))).items.length;
        },
    },
    {
        words: 'lobby',
        may: 'device:read',
        topic: 'devices',
        icon: 'lobby',
        href: '/fleet/lobby',
        async count(signal) {
            const query = { status: 'PENDING', limit: 1, count: true } as const;
            return (await call(api.GET('/api/v1/devices', { params: { query }, signal }))).total ?? 0;
        },
    },
    {
        words: 'requests',
        may: 'group:read',
        topic: 'people',
        icon: 'people',
        href: '/people/requests',
        async count(signal) {
            const query = { status: 'open', limit: COUNTED } as const;
            return (await call(api.GET('/api/v1/access-requests', { params: { query }, signal }))).items.length;
        },
    },
    {
        words: 'quarantined',
        may: 'server:read',
        topic: 'tools',
        icon: 'tool',
        href: '/tools',
        async count(signal) {
            const servers = await readAll((query) =>
                call(api.GET('/api/v1/gateway/servers', { params: { query }, signal })),
            );
            return servers.reduce((sum, one) => sum + (one.tools_quarantined ?? 0), 0);
        },
    },
    {
        words: 'webhooks',
        may: 'webhook:read',
        topic: 'admin',
        icon: 'webhook',
        href: '/admin?tab=webhooks',
        async count(signal) {
            const hooks = await readAll((query) => call(api.GET('/api/v1/webhooks', { params: { query }, signal })));
            return hooks.filter((one) => one.failing_since).length;
        },
    },
];

export interface Need extends Kind {
    n: number;
}

/** A busy fleet changes each second: what stands in the head of every page is asked for at most so often. */
const PAUSE_MS = 10_000;

/** What there is of each, of those that somebody waits for. What cannot be counted now is left out. */
export function useNeeds(): readonly Need[] {
    const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
    const abort = useRef(new AbortController());
    // One after another: what stands in every head does not crowd out the page below it.
    const turn = useRef(Promise.resolve());
    const count = useCallback((kind: Kind) => {
        const set = (n: number): void => setCounts((was) => ({ ...was, [kind.words]: n }));
        const ask = () => (may(kind.may) ? kind.count(abort.current.signal) : 0); // as his rights are by then
        turn.current = turn.current.then(ask).then(set, () => {});
    }, []);
    useEffect(() => {
        const ends = KINDS.map((kind) => {
            let timer = 0;
            let last = performance.now();
            count(kind);
            const end = onTopics([kind.topic], () => {
                timer ||= setTimeout(
                    () => {
                        timer = 0;
                        last = performance.now();
                        count(kind);
                    },
                    Math.max(0, last + PAUSE_MS - performance.now()),
                );
            });
            return () => {
                end();
                clearTimeout(timer);
            };
        });
        return () => {
            abort.current.abort();
            for (const end of ends) end();
        };
    }, [count]);
    return KINDS.map((kind) => ({ ...kind, n: counts[kind.words] ?? 0 })).filter((need) => need.n > 0);
}
