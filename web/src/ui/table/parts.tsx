// SPDX-License-Identifier: Apache-2.0
// Head, row and bulk bar of a DataTable.
import { Component, type ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { Button, IconButton } from '../Button.tsx';
import { Checkbox } from '../Choice.tsx';
import { Icon } from '../Icon.tsx';
import type { Selection } from './selection.ts';
import { nextSort, sortOf } from './window.ts';
import '../../style/kit/table.css';

export interface Column<Row> {
    key: string;
    head: string;
    /** What stands there; a string gets an ellipsis where it does not fit. */
    cell: (row: Row) => ComponentChildren;
    /** A track of a CSS grid: `9rem`, `2fr`, `minmax(12rem, 2fr)`; `minmax(0, 1fr)` when absent. */
    width?: string;
    /** The name that the server sorts by; true: `key`. */
    sort?: boolean | string;
    /** Left out where the table is narrower than so many pixels. */
    hideBelow?: number;
    /** Shown on cards (below 560 px) though `hideBelow` says otherwise; false: never on cards. */
    card?: boolean;
    /** Figures stand at the end. */
    align?: 'end';
}

export function Head<Row>({
    columns,
    sort,
    onSort,
    picking,
}: {
    columns: readonly Column<Row>[];
    sort: string | undefined;
    onSort: (sort: string) => void;
    picking: ComponentChildren;
}) {
    return (
        <div class="table-row table-head" role="row" aria-rowindex={1}>
            {picking && (
                <div role="columnheader" class="cell pick">
                    {picking}
                </div>
            )}
            {columns.map((column) => {
                const by = column.sort === true ? column.key : column.sort;
                const state = by ? sortOf(sort, by) : undefined;
                return (
                    <div
                        key={column.key}
                        role="columnheader"
                        class={column.align ? 'cell end' : 'cell'}
                        aria-sort={state}
                    >
                        {by ? (
                            <button
                                type="button"
                                class="sorter"
                                onClick={() => onSort(nextSort(sort, by))}
                                title={t.kit.table.sortBy(column.head)}
                            >
                                {column.head}
                                <Icon
                                    name={state === 'descending' ? 'down' : 'up'}
                                    size={14}
                                    class={state === 'none' ? 'unsorted' : 'sorted'}
                                />
                            </button>
                        ) : (
                            column.head
                        )}
                    </div>
                );
            })}
        </div>
    );
}

/** What rows ask of their table; the same object for all drawings. */
export interface RowActs<Row> {
    open: (row: Row) => void;
    toggle: (id: string) => void;
    focus: (at: number) => void;
}

export interface RowProps<Row> {
    columns: readonly Column<Row>[];
    row: Row | undefined;
    id: string;
    name: string;
    at: number;
    start: number | undefined;
    href: string | undefined;
    opens: boolean;
    picked: boolean | undefined;
    stop: boolean;
    acts: RowActs<Row>;
    language: string;
}

/** What in a row answers to a click itself. */
const OWN = 'a, button, input, select, label, summary, [popover]';

/** One row. While one scrolls most stay as they are: they are drawn again only when something of theirs is another. */
export class Row<Row> extends Component<RowProps<Row>> {
    override shouldComponentUpdate(next: RowProps<Row>): boolean {
        const now = this.props;
        return (Object.keys(next) as (keyof RowProps<Row>)[]).some((key) => next[key] !== now[key]);
    }

    override render() {
        return drawRow(this.props);
    }
}

/** Above a cell of a card; the first is the card's own head. */
const headOf = ({ head }: { head: string }, i: number): string | undefined => (i === 0 ? undefined : head);

function drawRow<Row>(p: RowProps<Row>) {
    const { columns, row, at, start } = p;
    const style = start === undefined ? undefined : { transform: `translateY(${start}px)` };
    const place = {
        role: 'row',
        'aria-rowindex': at + 2,
        'data-index': at,
        tabIndex: p.stop ? 0 : -1,
        style,
        onFocus: () => p.acts.focus(at),
    } as const;
    if (row === undefined) {
        return (
            <div {...place} class="table-row waiting" aria-busy="true">
                {p.picked !== undefined && <div role="gridcell" class="cell pick" />}
                {columns.map((column, i) => (
                    <div key={column.key} role="gridcell" class="cell" data-head={headOf(column, i)}>
                        <span class={`bone w${(at + i) % 3}`} />
                        {i === 0 && <span class="unseen">{t.kit.table.loadingRow}</span>}
                    </div>
                ))}
            </div>
        );
    }
    const open = p.opens ? () => p.acts.open(row) : undefined;
    const click = (event: MouseEvent): void => {
        if (!(event.target as Element).closest(OWN) && getSelection()?.isCollapsed !== false) open?.();
    };
    return (
        <div
            {...place}
            class={['table-row', p.picked && 'picked', p.opens && 'opens'].filter(Boolean).join(' ')}
            aria-selected={p.picked}
            onClick={click}
        >
            {p.picked !== undefined && (
                <div role="gridcell" class="cell pick">
                    <Checkbox
                        bare
                        label={t.kit.table.select(p.name)}
                        checked={p.picked}
                        onInput={() => p.acts.toggle(p.id)}
                    />
                </div>
            )}
            {columns.map((column, i) => {
                const content = column.cell(row);
                return (
                    <div
                        key={column.key}
                        role="gridcell"
                        class={column.align ? 'cell end' : 'cell'}
                        data-head={headOf(column, i)}
                    >
                        {i === 0 && p.href !== undefined ? (
                            <a class="row-link" href={p.href}>
                                {content}
                            </a>
                        ) : i === 0 && open ? (
                            <button type="button" class="row-link" onClick={open}>
                                {content}
                            </button>
                        ) : (
                            content
                        )}
                    </div>
                );
            })}
        </div>
    );
}

/** What can be done with what is selected; stands at the foot of the window as long as something is. */
export function BulkBar({
    selection,
    onPage,
    total,
    everything,
    children,
}: {
    selection: Selection;
    onPage: number;
    total: number | undefined;
    everything: boolean;
    children: ComponentChildren;
}) {
    if (selection.count === 0) return null;
    const whole = !selection.all && selection.count >= onPage && total !== undefined && total > onPage;
    return (
        <div class="bulk-bar" role="region" aria-label={t.kit.table.bulk}>
            <IconButton icon="close" kind="link" label={t.kit.table.clear} onClick={selection.clear} />
            <strong aria-live="polite">
                {selection.all ? t.kit.table.allPicked(selection.count) : t.kit.table.selected(selection.count)}
            </strong>
            {everything && whole && (
                <Button kind="link" onClick={selection.everything}>
                    {t.kit.table.selectAll(total)}
                </Button>
            )}
            <div class="actions">{children}</div>
        </div>
    );
}
