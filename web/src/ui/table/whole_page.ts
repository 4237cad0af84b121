// SPDX-License-Identifier: Apache-2.0
// A page of rows that are very long ends early on the server: what it lacks is asked for until it is full, or the list is over.
import type { Load, Page, Where } from './rows.ts';

export async function wholePage<Row>(load: Load<Row>, where: Where, signal: AbortSignal): Promise<Page<Row>> {
    const first = await load(where, signal);
    const items = [...(first.items ?? [])];
    let last = first;
    while (last.next_cursor && (last.items ?? []).length > 0 && items.length < where.limit) {
        const rest = { limit: where.limit - items.length, offset: where.offset + items.length };
        last = await load({ ...where, ...rest, cursor: last.next_cursor }, signal);
        items.push(...(last.items ?? []));
    }
    return { items, next_cursor: last.next_cursor, total: first.total };
}
