// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { Button, Dialog, ErrorBox, Field, TextInput, toast, useForm } from '../../../ui/index.ts';
import { RolePicks } from '../Roles.tsx';

/** A group, new or as it is. */
export function GroupForm({ group, onClose, done }: { group?: Shape<'Group'>; onClose: () => void; done: () => void }) {
    const form = useForm({
        initial: { name: group?.name ?? '', priority: String(group?.priority ?? 100), roles: group?.roles ?? [] },
        careless: true,
        check: (v) => ({
            ...(!v.name.trim() && { name: t.people.needed }),
            ...(!/^\d+$/.test(v.priority) && { priority: t.groups.priorityWrong }),
        }),
        submit: (v) => {
            const body = { name: v.name.trim(), priority: Number(v.priority), roles: v.roles };
            if (!group) return call(api.POST('/api/v1/groups', { body }));
            return call(
                api.PATCH('/api/v1/groups/{id}', {
                    params: { path: { id: group.id ?? '' } },
                    headers: { 'If-Match': group.etag ?? '*' },
                    body,
                }),
            );
        },
        done: (saved) => {
            toast.good(t.people.saved);
            done();
            if (group) onClose();
            else navigate(`/people/groups/${saved.id}`);
        },
    });
    return (
        <Dialog
            title={group ? t.people.editTitle(group.name ?? '') : t.groups.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {group ? t.people.save : t.groups.add}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={t.groups.priority} hint={t.groups.priorityHint} error={form.error('priority')}>
                <TextInput {...form.bind('priority')} type="number" min={0} max={1_000_000} />
            </Field>
            <RolePicks {...form.bind('roles')} error={form.error('roles')} group />
        </Dialog>
    );
}
