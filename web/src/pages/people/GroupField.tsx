// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';
import { Chooser, Field, type Choice } from '../../ui/index.ts';
import { findGroups } from '../../ui/find.ts';

/** Groups of a form, found by name. */
export function GroupField({
    value,
    onInput,
    error,
    hint,
}: {
    value: readonly Choice[];
    onInput: (groups: readonly Choice[]) => void;
    error?: string | undefined;
    hint?: string;
}) {
    return (
        <Field label={t.people.column.groups} error={error} {...(hint && { hint })}>
            <Chooser label={t.people.groupFind} chosen={value} onInput={onInput} find={findGroups} />
        </Field>
    );
}
