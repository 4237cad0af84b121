// SPDX-License-Identifier: Apache-2.0
// The conditions of a rule as sentences.
import { t } from '../../../i18n/index.ts';
import { WEEKDAYS, type Names, type Rule } from './values.ts';

export function sentencesOf(rule: Rule, names: Names): string[] {
    const say = t.rules.say;
    const said = [
        rule.groups_any?.length && say.groupsAny(rule.groups_any),
        rule.groups_all?.length && say.groupsAll(rule.groups_all),
        rule.cidr?.length && say.cidr(rule.cidr),
        rule.not_cidr?.length && say.notCidr(rule.not_cidr),
        rule.weekdays?.length && say.weekdays(WEEKDAYS.filter((day) => rule.weekdays?.includes(day))),
        rule.hours && say.hours(rule.hours, rule.tz ?? 'UTC'),
        typeof rule.mfa === 'boolean' && (rule.mfa ? say.mfa : say.noMfa),
        rule.mfa_max_age_s && say.mfaAge(rule.mfa_max_age_s),
        rule.clients?.length && say.clients(rule.clients.map((id) => names.byClient.get(id) ?? id)),
        rule.scopes?.length && say.scopes(rule.scopes),
        rule.device_level && (rule.device_level === 'software-key' ? say.deviceKey : say.deviceToken),
        rule.when && say.when(rule.when),
        rule.max_age_s && say.maxAge(rule.max_age_s),
    ].filter((sentence): sentence is string => Boolean(sentence));
    return said.length > 0 ? said : [say.always];
}
