// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { useField } from './Field.tsx';
import { Icon } from './Icon.tsx';
import '../style/kit/fields.css';

/** What else a control may carry. */
interface Native {
    id?: string | undefined;
    name?: string | undefined;
    title?: string | undefined;
    disabled?: boolean | undefined;
    autofocus?: boolean | undefined;
    'aria-label'?: string | undefined;
    'aria-describedby'?: string | undefined;
    onBlur?: (() => void) | undefined;
    onKeyDown?: ((event: KeyboardEvent) => void) | undefined;
}

interface NativeText extends Native {
    placeholder?: string | undefined;
    readOnly?: boolean | undefined;
    maxLength?: number | undefined;
}

export interface TextInputProps extends NativeText {
    value: string;
    onInput: (value: string) => void;
    type?: 'text' | 'email' | 'url' | 'password' | 'number' | 'date' | 'datetime-local' | 'time' | 'tel' | 'search';
    /** Names, codes and addresses: letters of one width, no spelling. */
    mono?: boolean;
    autocomplete?: string;
    min?: number | string;
    max?: number | string;
    step?: number | string;
    inputMode?: 'text' | 'numeric' | 'decimal' | 'email' | 'url';
    /** Proposals while one types. */
    list?: string[];
    /** At the end, inside the frame: a unit. */
    unit?: string;
}

/** One line of text. Outside a Field it needs an `aria-label`. */
export function TextInput({ value, onInput, type = 'text', mono, list, unit, id, ...rest }: TextInputProps) {
    const wired = useField(id);
    const listId = list ? `${wired.id}-list` : undefined;
    const input = (
        <input
            {...wired}
            {...rest}
            type={type as 'text'}
            value={value}
            class={mono ? 'input mono' : 'input'}
            list={listId}
            spellcheck={!mono}
            autocapitalize={mono ? 'off' : undefined}
            onInput={(event) => onInput(event.currentTarget.value)}
        />
    );
    if (!list && !unit) return input;
    return (
        <div class="input-with">
            {input}
            {unit && <span class="unit">{unit}</span>}
            {list && (
                <datalist id={listId}>
                    {list.map((one) => (
                        <option key={one} value={one} />
                    ))}
                </datalist>
            )}
        </div>
    );
}

export interface TextAreaProps extends NativeText {
    value: string;
    onInput: (value: string) => void;
    rows?: number;
    mono?: boolean;
}

/** Several lines of text; grows with them where the browser can. */
export function TextArea({ value, onInput, rows = 3, mono, id, ...rest }: TextAreaProps) {
    return (
        <textarea
            {...useField(id)}
            {...rest}
            rows={rows}
            value={value}
            class={mono ? 'input area mono' : 'input area'}
            spellcheck={!mono}
            onInput={(event) => onInput(event.currentTarget.value)}
        />
    );
}

export interface Option<V extends string = string> {
    value: V;
    label: string;
    disabled?: boolean;
    /** For RadioCards. */
    hint?: ComponentChildren;
}

export interface SelectProps<V extends string> extends Native {
    value: V;
    onInput: (value: V) => void;
    options: readonly Option<V>[];
}

/** One of a few, in the browser's own list. */
export function Select<V extends string>({ value, onInput, options, id, ...rest }: SelectProps<V>) {
    return (
        <span class="select">
            <select
                {...useField(id)}
                {...rest}
                class="input"
                value={value}
                onInput={(event) => onInput(event.currentTarget.value as V)}
            >
                {options.map((one) => (
                    <option key={one.value} value={one.value} disabled={one.disabled}>
                        {one.label}
                    </option>
                ))}
            </select>
            <Icon name="down" size={16} />
        </span>
    );
}

export interface SearchInputProps {
    value: string;
    onInput: (value: string) => void;
    label: string;
    placeholder?: string;
    /** Milliseconds of quiet before `onInput`; 250 when absent. */
    wait?: number;
}

/** Text to look for: told when the typing rests, at Enter at once. The key `/` of the shell finds it by `data-search`. */
export function SearchInput({ value, onInput, label, placeholder, wait = 250 }: SearchInputProps) {
    const [text, setText] = useState(value);
    const told = useRef(value);
    useEffect(() => {
        if (value === told.current) return;
        told.current = value;
        setText(value);
    }, [value]);
    const tell = (now: string): void => {
        if (now === told.current) return;
        told.current = now;
        onInput(now);
    };
    useEffect(() => {
        const timer = setTimeout(() => tell(text), wait);
        return () => clearTimeout(timer);
    }, [text]);
    return (
        <span class="search">
            <Icon name="search" size={18} />
            <input
                type="search"
                class="input"
                aria-label={label}
                placeholder={placeholder ?? label}
                value={text}
                data-search="true"
                spellcheck={false}
                onInput={(event) => setText(event.currentTarget.value)}
                onKeyDown={(event) => event.key === 'Enter' && tell(text)}
            />
            {text !== '' && (
                <button
                    type="button"
                    class="clear"
                    aria-label={t.kit.clearSearch}
                    title={t.kit.clearSearch}
                    onClick={() => {
                        setText('');
                        tell('');
                    }}
                >
                    <Icon name="close" size={16} />
                </button>
            )}
        </span>
    );
}
