// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'preact/hooks';
import { number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { plain } from '../../shell/fits.ts';
import {
    Badge,
    Button,
    DataTable,
    Empty,
    Filters,
    Note,
    Status,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { ServerMenu } from './acts.tsx';
import { addDemo } from './add.ts';
import { placeOf, readServers, serverPath, stateOf, type ServerLine } from './data.ts';

const STATES = ['good', 'bad', 'info', 'off'] as const;

/** How many calls run and wait, where any do. */
function Load({ line }: { line: ServerLine }) {
    const { running = 0, waiting = 0 } = line.running ?? {};
    if (running + waiting === 0) return <span class="muted">{t.kit.none}</span>;
    return <span title={t.tools.loadWhy}>{t.tools.load(running, waiting)}</span>;
}

function State({ line }: { line: ServerLine }) {
    const state = stateOf(line);
    return (
        <Status tone={state.tone} {...(state.why && { title: state.why })}>
            {state.word}
        </Status>
    );
}

function columnsOf(again: () => void): Column<ServerLine>[] {
    const columns: Column<ServerLine>[] = [
        {
            key: 'name',
            head: t.tools.columns.name,
            width: 'minmax(10rem, 5fr)',
            cell: ({ server, byFiles }) => (
                <>
                    <strong>{server.name}</strong>
                    {server.title && server.title !== server.name && <span class="muted"> {server.title}</span>}
                    {byFiles !== undefined && (
                        <>
                            {' '}
                            <Badge tone="info">{t.tools.byFiles}</Badge>
                        </>
                    )}
                </>
            ),
        },
        { key: 'state', head: t.tools.columns.state, width: '9.5rem', cell: (line) => <State line={line} /> },
        {
            key: 'transport',
            head: t.tools.columns.transport,
            width: '7rem',
            hideBelow: 640,
            card: true,
            cell: ({ server }) => <Badge>{server.transport}</Badge>,
        },
        {
            key: 'place',
            head: t.tools.columns.place,
            width: 'minmax(8rem, 2fr)',
            hideBelow: 860,
            card: true,
            cell: ({ server }) => <span title={placeOf(server)}>{placeOf(server)}</span>,
        },
        {
            key: 'tools',
            head: t.tools.columns.tools,
            width: 'minmax(5rem, max-content)',
            align: 'end',
            cell: ({ server }) => <Count server={server} />,
        },
        {
            key: 'load',
            head: t.tools.columns.load,
            width: '9.5rem',
            hideBelow: 1100,
            card: false,
            cell: (line) => <Load line={line} />,
        },
        {
            key: 'seen',
            head: t.tools.columns.seen,
            width: '9.5rem',
            hideBelow: 760,
            card: true,
            cell: ({ server }) => <Time at={server.seen_at} none={t.tools.never} />,
        },
    ];
    if (may('server:write'))
        columns.push({
            key: 'acts',
            head: t.tools.columns.acts,
            width: '5.5rem',
            align: 'end',
            cell: ({ server, byFiles }) => (
                <ServerMenu server={server} fixed={byFiles !== undefined} done={again} small />
            ),
        });
    return columns;
}

/** Its tools, and how many of them wait for somebody to look. */
function Count({ server }: { server: ServerLine['server'] }) {
    const held = server.tools_quarantined ?? 0;
    return (
        <>
            {number(server.tools ?? 0)}
            {held > 0 && (
                <Badge tone="warn" title={t.tools.heldWhy(held)}>
                    {t.tools.held(held)}
                </Badge>
            )}
        </>
    );
}

export function Servers() {
    const [, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const defs = useMemo(
        (): FilterDef[] => [
            {
                key: 'state',
                label: t.tools.columns.state,
                options: STATES.map((value) => ({ value, label: t.tools.filterStates[value] })),
            },
        ],
        [t.tools],
    );
    const filters = useFilters(defs);
    const again = (): void => setTurn((n) => n + 1);
    const columns = useMemo(() => columnsOf(again), [t.tools]);
    const { search = '', state } = filters.values;
    const wanted = (line: ServerLine): boolean => {
        const text = plain(
            [line.server.name, line.server.title, placeOf(line.server), line.server.transport].join(' '),
        );
        return text.includes(plain(search)) && (!state || stateOf(line).tone === state);
    };
    const demo = may('server:write') && (
        <Button icon="play" onClick={() => void addDemo()}>
            {t.tools.demo}
        </Button>
    );
    return (
        <>
            <Filters filters={filters} placeholder={t.tools.search} />
            <DataTable
                label={t.tools.servers}
                columns={columns}
                rowKey={({ server }) => server.id ?? ''}
                rowName={({ server }) => server.name ?? ''}
                identity={filters.identity}
                load={async (_, signal) => ({ items: (await readServers(signal)).filter(wanted) })}
                topics={['tools']}
                turn={turn}
                count={t.tools.count}
                href={({ server }) => serverPath(server.name ?? '')}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                empty={
                    <Empty
                        icon="tool"
                        title={t.tools.empty.title}
                        action={
                            may('server:write') && (
                                <>
                                    <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
                                        {t.tools.add}
                                    </Button>
                                    {demo}
                                </>
                            )
                        }
                    >
                        {t.tools.empty.text}
                    </Empty>
                }
            />
            {!may('server:write') && <Note tone="info">{t.tools.readOnly}</Note>}
        </>
    );
}
