// SPDX-License-Identifier: Apache-2.0
// The conditions of a rule, in groups: who, from where, when, how they proved themselves, and what is asked for.
import type { ComponentChildren } from 'preact';
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import {
    Checkbox,
    Chips,
    Chooser,
    Field,
    Select,
    Stack,
    TextArea,
    TextInput,
    type Choice,
    type Form,
} from '../../../ui/index.ts';
import { findGroups } from '../../../ui/find.ts';
import { UNITS, WEEKDAYS, type Age as AgeValue, type Unit, type Values } from './values.ts';

const SCOPES = ['openid', 'profile', 'email', 'groups', 'offline_access'];

let zones: string[] | undefined;
const zonesNow = (): string[] => (zones ??= ['UTC', ...Intl.supportedValuesOf('timeZone')]);

async function findClients(text: string, signal: AbortSignal): Promise<Choice[]> {
    const query = { limit: 20, ...(text && { search: text }) };
    const { items = [] } = await call(api.GET('/api/v1/applications', { params: { query }, signal }));
    return items.flatMap((app) =>
        app.client_id
            ? [
                  {
                      id: app.client_id,
                      name: app.name ?? app.client_id,
                      note: app.client_id === app.id ? undefined : app.client_id,
                      icon: 'application' as const,
                  },
              ]
            : [],
    );
}

/** A time as a number and a unit; empty: none. */
export function Age({ value, onInput, label }: { value: AgeValue; onInput: (value: AgeValue) => void; label: string }) {
    const words = t.rules;
    return (
        <div class="rule-age">
            <TextInput
                type="number"
                min={1}
                aria-label={label}
                value={value.amount}
                onInput={(amount) => onInput({ ...value, amount })}
                placeholder={words.noLimit}
            />
            <Select
                aria-label={words.unitOf(label)}
                value={value.unit}
                onInput={(unit) => onInput({ ...value, unit: unit as Unit })}
                options={UNITS.map((unit) => ({ value: unit, label: words.units[unit] }))}
            />
        </div>
    );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
    return (
        <fieldset class="rule-part">
            <legend>{title}</legend>
            {children}
        </fieldset>
    );
}

export function Conditions({ form }: { form: Form<Values> }) {
    const words = t.rules;
    const { values, set } = form;
    const day = (name: string, on: boolean): void =>
        set({ weekdays: on ? [...values.weekdays, name] : values.weekdays.filter((had) => had !== name) });
    const groups = (key: 'groups_any' | 'groups_all') => (
        <Field label={words[key]} error={form.error(key)}>
            <Chooser label={t.applications.findGroup} {...chosen(key)} find={findGroups} />
        </Field>
    );
    const chosen = (key: 'groups_any' | 'groups_all' | 'clients') => ({
        chosen: values[key],
        onInput: (next: readonly Choice[]) => set({ [key]: next }),
    });
    const chips = (key: 'cidr' | 'not_cidr' | 'scopes', hint: string, list?: readonly string[]) => (
        <Field label={words[key]} hint={hint} error={form.error(key)}>
            <Chips {...form.bind(key)} remove={t.kit.drop} {...(list && { list })} />
        </Field>
    );
    return (
        <>
            <p class="rule-hint">{words.allHold}</p>
            <Part title={words.part.who}>
                <Stack as="grid">
                    {groups('groups_any')}
                    {groups('groups_all')}
                </Stack>
            </Part>
            <Part title={words.part.where}>
                <Stack as="grid">
                    {chips('cidr', words.cidrHint)}
                    {chips('not_cidr', words.cidrHint)}
                </Stack>
                <Field label={words.device}>
                    <Select
                        {...form.bind('device_level')}
                        options={[
                            { value: '', label: words.deviceAny },
                            { value: 'token', label: words.deviceToken },
                            { value: 'software-key', label: words.deviceKey },
                        ]}
                    />
                </Field>
            </Part>
            <Part title={words.part.time}>
                <Field label={words.weekdays} group>
                    <div class="weekdays">
                        {WEEKDAYS.map((name) => (
                            <Checkbox
                                key={name}
                                label={words.days[name]}
                                checked={values.weekdays.includes(name)}
                                onInput={(on) => day(name, on)}
                            />
                        ))}
                    </div>
                </Field>
                <Stack as="grid">
                    <Field label={words.hours} hint={words.hoursHint} error={form.error('hours')}>
                        <TextInput {...form.bind('hours')} mono placeholder="08:00-18:30" />
                    </Field>
                    <Field label={words.tz} hint={words.tzHint} error={form.error('tz')}>
                        <TextInput {...form.bind('tz')} mono placeholder="UTC" list={zonesNow()} />
                    </Field>
                </Stack>
            </Part>
            <Part title={words.part.proof}>
                <Stack as="grid">
                    <Field label={words.mfa}>
                        <Select
                            {...form.bind('mfa')}
                            options={[
                                { value: 'any', label: words.mfaAny },
                                { value: 'given', label: words.mfaGiven },
                                { value: 'absent', label: words.mfaAbsent },
                            ]}
                        />
                    </Field>
                    <Field label={words.mfaAge} error={form.error('mfa_max_age_s')} group>
                        <Age {...form.bind('mfa_max_age_s')} label={words.mfaAge} />
                    </Field>
                </Stack>
            </Part>
            <Part title={words.part.asked}>
                <Stack as="grid">
                    <Field label={words.clients} hint={words.clientsHint} error={form.error('clients')}>
                        <Chooser label={words.whichFind} {...chosen('clients')} find={findClients} />
                    </Field>
                    {chips('scopes', words.scopesHint, SCOPES)}
                </Stack>
                <Field label={words.when} hint={words.whenHint} error={form.error('when')}>
                    <TextArea
                        {...form.bind('when')}
                        rows={2}
                        mono
                        placeholder="'staff' in groups && request.hour < 18"
                    />
                </Field>
            </Part>
        </>
    );
}
