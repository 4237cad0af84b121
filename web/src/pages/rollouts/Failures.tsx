// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { list, number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { Button, Note } from '../../ui/index.ts';
import { failedOf, reasonsOf, type RolloutRow } from './rollout.ts';
import { saidWords } from './words.tsx';

/** So many failed devices are asked for their reasons. */
const ASKED = 100;
const FAILED = ['failed', 'timed_out', 'lost'] as const;

/** How many failed, in which way, and what they said, the most frequent first. */
export function Failures({ row, shown }: { row: RolloutRow; shown: boolean }) {
    const words = t.rollouts.detail;
    const id = row.id ?? '';
    const ways = FAILED.filter((way) => row.progress?.[way]).map(
        (way) => `${t.rollouts.members[way]} ${number(row.progress?.[way] ?? 0)}`,
    );
    const found = useData(`${id} ${row.etag} ${row.progress?.failed}`, (signal) =>
        call(
            api.GET('/api/v1/rollouts/{id}/devices', {
                params: { path: { id }, query: { state: 'failed', limit: ASKED } },
                signal,
            }),
        ),
    );
    const show = !shown && (
        <Button small onClick={() => navigate(`/rollouts/${id}?state=failed`)}>
            {words.showFailures}
        </Button>
    );
    return (
        <Note tone="bad" title={words.failures(failedOf(row.progress))} actions={show}>
            {list(ways)}
            <ul class="rollout-reasons">
                {reasonsOf(found.data?.items ?? []).map(({ reason, devices }) => (
                    <li key={reason}>{words.reasonOf(saidWords(reason), devices)}</li>
                ))}
            </ul>
        </Note>
    );
}
