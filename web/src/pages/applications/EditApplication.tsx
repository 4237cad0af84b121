// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorBox, Field, TextArea, TextInput, toast, useForm } from '../../ui/index.ts';
import { linesOf } from './NewApplication.tsx';

/** What of an application is changed often; the rest is for files and the API. */
export function EditApplication({
    app,
    onClose,
    done,
}: {
    app: Shape<'Application'>;
    onClose: () => void;
    done: () => void;
}) {
    const words = t.applications;
    const oidc = app.kind === 'oidc';
    const form = useForm({
        initial: {
            name: app.name ?? '',
            host: app.host ?? '',
            redirect_uris: (app.redirect_uris ?? []).join('\n'),
            launch_url: app.launch_url ?? '',
            description: app.description ?? '',
            admin: app.admin ?? false,
            consent: app.consent ?? false,
        },
        careless: true,
        submit: (v) =>
            call(
                api.PATCH('/api/v1/applications/{id}', {
                    params: { path: { id: app.id ?? '' } },
                    headers: { 'If-Match': app.etag ?? '*' },
                    body: {
                        name: v.name,
                        launch_url: v.launch_url || null,
                        description: v.description || null,
                        admin: v.admin,
                        ...(oidc ? { redirect_uris: linesOf(v.redirect_uris), consent: v.consent } : { host: v.host }),
                    },
                }),
            ),
        done: () => {
            toast.good(words.saved);
            done();
            onClose();
        },
    });
    return (
        <Dialog
            title={words.editTitle(app.name ?? '')}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.column.name} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            {oidc ? (
                <Field label={words.redirects} hint={words.redirectsHint} error={form.error('redirect_uris')}>
                    <TextArea {...form.bind('redirect_uris')} rows={3} mono />
                </Field>
            ) : (
                <Field label={words.host} hint={words.hostHint} error={form.error('host')} required>
                    <TextInput {...form.bind('host')} mono />
                </Field>
            )}
            <Field label={words.launch} hint={words.launchHint} error={form.error('launch_url')}>
                <TextInput {...form.bind('launch_url')} type="url" mono />
            </Field>
            <Field label={words.description} error={form.error('description')}>
                <TextInput {...form.bind('description')} />
            </Field>
            {oidc && <Checkbox {...form.tick('consent')} label={words.consent} />}
            <Checkbox {...form.tick('admin')} label={words.admin} hint={words.adminHint} />
        </Dialog>
    );
}
