// SPDX-License-Identifier: Apache-2.0
// A member that is written and never shown: it stays, is written anew, or is taken away.
import { t } from '../../i18n/index.ts';
import { Field, Select, TextArea, TextInput, type Form } from '../../ui/index.ts';
import type { About, Values } from './webhook.ts';

const ABOUT: readonly About[] = ['keep', 'set', 'none'];

export function Withheld({
    form,
    about,
    field,
    label,
    hint,
    old,
}: {
    form: Form<Values>;
    about: 'aboutToken' | 'aboutHeaders' | 'aboutValues';
    field: 'token' | 'headers' | 'values';
    label: string;
    hint: string;
    /** The webhook is there: one may be set already. */
    old: boolean;
}) {
    const words = t.admin.webhooks;
    return (
        <>
            {old && (
                <Field label={label}>
                    <Select
                        {...form.bind(about)}
                        options={ABOUT.map((value) => ({ value, label: words.about[value] }))}
                    />
                </Field>
            )}
            {form.values[about] === 'set' && (
                <Field label={old ? words.anew(label) : label} hint={hint} error={form.error(field)}>
                    {field === 'token' ? (
                        <TextInput {...form.bind('token')} type="password" autocomplete="off" />
                    ) : (
                        <TextArea {...form.bind(field)} rows={3} mono />
                    )}
                </Field>
            )}
        </>
    );
}
