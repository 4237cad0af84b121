// SPDX-License-Identifier: Apache-2.0
// A rule, new or as it is: what it does, for which application, and its conditions, each optional.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import {
    Button,
    Checkbox,
    Chooser,
    Dialog,
    ErrorBox,
    Field,
    Select,
    Stack,
    TextInput,
    confirm,
    toast,
    useForm,
} from '../../../ui/index.ts';
import { findApplications } from '../../../ui/find.ts';
import { Age, Conditions } from './Conditions.tsx';
import { Previewed, previewRule } from './Previewed.tsx';
import { EFFECTS, ageIsGood, asks, bodyOf, valuesOf, type Names, type Rule, type Values } from './values.ts';

const save = (rule: Rule | undefined, v: Values) =>
    rule
        ? call(
              api.PATCH('/api/v1/access-rules/{id}', {
                  params: { path: { id: rule.id ?? '' } },
                  headers: { 'If-Match': rule.etag ?? '*' },
                  body: bodyOf(v),
              }),
          )
        : call(api.POST('/api/v1/access-rules', { body: bodyOf(v) }));

/** Whom it would shut out or let in, before it is saved; a fault of a field shows first. null: no. */
async function ask(rule: Rule | undefined, v: Values) {
    const told = await previewRule(rule?.id, bodyOf(v))();
    return confirm({
        title: t.rules.saveAsk(v.name.trim()),
        text: <Previewed ask={() => Promise.resolve(told)} />,
        yes: t.applications.save,
        act: () => save(rule, v),
    });
}

function lacks(v: Values): Partial<Record<keyof Values, string>> {
    const words = t.rules;
    return {
        ...(!v.name.trim() && { name: t.applications.needed }),
        ...(!/^\d+$/.test(v.position) && { position: words.positionWrong }),
        ...(asks(v.effect) && !ageIsGood(v.max_age_s) && { max_age_s: words.ageWrong }),
        ...(!ageIsGood(v.mfa_max_age_s) && { mfa_max_age_s: words.ageWrong }),
    };
}

interface Props {
    rule?: Rule;
    names: Names;
    onClose: () => void;
    done: () => void;
}

export function RuleForm({ rule, names, onClose, done }: Props) {
    const words = t.rules;
    const form = useForm({
        initial: valuesOf(rule, names),
        careless: true,
        check: lacks,
        submit: (v) => ask(rule, v),
        done: (saved) => {
            if (!saved) return;
            toast.good(t.applications.saved);
            done();
            onClose();
        },
    });
    const { values, set } = form;
    return (
        <Dialog
            wide
            title={rule ? words.editTitle(rule.name ?? '') : words.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {t.applications.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Stack as="grid">
                <Field label={t.applications.column.name} error={form.error('name')} required>
                    <TextInput {...form.bind('name')} />
                </Field>
                <Field label={words.effectLabel}>
                    <Select
                        {...form.bind('effect')}
                        options={EFFECTS.map((value) => ({ value, label: words.effect[value] }))}
                    />
                </Field>
                {asks(values.effect) && (
                    <Field label={words.maxAge} hint={words.maxAgeHint} error={form.error('max_age_s')} group>
                        <Age {...form.bind('max_age_s')} label={words.maxAge} />
                    </Field>
                )}
                <Field label={words.position} hint={words.positionHint} error={form.error('position')}>
                    <TextInput {...form.bind('position')} type="number" min={0} />
                </Field>
            </Stack>
            <Field label={words.which} hint={words.whichHint} error={form.error('application_id')}>
                <Chooser
                    label={words.whichFind}
                    chosen={values.application_id}
                    onInput={(next) => set({ application_id: next })}
                    find={findApplications}
                    single
                />
            </Field>
            <Checkbox {...form.tick('active')} label={words.active} />
            <Conditions form={form} />
        </Dialog>
    );
}
