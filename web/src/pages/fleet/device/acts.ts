// SPDX-License-Identifier: Apache-2.0
// Moves of one device, each asked about first.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { confirm, toast } from '../../../ui/index.ts';
import { moveDevice } from '../list/acts.ts';
import type { Move } from '../moves.ts';

/** Approving has a form of its own. */
export type AskedMove = Exclude<Move, 'approve'>;

const DANGER: readonly Move[] = ['refuse', 'block', 'revoke', 'rotate', 'delete'];

export interface Moved {
    /** The answer of an administrator's rotation: shown once. */
    claim?: string;
}

async function send(id: string, move: AskedMove, reason: string): Promise<Moved> {
    const params = { path: { id } };
    if (move === 'delete') {
        await call(api.DELETE('/api/v1/devices/{id}', { params }));
        return {};
    }
    if (move === 'rotate') {
        const { claim } = await call(
            api.POST('/api/v1/devices/{id}/rotate', { params, body: reason ? { reason } : {} }),
        );
        return claim ? { claim } : {};
    }
    await moveDevice(id, move, reason);
    return {};
}

/** Asks, moves, says so; undefined: he thought better of it. */
export async function askAndMove(id: string, name: string, move: AskedMove): Promise<Moved | undefined> {
    let moved: Moved = {};
    const words = t.device.confirm[move];
    const answer = await confirm({
        title: words.title(name),
        text: words.text,
        yes: t.fleet.move[move],
        danger: DANGER.includes(move),
        ...(move !== 'delete' && { reason: 'optional' }),
        ...(move === 'delete' && { typed: name }),
        act: async (reason) => {
            moved = await send(id, move, reason);
        },
    });
    if (!answer) return undefined;
    toast.good(t.device.done[move](name));
    return moved;
}
