// SPDX-License-Identifier: Apache-2.0
// Moves of devices as calls of the API.
import { api, call } from '../../../api/client.ts';
import type { Verdict } from './bulk.ts';
import type { DeviceFilter } from './query.ts';

/** Moves that many devices can make together. */
export const BULK_MOVES = ['approve', 'refuse', 'block', 'unblock', 'revoke'] as const;
export type BulkMove = (typeof BULK_MOVES)[number];

export function moveDevice(id: string, move: BulkMove | 'reinstate', reason: string): Promise<unknown> {
    const how = { params: { path: { id } }, body: reason ? { reason } : {} };
    switch (move) {
        case 'approve':
            return call(api.POST('/api/v1/devices/{id}/approve', how));
        case 'refuse':
            return call(api.POST('/api/v1/devices/{id}/refuse', how));
        case 'block':
            return call(api.POST('/api/v1/devices/{id}/block', how));
        case 'unblock':
            return call(api.POST('/api/v1/devices/{id}/unblock', how));
        case 'revoke':
            return call(api.POST('/api/v1/devices/{id}/revoke', how));
        case 'reinstate':
            return call(api.POST('/api/v1/devices/{id}/reinstate', how));
    }
}

/** The same move of up to 500 devices at once: what became of each. */
export async function moveDevices(
    ids: string[],
    move: BulkMove,
    reason: string,
    groups: readonly string[] = [],
): Promise<readonly Verdict[]> {
    const body = {
        action: move,
        device_ids: ids,
        ...(reason && { reason }),
        ...(groups.length > 0 && { groups: [...groups] }),
    };
    const { results = [] } = await call(api.POST('/api/v1/devices/bulk', { body }));
    return results;
}

const PAGE = 500;

/** All devices that a filter leaves. */
export async function matchingIds(filter: DeviceFilter, signal: AbortSignal): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
        const query = { ...filter, limit: PAGE, ...(cursor && { cursor }) };
        const page = await call(api.GET('/api/v1/devices', { params: { query }, signal }));
        for (const row of page.items ?? []) if (row.id) ids.push(row.id);
        cursor = page.next_cursor ?? undefined;
    } while (cursor);
    return ids;
}
