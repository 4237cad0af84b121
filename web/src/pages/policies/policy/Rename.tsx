// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, TextArea, TextInput, toast, useForm } from '../../../ui/index.ts';
import type { PolicyRow } from './Policy.tsx';

export function Rename({ policy, close, done }: { policy: PolicyRow; close: () => void; done: () => void }) {
    const words = t.policy;
    const form = useForm({
        initial: { name: policy.name ?? '', description: policy.description ?? '' },
        careless: true,
        check: (values) => (values.name.trim() === '' ? { name: t.policies.make.missing } : {}),
        submit: ({ name, description }) =>
            call(
                api.PATCH('/api/v1/policies/{id}', {
                    params: { path: { id: policy.id ?? '' } },
                    body: { name, description: description.trim() || null },
                    headers: { 'If-Match': policy.etag ?? '' },
                }),
            ),
        done: () => {
            toast.good(words.renamed);
            done();
            close();
        },
    });
    return (
        <Dialog
            title={words.rename}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy} disabled={!form.dirty}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.name} error={form.error('name')} required>
                <TextInput {...form.bind('name')} maxLength={128} />
            </Field>
            <Field label={words.description} error={form.error('description')}>
                <TextArea {...form.bind('description')} rows={2} maxLength={2000} />
            </Field>
        </Dialog>
    );
}
