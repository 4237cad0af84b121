// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { language, t } from '../../i18n/index.ts';
import { onTopics, type Topic } from '../../live.ts';
import { navigate, useQuery } from '../../router.ts';
import { Button } from '../Button.tsx';
import { Checkbox } from '../Choice.tsx';
import type { IconName } from '../Icon.tsx';
import { Empty, ErrorBox } from '../States.tsx';
import { BulkBar, Head, Row, type Column, type RowActs } from './parts.tsx';
import { Rows, type Load } from './rows.ts';
import { useSelection, type Picked } from './selection.ts';
import { useRowHeight, useWidth, useWindow } from './useWindow.ts';
import { pageRows, rowAfterKey } from './window.ts';
import '../../style/kit/table.css';

const ROW_HEIGHT = 44;
const CARD_HEIGHT = 150; // of a device; table.css has it for those that wait
/** Narrower than this a row is a card. */
const CARDS_BELOW = 560;
/** Shorter lists are drawn whole and scroll with the page. */
const WINDOW_FROM = 200;

export interface DataTableProps<Item> {
    /** Names the table to readers. */
    label: string;
    columns: readonly Column<Item>[];
    rowKey: (row: Item) => string;
    /** What a reader hears for the row: the first column, mostly. The key when absent. */
    rowName?: (row: Item) => string;
    /**
     * One page of rows; throws a Problem. By cursor:
     * `(at, signal) => call(api.GET('/api/v1/users', { params: { query: { limit: at.limit, cursor: at.cursor } }, signal }))`
     */
    load: Load<Item>;
    /** `cursor` when absent: more as one scrolls. `offset`: any row at once; `load` has to give `total`. */
    paging?: 'cursor' | 'offset';
    /** What `load` depends on besides the sort: `JSON.stringify(filters.values)`. Another one is another list. */
    identity?: string;
    /** After a change of these the rows are asked for again, quietly. */
    topics?: readonly Topic[];
    /** Another number: ask again (after an act of ours). */
    turn?: number;
    /** As the server has it, until the reader chooses (`?sort=`). */
    sort?: string;
    /** Where a row leads: the first column is its link, and Enter and a click open it. */
    href?: (row: Item) => string;
    /** Instead of `href`: a drawer. */
    onOpen?: (row: Item) => void;
    /** Rows can be selected; what can be done with them. */
    bulk?: (picked: Picked) => ComponentChildren;
    /** `bulk` can do with all that match, too (`picked.all`). */
    bulkAll?: boolean;
    /** "2,000 devices"; rows when absent. */
    count?: (total: number) => string;
    /** At the end of the line of the count: the CSV button. */
    tools?: ComponentChildren;
    /** Filters are set: nothing found is not nothing there. */
    filtered?: boolean;
    onClearFilters?: () => void;
    /** Nothing there: what it is for, and the next step. */
    empty?: ComponentChildren;
    emptyIcon?: IconName;
}

function useRows<Item>(p: DataTableProps<Item>, sort: string | undefined): Rows<Item> {
    const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
    const load = useRef(p.load);
    load.current = p.load;
    const rows = useMemo(() => {
        const mode = p.paging ?? 'cursor';
        const size = pageRows(mode, innerWidth < CARDS_BELOW);
        return new Rows<Item>(
            () => load.current,
            mode,
            size,
            sort,
            () => redraw(),
        );
    }, [p.paging, p.identity, sort]);
    useEffect(() => {
        rows.view(0, 0);
        return () => rows.end();
    }, [rows]);
    useEffect(() => {
        if (p.turn !== undefined && !rows.fresh) rows.refresh();
    }, [p.turn]);
    // Ends with the page itself, not after the next picture: who may not see it any more asks no more.
    useLayoutEffect(
        () => (p.topics ? onTopics(p.topics, () => rows.refresh()) : undefined),
        [rows, p.topics?.join(' ')],
    );
    return rows;
}

/** The columns that have room, and the tracks of their grid. */
function fitting<Item>(
    columns: readonly Column<Item>[],
    width: number,
    cards: boolean,
    picks: boolean,
): [readonly Column<Item>[], string] {
    const shown = columns.filter((column) =>
        cards ? (column.card ?? column.hideBelow === undefined) : width === 0 || width >= (column.hideBelow ?? 0),
    );
    return [
        shown,
        [...(picks ? ['2.75rem'] : []), ...shown.map((column) => column.width ?? 'minmax(0, 1fr)')].join(' '),
    ];
}

/** A list of the server as a table: pages as they come into view, sort in the URL, selection, all by keyboard, cards on a phone. */
export function DataTable<Item>(p: DataTableProps<Item>) {
    const [query, setQuery] = useQuery();
    const sort = query['sort'] ?? p.sort;
    const rows = useRows(p, sort);
    const identity = `${p.identity} ${sort}`;
    const box = useRef<HTMLDivElement>(null);
    const width = useWidth(box);
    const cards = width > 0 && width < CARDS_BELOW;
    const count = rows.fresh ? 0 : rows.count;
    const windowed = p.paging === 'offset' ? count > WINDOW_FROM : rows.more || count > WINDOW_FROM;
    const cardHeight = useRowHeight(box, CARD_HEIGHT, `${cards} ${width} ${rows.fresh} ${windowed}`);
    const view = useWindow(box, windowed ? count : 0, cards ? cardHeight : ROW_HEIGHT, identity);
    const [at, setAt] = useState(0);
    const selection = useSelection(identity, rows.total ?? (rows.more ? undefined : count));
    const [columns, tracks] = useMemo(
        () => fitting(p.columns, width, cards, Boolean(p.bulk)),
        [p.columns, width, cards, Boolean(p.bulk)],
    );

    const first = windowed ? (view.items[0]?.index ?? 0) : 0;
    const last = windowed ? (view.items[view.items.length - 1]?.index ?? 0) : count - 1;
    useEffect(() => {
        if (!rows.fresh && (windowed || p.paging === 'offset')) rows.view(first, last);
    }, [rows, first, last, count, windowed]);

    const open = (row: Item): void => (p.href ? navigate(p.href(row)) : p.onOpen?.(row));
    const latest = useRef({ open, toggle: selection.toggle });
    latest.current = { open, toggle: selection.toggle };
    const acts = useRef<RowActs<Item>>({
        open: (row) => latest.current.open(row),
        toggle: (id) => latest.current.toggle(id),
        focus: setAt,
    });
    const key = (event: KeyboardEvent): void => {
        if (!(event.target instanceof HTMLElement) || event.target.getAttribute('role') !== 'row') return;
        const row = rows.row(at);
        const next = rowAfterKey(event.key, at, count, last - first);
        if (next !== undefined) {
            setAt(next);
            view.show(next);
            // The row may not be drawn before the scroll has come there.
            requestAnimationFrame(() =>
                requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus()),
            );
        } else if (event.key === 'Enter' && row !== undefined) open(row);
        else if (event.key === ' ' && p.bulk && row !== undefined) selection.toggle(p.rowKey(row));
        else return;
        event.preventDefault();
    };

    if (rows.fresh && rows.problem) return <ErrorBox problem={rows.problem} retry={() => rows.retry()} />;
    if (!rows.fresh && count === 0 && !rows.busy) return <Nothing {...p} />;
    const loaded = p.bulk ? rows.keys(p.rowKey) : [];
    const pickedHere = selection.all
        ? loaded.length
        : selection.keys.length === 0
          ? 0
          : loaded.filter(selection.has).length;
    const picking = p.bulk && (
        <Checkbox
            bare
            label={t.kit.table.selectPage}
            checked={loaded.length > 0 && pickedHere === loaded.length}
            mixed={pickedHere > 0 && pickedHere < loaded.length}
            onInput={(on) => (on ? selection.set(loaded) : selection.clear())}
        />
    );
    const stop = at >= first && at <= last ? at : first;
    const one = (index: number, start: number | undefined) => {
        const row = rows.fresh ? undefined : rows.row(index);
        const id = row === undefined ? `at ${index}` : p.rowKey(row);
        return (
            <Row
                key={windowed || row === undefined ? index : id}
                columns={columns}
                row={row}
                id={id}
                at={index}
                start={start}
                acts={acts.current}
                language={language.get()}
                name={row === undefined ? '' : (p.rowName ?? p.rowKey)(row)}
                href={row !== undefined ? p.href?.(row) : undefined}
                opens={row !== undefined && Boolean(p.href ?? p.onOpen)}
                picked={p.bulk ? row !== undefined && selection.has(id) : undefined}
                stop={index === stop}
            />
        );
    };
    return (
        <div class="table-frame">
            <div class="table-line" aria-live="polite">
                <span>
                    {rows.fresh
                        ? t.kit.loading
                        : rows.more && rows.total === undefined
                          ? t.kit.table.rowsLoaded(count)
                          : (p.count ?? t.kit.table.rows)(rows.total ?? count)}
                </span>
                <div class="actions">{p.tools}</div>
            </div>
            {rows.problem && <ErrorBox problem={rows.problem} retry={() => rows.retry()} />}
            <div
                ref={box}
                class={['table', windowed && 'windowed', cards && 'cards', rows.busy && 'busy']
                    .filter(Boolean)
                    .join(' ')}
                role="grid"
                aria-label={p.label}
                aria-rowcount={rows.fresh ? -1 : rows.total !== undefined ? rows.total + 1 : rows.more ? -1 : count + 1}
                aria-multiselectable={p.bulk ? true : undefined}
                aria-busy={rows.fresh}
                style={{ '--tracks': tracks }}
                onKeyDown={key}
            >
                <div role="rowgroup" class="table-top">
                    <Head
                        columns={columns}
                        sort={sort}
                        picking={picking || null}
                        onSort={(next) => setQuery({ sort: next }, 'replace')}
                    />
                </div>
                <div
                    role="rowgroup"
                    class="table-body"
                    style={windowed ? { blockSize: `${view.height}px` } : undefined}
                >
                    {rows.fresh
                        ? SHAPES.map((i) => one(i, undefined))
                        : windowed
                          ? view.items.map((item) => one(item.index, item.start))
                          : Array.from({ length: count }, (_, i) => one(i, undefined))}
                </div>
            </div>
            {p.bulk && (
                <BulkBar
                    selection={selection}
                    onPage={loaded.length}
                    total={rows.total}
                    everything={p.bulkAll === true}
                >
                    {p.bulk(selection)}
                </BulkBar>
            )}
        </div>
    );
}

const SHAPES = Array.from({ length: 8 }, (_, i) => i);

function Nothing<Item>({ filtered, onClearFilters, empty, emptyIcon }: DataTableProps<Item>) {
    if (filtered) {
        return (
            <Empty
                icon="search"
                title={t.kit.table.nothing}
                action={onClearFilters && <Button onClick={onClearFilters}>{t.kit.table.clearFilters}</Button>}
            >
                {t.kit.table.nothingHint}
            </Empty>
        );
    }
    return <>{empty ?? <Empty icon={emptyIcon ?? 'info'} title={t.kit.table.empty} />}</>;
}
