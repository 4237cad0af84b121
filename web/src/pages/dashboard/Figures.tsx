// SPDX-License-Identifier: Apache-2.0
// How much there is of everything; each figure leads to what it counts.
import { number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Card, Progress, Stack, Stat, type Segment } from '../../ui/index.ts';
import type { Stats } from './data.ts';
import '../../style/kit/figures.css';

/** A figure whose page one may open is a link to it. */
function Figure({
    label,
    value,
    href,
    needs,
    note,
    asks,
}: {
    label: string;
    value: number | undefined;
    href: string;
    needs: readonly string[];
    note?: string;
    asks?: boolean;
}) {
    if (value === undefined) return null;
    const tone = asks && value > 0 ? { tone: 'warn' as const } : {};
    return (
        <Stat label={label} value={number(value)} {...tone} {...(note && { note })} {...(may(...needs) && { href })} />
    );
}

function Devices({ devices }: { devices: NonNullable<Stats['devices']> }) {
    const words = t.dashboard.status;
    const parts: readonly [Segment['tone'], string, number | undefined, string][] = [
        ['warn', words.pending, devices.pending, 'PENDING'],
        ['good', words.enrolled, devices.enrolled, 'ENROLLED'],
        ['bad', words.blocked, devices.blocked, 'BLOCKED'],
        ['off', words.uninstalled, devices.uninstalled, 'UNINSTALLED'],
        ['off', words.refused, devices.refused, 'REFUSED'],
        ['bad', words.revoked, devices.revoked, 'REVOKED'],
    ];
    const shown = parts.filter(([, , count]) => count !== undefined);
    const segments = shown.map(([tone, label, count]) => ({ tone, label, value: count ?? 0 }));
    return (
        <Card title={t.dashboard.devices(devices.all ?? 0)} icon="device">
            <Progress label={t.dashboard.byStatus} segments={segments} legend={false} />
            <ul class="status-links">
                {shown
                    .filter(([, , count], i) => i < 2 || (count ?? 0) > 0)
                    .map(([tone, label, count, status]) => (
                        <li key={status}>
                            <a href={`/fleet?status=${status}`}>
                                <span class={`dot ${tone}`} aria-hidden="true" />
                                {label} <strong>{number(count ?? 0)}</strong>
                            </a>
                        </li>
                    ))}
            </ul>
        </Card>
    );
}

export function Figures({ stats }: { stats: Stats }) {
    const words = t.dashboard.figure;
    return (
        <>
            <Stack as="stats">
                <Figure
                    label={words.pending}
                    value={stats.devices?.pending}
                    href="/fleet/lobby"
                    needs={['device:read']}
                    asks
                />
                <Figure
                    label={words.approvals}
                    value={stats.approvals}
                    href="/tools?tab=approvals"
                    needs={['approval:read']}
                    asks
                />
                <Figure
                    label={words.requests}
                    value={stats.access_requests}
                    href="/people/requests"
                    needs={['group:read']}
                    asks
                />
                <Figure label={words.rollouts} value={stats.rollouts} href="/rollouts" needs={['rollout:read']} />
                <Figure label={words.people} value={stats.people} href="/people" needs={['user:read']} />
                <Figure label={words.sessions} value={stats.sessions} href="/people" needs={['user:read']} />
                <Figure
                    label={words.applications}
                    value={stats.applications}
                    href="/applications"
                    needs={['application:read']}
                />
                <Figure label={words.servers} value={stats.servers} href="/tools" needs={['server:read']} />
            </Stack>
            {stats.devices && may('device:read') && <Devices devices={stats.devices} />}
        </>
    );
}
