// SPDX-License-Identifier: Apache-2.0
// For whom and into which groups: fields of an approval and of a device that stands.
import { useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { Problem } from '../../../api/problem.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Checkbox, Field, TextInput } from '../../../ui/index.ts';

/** So many groups are a list to tick; of more, names are typed. */
const TICKED_MAX = 60;

/** The groups that a device is in, by name. Whoever may not read groups types their names. */
export function GroupsField({
    value,
    onInput,
    error,
}: {
    value: readonly string[];
    onInput: (groups: string[]) => void;
    error?: string | undefined;
}) {
    const asked = useData(may('group:read') ? 'groups' : undefined, (signal) =>
        call(api.GET('/api/v1/groups', { params: { query: { limit: TICKED_MAX } }, signal })),
    );
    const words = t.lobby.form;
    const groups = asked.data?.items ?? [];
    const listed = asked.data && !asked.data.next_cursor;
    if (listed) {
        const toggle = (name: string, on: boolean): void =>
            onInput(on ? [...value, name] : value.filter((one) => one !== name));
        return (
            <Field
                label={words.groups}
                hint={groups.length > 0 ? words.groupsHint : words.noGroups}
                error={error}
                group
            >
                <div class="ticks">
                    {groups.map(({ id, name }) => (
                        <Checkbox
                            key={id}
                            label={name ?? ''}
                            checked={value.includes(name ?? '')}
                            onInput={(on) => toggle(name ?? '', on)}
                        />
                    ))}
                </div>
            </Field>
        );
    }
    return (
        <Field label={words.groups} hint={words.groupNames} error={error}>
            <TextInput
                value={value.join(', ')}
                onInput={(text) => onInput(text.split(',').map((name) => name.trimStart()))}
            />
        </Field>
    );
}

const PROPOSED = 8;

/** The owner by user name, with proposals while one types. Only for who may read people. */
export function PersonField({
    value,
    onInput,
    error,
}: {
    value: string;
    onInput: (username: string) => void;
    error?: string | undefined;
}) {
    const [typed, setTyped] = useState('');
    const asked = useData(typed ? typed : undefined, (signal) =>
        call(api.GET('/api/v1/users', { params: { query: { search: typed, limit: PROPOSED } }, signal })),
    );
    const names = (asked.data?.items ?? []).map((user) => user.username ?? '');
    const input = (text: string): void => {
        setTyped(text.trim());
        onInput(text);
    };
    return (
        <Field label={t.lobby.form.person} hint={t.lobby.form.personHint} error={error}>
            <TextInput value={value} onInput={input} list={names} autocomplete="off" />
        </Field>
    );
}

/** The id of this person; '' for nobody. Refused as a fault of the field `person`. */
export async function personId(username: string): Promise<string> {
    const name = username.trim();
    if (!name) return '';
    const { items = [] } = await call(api.GET('/api/v1/users', { params: { query: { username: name } } }));
    const id = items[0]?.id;
    if (!id)
        throw new Problem({
            status: 422,
            code: 'bad-field',
            errors: [{ field: 'person', want: t.lobby.form.nobodySuch(name) }],
        });
    return id;
}

/** Names of groups as they are sent. */
export const sentGroups = (groups: readonly string[]): string[] => groups.map((name) => name.trim()).filter(Boolean);
