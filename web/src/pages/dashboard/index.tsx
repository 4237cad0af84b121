// SPDX-License-Identifier: Apache-2.0
// What one wants to know first: what waits for a person, how much there is, how it went, and whether all of it runs.
import { t } from '../../i18n/index.ts';
import { may, whoAmI } from '../../session.ts';
import { Loaded, PageHead, Skeleton, Stack, lazy } from '../../ui/index.ts';
import { useEveryMinute, useStats, useWaiting } from './data.ts';
import { Figures } from './Figures.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { Now } from './Now.tsx';
import { Running } from './Running.tsx';
import './dashboard.css';

const Charts = lazy(() => import('./Charts.tsx'));

export default function Dashboard() {
    const stats = useStats();
    const waiting = useWaiting();
    useEveryMinute(stats.reload);
    const me = whoAmI();
    return (
        <>
            <PageHead title={t.dashboard.title(me.display_name || me.username || '')} intro={t.dashboard.intro} />
            <Stack>
                <FirstSteps stats={stats.data} policies={waiting.data?.policies} />
                <Loaded of={stats} skeleton={<Skeleton lines={4} look="tiles" />}>
                    {(now) => <Figures stats={now} />}
                </Loaded>
                <Loaded of={waiting}>
                    {(now) => <Now waiting={now} pending={stats.data?.devices?.pending ?? 0} />}
                </Loaded>
                {may('metrics:read') && <Charts />}
                <Running />
            </Stack>
        </>
    );
}
