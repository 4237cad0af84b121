// SPDX-License-Identifier: Apache-2.0
// The server's own log: what was kept, and what is written now.
import { useMemo, useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { bytes } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Button,
    confirm,
    DataTable,
    Empty,
    Filters,
    lazy,
    PageHead,
    TailSwitch,
    toast,
    useFilters,
    type FilterDef,
} from '../../ui/index.ts';
import { Exports } from '../audit/Exports.tsx';
import { columnsNow, WholeLine, type LogLine } from './Line.tsx';
import { LEVELS, queryOf } from './query.ts';
import './logs.css';

const Tail = lazy(() => import('./Tail.tsx'));
const PATH = '/api/v1/admin/logs';

function defsNow(): readonly FilterDef[] {
    const words = t.logs.filter;
    return [
        {
            key: 'level',
            label: words.level,
            options: LEVELS.map((value) => ({ value, label: words.atLeast(t.logs.level[value]) })),
        },
        { key: 'request_id', label: words.request, kind: 'text' },
        { key: 'from', label: words.from, kind: 'date' },
        { key: 'to', label: words.to, kind: 'date' },
    ];
}

async function rotate(): Promise<void> {
    const words = t.logs.rotate;
    let said = '';
    const act = async (): Promise<void> => {
        const { segments = 0, bytes: size = 0 } = await call(api.POST('/api/v1/admin/logs/rotate'));
        said = words.done(segments, bytes(size));
    };
    if (await confirm({ title: words.title, text: words.text, yes: words.yes, act })) toast.good(said);
}

/** A line has no number of its own: the place in its page tells two of the same moment apart. */
const places = new WeakMap<LogLine, string>();
let placed = 0;
function keyOf(line: LogLine): string {
    const known = places.get(line) ?? `${line.at} ${++placed}`;
    places.set(line, known);
    return known;
}

export default function Logs() {
    const words = t.logs;
    const [query, setQuery] = useQuery();
    const [opened, setOpened] = useState<LogLine>();
    const defs = useMemo(defsNow, [words]);
    const filters = useFilters(defs, 'q');
    const asked = useMemo(() => queryOf(filters.values), [filters.identity]);
    const columns = useMemo(columnsNow, [words]);
    const live = query['live'] === '1';
    const actions = (
        <>
            <TailSwitch live={live} onInput={(on) => setQuery({ live: on ? '1' : undefined })} />
            {may('operation:write') && (
                <Button icon="reload" onClick={() => void rotate()}>
                    {words.rotate.button}
                </Button>
            )}
        </>
    );
    const files = may('audit:export') && <Exports path={PATH} query={asked} name="log" />;
    return (
        <>
            <PageHead title={t.shell.pages.logs} intro={words.intro} actions={actions} />
            <Filters filters={filters} placeholder={words.filter.text} />
            {live ? (
                <Tail query={asked} />
            ) : (
                <DataTable<LogLine>
                    label={words.label}
                    columns={columns}
                    rowKey={keyOf}
                    rowName={(one) => one.event ?? ''}
                    paging="cursor"
                    identity={filters.identity}
                    load={({ limit, cursor }, signal) =>
                        call(
                            api.GET(PATH, {
                                params: { query: { limit, ...(cursor && { cursor }), ...asked } },
                                signal,
                            }),
                        )
                    }
                    onOpen={setOpened}
                    filtered={filters.active > 0}
                    onClearFilters={filters.clear}
                    emptyIcon="log"
                    tools={files}
                    empty={
                        <Empty icon="log" title={words.none}>
                            {words.noneText}
                        </Empty>
                    }
                />
            )}
            {opened && <WholeLine line={opened} close={() => setOpened(undefined)} />}
        </>
    );
}
