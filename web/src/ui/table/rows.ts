// SPDX-License-Identifier: Apache-2.0
// The rows of a list that the server gives page by page: by offset (any page at any time) or by cursor (one after the other).
import { problemOf, wasAborted, type Problem } from '../../api/client.ts';
import { asking } from '../../ready.ts';
import { wholePage } from './whole_page.ts';
import { pagesInView, pagesToDrop, planPages } from './window.ts';

export interface Page<Row> {
    items?: readonly Row[] | undefined;
    next_cursor?: string | null | undefined;
    /** How many there are; needed at least once for a list by offset. */
    total?: number | null | undefined;
}

/** What one request asks for: `cursor` of a list by cursor, `offset` of one by offset. */
export interface Where {
    limit: number;
    offset: number;
    cursor: string | undefined;
    /** As the URL has it: `name`, `-name`. */
    sort: string | undefined;
}

export type Load<Row> = (where: Where, signal: AbortSignal) => Promise<Page<Row>>;

/** While one scrolls on, pages that flit by are not asked for. */
const SETTLE_MS = 60;

/** The rows that are there, and the requests under way. Tells `changed` after each change. */
export class Rows<Row> {
    total: number | undefined;
    problem: Problem | undefined;
    /** Nothing was answered yet. */
    fresh = true;
    private readonly pages = new Map<number, readonly Row[]>();
    private readonly asked = new Map<number, AbortController>();
    /** Of a list by cursor: how page n is asked for. */
    private readonly cursors = new Map<number, string | undefined>([[0, undefined]]);
    private readonly stale = new Set<number>();
    private over = false;
    private known: readonly string[] | undefined;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private wanted: number[] = [0];
    private readonly load: () => Load<Row>;
    private readonly mode: 'offset' | 'cursor';
    private readonly size: number;
    private readonly sort: string | undefined;
    private readonly changed: () => void;

    /** `size`: so many rows a request. */
    constructor(
        load: () => Load<Row>,
        mode: 'offset' | 'cursor',
        size: number,
        sort: string | undefined,
        changed: () => void,
    ) {
        this.load = load;
        this.mode = mode;
        this.size = size;
        this.sort = sort;
        this.changed = changed;
    }

    /** How many rows the table has room for: of a list by cursor those that are loaded. */
    get count(): number {
        if (this.mode === 'offset') return this.total ?? 0;
        let loaded = 0;
        for (let page = 0; this.pages.has(page); page++) loaded += this.pages.get(page)?.length ?? 0;
        return loaded;
    }

    /** A list by cursor goes on after what is loaded. */
    get more(): boolean {
        return this.mode === 'cursor' && this.cursors.has(this.pages.size) && this.pages.size > 0;
    }

    get busy(): boolean {
        return this.asked.size > 0;
    }

    row(at: number): Row | undefined {
        return this.pages.get(Math.floor(at / this.size))?.[at % this.size];
    }

    /** The keys of all that is loaded, in order; made once for each answer. */
    keys(keyOf: (row: Row) => string): readonly string[] {
        this.known ??= [...this.pages].sort(([a], [b]) => a - b).flatMap(([, items]) => items.map(keyOf));
        return this.known;
    }

    /** Rows `first` to `last` are in view. */
    view(first: number, last: number): void {
        const wanted =
            this.mode === 'offset' ? pagesInView(first, last, this.total ?? this.size, this.size) : this.nextOf(last);
        this.wanted = wanted.length > 0 ? wanted : [0];
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.ask(), this.fresh ? 0 : SETTLE_MS);
    }

    private nextOf(last: number): number[] {
        const next = this.pages.size;
        const near = last >= this.count - this.size / 4;
        return this.cursors.has(next) && (next === 0 || near) ? [next] : [];
    }

    private ask(): void {
        const plan = planPages(this.wanted, (page) => this.pages.has(page) && !this.stale.has(page), [
            ...this.asked.keys(),
        ]);
        if (this.mode === 'offset') {
            for (const page of plan.stop) {
                this.asked.get(page)?.abort();
                this.asked.delete(page);
            }
        }
        for (const page of plan.ask) void this.askPage(page);
    }

    private async askPage(page: number): Promise<void> {
        if (this.mode === 'cursor' && !this.cursors.has(page)) return;
        const abort = new AbortController();
        const answered = asking();
        this.asked.set(page, abort);
        try {
            const where = {
                limit: this.size,
                offset: page * this.size,
                cursor: this.cursors.get(page),
                sort: this.sort,
            };
            const answer = await wholePage(this.load(), where, abort.signal);
            if (!abort.signal.aborted) this.take(page, answer);
        } catch (thrown) {
            if (!abort.signal.aborted && !wasAborted(thrown)) this.problem = problemOf(thrown);
        } finally {
            answered();
            if (this.asked.get(page) === abort) this.asked.delete(page);
            this.changed();
        }
    }

    private take(page: number, answer: Page<Row>): void {
        this.problem = undefined;
        this.known = undefined;
        this.fresh = false;
        this.stale.delete(page);
        const items = answer.items ?? [];
        this.pages.set(page, items);
        if (typeof answer.total === 'number') this.total = answer.total;
        else if (this.mode === 'offset' && items.length < this.size) this.total = page * this.size + items.length;
        if (this.mode === 'offset') {
            for (const gone of pagesToDrop([...this.pages.keys()], this.wanted)) this.pages.delete(gone);
            return;
        }
        if (answer.next_cursor) this.cursors.set(page + 1, answer.next_cursor);
        else this.cursors.delete(page + 1);
    }

    /** Something has changed on the server: what is in view is asked for again; what stands there stays until the answer comes. */
    refresh(): void {
        this.problem = undefined;
        if (this.mode === 'offset') {
            for (const page of this.pages.keys()) this.stale.add(page);
            return this.ask();
        }
        if (!this.busy) void this.again(this.pages.size);
    }

    /** One after the other: each page of a list by cursor begins where the one before it ends now. */
    private async again(pages: number): Promise<void> {
        for (let page = 0; page < Math.max(1, pages) && !this.problem && !this.over; page++) await this.askPage(page);
    }

    retry(): void {
        this.problem = undefined;
        this.changed();
        this.ask();
    }

    end(): void {
        this.over = true;
        clearTimeout(this.timer);
        for (const abort of this.asked.values()) abort.abort();
    }
}
