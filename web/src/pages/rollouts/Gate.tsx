// SPDX-License-Identifier: Apache-2.0
import { duration } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Card, KeyValue } from '../../ui/index.ts';
import { failedShare, ringNow, type RolloutRow } from './rollout.ts';

/** What must hold, and how far we are from it. */
export function Gate({ row }: { row: RolloutRow }) {
    const words = t.rollouts.detail;
    const gate = row.gate ?? {};
    const ring = ringNow(row);
    const share = failedShare(ring ?? row.progress);
    const most = gate.max_failed_percent ?? 0;
    const over = share !== undefined && share * 100 > most;
    return (
        <Card title={words.gate} intro={words.gateText}>
            <KeyValue
                wide
                pairs={[
                    [
                        words.executed,
                        words.executedOf(
                            (ring ?? row.progress)?.executed ?? 0,
                            ring?.min_devices ?? gate.min_executed ?? 0,
                        ),
                    ],
                    [
                        words.failed,
                        share === undefined ? (
                            <span class="muted">{words.noneYet}</span>
                        ) : (
                            <strong class={over ? 'gate-over' : ''}>{words.failedOf(share, most)}</strong>
                        ),
                    ],
                    [words.timeout, duration(gate.timeout_s ?? 0)],
                    [words.lost, gate.lost_after_s ? duration(gate.lost_after_s) : words.never],
                    [words.away, duration(gate.away_after_s ?? 0)],
                    [words.rollback, row.auto_rollback ? words.rollbackYes : words.rollbackNo],
                ]}
            />
        </Card>
    );
}
