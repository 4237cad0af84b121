// SPDX-License-Identifier: Apache-2.0
// Lists that are short by their nature (tool servers, the permissions of one person), read whole.
import { may } from '../session.ts';
import { api, call } from './client.ts';

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

/** What files stand behind, of a kind as the record names it: since when, by id. Told to those who may read groups, as all objects of a set-up. */
export async function managedSince(kind: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    if (!may('group:read')) return new Map();
    const all = await readAll((query) => call(api.GET('/api/v1/managed', { params: { query }, signal })));
    return new Map(all.filter((one) => one.kind === kind).map((one) => [one.id ?? '', one.marked_at ?? '']));
}
