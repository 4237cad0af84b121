// SPDX-License-Identifier: Apache-2.0
// The columns of the list of devices.
import { few } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { Badge, Icon, Time, type Column } from '../../../ui/index.ts';
import { DeviceState } from '../DeviceState.tsx';
import { nameOf, type DeviceRow } from '../device.ts';

function Name({ device }: { device: DeviceRow }) {
    const machine = device.machine_id ?? '';
    return (
        <>
            {nameOf(device)}
            {device.hostname && device.hostname !== machine && (
                <small class="also" title={machine}>
                    {machine}
                </small>
            )}
        </>
    );
}

const CONFIG_ICONS = { applied: 'good', failed: 'bad', rejected: 'bad' } as const;

function Config({ device }: { device: DeviceRow }) {
    const { version, result, reason, drift_count: drift } = device.config ?? {};
    if (result !== 'applied' && result !== 'failed' && result !== 'rejected')
        return <span class="muted">{t.fleet.config.none}</span>;
    const said = t.fleet.config[result](version ?? '–');
    return (
        <span class={`config-word ${result === 'applied' ? '' : 'bad'}`} title={reason ? `${said}: ${reason}` : said}>
            <Icon name={CONFIG_ICONS[result]} size={16} label={said} />
            <span aria-hidden="true">{version ?? '–'}</span>
            {drift ? <Icon name="warn" size={16} label={t.fleet.config.drift(drift)} /> : null}
        </span>
    );
}

function Credential({ device }: { device: DeviceRow }) {
    const level =
        device.credential_level === 'software-key' || device.credential_level === 'token'
            ? device.credential_level
            : 'none';
    return level === 'none' ? (
        <span class="muted">{t.fleet.credential.none}</span>
    ) : (
        <Badge>{t.fleet.credential[level]}</Badge>
    );
}

export function columns(): readonly Column<DeviceRow>[] {
    const words = t.fleet.column;
    return [
        {
            key: 'name',
            head: words.name,
            width: 'minmax(11rem, 2.2fr)',
            sort: 'hostname',
            cell: (device) => <Name device={device} />,
        },
        {
            key: 'status',
            head: words.status,
            width: '8.5rem',
            sort: true,
            cell: (device) => <DeviceState status={device.status} why={device.status_reason} />,
        },
        {
            key: 'system',
            head: words.system,
            width: 'minmax(9rem, 1.7fr)',
            hideBelow: 860,
            cell: (device) => [device.os, device.type].filter(Boolean).join(' · ') || '–',
        },
        {
            key: 'version',
            head: words.version,
            width: '5.5rem',
            hideBelow: 1120,
            cell: (device) => device.client_version || '–',
        },
        {
            key: 'owner',
            head: words.owner,
            hideBelow: 1040,
            cell: (device) => device.user_name || <span class="muted">{t.fleet.nobody}</span>,
        },
        {
            key: 'groups',
            head: words.groups,
            hideBelow: 1040,
            cell: (device) => few(device.groups),
        },
        {
            key: 'config',
            head: words.config,
            width: '9.5rem',
            hideBelow: 700,
            card: true,
            cell: (device) => <Config device={device} />,
        },
        {
            key: 'credential',
            head: words.credential,
            width: '9rem',
            hideBelow: 1240,
            cell: (device) => <Credential device={device} />,
        },
        {
            key: 'seen',
            head: words.seen,
            width: '10.5rem',
            sort: 'last_seen_at',
            cell: (device) => <Time at={device.last_seen_at} none={t.fleet.never} />,
        },
    ];
}
