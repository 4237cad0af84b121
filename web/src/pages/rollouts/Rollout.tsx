// SPDX-License-Identifier: Apache-2.0
// One rollout: where it stands and why, its rings, its gate, its devices, what happened.
import { useEffect, useReducer } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { Card, Loaded, PageHead } from '../../ui/index.ts';
import { Acts } from './Acts.tsx';
import { Devices } from './Devices.tsx';
import { Events } from './Events.tsx';
import { Gate } from './Gate.tsx';
import { Rings } from './Rings.tsx';
import { Failures } from './Failures.tsx';
import { failedOf, isOpen, type RolloutRow } from './rollout.ts';
import { Bar, nextWords, saidWords, StateMark, thenWords } from './words.tsx';
import './rollouts.css';

/** Counts move without an event of their own: while it is open they are asked for so often. */
const AGAIN_MS = 10_000;
const TICK_MS = 1000;

/** A clock for what is watched, only while something is under way. */
function useClock(running: boolean): number {
    const [, tick] = useReducer((n: number, _: void) => n + 1, 0);
    useEffect(() => {
        if (!running) return;
        const timer = setInterval(() => tick(), TICK_MS);
        return () => clearInterval(timer);
    }, [running]);
    return Date.now();
}

function Shown({ row, reload }: { row: RolloutRow; reload: () => void }) {
    const words = t.rollouts.detail;
    const [query] = useQuery();
    const open = isOpen(row);
    const now = useClock(row.state === 'running');
    const failed = failedOf(row.progress);
    const policy = row.policy_name ?? t.rollouts.gone;
    useEffect(() => {
        if (!open) return;
        const timer = setInterval(reload, AGAIN_MS);
        return () => clearInterval(timer);
    }, [open, reload]);
    return (
        <>
            <PageHead
                title={words.title(policy, row.to ?? 0)}
                back={{ href: '/rollouts', label: words.back }}
                mark={<StateMark row={row} />}
                actions={<Acts row={row} reload={reload} />}
            />
            {failed > 0 && <Failures row={row} shown={query['state'] === 'failed'} />}
            <Card
                title={words.now}
                actions={
                    row.policy_name && (
                        <a href={`/policies/${row.policy_id}/history?from=${row.from ?? row.to}&to=${row.to}`}>
                            {t.rollouts.versions(row.from ?? 0, row.to ?? 0)}
                        </a>
                    )
                }
            >
                <p>
                    <strong>{nextWords(row, now)}</strong> {thenWords(row)}
                </p>
                {row.reason && <p class="muted">{words.why(saidWords(row.reason))}</p>}
                <Bar counts={row.progress} label={words.whole} legend />
            </Card>
            <Rings row={row} now={now} />
            <div class="rollout-halves">
                <Gate row={row} />
                <Events row={row} />
            </div>
            <Devices row={row} />
        </>
    );
}

export default function Rollout({ id }: { id: string }) {
    const found = useData(
        id,
        (signal) => call(api.GET('/api/v1/rollouts/{id}', { params: { path: { id } }, signal })),
        { topics: ['rollouts'] },
    );
    return <Loaded of={found}>{(row) => <Shown row={row} reload={found.reload} />}</Loaded>;
}
