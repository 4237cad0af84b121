// SPDX-License-Identifier: Apache-2.0
// What can be done with the devices that are selected.
import { useState } from 'preact/hooks';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Menu, confirm, type MenuItem, type Picked } from '../../../ui/index.ts';
import { NEEDS, STATUSES, movesFrom, type DeviceStatus } from '../moves.ts';
import { BULK_MOVES, type BulkMove } from './acts.ts';
import { BulkReport, type Work } from './BulkReport.tsx';
import type { DeviceFilter } from './query.ts';

/** More devices than this are revoked only by who types the word. */
const TYPED_FROM = 2;

async function ask(move: BulkMove, count: number): Promise<string | undefined> {
    const words = t.fleet.bulk[move];
    const answer = await confirm({
        title: words.title(count),
        text: words.text,
        yes: t.fleet.move[move],
        danger: move === 'revoke' || move === 'block' || move === 'refuse',
        ...(move !== 'unblock' && { reason: 'optional' }),
        ...(move === 'revoke' && count >= TYPED_FROM && { typed: `${t.fleet.bulk.word} ${number(count)}` }),
    });
    return answer?.reason;
}

export function BulkActs({ picked, filter, done }: { picked: Picked; filter: DeviceFilter; done: () => void }) {
    const [work, setWork] = useState<Work>();
    const statuses: readonly DeviceStatus[] = filter.status ? [filter.status] : STATUSES;
    const possible = movesFrom(statuses);
    const moves = BULK_MOVES.filter((move) => possible.includes(move) && may(NEEDS[move]));
    const start = async (move: BulkMove): Promise<void> => {
        const reason = await ask(move, picked.count);
        if (reason !== undefined) setWork({ move, reason, which: picked.all ? filter : picked.keys });
    };
    const [first, ...others] = moves;
    const items = others.map((move): MenuItem => ({
        key: move,
        label: `${t.fleet.move[move]}…`,
        danger: move === 'revoke',
        onSelect: () => void start(move),
    }));
    return (
        <>
            {first && (
                <Button kind={first === 'approve' ? 'primary' : 'plain'} small onClick={() => void start(first)}>
                    {t.fleet.move[first]}…
                </Button>
            )}
            {items.length > 2 ? (
                <Menu label={t.kit.table.bulk} small items={items} />
            ) : (
                others.map((move) => (
                    <Button
                        key={move}
                        kind={move === 'revoke' ? 'danger' : 'plain'}
                        small
                        onClick={() => void start(move)}
                    >
                        {t.fleet.move[move]}…
                    </Button>
                ))
            )}
            {work && (
                <BulkReport
                    work={work}
                    onClose={() => {
                        setWork(undefined);
                        picked.clear();
                        done();
                    }}
                />
            )}
        </>
    );
}
