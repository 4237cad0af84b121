// SPDX-License-Identifier: Apache-2.0
// Its name, its state, and what may be done about it in this state by this person.
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Button, KeyValue, Menu, Note, PageHead, Time, lazy, type MenuItem } from '../../../ui/index.ts';
import { DeviceState } from '../DeviceState.tsx';
import { nameOf, type DeviceRow } from '../device.ts';
import { NEEDS, asStatus, movesFrom, type Move } from '../moves.ts';

const Edit = lazy<{ device: DeviceRow; onClose: () => void; done: () => void }>(() => import('./Edit.tsx'), ['lobby']);
const Claim = lazy<{ claim: string; id: string; onClose: () => void }>(() => import('./Claim.tsx'));
const Approve = lazy<{ device: DeviceRow; onClose: () => void; done: () => void }>(
    () => import('../lobby/Approve.tsx'),
    ['lobby'],
);

/** Moves that have a button of their own, in this state; the others are in the menu. */
const shownIn = (status: string | null | undefined): readonly Move[] =>
    status === 'PENDING'
        ? ['approve', 'refuse']
        : [
              'block',
              'unblock',
              'reinstate',
              ...(status === 'ENROLLED' || status === 'BLOCKED' ? ['revoke' as const] : []),
          ];

function StateNote({ device }: { device: DeviceRow }) {
    const status = asStatus(device.status);
    if (status === undefined || status === 'ENROLLED') return null;
    const words = device.status_reason === 'clone' ? t.device.state.clone : t.device.state[status];
    const reason = status === 'REVOKED' ? device.revoke_reason : device.status_reason;
    return (
        <Note
            tone={status === 'REVOKED' ? 'bad' : status === 'PENDING' || status === 'BLOCKED' ? 'warn' : 'info'}
            title={words}
        >
            <KeyValue
                pairs={[
                    [t.device.revokedBy, status === 'REVOKED' ? <Time at={device.revoked_at} /> : undefined],
                    [t.device.reason, reason && reason !== 'clone' ? reason : undefined],
                ]}
            />
        </Note>
    );
}

export function DeviceHead({ device, reload }: { device: DeviceRow; reload: () => void }) {
    const [open, setOpen] = useState<'edit' | 'approve'>();
    const [claim, setClaim] = useState('');
    const id = device.id ?? '';
    const name = nameOf(device);
    const status = asStatus(device.status);
    const moves = (status ? movesFrom([status]) : []).filter((move) => may(NEEDS[move]));
    const shown = shownIn(device.status);
    const act = async (move: Move): Promise<void> => {
        if (move === 'approve') return setOpen('approve');
        const { askAndMove } = await import('./acts.ts'); // asks, sends, reports: needed by nobody who only looks
        const moved = await askAndMove(id, name, move);
        if (!moved) return;
        if (move === 'delete') return navigate('/fleet');
        if (moved.claim) setClaim(moved.claim);
        reload();
    };
    const rest = moves
        .filter((move) => !shown.includes(move))
        .map((move): MenuItem => ({
            key: move,
            label: `${t.fleet.move[move]}…`,
            danger: move === 'revoke' || move === 'delete',
            onSelect: () => void act(move),
        }));
    const close = (): void => setOpen(undefined);
    const changed = (): void => {
        close();
        reload();
    };
    return (
        <>
            <PageHead
                back={{ href: '/fleet', label: t.device.back }}
                title={name}
                mark={<DeviceState status={device.status} why={device.status_reason} />}
                actions={
                    <>
                        {moves
                            .filter((move) => shown.includes(move))
                            .map((move) => (
                                <Button
                                    key={move}
                                    kind={move === 'approve' ? 'primary' : move === 'revoke' ? 'danger' : 'plain'}
                                    onClick={() => void act(move)}
                                >
                                    {t.fleet.move[move]}…
                                </Button>
                            ))}
                        <Menu
                            label={t.device.more}
                            items={[
                                may('device:write') && {
                                    key: 'edit',
                                    icon: 'edit',
                                    label: t.device.edit,
                                    onSelect: () => setOpen('edit'),
                                },
                                may('tool:read') && {
                                    key: 'tools',
                                    icon: 'permission',
                                    label: t.device.tools,
                                    href: `/permissions?device=${id}`,
                                },
                                ...rest,
                            ]}
                        />
                    </>
                }
            />
            <StateNote device={device} />
            {open === 'edit' && <Edit device={device} onClose={close} done={changed} />}
            {open === 'approve' && <Approve device={device} onClose={close} done={changed} />}
            {claim && <Claim claim={claim} id={id} onClose={() => setClaim('')} />}
        </>
    );
}
