// SPDX-License-Identifier: Apache-2.0
// How many devices there are in each state: at the same time the filter by it.
import type { Shape } from '../../../api/client.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { urlOf, useLocation } from '../../../router.ts';
import { useInView } from '../../../ui/index.ts';
import { STATUSES, type DeviceStatus } from '../moves.ts';

export type CountsOf = Shape<'DeviceCounts'>;

const memberOf = (status: DeviceStatus) => status.toLowerCase() as Lowercase<DeviceStatus>;

export function Counts({ counts, chosen }: { counts: CountsOf | undefined; chosen: DeviceStatus | undefined }) {
    const { path, query } = useLocation();
    const shown = STATUSES.filter(
        (status) =>
            counts === undefined ||
            counts[memberOf(status)] ||
            status === chosen ||
            status === 'PENDING' ||
            status === 'ENROLLED',
    );
    const all = counts?.all;
    const open = useInView([chosen, all]);
    const one = (status: DeviceStatus | undefined, words: string, count: number | undefined) => (
        <a
            key={status ?? 'all'}
            ref={status === chosen ? open : null}
            class={`count ${status === 'PENDING' && count ? 'asks' : ''}`}
            href={urlOf(path, { ...query, status })}
            aria-current={status === chosen ? 'true' : undefined}
        >
            <span>{words}</span>
            <strong>{count === undefined ? '…' : number(count)}</strong>
        </a>
    );
    return (
        <nav class="counts" aria-label={t.fleet.counts.label}>
            {one(undefined, t.fleet.counts.all, all)}
            {shown.map((status) =>
                one(
                    status,
                    status === 'PENDING' ? t.fleet.counts.waiting : t.fleet.status[status],
                    counts?.[memberOf(status)],
                ),
            )}
        </nav>
    );
}
