// SPDX-License-Identifier: Apache-2.0
// What is wrong with a JSON text, and where: its syntax, then its schema, then what the server said.
import { jsonParseLinter } from '@codemirror/lang-json';
import { syntaxTree } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import { t } from '../../i18n/index.ts';
import { faultsOf } from '../schema/value.ts';
import { faultText } from '../schema/words.ts';
import type { Json, Schema } from '../schema/model.ts';

export interface Told {
    pointer: string;
    text: string;
}

type Tree = ReturnType<typeof syntaxTree>['topNode'];
const PUNCTUATION = new Set(['{', '}', '[', ']', ',', ':', '⚠']);

function values(node: Tree): Tree[] {
    const found: Tree[] = [];
    for (let child = node.firstChild; child; child = child.nextSibling) {
        if (!PUNCTUATION.has(child.name)) found.push(child);
    }
    return found;
}

/** The place of a pointer in the text; of what is not there, its nearest holder. */
export function placeOf(state: EditorState, pointer: string): { from: number; to: number } {
    let node = values(syntaxTree(state).topNode)[0];
    let mark = node;
    for (const part of pointer.split('/').slice(1)) {
        if (!node) break;
        const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
        if (node.name === 'Array') {
            node = values(node)[Number(key)];
            mark = node ?? mark;
            continue;
        }
        const property: Tree | undefined =
            node.name === 'Object' ? values(node).find((one) => named(state, one) === key) : undefined;
        mark = property?.firstChild ?? mark;
        node = property?.lastChild ?? undefined;
    }
    if (!mark) return { from: 0, to: 0 };
    // A whole object is not underlined: its first line is enough.
    return { from: mark.from, to: Math.min(mark.to, state.doc.lineAt(mark.from).to) };
}

function named(state: EditorState, property: Tree): unknown {
    const name = property.firstChild;
    try {
        return name ? JSON.parse(state.sliceDoc(name.from, name.to)) : undefined;
    } catch {
        return undefined;
    }
}

/** All marks of this text. */
export function jsonFaults(state: EditorState, schema: object | undefined, told: readonly Told[]): Diagnostic[] {
    const text = state.doc.toString();
    if (text.trim() === '') return [{ from: 0, to: 0, severity: 'error', message: t.kit.schema.empty }];
    let value: Json;
    try {
        value = JSON.parse(text) as Json;
    } catch {
        const [first] = jsonParseLinter()({ state } as Parameters<ReturnType<typeof jsonParseLinter>>[0]);
        return [{ from: first?.from ?? 0, to: first?.to ?? 0, severity: 'error', message: t.kit.schema.syntax }];
    }
    const found: Told[] = schema
        ? Object.entries(faultsOf(schema as Schema, value)).map(([pointer, fault]) => ({
              pointer,
              text: faultText(fault),
          }))
        : [];
    return [...found, ...told].map((fault) => ({
        ...placeOf(state, fault.pointer),
        severity: 'error',
        message: fault.pointer ? `${fault.pointer}: ${fault.text}` : fault.text,
    }));
}
