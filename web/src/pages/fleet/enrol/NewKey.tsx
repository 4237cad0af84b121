// SPDX-License-Identifier: Apache-2.0
// A new enrolment key: for what, for how many, until when; then the key itself, once.
import { useState } from 'preact/hooks';
import { api, call, onceKey } from '../../../api/client.ts';
import { date } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorBox, Field, Switch, TextInput, useForm } from '../../../ui/index.ts';
import { GroupsField } from '../lobby/fields.tsx';
import { bodyOf, endOf, faultsOf, type KeyForm } from './keyform.ts';
import type { KeyRow } from './Keys.tsx';
import { MadeKey } from './MadeKey.tsx';

const EMPTY: KeyForm = {
    name: '',
    uses: '',
    ends: '',
    auto: false,
    groups: [],
    pattern: '',
    uninstall: false,
    adopt: false,
};

export default function NewKey({ onClose, made }: { onClose: () => void; made: () => void }) {
    const [key, setKey] = useState<KeyRow>();
    const [once] = useState(onceKey);
    const words = t.enrol.form;
    const form = useForm({
        initial: EMPTY,
        careless: true,
        check: (v) =>
            Object.fromEntries(faultsOf(v).map((name) => [name, name === 'uses' ? words.usesBad : words.endsBad])),
        submit: (v) =>
            call(api.POST('/api/v1/enrollment-keys', { body: bodyOf(v), headers: { 'Idempotency-Key': once } })),
        done: (row) => {
            setKey(row);
            made();
        },
    });
    if (key) return <MadeKey row={key} onClose={onClose} />;
    return (
        <Dialog
            title={words.title}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy} disabled={!form.values.name.trim()}>
                        {words.make}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.name} hint={words.nameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} maxLength={128} autofocus />
            </Field>
            <Switch {...form.tick('auto')} label={words.auto} hint={words.autoHint} />
            <div class="two">
                <Field label={words.uses} hint={words.usesHint} error={form.error('uses')}>
                    <TextInput {...form.bind('uses')} inputMode="numeric" />
                </Field>
                <Field
                    label={words.ends}
                    hint={form.values.ends ? date(endOf(form.values.ends)) : words.endsHint}
                    error={form.error('ends')}
                >
                    <TextInput {...form.bind('ends')} type="date" />
                </Field>
            </div>
            <GroupsField
                value={form.values.groups}
                onInput={(groups) => form.set({ groups })}
                error={form.error('groups')}
            />
            <details class="more-limits">
                <summary>{words.more}</summary>
                <Field label={words.pattern} hint={words.patternHint} error={form.error('pattern')}>
                    <TextInput {...form.bind('pattern')} mono />
                </Field>
                <Checkbox {...form.tick('uninstall')} label={words.uninstall} />
                <Checkbox {...form.tick('adopt')} label={words.adopt} />
            </details>
        </Dialog>
    );
}
