// SPDX-License-Identifier: Apache-2.0
// The lock of the fleet: what it means, and who holds it.
import { api, call, type Shape } from '../../../api/client.ts';
import { useData, type Data } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Card, Loaded, Note, RadioCards, Skeleton, confirm, toast } from '../../../ui/index.ts';

type State = 'open' | 'unknown' | 'all';
const stateOf = (lock: Shape<'FleetLock'>): State =>
    !lock.locked ? 'open' : lock.known === 'refuse' ? 'all' : 'unknown';

const bodies = {
    open: { locked: false },
    unknown: { locked: true, known: 'allow' },
    all: { locked: true, known: 'refuse' },
} as const;

/** The lock as it stands; nothing for who may not turn it. */
export const useLock = (mayTurn: boolean): Data<Shape<'FleetLock'>> =>
    useData(mayTurn ? 'lock' : undefined, (signal) => call(api.GET('/api/v1/fleet/lock', { signal })), {
        topics: ['devices', 'admin'],
    });

export function Lock({ asked }: { asked: Data<Shape<'FleetLock'>> }) {
    const words = t.enrol.lock;
    const choose = async (state: State): Promise<void> => {
        const done = await confirm({
            title: words.ask[state],
            text: words[`${state}Hint`],
            yes: words.yes[state],
            danger: state !== 'open',
            act: () => call(api.PUT('/api/v1/fleet/lock', { body: bodies[state] })),
        });
        if (!done) return;
        toast.good(words.done[state]);
        asked.reload();
    };
    return (
        <Card title={words.title} intro={words.intro} icon="lock">
            <Loaded of={asked} skeleton={<Skeleton lines={2} />}>
                {(lock) => {
                    // A setting of the server stands above what is chosen here.
                    const fixed = Boolean(lock.locked && lock.by && lock.by !== 'api');
                    const options = (['open', 'unknown', 'all'] as const).map((value) => ({
                        value,
                        label: words[value],
                        hint: words[`${value}Hint`],
                        disabled: fixed,
                    }));
                    return (
                        <>
                            {fixed && <Note tone="warn">{words.by(lock.by ?? '')}</Note>}
                            <RadioCards
                                key={stateOf(lock)}
                                label={words.title}
                                value={stateOf(lock)}
                                options={options}
                                onInput={(state) => void choose(state)}
                            />
                        </>
                    );
                }}
            </Loaded>
        </Card>
    );
}
