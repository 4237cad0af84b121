// SPDX-License-Identifier: Apache-2.0
// What was sent by a webhook, how often it was tried, and what was given up.
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { actionName } from '../audit/actions.ts';
import { Button, Drawer, JsonView, Loaded, Status, Time, toast, type Tone } from '../../ui/index.ts';
import type { Webhook } from './Webhooks.tsx';

type Delivery = Shape<'Delivery'>;
const TONES: Record<string, Tone> = { waiting: 'wait', delivered: 'good', dead: 'bad' };

function One({ one, again }: { one: Delivery; again(): void }) {
    const words = t.admin.deliveries;
    const states: Record<string, string> = words.states;
    return (
        <li>
            <details class="rows-name">
                <summary><strong>{actionName(one.event)}</strong> <span class="muted"><Time at={one.created_at} /></span></summary>
                <JsonView value={one.payload} label={words.payload} />
            </details>
            <Status tone={TONES[one.state ?? ''] ?? 'info'} {...(one.error && { title: one.error })}>{states[one.state ?? ''] ?? one.state}</Status>
            <small class="muted">{words.attempts(one.attempts ?? 0, one.status ? String(one.status) : '')}</small>
            {one.error && <small class="muted">{one.error}</small>}
            {may('webhook:write') && one.state !== 'waiting' && <Button small icon="reload" onClick={again}>{words.again}</Button>}
        </li>
    );
}

export function Deliveries({ hook, close }: { hook: Webhook; close(): void }) {
    const words = t.admin.deliveries;
    const id = hook.id ?? '';
    const asked = useData(`admin/deliveries ${id}`, (signal) => call(api.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: 100 } }, signal })), { topics: ['admin'] });
    const again = async (delivery: string): Promise<void> => {
        try {
            await call(api.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver', { params: { path: { id, delivery } } }));
            toast.good(words.sent);
            asked.reload();
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        }
    };
    return (
        <Drawer title={words.title(hook.name ?? '')} onClose={close} wide>
            <Loaded of={asked}>{({ items }) => (items.length === 0 ? <p class="muted">{words.none}</p> : (
                <ul class="rows">{items.map((one) => <One key={one.id} one={one} again={() => void again(one.id ?? '')} />)}</ul>
            ))}</Loaded>
        </Drawer>
    );
}
