// SPDX-License-Identifier: Apache-2.0
// What was sent by a webhook, how often it was tried, and what was given up.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { actionName } from '../audit/actions.ts';
import { Button, Drawer, Empty, JsonView, Loaded, Select, Status, Time, toast, type Tone } from '../../ui/index.ts';
import type { Webhook } from './Webhooks.tsx';

type Delivery = Shape<'Delivery'>;
const TONES: Record<string, Tone> = { waiting: 'wait', delivered: 'good', dead: 'bad' };

function One({ one, again }: { one: Delivery; again(): void }) {
    const words = t.admin.deliveries;
    const states: Record<string, string> = words.states;
    const { status, error, attempts = 0 } = one;
    return (
        <li class="delivery">
            <span class="delivery-state">
                <Status tone={TONES[one.state ?? ''] ?? 'info'}>{states[one.state ?? ''] ?? one.state}</Status>
            </span>
            <details class="rows-name">
                <summary>
                    <strong>{actionName(one.event)}</strong>{' '}
                    <span class="muted">
                        <Time at={one.created_at} />
                    </span>
                </summary>
                <JsonView value={one.payload} label={words.payload} />
            </details>
            <small class="muted delivery-answer">
                {status ? words.answer(String(status)) : error}
                {(status || error) && ' · '}
                {words.attempts(attempts)}
                {one.state === 'waiting' && one.due_at && (
                    <>
                        {' · '}
                        {words.next} <Time at={one.due_at} />
                    </>
                )}
            </small>
            {may('webhook:write') && one.state !== 'waiting' && (
                <Button small icon="reload" onClick={again}>
                    {words.again}
                </Button>
            )}
        </li>
    );
}

const STATES = ['waiting', 'delivered', 'dead'] as const;
type State = (typeof STATES)[number];

export function Deliveries({ hook, close }: { hook: Webhook; close(): void }) {
    const words = t.admin.deliveries;
    const id = hook.id ?? '';
    const [state, setState] = useState<State | ''>('');
    const asked = useData(
        `admin/deliveries ${id} ${state}`,
        (signal) =>
            call(
                api.GET('/api/v1/webhooks/{id}/deliveries', {
                    params: { path: { id }, query: { limit: 100, ...(state && { state }) } },
                    signal,
                }),
            ),
        { topics: ['admin'] },
    );
    const again = async (delivery: string): Promise<void> => {
        try {
            await call(
                api.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver', {
                    params: { path: { id, delivery } },
                }),
            );
            toast.good(words.sent);
            asked.reload();
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        }
    };
    return (
        <Drawer title={words.title(hook.name ?? '')} onClose={close} wide>
            <div class="delivery-filter">
                <Select
                    aria-label={words.filter}
                    value={state}
                    onInput={setState}
                    options={[
                        { value: '', label: words.all },
                        ...STATES.map((value) => ({ value, label: words.states[value] })),
                    ]}
                />
            </div>
            <Loaded of={asked}>
                {({ items }) =>
                    items.length === 0 ? (
                        <Empty icon="webhook" title={state ? words.noneSo : words.none}>
                            {words.noneText}
                        </Empty>
                    ) : (
                        <ul class="rows">
                            {items.map((one) => (
                                <One key={one.id} one={one} again={() => void again(one.id ?? '')} />
                            ))}
                        </ul>
                    )
                }
            </Loaded>
        </Drawer>
    );
}
