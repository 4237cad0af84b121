// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorBox, Field, Icon, SearchInput, TextInput, type IconName } from '../../ui/index.ts';
import { findTargets, mayFind, type Target, type Targeted } from './targets.ts';
import './picker.css';

const ICONS: Record<Targeted, IconName> = { group: 'group', user: 'people', device: 'device' };

interface Props {
    kind: Targeted;
    value: Target | undefined;
    onInput: (target: Target | undefined) => void;
    error?: string | undefined;
}

/** What was found, each a button: the first ones stand there before anything is typed. */
function Found({ kind, onInput }: Pick<Props, 'kind' | 'onInput'>) {
    const words = t.policies.picker;
    const [search, setSearch] = useState('');
    const found = useData(`${kind} ${search}`, (signal) => findTargets(kind, search, signal));
    return (
        <div class="picker">
            <SearchInput label={words.search[kind]} value={search} onInput={setSearch} />
            {found.error && <ErrorBox problem={found.error} retry={found.reload} />}
            <p class="unseen" role="status">
                {found.data && words.results(found.data.length)}
            </p>
            {found.data?.length === 0 && <p class="muted">{words.nothing}</p>}
            <ul class="picker-list" aria-label={words[kind]}>
                {(found.data ?? []).map((one) => (
                    <li key={one.id}>
                        <button type="button" class="picker-item" onClick={() => onInput(one)}>
                            <Icon name={ICONS[kind]} size={18} />
                            <span>{one.name}</span>
                            {one.more && one.more !== one.name && <span class="muted">{one.more}</span>}
                        </button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

/** A group, a person or a device, looked for by name. Who may not look gives an id. */
export function TargetPicker({ kind, value, onInput, error }: Props) {
    const words = t.policies.picker;
    if (!mayFind(kind)) {
        return (
            <Field label={words[kind]} hint={words.mayNot} error={error} required>
                <TextInput
                    value={value?.id ?? ''}
                    onInput={(id) => onInput(id ? { id, name: id } : undefined)}
                    mono
                    placeholder={words.id}
                />
            </Field>
        );
    }
    return (
        <Field label={words[kind]} error={error} required group>
            {value ? (
                <div class="picked">
                    <Icon name={ICONS[kind]} size={18} />
                    <strong>{value.name}</strong>
                    <Button small kind="link" onClick={() => onInput(undefined)}>
                        {words.change}
                    </Button>
                </div>
            ) : (
                <Found key={kind} kind={kind} onInput={onInput} />
            )}
        </Field>
    );
}
