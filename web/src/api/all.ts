// SPDX-License-Identifier: Apache-2.0
// Lists that are short by their nature (tool servers, the permissions of one person), read whole.

interface Part<T> {
    items?: readonly T[];
    next_cursor?: string | null;
}

/** As many as the server gives at once. */
export const PART_ROWS = 500;

/** A list that runs on after so many parts is none of the short ones: what was read until then is enough to show. */
const PARTS_MAX = 20;

/** All rows: `ask` gets the cursor of each part. */
export async function readAll<T>(ask: (query: { limit: number; cursor?: string }) => Promise<Part<T>>): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | undefined;
    for (let part = 0; part < PARTS_MAX; part++) {
        const answer = await ask({ limit: PART_ROWS, ...(cursor !== undefined && { cursor }) });
        all.push(...(answer.items ?? []));
        if (!answer.next_cursor) break;
        cursor = answer.next_cursor;
    }
    return all;
}
