// SPDX-License-Identifier: Apache-2.0
import {
    Button,
    Card,
    DataTable,
    Filters,
    Status,
    Time,
    toast,
    useFilters,
    type Column,
    type FilterDef,
    type Load,
} from '../index.ts';
import { number } from '../../i18n/format.ts';

interface Item {
    id: string;
    name: string;
    state: 'good' | 'wait' | 'off';
    system: string;
    seen: number;
    calls: number;
}

const TOTAL = 100_000;
const NOW = Date.now();
const item = (at: number): Item => ({
    id: `id-${at}`,
    name: `assistant-${String(at).padStart(6, '0')}`,
    state: at % 4 === 1 ? 'wait' : at % 7 === 2 ? 'off' : 'good',
    system: ['linux', 'macos', 'windows'][at % 3] ?? '',
    seen: NOW - at * 61_000,
    calls: (at * 7919) % 10_000,
});

function load(total: number, slow: number): Load<Item> {
    return ({ limit, offset, cursor }, signal) =>
        new Promise((resolve, reject) => {
            const from = cursor ? Number(cursor) : offset;
            const items = Array.from({ length: Math.min(limit, total - from) }, (_, i) => item(from + i));
            setTimeout(
                () => resolve({ items, total, next_cursor: from + limit < total ? String(from + limit) : null }),
                slow,
            );
            signal.addEventListener('abort', () => reject(new DOMException('ended', 'AbortError')));
        });
}

const COLUMNS: Column<Item>[] = [
    { key: 'name', head: 'Name', cell: (row) => row.name, width: 'minmax(11rem, 2fr)', sort: true },
    {
        key: 'state',
        head: 'State',
        cell: (row) => <Status tone={row.state}>{row.state}</Status>,
        width: '8rem',
        card: true,
    },
    { key: 'system', head: 'System', cell: (row) => row.system, hideBelow: 760 },
    {
        key: 'calls',
        head: 'Calls',
        cell: (row) => number(row.calls),
        align: 'end',
        width: '7rem',
        sort: '-calls',
        hideBelow: 640,
        card: true,
    },
    { key: 'seen', head: 'Last seen', cell: (row) => <Time at={row.seen} />, sort: true, width: 'minmax(8rem, 1fr)' },
];
const DEFS: FilterDef[] = [
    {
        key: 'state',
        label: 'State',
        options: [
            { value: 'good', label: 'Online' },
            { value: 'wait', label: 'Pending' },
        ],
    },
    { key: 'system', label: 'System', options: [{ value: 'linux', label: 'Linux' }] },
    { key: 'since', label: 'Since', kind: 'date' },
    { key: 'mine', label: 'Mine', kind: 'flag' },
];
const FEW = load(4, 200);
const MANY = load(TOTAL, 40);
const NONE = load(0, 100);

export function Lists() {
    const filters = useFilters(DEFS);
    return (
        <>
            <section>
                <Filters filters={filters} placeholder="Name, owner or label" />
                <DataTable
                    label="Devices"
                    columns={COLUMNS}
                    rowKey={(row) => row.id}
                    rowName={(row) => row.name}
                    load={MANY}
                    paging="offset"
                    identity={filters.identity}
                    href={(row) => `/gallery.html?open=${row.id}`}
                    count={(total) => `${number(total)} devices`}
                    tools={
                        <Button small icon="download">
                            CSV
                        </Button>
                    }
                    bulkAll
                    bulk={(picked) => (
                        <Button kind="primary" small onClick={() => toast.good(`${picked.count}`)}>
                            Approve
                        </Button>
                    )}
                />
            </section>
            <Card title="A short list">
                <DataTable
                    label="Short"
                    columns={COLUMNS}
                    rowKey={(row) => row.id}
                    load={FEW}
                    onOpen={(row) => toast.info(row.name)}
                />
            </Card>
            <DataTable label="By cursor" columns={COLUMNS} rowKey={(row) => row.id} load={load(1000, 30)} />
            <DataTable
                label="None"
                columns={COLUMNS}
                rowKey={(row) => row.id}
                load={NONE}
                filtered
                onClearFilters={filters.clear}
            />
        </>
    );
}
