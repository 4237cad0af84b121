// SPDX-License-Identifier: Apache-2.0
// Groups, people and devices by name: what an assignment, a secret or a ring is for.
import { api, call } from '../../api/client.ts';
import { may } from '../../session.ts';

export type Targeted = 'group' | 'user' | 'device';

export interface Target {
    id: string;
    name: string;
    more?: string;
}

const FOUND_MAX = 8;

const RIGHTS: Record<Targeted, string> = { group: 'group:read', user: 'user:read', device: 'device:read' };

/** May he look them up? */
export const mayFind = (kind: Targeted): boolean => may(RIGHTS[kind]);

export const isTargeted = (scope: string): scope is Targeted => scope in RIGHTS;

/** Where one of them has its page. */
export const hrefOf = (kind: string, id: string): string =>
    kind === 'device' ? `/fleet/${id}` : kind === 'group' ? `/people/groups/${id}` : `/people/${id}`;

export async function findTargets(kind: Targeted, search: string, signal: AbortSignal): Promise<Target[]> {
    const params = { query: { limit: FOUND_MAX, ...(search && { search }) } };
    if (kind === 'group') {
        const { items } = await call(api.GET('/api/v1/groups', { params, signal }));
        return (items ?? []).map((row) => ({ id: row.id ?? '', name: row.name ?? '' }));
    }
    if (kind === 'user') {
        const { items } = await call(api.GET('/api/v1/users', { params, signal }));
        return (items ?? []).map((row) => ({
            id: row.id ?? '',
            name: row.username ?? '',
            more: row.display_name ?? row.email ?? '',
        }));
    }
    const { items } = await call(api.GET('/api/v1/devices', { params, signal }));
    return (items ?? []).map((row) => ({ id: row.id ?? '', name: row.machine_id ?? '', more: row.hostname ?? '' }));
}
