// SPDX-License-Identifier: Apache-2.0
// Dialogs of one account: its facts, letting in who registered, and the link that is shown once.
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import {
    Button,
    CodeBlock,
    Dialog,
    ErrorBox,
    Field,
    TextInput,
    Time,
    toast,
    useForm,
    type Choice,
} from '../../../ui/index.ts';
import { GroupField } from '../GroupField.tsx';
import { RolePicks } from '../Roles.tsx';

type User = Shape<'User'>;

interface Props {
    user: User;
    onClose: () => void;
    done: () => void;
}

function Foot({ onClose, busy, yes }: { onClose: () => void; busy: boolean; yes: string }) {
    return (
        <>
            <Button onClick={onClose}>{t.kit.cancel}</Button>
            <Button kind="primary" type="submit" busy={busy}>
                {yes}
            </Button>
        </>
    );
}

export function EditUser({ user, onClose, done }: Props) {
    const form = useForm({
        initial: {
            username: user.username ?? '',
            email: user.email ?? '',
            display_name: user.display_name ?? '',
            roles: user.roles ?? [],
        },
        careless: true,
        submit: (v) =>
            call(
                api.PATCH('/api/v1/users/{id}', {
                    params: { path: { id: user.id ?? '' } },
                    headers: { 'If-Match': user.etag ?? '*' },
                    body: {
                        username: v.username,
                        email: v.email,
                        display_name: v.display_name || null,
                        roles: v.roles,
                    },
                }),
            ),
        done: () => {
            toast.good(t.people.saved);
            done();
            onClose();
        },
    });
    const words = t.people.column;
    return (
        <Dialog
            title={t.people.editTitle(user.username ?? '')}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={<Foot onClose={onClose} busy={form.busy} yes={t.people.save} />}
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.username} error={form.error('username')} required>
                <TextInput {...form.bind('username')} mono />
            </Field>
            <Field label={words.email} error={form.error('email')} required>
                <TextInput {...form.bind('email')} type="email" />
            </Field>
            <Field label={words.display} error={form.error('display_name')}>
                <TextInput {...form.bind('display_name')} />
            </Field>
            <RolePicks {...form.bind('roles')} error={form.error('roles')} />
        </Dialog>
    );
}

export function LetIn({ user, onClose, done }: Props) {
    const name = user.display_name || user.username || '';
    const form = useForm({
        initial: { groups: [] as readonly Choice[] },
        careless: true,
        submit: (v) =>
            call(
                api.POST('/api/v1/users/{id}/validate', {
                    params: { path: { id: user.id ?? '' } },
                    body: { groups: v.groups.map((group) => group.id) },
                }),
            ),
        done: () => {
            toast.good(t.people.validated(1));
            done();
            onClose();
        },
    });
    return (
        <Dialog
            title={t.people.letIn(name)}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={<Foot onClose={onClose} busy={form.busy} yes={t.people.validate} />}
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <GroupField {...form.bind('groups')} error={form.error('groups')} />
        </Dialog>
    );
}

export function Recovery({ user, link, onClose }: { user: User; link: Shape<'RecoveryLink'>; onClose: () => void }) {
    return (
        <Dialog
            title={t.people.recoveryTitle(user.display_name || user.username || '')}
            onClose={onClose}
            actions={
                <Button kind="primary" onClick={onClose}>
                    {t.people.closed}
                </Button>
            }
        >
            <p>{t.people.recoveryText}</p>
            <CodeBlock text={link.url ?? ''} label={t.people.recovery} wrap />
            <p class="muted">
                {t.people.recoveryUntil} <Time at={link.expires_at} full />
            </p>
        </Dialog>
    );
}
