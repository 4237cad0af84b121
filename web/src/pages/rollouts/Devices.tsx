// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import {
    DataTable,
    Empty,
    Filters,
    Section,
    Status,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { MEMBERS, MEMBER_TONES, type Member, type RolloutRow } from './rollout.ts';
import { saidWords } from './words.tsx';

type Device = Shape<'RolloutDevice'>;

function Reason({ text }: { text: string }) {
    const words = saidWords(text);
    return <span title={words}>{words}</span>;
}

function columns(): Column<Device>[] {
    const words = t.rollouts;
    return [
        {
            key: 'device',
            head: words.detail.device,
            width: 'minmax(10rem, 1.5fr)',
            cell: (row) => row.hostname || row.machine_id || row.device_id,
        },
        {
            key: 'state',
            head: words.state,
            width: 'minmax(8rem, 1fr)',
            cell: (row) => {
                const state = (row.state ?? 'pending') as Member;
                return (
                    <Status tone={MEMBER_TONES[state] ?? 'off'} title={words.meanings[state]}>
                        {words.members[state] ?? state}
                    </Status>
                );
            },
        },
        {
            key: 'reason',
            head: words.detail.reason,
            width: 'minmax(10rem, 2fr)',
            cell: (row) => (row.reason ? <Reason text={row.reason} /> : t.kit.none),
        },
        { key: 'ring', head: words.ring, width: '6.5rem', cell: (row) => row.ring, hideBelow: 720 },
        {
            key: 'seen',
            head: words.detail.seen,
            width: '10.5rem',
            cell: (row) => <Time at={row.seen_at} />,
            hideBelow: 820,
            card: true,
        },
    ];
}

/** The devices that it has met, by state (`?state=`), with their reasons. */
export function Devices({ row }: { row: RolloutRow }) {
    const words = t.rollouts;
    const id = row.id ?? '';
    const defs = useMemo<FilterDef[]>(
        () => [
            {
                key: 'state',
                label: words.state,
                options: MEMBERS.map((value) => ({ value, label: words.members[value] })),
            },
        ],
        [words],
    );
    const filters = useFilters(defs, '');
    const shown = useMemo(columns, [words]);
    return (
        <Section title={words.detail.devices}>
            <Filters filters={filters} />
            <DataTable
                label={words.detail.devices}
                columns={shown}
                rowKey={(one) => one.device_id ?? ''}
                rowName={(one) => one.machine_id ?? ''}
                identity={`${id} ${filters.identity} ${row.etag}`}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={words.devices}
                href={(one) => `/fleet/${one.device_id}`}
                empty={
                    <Empty icon="device" title={words.detail.noMembers}>
                        {words.detail.noDevicesText}
                    </Empty>
                }
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/rollouts/{id}/devices', {
                            params: {
                                path: { id },
                                query: { limit, ...(cursor !== undefined && { cursor }), ...filters.values } as never,
                            },
                            signal,
                        }),
                    )
                }
            />
        </Section>
    );
}
