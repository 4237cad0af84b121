// SPDX-License-Identifier: Apache-2.0
// The fields of a schema's form, one function for each kind of node.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button, IconButton } from '../Button.tsx';
import { Field } from '../Field.tsx';
import { Select, TextArea, TextInput, type TextInputProps } from '../Inputs.tsx';
import { JsonEditor } from '../JsonEditor.tsx';
import { RadioCards } from '../Choice.tsx';
import type {
    ChoiceNode,
    Json,
    ListNode,
    Node,
    NumberNode,
    ObjectNode,
    Schema,
    TextNode,
    VariantNode,
} from './model.ts';
import { below, initialOf, memberOf, shapeOf, withMember } from './value.ts';
import '../../style/kit/data.css';

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
    /** One of a list: it has a number, not a name. */
    item?: boolean;
}

const INPUTS: Record<string, TextInputProps['type']> = {
    email: 'email',
    uri: 'url',
    url: 'url',
    date: 'date',
    time: 'time',
    password: 'password',
};
const ABSENT = '';
const NULL = 'null';

/** Where the fault of a field is shown: not before something stands there, unless all is asked for. */
const faultOf = (p: PartProps): string | undefined =>
    p.strict || p.value !== undefined ? p.faults[p.pointer] : undefined;

function Text(p: PartProps<TextNode>) {
    const value = typeof p.value === 'string' ? p.value : '';
    // An emptied field is absent where it may be; an empty text is said by the JSON view.
    const put = (text: string): void => p.onInput(text === '' ? undefined : text);
    return p.node.long || value.includes('\n') ? (
        <TextArea value={value} onInput={put} />
    ) : (
        <TextInput
            value={value}
            onInput={put}
            type={INPUTS[p.node.format ?? ''] ?? 'text'}
            autocomplete="off"
            placeholder={p.value === null ? NULL : undefined}
        />
    );
}

function Figure(p: PartProps<NumberNode>) {
    const [text, setText] = useState(() => (p.value === undefined || p.value === null ? '' : String(p.value)));
    const shown = text !== '' && Number(text) === p.value ? text : typeof p.value === 'number' ? String(p.value) : text;
    const put = (next: string): void => {
        setText(next);
        p.onInput(next.trim() === '' ? undefined : Number.isFinite(Number(next)) ? Number(next) : next);
    };
    return (
        <TextInput value={shown} onInput={put} inputMode={p.node.whole ? 'numeric' : 'decimal'} autocomplete="off" />
    );
}

function Choice(p: PartProps<ChoiceNode>) {
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
        <Select value={value} options={options} onInput={put} />
    );
}

function YesNo(p: PartProps) {
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
            value={value}
            options={options}
            onInput={(next) => p.onInput(next === ABSENT ? undefined : next === NULL ? null : next === 'yes')}
        />
    );
}

function Members(p: PartProps<ObjectNode>) {
    if (p.node.fields.length === 0) return <p class="muted">{t.kit.schema.noArguments}</p>;
    return (
        <>
            {p.node.fields.map((field) => (
                <Part
                    key={field.name}
                    {...p}
                    item={false}
                    node={field.node}
                    name={field.name}
                    required={field.required}
                    pointer={below(p.pointer, field.name)}
                    value={memberOf(p.value, field.name)}
                    onInput={(part) => p.onInput(withMember(p.value, field.name, part))}
                />
            ))}
        </>
    );
}

function List(p: PartProps<ListNode>) {
    const items = Array.isArray(p.value) ? p.value : [];
    const put = (next: Json[]): void => p.onInput(next.length === 0 && !p.required ? undefined : next);
    return (
        <div class="schema-list">
            {items.map((item, at) => (
                <div class="schema-item" key={at}>
                    <Part
                        {...p}
                        node={p.node.item}
                        name={String(at + 1)}
                        required
                        item
                        pointer={below(p.pointer, at)}
                        value={item}
                        onInput={(part) => put(items.with(at, part ?? null))}
                    />
                    <IconButton
                        icon="remove"
                        kind="link"
                        label={t.kit.schema.removeItem(at + 1)}
                        onClick={() => put(items.toSpliced(at, 1))}
                    />
                </div>
            ))}
            <Button
                small
                icon="add"
                disabled={p.node.max !== undefined && items.length >= p.node.max}
                onClick={() => put([...items, initialOf(p.node.item, true) ?? ''])}
            >
                {t.kit.schema.addItem}
            </Button>
        </div>
    );
}

function Variant(p: PartProps<VariantNode>) {
    const { shapes, nullable } = p.node;
    const [chosen, setChosen] = useState(() => (p.value === null ? -1 : shapeOf(p.node, p.value, p.root)));
    const shape = shapes[chosen];
    const options = [
        ...(nullable ? [{ value: '-1', label: t.kit.schema.none }] : []),
        ...shapes.map((one, i) => ({ value: String(i), label: one.label ?? t.kit.schema.shape(i + 1) })),
    ];
    const choose = (next: string): void => {
        setChosen(Number(next));
        const to = shapes[Number(next)];
        p.onInput(to ? initialOf(to.node, true) : null);
    };
    return (
        <div class="schema-variant">
            <Select aria-label={p.node.title ?? p.name} value={String(chosen)} options={options} onInput={choose} />
            {shape && <Part {...p} item={false} key={chosen} node={shape.node} name="" required />}
        </div>
    );
}

function Free(p: PartProps) {
    const [text, setText] = useState(() => (p.value === undefined ? '' : JSON.stringify(p.value, null, 2)));
    const put = (next: string): void => {
        setText(next);
        try {
            p.onInput(next.trim() === '' ? undefined : (JSON.parse(next) as Json));
        } catch {
            // Not JSON yet.
        }
    };
    return <JsonEditor label={p.node.title ?? p.name} value={text} onInput={put} lines={4} optional={!p.required} />;
}

function control(p: PartProps) {
    const { node } = p;
    switch (node.kind) {
        case 'text':
            return <Text {...p} node={node} />;
        case 'number':
            return <Figure {...p} node={node} />;
        case 'choice':
            return <Choice {...p} node={node} />;
        case 'boolean':
            return <YesNo {...p} />;
        case 'object':
            return <Members {...p} node={node} />;
        case 'list':
            return <List {...p} node={node} />;
        case 'variant':
            return <Variant {...p} node={node} />;
        default:
            return <Free {...p} />;
    }
}

/** What it means, and between what it lies. */
function hintOf(node: Node): string | undefined {
    const range =
        node.kind === 'number' && node.min !== undefined && node.max !== undefined
            ? t.kit.schema.range(node.min, node.max)
            : undefined;
    return [node.description, range].filter(Boolean).join(' · ') || undefined;
}

/** One member with its label, hint and fault. A name that is empty stands for the whole. */
export function Part(p: PartProps) {
    const { node } = p;
    if (p.name === '' && node.kind !== 'variant' && (node.kind === 'object' || p.pointer === '')) return control(p);
    const group =
        node.kind === 'object' ||
        node.kind === 'list' ||
        node.kind === 'variant' ||
        (node.kind === 'choice' && node.options.some((one) => one.description) && node.options.length <= 4);
    const absent = node.kind === 'object' && !p.required && p.value === undefined;
    const named =
        node.title && node.title !== p.name ? (
            <>
                {node.title} <code class="schema-name">{p.name}</code>
            </>
        ) : (
            <>{p.name}</>
        );
    const drop =
        node.kind === 'object' && !p.required && p.value !== undefined ? (
            <Button kind="link" small onClick={() => p.onInput(undefined)}>
                {t.kit.schema.leaveOut}
            </Button>
        ) : undefined;
    return (
        <Field
            label={named}
            hint={hintOf(node)}
            error={faultOf(p)}
            required={p.required && !p.item && p.pointer !== ''}
            group={group}
            aside={drop}
        >
            {absent ? (
                <div>
                    <Button small icon="add" onClick={() => p.onInput(initialOf(node, true))}>
                        {t.kit.schema.add}
                    </Button>
                </div>
            ) : group && node.kind === 'object' ? (
                <div class="schema-inner">{control(p)}</div>
            ) : (
                control(p)
            )}
        </Field>
    );
}
