// SPDX-License-Identifier: Apache-2.0
// The conditions of a rule as sentences.
import type { Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';

export function sentencesOf(rule: Shape<'AccessRule'>): string[] {
    const say = t.rules.say;
    const said = [
        rule.groups_any?.length && say.groupsAny(rule.groups_any),
        rule.groups_all?.length && say.groupsAll(rule.groups_all),
        rule.cidr?.length && say.cidr(rule.cidr),
        rule.not_cidr?.length && say.notCidr(rule.not_cidr),
        rule.weekdays?.length && say.weekdays(rule.weekdays),
        rule.hours && say.hours(rule.hours, rule.tz ?? 'UTC'),
        typeof rule.mfa === 'boolean' && (rule.mfa ? say.mfa : say.noMfa),
        rule.mfa_max_age_s && say.mfaAge(rule.mfa_max_age_s),
        rule.clients?.length && say.clients(rule.clients),
        rule.scopes?.length && say.scopes(rule.scopes),
        rule.device_level && say.device(rule.device_level),
        rule.when && say.when(rule.when),
    ].filter((sentence): sentence is string => Boolean(sentence));
    return said.length > 0 ? said : [say.always];
}
