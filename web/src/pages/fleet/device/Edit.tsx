// SPDX-License-Identifier: Apache-2.0
// Owner, groups and labels of a device that stands.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Button, Dialog, ErrorBox, Field, TextArea, toast, useForm } from '../../../ui/index.ts';
import { nameOf, type DeviceRow } from '../device.ts';
import { GroupsField, PersonField, personId, sentGroups } from '../lobby/fields.tsx';
import { labelsOf, linesOf } from './labels.ts';

export default function Edit({ device, onClose, done }: { device: DeviceRow; onClose: () => void; done: () => void }) {
    const name = nameOf(device);
    const form = useForm({
        initial: { groups: [...(device.groups ?? [])], person: device.user_name ?? '', labels: linesOf(device.labels) },
        careless: true,
        check: ({ labels }) => {
            const { bad } = labelsOf(labels);
            return bad === undefined ? {} : { labels: t.device.form.badLabel(bad) };
        },
        submit: async (v) => {
            const body = {
                groups: sentGroups(v.groups),
                labels: labelsOf(v.labels).labels as Record<string, never>,
                ...(may('user:read') && { user_id: (await personId(v.person)) || null }),
            };
            const headers = device.etag ? { 'If-Match': device.etag } : {};
            return call(
                api.PATCH('/api/v1/devices/{id}', { params: { path: { id: device.id ?? '' } }, headers, body }),
            );
        },
        done: () => {
            toast.good(t.device.form.saved);
            done();
        },
    });
    return (
        <Dialog
            title={t.device.form.title(name)}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy} disabled={!form.dirty}>
                        {t.lobby.form.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            {may('user:read') && (
                <PersonField
                    value={form.values.person}
                    onInput={(person) => form.set({ person })}
                    error={form.error('person')}
                />
            )}
            <GroupsField
                value={form.values.groups}
                onInput={(groups) => form.set({ groups })}
                error={form.error('groups')}
            />
            <Field label={t.device.form.labels} hint={t.device.form.labelsHint} error={form.error('labels')}>
                <TextArea {...form.bind('labels')} rows={4} mono />
            </Field>
        </Dialog>
    );
}
