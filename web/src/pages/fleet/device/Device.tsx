// SPDX-License-Identifier: Apache-2.0
// One device: what it is, what can be done about it, what it gets and why, what happened to it.
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Empty, Loaded, PartNav, lazy } from '../../../ui/index.ts';
import type { DeviceRow } from '../device.ts';
import { DeviceHead } from './DeviceHead.tsx';
import { Overview } from './Overview.tsx';
import './device.css';

const Config = lazy<{ id: string }>(() => import('./Config.tsx'));
const History = lazy<{ device: DeviceRow }>(() => import('./History.tsx'));

const TABS = ['overview', 'config', 'history'] as const;

function Tabs({ id, chosen }: { id: string; chosen: (typeof TABS)[number] }) {
    return (
        <PartNav
            label={t.device.tabs.label}
            current={chosen}
            parts={TABS.map((tab) => ({
                key: tab,
                href: tab === 'overview' ? `/fleet/${id}` : `/fleet/${id}/${tab}`,
                label: t.device.tabs[tab],
            }))}
        />
    );
}

function Missing() {
    const words = t.device.missing;
    return (
        <>
            <h1 class="unseen">{words.title}</h1>
            <Empty icon="device" title={words.title} action={<Button href="/fleet">{words.back}</Button>}>
                {words.text}
            </Empty>
        </>
    );
}

export default function Device({ id, tab }: { id: string; tab: string | undefined }) {
    const asked = useData(id, (signal) => call(api.GET('/api/v1/devices/{id}', { params: { path: { id } }, signal })), {
        topics: ['devices'],
    });
    const chosen = TABS.find((one) => one === tab) ?? 'overview';
    // An id that cannot be one is refused as such: for a person it is a device that is not there.
    if (!asked.data && (asked.error?.status === 404 || asked.error?.status === 422)) return <Missing />;
    return (
        <Loaded of={asked}>
            {(device) => (
                <>
                    <DeviceHead device={device} reload={asked.reload} />
                    <Tabs id={id} chosen={chosen} />
                    {chosen === 'overview' && <Overview device={device} reload={asked.reload} />}
                    {chosen === 'config' && <Config id={id} />}
                    {chosen === 'history' && <History device={device} />}
                </>
            )}
        </Loaded>
    );
}
