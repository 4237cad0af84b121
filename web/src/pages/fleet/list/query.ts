// SPDX-License-Identifier: Apache-2.0
// The list as the URL has it, and as the API is asked for it. Pure, so that it is tested without a browser.
import { isUuid } from '../../../ui/filters.ts';
import { asStatus, type DeviceStatus } from '../moves.ts';

/** What the URL may say about which devices. */
export interface DeviceFilter {
    search?: string;
    status?: DeviceStatus;
    group?: string;
    label?: string;
    user?: string;
}

/** What the query says that the API understands; the rest counts as absent, for a URL may come from anywhere. */
export function filterOf(query: Readonly<Record<string, string>>): DeviceFilter {
    const filter: DeviceFilter = {};
    const status = asStatus(query['status']);
    const { search, group, label, user } = query;
    if (search) filter.search = search;
    if (status) filter.status = status;
    if (group) filter.group = group;
    if (label) filter.label = label;
    if (isUuid(user)) filter.user = user;
    return filter;
}

/** Everything that a filter leaves, as a file. */
export function csvUrl(filter: DeviceFilter, sort: string | undefined): string {
    return `/api/v1/devices?${new URLSearchParams({ ...filter, ...(sort && { sort }), format: 'csv' })}`;
}

/** What the API sorts by; anything else in the URL counts as absent. */
export const SORTS = ['created_at', 'machine_id', 'last_seen_at', 'hostname', 'status'] as const;
export type SortName = (typeof SORTS)[number];
export type Sort = SortName | `-${SortName}`;

export function sortFrom(text: string | undefined): Sort {
    const name = SORTS.find((known) => known === text?.replace(/^-/, ''));
    if (!name) return '-created_at';
    return text?.startsWith('-') ? `-${name}` : name;
}
