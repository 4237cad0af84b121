// SPDX-License-Identifier: Apache-2.0
import { Problem } from '../../api/client.ts';
import {
    Button,
    Checkbox,
    ErrorBox,
    Field,
    RadioCards,
    Select,
    Switch,
    TextArea,
    TextInput,
    useForm,
} from '../index.ts';

/** Every kind of field; the server refuses what it is sent. */
export function AForm() {
    const form = useForm({
        initial: { name: 'laptops', kind: 'static', text: '', open: true, notify: false, effect: 'ask' },
        submit: () =>
            Promise.reject(
                new Problem({
                    status: 422,
                    code: 'validation',
                    title: 'Some values are wrong',
                    errors: [{ field: 'name', want: 'between 3 and 64 letters' }],
                    request_id: 'x',
                }),
            ),
    });
    return (
        <form {...form.attributes}>
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label="Name" hint="Letters, digits and dashes." error={form.error('name')} required>
                <TextInput {...form.bind('name')} mono />
            </Field>
            <Field label="Kind">
                <Select
                    {...form.bind('kind')}
                    options={[
                        { value: 'static', label: 'Fixed members' },
                        { value: 'rule', label: 'By a rule' },
                    ]}
                />
            </Field>
            <Field label="Description">
                <TextArea {...form.bind('text')} />
            </Field>
            <Field label="Effect" group>
                <RadioCards
                    {...form.bind('effect')}
                    label="Effect"
                    options={[
                        { value: 'allow', label: 'Allow', hint: 'Calls go through at once.', icon: 'good' },
                        { value: 'ask', label: 'Ask', hint: 'A person approves each call.', icon: 'approval' },
                        { value: 'deny', label: 'Deny', hint: 'Calls are refused, and it is recorded.', icon: 'bad' },
                    ]}
                />
            </Field>
            <Checkbox {...form.tick('open')} label="Members may leave" hint="They are told by mail." />
            <Switch {...form.tick('notify')} label="Tell the owner of each change" />
            <div class="actions">
                <Button kind="primary" type="submit" busy={form.busy}>
                    Save
                </Button>
                <Button onClick={() => form.reset()} disabled={!form.dirty}>
                    Reset
                </Button>
            </div>
        </form>
    );
}
