// SPDX-License-Identifier: Apache-2.0
import { api, call, onceKey } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { Button, Dialog, ErrorBox, Field, TextArea, TextInput, useForm } from '../../ui/index.ts';

/** Makes a policy, and leads to where it is written. */
export function NewPolicy({ close }: { close: () => void }) {
    const words = t.policies.make;
    const form = useForm({
        initial: { name: '', description: '' },
        careless: true,
        check: (values) => (values.name.trim() === '' ? { name: words.missing } : {}),
        submit: ({ name, description }) =>
            call(
                api.POST('/api/v1/policies', {
                    body: { name, ...(description.trim() && { description }) },
                    headers: { 'Idempotency-Key': onceKey() },
                }),
            ),
        done: (made) => navigate(`/policies/${made.id}`),
    });
    return (
        <Dialog
            title={words.title}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.submit}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.name} hint={words.nameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} autofocus maxLength={128} autocomplete="off" />
            </Field>
            <Field label={words.description} hint={words.descriptionHint} error={form.error('description')}>
                <TextArea {...form.bind('description')} rows={2} maxLength={2000} />
            </Field>
        </Dialog>
    );
}
