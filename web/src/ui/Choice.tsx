// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.tsx';
import type { Option } from './Inputs.tsx';
import { useId } from './id.ts';
import '../style/kit/fields.css';

interface TickProps {
    checked: boolean;
    onInput: (checked: boolean) => void;
    label: ComponentChildren;
    hint?: ComponentChildren;
    disabled?: boolean;
    name?: string;
    /** The label is for readers only (a row of a table). */
    bare?: boolean;
    /** Some of what it stands for are ticked. */
    mixed?: boolean;
}

function Tick({
    checked,
    onInput,
    label,
    hint,
    disabled,
    name,
    bare,
    mixed,
    look,
}: TickProps & { look: 'checkbox' | 'switch' }) {
    const id = useId();
    return (
        <span class={bare ? 'tick bare' : 'tick'}>
            <input
                type="checkbox"
                role={look === 'switch' ? 'switch' : undefined}
                class={look}
                id={id}
                name={name}
                checked={checked}
                disabled={disabled}
                aria-describedby={hint ? `${id}-hint` : undefined}
                aria-label={bare ? String(label) : undefined}
                ref={(input) => {
                    if (input) input.indeterminate = mixed === true;
                }}
                onInput={(event) => onInput(event.currentTarget.checked)}
            />
            {!bare && <label for={id}>{label}</label>}
            {hint && (
                <span class="hint" id={`${id}-hint`}>
                    {hint}
                </span>
            )}
        </span>
    );
}

/** Yes or no, sent with the form. */
export function Checkbox(props: TickProps) {
    return <Tick {...props} look="checkbox" />;
}

/** On or off, taken at once. */
export function Switch(props: TickProps) {
    return <Tick {...props} look="switch" />;
}

interface RadioCardsProps<V extends string> {
    value: V;
    onInput: (value: V) => void;
    options: readonly (Option<V> & { icon?: IconName })[];
    /** Names the choice to readers; put a Field with `group` around it to show it. */
    label: string;
    name?: string;
}

/** One of a few, each with a sentence that says what it means. */
export function RadioCards<V extends string>({ value, onInput, options, label, name }: RadioCardsProps<V>) {
    const id = useId();
    return (
        <div class="radio-cards" role="radiogroup" aria-label={label}>
            {options.map((one) => (
                <label key={one.value} class={one.value === value ? 'radio-card on' : 'radio-card'}>
                    <input
                        type="radio"
                        name={name ?? id}
                        value={one.value}
                        checked={one.value === value}
                        disabled={one.disabled}
                        onInput={() => onInput(one.value)}
                    />
                    {one.icon && <Icon name={one.icon} />}
                    <span class="radio-text">
                        <strong>{one.label}</strong>
                        {one.hint && <span class="hint">{one.hint}</span>}
                    </span>
                </label>
            ))}
        </div>
    );
}
