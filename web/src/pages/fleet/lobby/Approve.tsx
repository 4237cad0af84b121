// SPDX-License-Identifier: Apache-2.0
// Letting a machine in: which request, for whom, into which groups.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Checkbox, Dialog, ErrorBox, Field, RadioCards, TextInput, toast, useForm } from '../../../ui/index.ts';
import { nameOf, type DeviceRow } from '../device.ts';
import { GroupsField, PersonField, personId, sentGroups } from './fields.tsx';
import { Odd } from './Odd.tsx';
import { odditiesOf } from './oddness.ts';

export default function Approve({
    device,
    request: first,
    onClose,
    done,
}: {
    device: DeviceRow;
    request?: string;
    onClose: () => void;
    done: () => void;
}) {
    const name = nameOf(device);
    const words = t.lobby.form;
    const requests = device.requests ?? [];
    const form = useForm({
        initial: {
            request: first ?? (requests.length === 1 ? (requests[0]?.request_id ?? '') : ''),
            groups: [] as string[],
            person: '',
            labels: false,
            reason: '',
        },
        careless: true,
        submit: async (v) => {
            const user_id = await personId(v.person);
            const groups = sentGroups(v.groups);
            const labels = requests.find((one) => one.request_id === v.request)?.labels;
            const body = {
                ...(v.request && { request_id: v.request }),
                ...(user_id && { user_id }),
                ...(groups.length > 0 && { groups }),
                ...(v.labels && labels && { labels }),
                ...(v.reason.trim() && { reason: v.reason.trim() }),
            };
            return call(api.POST('/api/v1/devices/{id}/approve', { params: { path: { id: device.id ?? '' } }, body }));
        },
        done: () => {
            toast.good(t.lobby.done(name));
            done();
        },
    });
    const chosen = requests.find((one) => one.request_id === form.values.request);
    const claimed = Object.entries(chosen?.labels ?? {}).map(([label, value]) => `${label}=${String(value)}`);
    return (
        <Dialog
            title={words.title(name)}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button
                        kind="primary"
                        type="submit"
                        busy={form.busy}
                        disabled={requests.length > 1 && !form.values.request}
                    >
                        {words.approve}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            {requests.length === 1 && chosen?.code && (
                <p class="lobby-code">
                    <small>{t.lobby.code}</small>
                    <code>{chosen.code}</code>
                </p>
            )}
            {requests.length > 1 && (
                <Field label={words.request} group>
                    <RadioCards
                        label={words.request}
                        value={form.values.request}
                        onInput={(request) => form.set({ request, labels: false })}
                        options={requests.map((one) => ({
                            value: one.request_id ?? '',
                            label: one.code ?? '',
                            hint: one.address,
                        }))}
                    />
                </Field>
            )}
            {chosen && <Odd odd={odditiesOf(device, chosen)} />}
            <GroupsField
                value={form.values.groups}
                onInput={(groups) => form.set({ groups })}
                error={form.error('groups')}
            />
            {may('user:read') && (
                <PersonField
                    value={form.values.person}
                    onInput={(person) => form.set({ person })}
                    error={form.error('person')}
                />
            )}
            {claimed.length > 0 && (
                <Checkbox {...form.tick('labels')} label={words.labels} hint={<code>{claimed.join(', ')}</code>} />
            )}
            <Field label={words.reason} hint={words.reasonHint} error={form.error('reason')}>
                <TextInput {...form.bind('reason')} maxLength={500} />
            </Field>
        </Dialog>
    );
}
