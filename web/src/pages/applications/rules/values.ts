// SPDX-License-Identifier: Apache-2.0
// A rule as the fields of its form, and back: every member of it, so that what is not touched stays. Pure.
import type { Shape } from '../../../api/client.ts';
import type { Choice } from '../../../ui/index.ts';

export type Rule = Shape<'AccessRule'>;
export type Effect = 'allow' | 'deny' | 'require_mfa' | 'require_reauth';
/** A second factor: asked for, asked to be absent, or of no matter. */
export type Factor = 'any' | 'given' | 'absent';

export const EFFECTS: readonly Effect[] = ['allow', 'deny', 'require_mfa', 'require_reauth'];
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const POSITION = 1000;

/** A time as a person writes it: a number and its unit. */
export interface Age {
    amount: string;
    unit: Unit;
}
export type Unit = 'second' | 'minute' | 'hour' | 'day';
const SECONDS: Record<Unit, number> = { second: 1, minute: 60, hour: 3600, day: 86400 };
export const UNITS = Object.keys(SECONDS) as readonly Unit[];

/** In the greatest unit that says it without a rest. */
export function ageOf(seconds: number | null | undefined): Age {
    if (!seconds) return { amount: '', unit: 'minute' };
    const unit = UNITS.findLast((name) => seconds % SECONDS[name] === 0) ?? 'second';
    return { amount: String(seconds / SECONDS[unit]), unit };
}

export const ageIsGood = (age: Age): boolean => age.amount === '' || /^[1-9]\d{0,8}$/.test(age.amount);
/** 0: no condition. */
export const secondsOf = (age: Age): number =>
    age.amount !== '' && ageIsGood(age) ? Number(age.amount) * SECONDS[age.unit] : 0;
/** Effects that ask the person for something, which may be of some age. */
export const asks = (effect: Effect): boolean => effect === 'require_mfa' || effect === 'require_reauth';

/** What is known of applications by the page: names for ids and for clients. */
export interface Names {
    byId: ReadonlyMap<string, string>;
    byClient: ReadonlyMap<string, string>;
}

const named = (id: string, names: ReadonlyMap<string, string>): Choice => ({ id, name: names.get(id) ?? id });
const factorOf = (mfa: boolean | null | undefined): Factor =>
    typeof mfa !== 'boolean' ? 'any' : mfa ? 'given' : 'absent';
const FACTORS: Record<Factor, boolean | null> = { any: null, given: true, absent: false };

export function valuesOf(rule: Rule | undefined, names: Names) {
    return {
        name: rule?.name ?? '',
        effect: EFFECTS.find((effect) => effect === rule?.effect) ?? ('allow' as Effect),
        position: String(rule?.position ?? POSITION),
        max_age_s: ageOf(rule?.max_age_s),
        application_id: (rule?.application_id ? [named(rule.application_id, names.byId)] : []) as readonly Choice[],
        groups_any: (rule?.groups_any ?? []).map((name): Choice => ({ id: name, name })) as readonly Choice[],
        groups_all: (rule?.groups_all ?? []).map((name): Choice => ({ id: name, name })) as readonly Choice[],
        cidr: (rule?.cidr ?? []) as readonly string[],
        not_cidr: (rule?.not_cidr ?? []) as readonly string[],
        weekdays: (rule?.weekdays ?? []) as readonly string[],
        hours: rule?.hours ?? '',
        tz: rule?.tz ?? '',
        mfa: factorOf(rule?.mfa),
        mfa_max_age_s: ageOf(rule?.mfa_max_age_s),
        clients: (rule?.clients ?? []).map((id) => named(id, names.byClient)) as readonly Choice[],
        scopes: (rule?.scopes ?? []) as readonly string[],
        device_level: rule?.device_level ?? '',
        when: rule?.when ?? '',
        active: rule?.status !== 'disabled',
    };
}

export type Values = ReturnType<typeof valuesOf>;

/** All that a rule may say: a member that is missing here is an error of types, for it would be lost. */
export function bodyOf(v: Values): Required<Shape<'AccessRuleIn'>> {
    return {
        name: v.name.trim(),
        effect: v.effect,
        status: v.active ? 'active' : 'disabled',
        position: Number(v.position),
        max_age_s: secondsOf(v.max_age_s),
        application_id: v.application_id[0]?.id ?? null,
        groups_any: v.groups_any.map((group) => group.id),
        groups_all: v.groups_all.map((group) => group.id),
        cidr: [...v.cidr],
        not_cidr: [...v.not_cidr],
        weekdays: WEEKDAYS.filter((day) => v.weekdays.includes(day)),
        hours: v.hours.trim() || null,
        tz: v.tz.trim() || null,
        mfa: FACTORS[v.mfa],
        mfa_max_age_s: secondsOf(v.mfa_max_age_s),
        clients: v.clients.map((client) => client.id),
        scopes: [...v.scopes],
        device_level: v.device_level || null,
        when: v.when.trim() || null,
    };
}
