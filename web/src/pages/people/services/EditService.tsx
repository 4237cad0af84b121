// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, TextInput, toast, useForm } from '../../../ui/index.ts';
import { RolePicks } from '../Roles.tsx';

interface Props {
    account: Shape<'ServiceAccount'>;
    onClose: () => void;
    done: () => void;
}

/** The name of a service account, and what it may do. */
export function EditService({ account, onClose, done }: Props) {
    const form = useForm({
        initial: { name: account.name ?? '', roles: account.roles ?? [] },
        careless: true,
        check: (v) => (v.name.trim() ? {} : { name: t.people.needed }),
        submit: (v) =>
            call(
                api.PATCH('/api/v1/service-accounts/{id}', {
                    params: { path: { id: account.id ?? '' } },
                    headers: { 'If-Match': account.etag ?? '*' },
                    body: { name: v.name.trim(), roles: v.roles },
                }),
            ),
        done: () => {
            toast.good(t.people.saved);
            done();
            onClose();
        },
    });
    return (
        <Dialog
            title={t.people.editTitle(account.name ?? '')}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {t.people.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} hint={t.services.nameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <RolePicks {...form.bind('roles')} error={form.error('roles')} />
        </Dialog>
    );
}
