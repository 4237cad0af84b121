// SPDX-License-Identifier: Apache-2.0
import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon } from './Icon.tsx';
import { useId } from './id.ts';
import '../style/kit/fields.css';

interface Wiring {
    id?: string;
    describedBy?: string | undefined;
    invalid?: boolean;
    required?: boolean;
}

const FieldContext = createContext<Wiring>({});

export interface Wired {
    id?: string;
    'aria-describedby'?: string;
    'aria-invalid'?: 'true';
    required?: boolean;
}

/** The attributes that join a control to the Field around it. */
export function useField(own?: string): Wired {
    const field = useContext(FieldContext);
    const id = own ?? field.id;
    return {
        ...(id && { id }),
        ...(field.describedBy && { 'aria-describedby': field.describedBy }),
        ...(field.invalid && { 'aria-invalid': 'true' as const }),
        ...(field.required && { required: true }),
    };
}

export interface FieldProps {
    label: ComponentChildren;
    /** What it means, and an example. */
    hint?: ComponentChildren;
    /** What the server found wrong: `form.error('name')`. */
    error?: string | undefined;
    required?: boolean;
    /** One control: TextInput, TextArea, Select ... */
    children: ComponentChildren;
    /** Several controls below one label (radio buttons, checkboxes): a fieldset. */
    group?: boolean;
    /** At the end of the line of the label. */
    aside?: ComponentChildren;
}

/** Label, control, hint and error. `<Field label={…} error={form.error('name')}><TextInput {...form.bind('name')} /></Field>` */
export function Field({ label, hint, error, required = false, children, group = false, aside }: FieldProps) {
    const id = useId();
    const said = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
    const wiring: Wiring = group ? {} : { id, describedBy: said, invalid: Boolean(error), required };
    const Box = group ? 'fieldset' : 'div';
    const name = (
        <>
            {label}
            {required && (
                <span class="required" title={t.kit.required} aria-hidden="true">
                    {' '}
                    *
                </span>
            )}
        </>
    );
    return (
        <Box
            class={error ? 'field wrong' : 'field'}
            aria-labelledby={group && label ? id : undefined}
            aria-describedby={group ? said : undefined}
        >
            <div class="field-label">
                {group ? <span id={id}>{name}</span> : <label for={id}>{name}</label>}
                {aside}
            </div>
            <FieldContext.Provider value={wiring}>{children}</FieldContext.Provider>
            {hint && (
                <p class="hint" id={`${id}-hint`}>
                    {hint}
                </p>
            )}
            {error && (
                <p class="error" id={`${id}-error`}>
                    <Icon name="warn" size={16} />
                    {error}
                </p>
            )}
        </Box>
    );
}
