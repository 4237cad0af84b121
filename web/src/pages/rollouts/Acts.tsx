// SPDX-License-Identifier: Apache-2.0
// What one may do with a rollout in its state: the buttons in its head.
import { useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { may } from '../../session.ts';
import { Button, confirm, Menu, toast } from '../../ui/index.ts';
import { Abort } from './Abort.tsx';
import { ringNow, stateOf, type RolloutRow } from './rollout.ts';
import { ringName } from './words.tsx';

interface Props {
    row: RolloutRow;
    reload: () => void;
}

const pathOf = (row: RolloutRow) => ({ path: { id: row.id ?? '' } });

async function start({ row, reload }: Props): Promise<void> {
    const words = t.rollouts.acts;
    const first = row.rings?.[0];
    const act = () => call(api.POST('/api/v1/rollouts/{id}/start', { params: pathOf(row) }));
    const text = words.startText(first ? ringName(first) : '', row.to ?? 0);
    if (!(await confirm({ title: words.startTitle(row.policy_name ?? ''), text, yes: words.start, act }))) return;
    toast.good(words.started);
    reload();
}

async function hold({ row, reload }: Props): Promise<void> {
    try {
        await call(api.POST('/api/v1/rollouts/{id}/pause', { params: pathOf(row), body: {} }));
        toast.good(t.rollouts.acts.paused);
    } catch (thrown) {
        toast.bad(thrown);
    }
    reload();
}

async function resume({ row, reload }: Props): Promise<void> {
    try {
        await call(api.POST('/api/v1/rollouts/{id}/resume', { params: pathOf(row) }));
        toast.good(t.rollouts.acts.resumed);
    } catch (thrown) {
        toast.bad(thrown);
    }
    reload();
}

async function promote({ row, reload }: Props, force: boolean): Promise<void> {
    const words = t.rollouts.acts;
    const ring = row.ring ?? 0;
    const now = ringNow(row);
    const body = { ring, ...(force && { force: true }) };
    const act = () => call(api.POST('/api/v1/rollouts/{id}/promote', { params: pathOf(row), body }));
    const question = force
        ? {
              title: words.forceTitle(ring),
              text: words.forceText(now?.pending ?? 0, now?.away ?? 0),
              yes: words.force,
              danger: true,
          }
        : { title: words.promoteTitle(ring), text: words.promoteText, yes: words.promote };
    if (!(await confirm({ ...question, act }))) return;
    toast.good(words.promoted);
    reload();
}

async function remove({ row }: Props): Promise<void> {
    const words = t.rollouts.acts;
    const act = () => call(api.DELETE('/api/v1/rollouts/{id}', { params: pathOf(row) }));
    if (!(await confirm({ title: words.removeTitle, text: words.removeText, yes: words.remove, danger: true, act })))
        return;
    toast.good(words.removed);
    navigate('/rollouts');
}

export function Acts(props: Props) {
    const words = t.rollouts.acts;
    const [aborting, setAborting] = useState(false);
    if (!may('rollout:write')) return null;
    const { row } = props;
    const state = stateOf(row);
    const ring = ringNow(row);
    const running = state === 'running';
    const held = state === 'aborted' && row.next?.startsWith('nothing') === true;
    const waits = running && ring?.approval === true && !ring.promoted_at;
    return (
        <>
            {state === 'draft' && (
                <Button kind="primary" icon="play" onClick={() => void start(props)}>
                    {words.start}
                </Button>
            )}
            {waits && (
                <Button kind="primary" icon="approval" onClick={() => void promote(props, false)}>
                    {words.promote}
                </Button>
            )}
            {running && (
                <Button icon="pause" onClick={() => void hold(props)}>
                    {words.pause}
                </Button>
            )}
            {state === 'paused' && (
                <Button kind="primary" icon="play" onClick={() => void resume(props)}>
                    {words.resume}
                </Button>
            )}
            {(running || state === 'paused' || held) && (
                <Button kind="danger" icon="stop" onClick={() => setAborting(true)}>
                    {held ? words.takeBackNow : words.abort}
                </Button>
            )}
            <Menu
                label={words.more}
                items={[
                    running && {
                        key: 'force',
                        label: words.force,
                        icon: 'next',
                        onSelect: () => void promote(props, true),
                    },
                    ['draft', 'completed', 'rolled_back'].includes(state) && {
                        key: 'remove',
                        label: words.remove,
                        icon: 'remove',
                        danger: true,
                        onSelect: () => void remove(props),
                    },
                ]}
            />
            {aborting && <Abort row={row} close={() => setAborting(false)} done={props.reload} />}
        </>
    );
}
