// SPDX-License-Identifier: Apache-2.0
// Pages that the server ends early are filled before they are shown, and no row is left out.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Where } from '../src/ui/table/rows.ts';
import { wholePage } from '../src/ui/table/whole_page.ts';

const COUNT = 250;
const { signal } = new AbortController();
const page = (offset: number): Where => ({ limit: 100, offset, cursor: undefined, sort: undefined });
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A list whose pages have at most `most` rows, whatever is asked for: by offset, or by cursor where one is given. */
function listOf(most: number, by: 'offset' | 'cursor') {
    const asked: Where[] = [];
    const load = async (where: Where) => {
        asked.push(where);
        const from = by === 'cursor' && where.cursor !== undefined ? Number(where.cursor) : where.offset;
        const end = Math.min(from + Math.min(where.limit, most), COUNT);
        const total = where.offset === 0 ? COUNT : undefined;
        return { items: numbers(from, end), total, next_cursor: end < COUNT ? String(end) : null };
    };
    return { asked, load };
}

for (const by of ['offset', 'cursor'] as const) {
    test(`by ${by}: pages that end early are filled, and none has more than was asked for`, async () => {
        const { load } = listOf(37, by);
        assert.deepEqual(await wholePage(load, page(0), signal), {
            items: numbers(0, 100),
            total: COUNT,
            next_cursor: '100',
        });
        assert.deepEqual((await wholePage(load, page(100), signal)).items, numbers(100, 200));
        const last = await wholePage(load, page(200), signal);
        assert.deepEqual([last.items, last.next_cursor], [numbers(200, COUNT), null]);
    });
}

test('whole pages are asked for once, and so are those of a list that says no more', async () => {
    const { asked, load } = listOf(100, 'offset');
    for (const offset of [0, 100, 200]) await wholePage(load, page(offset), signal);
    assert.equal(asked.length, 3);
    const empty = async (where: Where) => (asked.push(where), { items: [], next_cursor: 'more' });
    assert.deepEqual(await wholePage(empty, page(0), signal), { items: [], next_cursor: 'more', total: undefined });
    assert.equal(asked.length, 4);
});
