// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Card, Loaded, Timeline, type IconName, type Tone } from '../../ui/index.ts';
import type { RolloutRow } from './rollout.ts';
import { saidWords } from './words.tsx';

const SHOWN = 50;
const LOOKS: Record<string, { icon: IconName; tone: Tone }> = {
    started: { icon: 'play', tone: 'info' },
    paused: { icon: 'pause', tone: 'wait' },
    resumed: { icon: 'play', tone: 'info' },
    promoted: { icon: 'approval', tone: 'good' },
    aborted: { icon: 'stop', tone: 'bad' },
    'ring-started': { icon: 'next', tone: 'info' },
    'ring-met': { icon: 'check', tone: 'good' },
    completed: { icon: 'good', tone: 'good' },
    'rolled-back': { icon: 'undo', tone: 'warn' },
};

/** What was decided, by whom, and why. */
export function Events({ row }: { row: RolloutRow }) {
    const words = t.rollouts.detail;
    const id = row.id ?? '';
    const found = useData(`${id} ${row.etag}`, (signal) =>
        call(api.GET('/api/v1/rollouts/{id}/events', { params: { path: { id }, query: { limit: SHOWN } }, signal })),
    );
    const kinds: Record<string, string> = words.kinds;
    return (
        <Card title={words.events}>
            <Loaded of={found}>
                {({ items }) =>
                    (items ?? []).length === 0 ? (
                        <p class="muted">{words.noEvents}</p>
                    ) : (
                        <Timeline
                            label={words.events}
                            items={[...(items ?? [])]
                                .sort((a, b) => (b.n ?? 0) - (a.n ?? 0))
                                .map((one) => ({
                                    key: String(one.n),
                                    at: one.at ?? '',
                                    ...(LOOKS[one.kind ?? ''] ?? { icon: 'info' as const, tone: 'off' as const }),
                                    title: (
                                        <>
                                            {kinds[one.kind ?? ''] ?? one.kind}
                                            {Boolean(one.ring) && (
                                                <span class="muted"> · {words.ring(one.ring ?? 0)}</span>
                                            )}
                                        </>
                                    ),
                                    ...(!one.actor_id && one.actor_kind === 'system' && { actor: words.byItself }),
                                    ...(one.reason && { detail: saidWords(one.reason) }),
                                }))}
                        />
                    )
                }
            </Loaded>
        </Card>
    );
}
