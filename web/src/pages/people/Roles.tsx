// SPDX-License-Identifier: Apache-2.0
// The roles of people, groups and service accounts.
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Checkbox, Field } from '../../ui/index.ts';

export const ROLES = ['administrator', 'operator', 'auditor', 'enroller', 'user', 'system-administrator'] as const;
export type RoleName = (typeof ROLES)[number];

const asRole = (text: string): RoleName | undefined => ROLES.find((role) => role === text);

/** Whoever administers the whole server is changed by his like alone; so is what has the role. */
export const mayChange = (roles: readonly string[] | undefined): boolean =>
    may('system:admin') || !roles?.includes('system-administrator');

/** The role as a word; one that this page does not know as it is. */
export function roleName(role: string): string {
    const known = asRole(role);
    return known ? t.people.role[known] : role;
}

/** Several of them, each with what it lets one do. */
export function RolePicks({
    value,
    onInput,
    error,
    group,
}: {
    value: readonly string[];
    onInput: (roles: string[]) => void;
    error?: string | undefined;
    /** Of a group, which never has the role of the whole server. */
    group?: boolean;
}) {
    const offered = ROLES.filter((role) => mayChange([role]) && !(group && role === 'system-administrator'));
    const tick = (role: string, on: boolean): void =>
        onInput(on ? [...value, role] : value.filter((had) => had !== role));
    return (
        <Field label={t.people.roles} hint={t.people.rolesHint} error={error} group>
            {offered.map((role) => (
                <Checkbox
                    key={role}
                    label={t.people.role[role]}
                    hint={t.people.roleHint[role]}
                    checked={value.includes(role)}
                    onInput={(on) => tick(role, on)}
                />
            ))}
        </Field>
    );
}
