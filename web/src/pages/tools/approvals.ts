// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a person's yes.
import { readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';
import { useData, type Data } from '../../api/data.ts';
import { may } from '../../session.ts';

export type Approval = Shape<'ApprovalLine'>;

/** Those that wait now; nothing for who may not read them. */
export function useWaiting(): Data<Approval[]> {
    return useData(
        may('approval:read') ? 'waiting' : undefined,
        (signal) =>
            readAll((query) =>
                call(
                    api.GET('/api/v1/gateway/approvals', { params: { query: { ...query, state: 'waiting' } }, signal }),
                ),
            ),
        { topics: ['approvals'] },
    );
}

/** With the arguments, for who may decide. */
export function useApproval(id: string): Data<Shape<'Approval'>> {
    return useData(may('approval:decide') ? `approval ${id}` : undefined, (signal) =>
        call(api.GET('/api/v1/gateway/approvals/{id}', { params: { path: { id } }, signal })),
    );
}

/** Seconds that are left, never below nothing. */
export const secondsLeft = (expires: string | null | undefined, now: number): number =>
    expires ? Math.max(0, Math.round((new Date(expires).getTime() - now) / 1000)) : 0;

/** How much of its time is left, 0 to 1. */
export function shareLeft(created: string | null | undefined, expires: string | null | undefined, now: number): number {
    if (!created || !expires) return 0;
    const [begin, end] = [new Date(created).getTime(), new Date(expires).getTime()];
    return end <= begin ? 0 : Math.min(1, Math.max(0, (end - now) / (end - begin)));
}
