// SPDX-License-Identifier: Apache-2.0
// A rule, new or as it is: its conditions typed, each optional.
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Checkbox, Chooser, Dialog, ErrorBox, Field, Select, Stack, TextInput, toast, useForm, type Choice } from '../../../ui/index.ts';
import { findApplications, findGroups } from '../../../ui/find.ts';
import { linesOf } from '../NewApplication.tsx';

type Rule = Shape<'AccessRule'>;
type Effect = 'allow' | 'deny' | 'require_mfa' | 'require_reauth';

const EFFECTS: readonly Effect[] = ['allow', 'deny', 'require_mfa', 'require_reauth'];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const asChoice = (name: string): Choice => ({ id: name, name });

function valuesOf(rule: Rule | undefined) {
    return {
        name: rule?.name ?? '', effect: EFFECTS.find((effect) => effect === rule?.effect) ?? 'allow', position: String(rule?.position ?? 1000),
        app: (rule?.application_id ? [{ id: rule.application_id, name: `…${rule.application_id.slice(-8)}` }] : []) as readonly Choice[],
        groups: (rule?.groups_any ?? []).map(asChoice) as readonly Choice[], cidr: (rule?.cidr ?? []).join(' '), weekdays: [...(rule?.weekdays ?? [])],
        hours: rule?.hours ?? '', tz: rule?.tz ?? '', mfa: rule?.mfa === true, device_level: rule?.device_level ?? '', when: rule?.when ?? '', active: rule?.status !== 'disabled',
    };
}

function bodyOf(v: ReturnType<typeof valuesOf>): Shape<'AccessRuleIn'> {
    return {
        name: v.name.trim(), effect: v.effect, position: Number(v.position), application_id: v.app[0]?.id ?? null, groups_any: v.groups.map((group) => group.id), cidr: linesOf(v.cidr),
        weekdays: v.weekdays, hours: v.hours || null, tz: v.tz || null, mfa: v.mfa || null, device_level: v.device_level || null, when: v.when || null, status: v.active ? 'active' : 'disabled',
    };
}

export function RuleForm({ rule, onClose, done }: { rule?: Rule; onClose: () => void; done: () => void }) {
    const words = t.rules;
    const form = useForm({
        initial: valuesOf(rule),
        careless: true,
        check: (v) => ({ ...(!v.name.trim() && { name: t.applications.needed }), ...(!/^\d+$/.test(v.position) && { position: words.positionWrong }) }),
        submit: (v) => (rule
            ? call(api.PATCH('/api/v1/access-rules/{id}', { params: { path: { id: rule.id ?? '' } }, headers: { 'If-Match': rule.etag ?? '*' }, body: bodyOf(v) }))
            : call(api.POST('/api/v1/access-rules', { body: bodyOf(v) }))),
        done: () => {
            toast.good(t.applications.saved);
            done();
            onClose();
        },
    });
    const { values, set } = form;
    const day = (name: string, on: boolean) => set({ weekdays: on ? [...values.weekdays, name] : values.weekdays.filter((had) => had !== name) });
    return (
        <Dialog wide title={rule ? words.editTitle(rule.name ?? '') : words.add} onClose={onClose} onSubmit={() => void form.submit()}
            actions={<><Button onClick={onClose}>{t.kit.cancel}</Button><Button kind="primary" type="submit" busy={form.busy}>{t.applications.save}</Button></>}>
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.applications.column.name} error={form.error('name')} required><TextInput {...form.bind('name')} /></Field>
            <Stack as="grid">
                <Field label={words.effectLabel}><Select {...form.bind('effect')} options={EFFECTS.map((value) => ({ value, label: words.effect[value] }))} /></Field>
                <Field label={words.position} hint={words.positionHint} error={form.error('position')}><TextInput {...form.bind('position')} type="number" min={0} /></Field>
            </Stack>
            <Field label={words.which} hint={words.whichHint}><Chooser label={words.whichFind} chosen={values.app} onInput={(app) => set({ app })} find={findApplications} single /></Field>
            <p class="hint">{words.allHold}</p>
            <Field label={words.groups}><Chooser label={t.applications.findGroup} chosen={values.groups} onInput={(groups) => set({ groups })} find={findGroups} /></Field>
            <Field label={words.cidr} hint={words.cidrHint} error={form.error('cidr')}><TextInput {...form.bind('cidr')} mono placeholder="192.168.0.0/16" /></Field>
            <Field label={words.weekdays} group><Stack as="row">{WEEKDAYS.map((name) => <Checkbox key={name} label={words.days[name]} checked={values.weekdays.includes(name)} onInput={(on) => day(name, on)} />)}</Stack></Field>
            <Stack as="grid">
                <Field label={words.hours} error={form.error('hours')}><TextInput {...form.bind('hours')} mono placeholder="08:00-18:30" /></Field>
                <Field label={words.tz} error={form.error('tz')}><TextInput {...form.bind('tz')} mono placeholder="Europe/Paris" /></Field>
            </Stack>
            <Field label={words.device}><Select {...form.bind('device_level')} options={[{ value: '', label: words.deviceAny }, { value: 'token', label: words.deviceToken }, { value: 'software-key', label: words.deviceKey }]} /></Field>
            <Field label={words.when} hint={words.whenHint} error={form.error('when')}><TextInput {...form.bind('when')} mono placeholder="'staff' in groups" /></Field>
            <Checkbox {...form.tick('mfa')} label={words.mfa} />
            <Checkbox {...form.tick('active')} label={words.active} />
        </Dialog>
    );
}
