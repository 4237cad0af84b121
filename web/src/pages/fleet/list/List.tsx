// SPDX-License-Identifier: Apache-2.0
// All devices, whatever their number: any row at once, filters and order in the URL.
import { useMemo, useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import {
    Button,
    DataTable,
    Empty,
    Filters,
    useFilters,
    useGroups,
    type FilterDef,
    type Where,
} from '../../../ui/index.ts';
import { nameOf, type DeviceRow } from '../device.ts';
import { FleetHead } from '../FleetHead.tsx';
import { BulkActs } from './BulkActs.tsx';
import { columns } from './columns.tsx';
import { Counts, type CountsOf } from './Counts.tsx';
import { csvUrl, filterOf, sortFrom, type DeviceFilter } from './query.ts';

function filterDefs(groups: ReturnType<typeof useGroups>): readonly FilterDef[] {
    const options = groups?.map((group) => ({ value: group.name ?? '', label: group.name ?? '' }));
    const byGroup: FilterDef = options
        ? { key: 'group', label: t.fleet.filter.group, options }
        : { key: 'group', label: t.fleet.filter.group, kind: 'text' };
    return [...(options?.length === 0 ? [] : [byGroup]), { key: 'label', label: t.fleet.filter.label, kind: 'text' }];
}

const countAll = (filter: Omit<DeviceFilter, 'status'>, signal: AbortSignal): Promise<CountsOf> =>
    call(api.GET('/api/v1/devices/counts', { params: { query: filter }, signal }));

async function page(filter: DeviceFilter, { limit, offset, sort }: Where, signal: AbortSignal) {
    // The total comes with the first page; a jump to any other row costs no counting.
    const query = { ...filter, sort: sortFrom(sort), limit, offset, ...(offset === 0 && { count: true }) };
    return call(api.GET('/api/v1/devices', { params: { query }, signal }));
}

export default function List() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const groups = useGroups();
    const defs = useMemo(() => filterDefs(groups), [groups, t.fleet]);
    const filters = useFilters(defs);
    const filter = filterOf(query);
    const { status, ...others } = filter;
    const identity = JSON.stringify(filter);
    const counts = useData(JSON.stringify([others, turn]), (signal) => countAll(others, signal), {
        topics: ['devices'],
    });
    const shown = useMemo(columns, [t.fleet]);
    const mayEnrol = may('enrollment-key:write', 'device:approve');
    const clear = (): void =>
        setQuery({ search: undefined, group: undefined, label: undefined, user: undefined, status: undefined });
    const enrol = mayEnrol && (
        <Button kind="primary" icon="add" href="/fleet/enrol">
            {t.fleet.enrol}
        </Button>
    );
    return (
        <>
            <FleetHead part="list" actions={enrol} />
            <Counts counts={counts.data} chosen={status} />
            <Filters filters={filters} placeholder={t.fleet.search}>
                {filter.user && (
                    <Button small icon="close" onClick={() => setQuery({ user: undefined })}>
                        {t.fleet.filter.ownerOff}
                    </Button>
                )}
            </Filters>
            <DataTable<DeviceRow>
                label={t.fleet.title}
                columns={shown}
                rowKey={(device) => device.id ?? ''}
                rowName={nameOf}
                href={(device) => `/fleet/${device.id}`}
                paging="offset"
                load={(where, signal) => page(filter, where, signal)}
                identity={identity}
                turn={turn}
                topics={['devices']}
                sort="-created_at"
                count={t.fleet.devices}
                filtered={Object.keys(filter).length > 0}
                onClearFilters={clear}
                emptyIcon="device"
                tools={
                    <Button
                        small
                        icon="download"
                        href={csvUrl(filter, query['sort'] && sortFrom(query['sort']))}
                        download="devices.csv"
                    >
                        {t.fleet.csv}
                    </Button>
                }
                empty={
                    <Empty icon="device" title={t.fleet.empty.title} action={enrol}>
                        {t.fleet.empty.text}
                    </Empty>
                }
                {...(may('device:approve', 'device:revoke') && {
                    bulk: (picked) => <BulkActs picked={picked} filter={filter} done={() => setTurn((n) => n + 1)} />,
                    bulkAll: true,
                })}
            />
        </>
    );
}
