// SPDX-License-Identifier: Apache-2.0
// The head of the pages about all devices, and the way between them.
import type { ComponentChildren } from 'preact';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { number } from '../../i18n/format.ts';
import { may } from '../../session.ts';
import { PageHead, PartNav } from '../../ui/index.ts';

type Part = 'list' | 'lobby' | 'enrol';
const PARTS: readonly { part: Part; href: string; may: readonly string[] }[] = [
    { part: 'list', href: '/fleet', may: [] },
    { part: 'lobby', href: '/fleet/lobby', may: [] },
    { part: 'enrol', href: '/fleet/enrol', may: ['enrollment-key:read', 'device:approve', 'fleet:lock'] },
];

export function FleetHead({ part, actions, intro }: { part: Part; actions?: ComponentChildren; intro?: string }) {
    const waiting = useData(
        'waiting',
        (signal) =>
            call(
                api.GET('/api/v1/devices', { params: { query: { status: 'PENDING', limit: 1, count: true } }, signal }),
            ),
        { topics: ['devices'] },
    ).data?.total;
    const open = PARTS.filter((one) => one.may.length === 0 || may(...one.may));
    return (
        <>
            <PageHead
                title={part === 'list' ? t.fleet.title : t.fleet.nav[part]}
                actions={actions}
                {...(intro && { intro })}
            />
            <PartNav
                label={t.fleet.nav.label}
                current={part}
                parts={open.map((one) => ({
                    key: one.part,
                    href: one.href,
                    label: t.fleet.nav[one.part],
                    ...(one.part === 'lobby' && waiting && { count: number(waiting), tone: 'wait' as const }),
                }))}
            />
        </>
    );
}
