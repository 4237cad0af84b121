// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button } from '../Button.tsx';
import { JsonEditor } from '../JsonEditor.tsx';
import { checkable } from './foreign.ts';
import { Part } from './Part.tsx';
import { parsed } from './Simple.tsx';
import { nodeOf, type Json, type Schema } from './model.ts';
import { faultsOf } from './value.ts';
import { faultText } from './words.ts';
import '../../style/kit/data.css';

export interface SchemaFormProps {
    /** JSON Schema of an object: a tool's inputSchema, mostly. */
    schema: object;
    /** Begin with `startOf(schema)`. */
    value: Json | undefined;
    onInput: (value: Json | undefined) => void;
    /** Shows what is missing also where nothing was typed yet: after a press of the button. */
    strict?: boolean;
    /** Names the JSON text to readers. */
    label: string;
    /** Where JSON stands that is not finished, by pointer: there the value is older than what is seen. */
    onBroken?: (pointers: readonly string[]) => void;
    /** It is not ours: its patterns are shown, and not run. */
    foreign?: boolean;
}

/** What is wrong with a value now: `Object.keys(schemaFaults(schema, value)).length === 0` before it is sent. */
export const schemaFaults = (schema: object, value: Json | undefined, foreign: boolean): Record<string, string> =>
    Object.fromEntries(
        Object.entries(faultsOf(foreign ? checkable(schema as Schema) : (schema as Schema), value)).map(
            ([pointer, fault]) => [pointer, faultText(fault)],
        ),
    );

/** Fields for a JSON Schema, or the JSON itself: one click apart, and always the same value. */
export default function SchemaForm({
    schema,
    value,
    onInput,
    strict = false,
    label,
    onBroken,
    foreign = false,
}: SchemaFormProps) {
    const node = useMemo(() => nodeOf(schema as Schema), [schema]);
    const rules = useMemo(() => (foreign ? checkable(schema as Schema) : schema), [schema, foreign]);
    const [text, setText] = useState<string | null>(null);
    const asJson = text !== null || node.kind === 'json';
    const shown = text ?? JSON.stringify(value ?? {}, null, 2);
    const [broken, setBroken] = useState<readonly string[]>([]);
    const faults = useMemo(
        () => ({
            ...schemaFaults(rules, value, false),
            ...Object.fromEntries(broken.map((pointer) => [pointer, t.kit.schema.syntax])),
        }),
        [rules, value, broken],
    );
    const hold = useCallback((pointer: string, on: boolean): void => {
        setBroken((was) =>
            was.includes(pointer) === on ? was : on ? [...was, pointer] : was.filter((one) => one !== pointer),
        );
    }, []);
    useEffect(() => onBroken?.(broken), [broken]);
    const typed = (next: string): void => {
        setText(next);
        const said = next.trim() === '' ? undefined : parsed(next);
        hold('', !said);
        if (said) onInput(said.value);
    };
    return (
        <div class="schema-form">
            {node.kind !== 'json' && (
                <div class="schema-form-head">
                    <Button
                        kind="link"
                        small
                        icon={asJson ? 'menu' : 'edit'}
                        disabled={asJson && broken.length > 0}
                        onClick={() => setText(asJson ? null : JSON.stringify(value ?? {}, null, 2))}
                    >
                        {asJson ? t.kit.schema.asForm : t.kit.schema.asJson}
                    </Button>
                </div>
            )}
            {asJson ? (
                <div class="field wrong">
                    <JsonEditor label={label} value={shown} onInput={typed} schema={rules} />
                    {broken.length > 0 && <p class="error">{t.kit.schema.syntax}</p>}
                </div>
            ) : (
                <Part
                    node={node}
                    value={value}
                    onInput={onInput}
                    pointer=""
                    faults={faults}
                    strict={strict}
                    root={schema as Schema}
                    foreign={foreign}
                    hold={hold}
                    required
                    bare
                    name={label}
                />
            )}
        </div>
    );
}
