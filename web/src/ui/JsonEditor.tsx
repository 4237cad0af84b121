// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import type { EditorHandle } from './editor/codemirror.ts';
import { useField } from './Field.tsx';
import { TextArea } from './Inputs.tsx';
import { useCode } from './lazy.ts';
import '../style/kit/data.css';

export interface JsonEditorProps {
    /** Names it to readers. */
    label: string;
    value: string;
    onInput?: (value: string) => void;
    /** What the JSON has to be valid for: faults are marked where they are. */
    schema?: object;
    /** Faults of the server, by pointer. */
    faults?: readonly { pointer: string; text: string }[];
    readOnly?: boolean;
    /** Nothing at all is right, too. */
    optional?: boolean;
    /** How many marks there are now; 0: it is JSON, and valid for the schema. */
    onFaults?: (count: number) => void;
    /** Lines that it is high at least; 8 when absent. It grows to 30. */
    lines?: number;
}

/** A JSON text with marks where it is wrong. The editor (CodeMirror) comes as a chunk of its own; a plain field stands where it does not come. */
export function JsonEditor(p: JsonEditorProps) {
    const code = useCode(() => import('./editor/codemirror.ts'));
    const host = useRef<HTMLDivElement>(null);
    const editor = useRef<EditorHandle | null>(null);
    const latest = useRef(p);
    latest.current = p;
    // What was typed comes back as a value, later than the next letter: only another text is put into the editor.
    const told = useRef<string[]>([]);
    const wired = useField();
    const lines = p.lines ?? 8;

    useEffect(() => {
        const at = host.current;
        if (!code || !at) return;
        editor.current = code.openEditor(at, {
            value: latest.current.value,
            label: p.label,
            readOnly: p.readOnly === true,
            schema: p.schema,
            lines,
            optional: p.optional === true,
            onInput: (value) => {
                told.current.push(value);
                latest.current.onInput?.(value);
            },
            onFaults: (count) => latest.current.onFaults?.(count),
            faults: () => latest.current.faults ?? [],
        });
        return () => editor.current?.close();
    }, [code, p.readOnly, p.schema, p.label]);
    useEffect(() => {
        const at = told.current.lastIndexOf(p.value);
        if (at < 0) editor.current?.show(p.value);
        told.current = at < 0 ? [] : told.current.slice(at);
    }, [p.value]);
    useEffect(() => editor.current?.lint(), [p.faults]);

    if (code === null)
        return (
            <TextArea
                aria-label={p.label}
                value={p.value}
                onInput={(value) => p.onInput?.(value)}
                readOnly={p.readOnly}
                rows={lines}
                mono
            />
        );
    return (
        <div
            class={p.readOnly ? 'json-editor read' : 'json-editor'}
            style={{ '--lines': String(lines) }}
            aria-busy={code === undefined}
        >
            <div ref={host} id={wired.id} class="json-editor-host" />
            {code === undefined && (
                <pre class="json-editor-wait" role="status" aria-label={t.kit.loading}>
                    {p.value}
                </pre>
            )}
        </div>
    );
}
