// SPDX-License-Identifier: Apache-2.0
// What one format of webhooks knows and others do not.
import { t } from '../../i18n/index.ts';
import { Field, Select, TextArea, TextInput, type Form } from '../../ui/index.ts';
import { Withheld } from './Withheld.tsx';
import { PRIORITIES, type Values } from './webhook.ts';

export function FormatFields({ form, old }: { form: Form<Values>; old: boolean }) {
    const words = t.admin.webhooks;
    const { format } = form.values;
    if (format === 'github')
        return (
            <>
                <Field label={words.eventType} hint={words.eventTypeHint} error={form.error('event_type')}>
                    <TextInput {...form.bind('event_type')} mono />
                </Field>
                <Field label={words.ref} hint={words.refHint} error={form.error('ref')}>
                    <TextInput {...form.bind('ref')} mono />
                </Field>
            </>
        );
    if (format === 'ntfy')
        return (
            <>
                <Field label={words.priority} error={form.error('priority')}>
                    <Select
                        {...form.bind('priority')}
                        options={[
                            { value: '', label: words.priorityUnset },
                            ...PRIORITIES.map((value) => ({ value, label: words.priorities[value] })),
                        ]}
                    />
                </Field>
                <Field label={words.tags} error={form.error('tags')}>
                    <TextInput {...form.bind('tags')} />
                </Field>
            </>
        );
    if (format === 'template')
        return (
            <>
                <Field label={words.template} hint={words.templateHint} error={form.error('template')}>
                    <TextArea {...form.bind('template')} rows={6} mono />
                </Field>
                <Withheld
                    form={form}
                    about="aboutValues"
                    field="values"
                    label={words.values}
                    hint={words.valuesHint}
                    old={old}
                />
            </>
        );
    return null;
}
