// SPDX-License-Identifier: Apache-2.0
// Membership, as calls of the API: the same for people and for service accounts.
import { api, call } from '../../api/client.ts';

export type Kind = 'user' | 'service' | 'device';

const memberIn = (kind: Kind, id: string) =>
    ({ user: { user_id: id }, service: { service_account_id: id }, device: { device_id: id } })[kind];

export const putIn = (group: string, kind: Kind, id: string): Promise<unknown> =>
    call(api.POST('/api/v1/groups/{id}/members', { params: { path: { id: group } }, body: memberIn(kind, id) }));

export const takeOut = (group: string, member: string): Promise<unknown> =>
    call(api.DELETE('/api/v1/groups/{id}/members/{member_id}', { params: { path: { id: group, member_id: member } } }));

/** What one would gain in a group, or lose out of it. */
export const previewMember = (group: string, kind: Kind, id: string, leaves: boolean) => (signal: AbortSignal) =>
    call(
        api.POST('/api/v1/groups/{id}/members/preview', {
            params: { path: { id: group } },
            body: { ...memberIn(kind, id), leaves },
            signal,
        }),
    );
