// SPDX-License-Identifier: Apache-2.0
// A webhook, new or changed.
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorBox, Field, Select, Stack, TextArea, TextInput, useForm } from '../../ui/index.ts';
import { bodyOf, FORMATS, valuesOf } from './webhook.ts';
import type { Webhook } from './Webhooks.tsx';

export function WebhookForm({ hook, close, saved }: { hook: Webhook | undefined; close(): void; saved(secret: string | null | undefined): void }) {
    const words = t.admin.webhooks;
    const form = useForm({
        initial: valuesOf(hook), careless: true,
        check: (values) => ({ ...(!values.name && { name: words.nameNeeded }), ...(!values.url && { url: words.urlNeeded }) }),
        submit: async (values): Promise<string | null | undefined> => {
            const body = bodyOf(values, hook !== undefined);
            if (!hook) return (await call(api.POST('/api/v1/webhooks', { body }))).secret;
            const headers = { ...(hook.etag && { 'If-Match': hook.etag }) };
            await call(api.PATCH('/api/v1/webhooks/{id}', { params: { path: { id: hook.id ?? '' } }, body, headers }));
            return undefined;
        },
        done: saved,
    });
    const { format } = form.values;
    const foot = <><Button onClick={close}>{t.kit.cancel}</Button><Button kind="primary" type="submit" busy={form.busy}>{t.kit.save}</Button></>;
    const formats = FORMATS.map((value) => ({ value, label: words.formats[value] }));
    return (
        <Dialog title={hook ? words.editTitle(hook.name ?? '') : words.add} onClose={close} onSubmit={() => void form.submit()} actions={foot} wide>
            <Stack>
                <Field label={words.name} error={form.error('name')} required><TextInput {...form.bind('name')} /></Field>
                <Field label={words.url} error={form.error('url')} required><TextInput {...form.bind('url')} type="url" placeholder="https://" /></Field>
                <Field label={words.format} hint={words.formatHint} error={form.error('format')}><Select {...form.bind('format')} options={formats} /></Field>
                <Field label={words.events} hint={words.eventsHint} error={form.error('events')}><TextArea {...form.bind('events')} rows={3} mono /></Field>
                {format === 'github' && <Field label={words.ref} hint={words.refHint} error={form.error('ref')}><TextInput {...form.bind('ref')} mono /></Field>}
                {format === 'ntfy' && <Field label={words.tags} error={form.error('tags')}><TextInput {...form.bind('tags')} /></Field>}
                {format === 'template' && <Field label={words.template} hint={words.templateHint} error={form.error('template')}><TextArea {...form.bind('template')} rows={6} mono /></Field>}
                <Field label={words.token} hint={hook ? words.tokenKept : words.tokenHint} error={form.error('token')}><TextInput {...form.bind('token')} type="password" autocomplete="off" /></Field>
                <Checkbox {...form.tick('active')} label={words.active} />
                {form.problem && <ErrorBox problem={form.problem} />}
            </Stack>
        </Dialog>
    );
}
