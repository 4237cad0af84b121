// SPDX-License-Identifier: Apache-2.0
// CodeMirror, in a shadow root: its styles are adopted sheets there, which `style-src 'self'` allows, and ours do not reach into it.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
    bracketMatching,
    foldGutter,
    foldKeymap,
    HighlightStyle,
    indentOnInput,
    syntaxHighlighting,
} from '@codemirror/language';
import { forceLinting, lintGutter, lintKeymap, linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { t } from '../../i18n/index.ts';
import { jsonFaults, type Told } from './lint.ts';

export interface EditorOptions {
    value: string;
    label: string;
    readOnly: boolean;
    optional: boolean;
    schema: object | undefined;
    lines: number;
    onInput: (value: string) => void;
    onFaults: (count: number) => void;
    faults: () => readonly Told[];
}

export interface EditorHandle {
    /** Another text from outside; the one that is there is left alone. */
    show: (value: string) => void;
    lint: () => void;
    close: () => void;
}

const COLOURS = syntaxHighlighting(
    HighlightStyle.define([
        { tag: tags.propertyName, color: 'var(--accent)' },
        { tag: tags.string, color: 'var(--good)' },
        { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
        { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: 'var(--muted)' },
        { tag: tags.invalid, color: 'var(--bad)' },
    ]),
);

/** Our tokens: custom properties pass into a shadow root, light and dark with them. */
const look = (lines: number): Extension =>
    EditorView.theme({
        '&': { color: 'var(--ink)', backgroundColor: 'var(--panel)', fontSize: '13.5px' },
        '&.cm-focused': { outline: 'none' },
        '.cm-scroller': {
            fontFamily: 'var(--mono)',
            lineHeight: '1.55',
            minHeight: `${lines * 1.55 + 1}em`,
            maxHeight: '46em',
        },
        '.cm-content': { padding: '0.5em 0', caretColor: 'var(--ink)' },
        '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--panel)', border: 'none', paddingLeft: '4px' },
        '.cm-activeLine, .cm-activeLineGutter': {
            backgroundColor: 'color-mix(in oklab, var(--accent-soft) 55%, transparent)',
        },
        // The browser's own caret and selection: touch and input methods know them.
        '.cm-line::selection, .cm-line ::selection': {
            backgroundColor: 'color-mix(in oklab, var(--accent) 24%, transparent)',
        },
        '&.cm-focused .cm-matchingBracket': {
            backgroundColor: 'var(--accent-soft)',
            outline: '1px solid var(--accent)',
        },
        '.cm-foldPlaceholder': { color: 'var(--muted)', backgroundColor: 'var(--ground)', borderColor: 'var(--line)' },
        '.cm-tooltip': {
            color: 'var(--ink)',
            backgroundColor: 'var(--raised)',
            border: '1px solid var(--line)',
            borderRadius: '6px',
        },
        '.cm-diagnostic': { padding: '0.4em 0.7em', fontFamily: 'system-ui, sans-serif' },
        '.cm-diagnostic-error': { borderLeft: '4px solid var(--bad)' },
        '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)' },
        '.cm-lint-marker-error': {
            content: 'none',
            inlineSize: '8px',
            blockSize: '8px',
            margin: '5px 3px',
            borderRadius: '50%',
            backgroundColor: 'var(--bad)',
        },
        '.cm-panels': { color: 'var(--ink)', backgroundColor: 'var(--ground)' },
    });

/** Opens an editor in `host`, which gets a shadow root the first time. */
export function openEditor(host: HTMLElement, options: EditorOptions): EditorHandle {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    let quiet = false;
    const check = linter(
        (view) => {
            const found =
                options.optional && view.state.doc.length === 0
                    ? []
                    : jsonFaults(view.state, options.schema, options.faults());
            options.onFaults(found.length);
            return found;
        },
        { delay: 250, needsRefresh: () => true },
    );
    const view = new EditorView({
        root,
        parent: root,
        state: EditorState.create({
            doc: options.value,
            extensions: [
                lineNumbers(),
                foldGutter(),
                history(),
                indentOnInput(),
                bracketMatching(),
                highlightActiveLine(),
                json(),
                COLOURS,
                look(options.lines),
                options.readOnly ? [] : [check, lintGutter()],
                EditorState.readOnly.of(options.readOnly),
                EditorState.tabSize.of(2),
                EditorView.lineWrapping,
                // Tab leaves the editor, as it leaves every field.
                keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
                EditorView.contentAttributes.of({
                    'aria-label': options.label,
                    'aria-readonly': String(options.readOnly),
                    tabindex: '0',
                }),
                EditorState.phrases.of(t.kit.editor),
                EditorView.domEventHandlers({
                    // Over what is selected Chromium keeps the colour of what was there by a style attribute, which the page's policy refuses.
                    beforeinput(event, at) {
                        if (event.inputType !== 'insertText' || !event.data || event.isComposing) return false;
                        if (options.readOnly || at.state.selection.main.empty) return false;
                        at.dispatch(at.state.replaceSelection(event.data), {
                            userEvent: 'input.type',
                            scrollIntoView: true,
                        });
                        event.preventDefault();
                        return true;
                    },
                }),
                EditorView.updateListener.of((update) => {
                    if (update.docChanged && !quiet) options.onInput(update.state.doc.toString());
                }),
            ],
        }),
    });
    return {
        show(value) {
            if (view.state.doc.toString() === value) return;
            quiet = true;
            view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
            quiet = false;
        },
        lint: () => forceLinting(view),
        close: () => view.destroy(),
    };
}
