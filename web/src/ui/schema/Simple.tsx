// SPDX-License-Identifier: Apache-2.0
// The fields of a schema's form that hold one value: a text, a number, a choice, yes or no, and JSON where no field is known.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { RadioCards } from '../Choice.tsx';
import { Select, TextArea, TextInput, type TextInputProps } from '../Inputs.tsx';
import { JsonEditor } from '../JsonEditor.tsx';
import type { ChoiceNode, Json, Node, NumberNode, Schema, TextNode } from './model.ts';

export interface PartProps<N extends Node = Node> {
    node: N;
    name: string;
    required: boolean;
    value: Json | undefined;
    onInput: (value: Json | undefined) => void;
    pointer: string;
    faults: Record<string, string>;
    strict: boolean;
    root: Schema;
    foreign: boolean;
    /** JSON stands there that is not finished: nothing of it is in the value. */
    hold: (pointer: string, broken: boolean) => void;
    /** One of a list: it has a number, not a name. */
    item?: boolean;
    /** What stands around it has its label. */
    bare?: boolean;
}

const INPUTS: Record<string, TextInputProps['type']> = {
    email: 'email',
    uri: 'url',
    url: 'url',
    password: 'password',
};
/** What a text of this format looks like: the browser's own field for a time knows no time zone. */
const EXAMPLES: Record<string, string> = {
    'date-time': '2026-01-31T08:30:00Z',
    time: '08:30:00Z',
    duration: 'P1DT2H',
};
const ABSENT = '';
const NULL = 'null';

/** Of a field without a label beside it. */
const labelOf = (p: PartProps): string | undefined => (p.bare ? (p.node.title ?? p.name) : undefined);

/** What an emptied field says: nothing, or null where something has to be said. */
export const emptied = (p: PartProps): Json | undefined => (p.required && p.node.nullable ? null : undefined);

export function Text(p: PartProps<TextNode>) {
    const value = typeof p.value === 'string' ? p.value : '';
    const format = p.node.format ?? '';
    const isDate = format === 'date' && /^(\d{4}-\d\d-\d\d)?$/.test(value);
    // An empty text is said by the JSON view.
    const put = (text: string): void => p.onInput(text === '' ? emptied(p) : text);
    const placeholder = p.value === null ? NULL : EXAMPLES[format];
    return p.node.line && !p.node.long && !value.includes('\n') ? (
        <TextInput
            aria-label={labelOf(p)}
            value={value}
            onInput={put}
            type={isDate ? 'date' : (INPUTS[format] ?? 'text')}
            autocomplete="off"
            placeholder={placeholder}
        />
    ) : (
        <TextArea
            aria-label={labelOf(p)}
            value={value}
            onInput={put}
            rows={p.node.long ? 3 : 1}
            placeholder={placeholder}
        />
    );
}

/** A number as JSON keeps it; what it would not keep as it was typed stays a text, which is a fault. */
function numberOf(text: string): Json {
    const typed = text.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2');
    const value = Number(typed);
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : text;
}

export function Figure(p: PartProps<NumberNode>) {
    const [text, setText] = useState(() => (p.value === undefined || p.value === null ? '' : String(p.value)));
    const shown =
        text !== '' && numberOf(text) === p.value ? text : typeof p.value === 'number' ? String(p.value) : text;
    const put = (next: string): void => {
        setText(next);
        p.onInput(next.trim() === '' ? emptied(p) : numberOf(next));
    };
    return (
        <TextInput
            aria-label={labelOf(p)}
            value={shown}
            onInput={put}
            inputMode={p.node.whole ? 'numeric' : 'decimal'}
            autocomplete="off"
            placeholder={p.value === null ? NULL : undefined}
        />
    );
}

export function Choice(p: PartProps<ChoiceNode>) {
    const { node } = p;
    const described = node.options.some((one) => one.description) && node.options.length <= 4;
    const at = node.options.findIndex((one) => JSON.stringify(one.value) === JSON.stringify(p.value));
    const options = [
        ...(at < 0 || !p.required
            ? [{ value: ABSENT, label: p.required ? t.kit.schema.choose : t.kit.schema.absent }]
            : []),
        ...(node.nullable ? [{ value: NULL, label: t.kit.schema.none }] : []),
        ...node.options.map((one, i) => ({ value: String(i), label: one.label, hint: one.description })),
    ];
    const value = at >= 0 ? String(at) : p.value === null ? NULL : ABSENT;
    const put = (next: string): void =>
        p.onInput(next === ABSENT ? undefined : next === NULL ? null : node.options[Number(next)]?.value);
    return described ? (
        <RadioCards
            label={node.title ?? p.name}
            value={value}
            options={options.filter((one) => one.value !== ABSENT || !p.required)}
            onInput={put}
        />
    ) : (
        <Select aria-label={labelOf(p)} value={value} options={options} onInput={put} />
    );
}

export function YesNo(p: PartProps) {
    const value = p.value === true ? 'yes' : p.value === false ? 'no' : p.value === null ? NULL : ABSENT;
    const options = [
        ...(p.required && p.value !== undefined
            ? []
            : [{ value: ABSENT, label: p.required ? t.kit.schema.choose : t.kit.schema.absent }]),
        ...(p.node.nullable ? [{ value: NULL, label: t.kit.schema.none }] : []),
        { value: 'yes', label: t.kit.schema.yes },
        { value: 'no', label: t.kit.schema.no },
    ];
    return (
        <Select
            aria-label={labelOf(p)}
            value={value}
            options={options}
            onInput={(next) => p.onInput(next === ABSENT ? undefined : next === NULL ? null : next === 'yes')}
        />
    );
}

/** The value of a JSON text, none of an empty one; undefined: it is no JSON, or not yet. */
export function parsed(text: string): { value: Json | undefined } | undefined {
    if (text.trim() === '') return { value: undefined };
    try {
        return { value: JSON.parse(text) as Json };
    } catch {
        return undefined;
    }
}

export function Free(p: PartProps) {
    const [text, setText] = useState(() => (p.value === undefined ? '' : JSON.stringify(p.value, null, 2)));
    // One before it in a list may go: what is not finished is then so at another place.
    useEffect(() => {
        p.hold(p.pointer, !parsed(text));
        return () => p.hold(p.pointer, false);
    }, [p.pointer]);
    const put = (next: string): void => {
        setText(next);
        const said = parsed(next);
        p.hold(p.pointer, !said);
        if (said) p.onInput(said.value);
    };
    return <JsonEditor label={p.node.title ?? p.name} value={text} onInput={put} lines={4} optional={!p.required} />;
}
