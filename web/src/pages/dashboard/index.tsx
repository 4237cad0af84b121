// SPDX-License-Identifier: Apache-2.0
// What one wants to know first: what waits for a person, how much there is, how it went, and whether all of it runs.
import { t } from '../../i18n/index.ts';
import type { Data } from '../../api/data.ts';
import { whoAmI } from '../../session.ts';
import { Loaded, PageHead, Skeleton, Stack, lazy } from '../../ui/index.ts';
import { useEveryMinute, useStats, useWaiting } from './data.ts';
import { Figures } from './Figures.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { Now } from './Now.tsx';
import './dashboard.css';

const Lower = lazy(() => import('./Lower.tsx'));

/** It was asked for, and nothing has come yet. */
const isAwaited = (one: Data<unknown>): boolean => one.loading && one.data === undefined && one.error === undefined;

export default function Dashboard() {
    const stats = useStats();
    const waiting = useWaiting();
    useEveryMinute(stats.reload);
    const me = whoAmI();
    // How high the upper half is, both answers say. What stands below is asked for meanwhile, and shown with it, so that nothing moves under the hand.
    const stands = !isAwaited(stats) && !isAwaited(waiting);
    return (
        <>
            <PageHead title={t.dashboard.title(me.display_name || me.username || '')} intro={t.dashboard.intro} />
            {!stands && <Skeleton lines={4} look="tiles" />}
            <div hidden={!stands}>
                <Stack>
                    <FirstSteps stats={stats.data} policies={waiting.data?.policies} />
                    {(stats.data ?? stats.error) && <Loaded of={stats}>{(now) => <Figures stats={now} />}</Loaded>}
                    <Loaded of={waiting}>
                        {(now) => <Now waiting={now} pending={stats.data?.devices?.pending ?? 0} />}
                    </Loaded>
                    <Lower />
                </Stack>
            </div>
        </>
    );
}
