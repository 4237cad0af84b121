// SPDX-License-Identifier: Apache-2.0
// Which pages of a long list are needed for the rows in view. Pure, so that it is tested without a browser.

/** Rows that one request asks for: of a list by cursor, which is drawn whole where it ends with them; of one where any row comes at once, some screens. */
export const pageRows = (mode: 'cursor' | 'offset', cards: boolean): number =>
    mode === 'cursor' ? 100 : cards ? 25 : 50;

/** Pages kept besides those in view: what was left comes back at once, and memory stays small over 100,000 rows. */
export const MOST_PAGES = 30;

/** The pages that hold rows `first` to `last` (both counted), of a list of `total`. */
export function pagesInView(first: number, last: number, total: number, size: number): number[] {
    const end = Math.min(last, total - 1);
    const begin = Math.max(0, first);
    if (end < begin) return [];
    const pages: number[] = [];
    for (let page = Math.floor(begin / size); page <= Math.floor(end / size); page++) pages.push(page);
    return pages;
}

/** What to ask for and what to call off: `wanted` is in view, `there` is loaded, `asked` is under way. */
export function planPages(
    wanted: readonly number[],
    there: (page: number) => boolean,
    asked: readonly number[],
): { ask: number[]; stop: number[] } {
    return {
        ask: wanted.filter((page) => !there(page) && !asked.includes(page)),
        stop: asked.filter((page) => !wanted.includes(page)),
    };
}

/** Which loaded pages go when there are more than `most`: those farthest from what is in view. */
export function pagesToDrop(loaded: readonly number[], wanted: readonly number[], most = MOST_PAGES): number[] {
    if (loaded.length <= most) return [];
    const centre = wanted.length > 0 ? ((wanted[0] ?? 0) + (wanted[wanted.length - 1] ?? 0)) / 2 : 0;
    const far = [...loaded]
        .filter((page) => !wanted.includes(page))
        .sort((a, b) => Math.abs(b - centre) - Math.abs(a - centre));
    return far.slice(0, loaded.length - most);
}

/** The row that a key leads to; undefined: the key is none of the table's. */
export function rowAfterKey(key: string, at: number, count: number, inView: number): number | undefined {
    const leap = Math.max(1, inView - 1);
    const to: Record<string, number> = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: at + leap,
        PageUp: at - leap,
        Home: 0,
        End: count - 1,
    };
    const next = to[key];
    return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}

/** What the head of a column asks for next: up, down, up. `now` is as in the URL, `-` before the name is downwards. */
export function nextSort(now: string | undefined, name: string): string {
    return now === name ? `-${name}` : name;
}

export function sortOf(now: string | undefined, name: string): 'ascending' | 'descending' | 'none' {
    if (now === name) return 'ascending';
    return now === `-${name}` ? 'descending' : 'none';
}
