// SPDX-License-Identifier: Apache-2.0
// The fields of a schema's form: an object, a list, one of several shapes, and the frame around each.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button, IconButton } from '../Button.tsx';
import { Field } from '../Field.tsx';
import { Select } from '../Inputs.tsx';
import { Choice, Figure, Free, Text, YesNo, emptied, type PartProps } from './Simple.tsx';
import type { Json, ListNode, Node, NumberNode, ObjectNode, VariantNode } from './model.ts';
import { below, initialOf, memberOf, shapeOf, withMember } from './value.ts';
import '../../style/kit/data.css';

/** Where the fault of a field is shown: not before something stands there, unless all is asked for. */
const faultOf = (p: PartProps): string | undefined =>
    p.strict || p.value !== undefined ? p.faults[p.pointer] : undefined;

function Members(p: PartProps<ObjectNode>) {
    if (p.node.fields.length === 0) return <p class="muted">{t.kit.schema.noArguments}</p>;
    return (
        <>
            {p.node.fields.map((field) => (
                <Part
                    key={field.name}
                    {...p}
                    item={false}
                    bare={false}
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
    // What is typed belongs to its item, also when one before it goes.
    const keys = useRef<{ of: number[]; next: number }>({ of: [], next: 0 });
    while (keys.current.of.length < items.length) keys.current.of.push(keys.current.next++);
    keys.current.of.length = items.length;
    const remove = (at: number): void => {
        keys.current.of.splice(at, 1);
        put(items.toSpliced(at, 1));
    };
    return (
        <div class="schema-list">
            {items.map((item, at) => (
                <div class="schema-item" key={keys.current.of[at]}>
                    <Part
                        {...p}
                        node={p.node.item}
                        name={String(at + 1)}
                        required
                        item
                        bare={false}
                        pointer={below(p.pointer, at)}
                        value={item}
                        onInput={(part) => put(items.with(at, part ?? null))}
                    />
                    <IconButton
                        icon="remove"
                        kind="link"
                        label={t.kit.schema.removeItem(at + 1)}
                        onClick={() => remove(at)}
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

/** What a shape begins with that was not chosen before: members that both have stay. */
function inShape(node: Node | undefined, had: Json | undefined): Json | undefined {
    if (!node) return null;
    const begun = initialOf(node, true);
    if (node.kind !== 'object') return begun;
    return node.fields.reduce<Json | undefined>((value, { name }) => {
        const part = memberOf(had, name);
        return part === undefined || memberOf(begun, name) !== undefined ? value : withMember(value, name, part);
    }, begun);
}

function Variant(p: PartProps<VariantNode>) {
    const { shapes, nullable } = p.node;
    const [chosen, setChosen] = useState(() => (p.value === null ? -1 : shapeOf(p.node, p.value, p.root, p.foreign)));
    const shape = shapes[chosen];
    const kept = useRef(new Map<number, Json | undefined>());
    const options = [
        ...(nullable ? [{ value: '-1', label: t.kit.schema.none }] : []),
        ...shapes.map((one, i) => ({ value: String(i), label: one.label ?? t.kit.schema.shape(i + 1) })),
    ];
    const choose = (next: string): void => {
        const to = Number(next);
        kept.current.set(chosen, p.value);
        setChosen(to);
        p.onInput(kept.current.has(to) ? kept.current.get(to) : inShape(shapes[to]?.node, p.value));
    };
    return (
        <div class="schema-variant">
            <Select aria-label={p.node.title ?? p.name} value={String(chosen)} options={options} onInput={choose} />
            {shape && <Part {...p} item={false} bare key={chosen} node={shape.node} required />}
        </div>
    );
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

/** Longer than this a description begins folded. */
const HINT_MAX = 280;

/** Between what a number lies. */
function rangeOf(node: NumberNode): string {
    const { min, max, above, under } = node;
    if (min !== undefined && max !== undefined && !above && !under) return t.kit.schema.range(min, max);
    return [
        min !== undefined && `${above ? '>' : '≥'} ${number(min)}`,
        max !== undefined && `${under ? '<' : '≤'} ${number(max)}`,
    ]
        .filter(Boolean)
        .join(', ');
}

/** What it means, between what it lies and what it matches. */
function hintOf(node: Node): ComponentChildren {
    const said = node.description?.trim() ?? '';
    const limit =
        node.kind === 'number'
            ? rangeOf(node)
            : node.kind === 'text' && node.pattern && t.kit.schema.pattern(node.pattern);
    const hint = [said, limit].filter(Boolean).join(' · ');
    if (hint.length <= HINT_MAX) return hint || undefined;
    return (
        <details class="schema-hint">
            <summary>{`${hint.slice(0, HINT_MAX / 2).replace(/\s+\S*$/, '')}…`}</summary>
            {hint}
        </details>
    );
}

/** One member with its label, hint and fault. */
export function Part(p: PartProps) {
    const { node } = p;
    if (p.bare && node.kind !== 'variant') {
        const hint = node.kind !== 'object' && hintOf(node);
        return (
            <>
                {control(p)}
                {hint && <p class="hint">{hint}</p>}
            </>
        );
    }
    const group =
        node.kind === 'object' ||
        node.kind === 'list' ||
        node.kind === 'variant' ||
        (node.kind === 'choice' && node.options.some((one) => one.description) && node.options.length <= 4);
    const nothing = p.value === undefined || p.value === null;
    const absent = node.kind === 'object' && nothing && (!p.required || node.nullable);
    const name = p.name === '' ? '""' : p.name;
    const named = p.bare ? undefined : node.title && node.title !== name ? (
        <>
            {node.title} <code class="schema-name">{name}</code>
        </>
    ) : (
        <>{name}</>
    );
    const open = node.kind === 'object' && !absent;
    const hint = hintOf(node);
    const drop =
        node.kind === 'object' && !nothing && (!p.required || node.nullable) ? (
            <Button kind="link" small onClick={() => p.onInput(emptied(p))}>
                {t.kit.schema.leaveOut}
            </Button>
        ) : undefined;
    return (
        <Field
            label={named}
            hint={open ? undefined : hint}
            error={p.bare ? undefined : faultOf(p)}
            required={p.required && !p.item && !p.bare}
            group={group}
            aside={drop}
        >
            {absent ? (
                <div>
                    <Button small icon="add" onClick={() => p.onInput(initialOf(node, true))}>
                        {t.kit.schema.add}
                    </Button>
                </div>
            ) : open ? (
                <div class="schema-inner">
                    {hint && <p class="hint">{hint}</p>}
                    {control(p)}
                </div>
            ) : (
                control(p)
            )}
        </Field>
    );
}
