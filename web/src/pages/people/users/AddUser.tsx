// SPDX-License-Identifier: Apache-2.0
// An account made by hand: its person gets in by a recovery link, or by another issuer.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { navigate } from '../../../router.ts';
import { Button, Dialog, ErrorBox, Field, TextInput, toast, useForm, type Choice } from '../../../ui/index.ts';
import { GroupField } from '../GroupField.tsx';
import { RolePicks } from '../Roles.tsx';

interface Values {
    username: string;
    email: string;
    display_name: string;
    groups: readonly Choice[];
    roles: string[];
}

export function AddUser({ onClose, done }: { onClose: () => void; done: () => void }) {
    const form = useForm({
        initial: { username: '', email: '', display_name: '', groups: [], roles: [] } as Values,
        careless: true,
        check: (v) => ({
            ...(!v.username && { username: t.people.needed }),
            ...(!v.email && { email: t.people.needed }),
        }),
        submit: (v) =>
            call(
                api.POST('/api/v1/users', {
                    body: {
                        username: v.username.trim(),
                        email: v.email.trim(),
                        roles: v.roles,
                        groups: v.groups.map((group) => group.id),
                        ...(v.display_name && { display_name: v.display_name }),
                    },
                }),
            ),
        done: (user) => {
            toast.good(t.people.added(user.display_name || user.username || ''));
            done();
            navigate(`/people/${user.id}`);
        },
    });
    const words = t.people.column;
    return (
        <Dialog
            title={t.people.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {t.people.add}
                    </Button>
                </>
            }
        >
            <p class="dialog-intro">{t.people.addHint}</p>
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.username} hint={t.people.usernameHint} error={form.error('username')} required>
                <TextInput {...form.bind('username')} mono autocomplete="off" />
            </Field>
            <Field label={words.email} error={form.error('email')} required>
                <TextInput {...form.bind('email')} type="email" autocomplete="off" />
            </Field>
            <Field label={words.display} error={form.error('display_name')}>
                <TextInput {...form.bind('display_name')} autocomplete="off" />
            </Field>
            <GroupField {...form.bind('groups')} error={form.error('groups')} />
            <RolePicks {...form.bind('roles')} error={form.error('roles')} />
        </Dialog>
    );
}
