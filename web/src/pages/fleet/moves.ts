// SPDX-License-Identifier: Apache-2.0
// What can be done with a device in which state: as the server's own table has it, so that no button stands there that it would refuse.
export const STATUSES = ['PENDING', 'ENROLLED', 'BLOCKED', 'UNINSTALLED', 'REFUSED', 'REVOKED'] as const;
export type DeviceStatus = (typeof STATUSES)[number];

export const MOVES = ['approve', 'refuse', 'block', 'unblock', 'revoke', 'reinstate', 'rotate', 'delete'] as const;
export type Move = (typeof MOVES)[number];

const FROM: Record<Move, readonly DeviceStatus[]> = {
    approve: ['PENDING'],
    refuse: ['PENDING'],
    block: ['ENROLLED'],
    unblock: ['BLOCKED'],
    revoke: ['PENDING', 'ENROLLED', 'BLOCKED', 'UNINSTALLED', 'REFUSED'],
    reinstate: ['REVOKED'],
    rotate: ['ENROLLED'],
    delete: ['PENDING', 'UNINSTALLED', 'REFUSED'],
};

/** The permission that each move wants. */
export const NEEDS: Record<Move, string> = {
    approve: 'device:approve',
    refuse: 'device:approve',
    block: 'device:revoke',
    unblock: 'device:revoke',
    revoke: 'device:revoke',
    reinstate: 'device:revoke',
    rotate: 'device:revoke',
    delete: 'device:write',
};

export const asStatus = (text: string | null | undefined): DeviceStatus | undefined =>
    STATUSES.find((status) => status === text);

/** The moves out of these states, in the order of the buttons. */
export function movesFrom(statuses: readonly DeviceStatus[]): Move[] {
    return MOVES.filter((move) => statuses.some((status) => FROM[move].includes(status)));
}
