// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './Button.tsx';
import { useId } from './id.ts';

const DONE_MS = 1600;

function useCopy(text: string | (() => string)): [boolean, () => void] {
    const [done, setDone] = useState(false);
    useEffect(() => {
        if (!done) return;
        const timer = setTimeout(() => setDone(false), DONE_MS);
        return () => clearTimeout(timer);
    }, [done]);
    return [
        done,
        () =>
            void navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
                () => setDone(true),
                () => setDone(false),
            ),
    ];
}

/** Copies `text`; a drawing alone, or with words as a button. */
export function Copy({
    text,
    children,
    small = true,
}: {
    text: string | (() => string);
    children?: ComponentChildren;
    small?: boolean;
}) {
    const [done, copy] = useCopy(text);
    const said = done ? t.kit.copied : t.kit.copy;
    if (children === undefined)
        return (
            <IconButton
                class={done ? 'copy done' : 'copy'}
                icon={done ? 'check' : 'copy'}
                kind="link"
                small
                label={said}
                onClick={copy}
            />
        );
    return (
        <Button icon={done ? 'check' : 'copy'} small={small} onClick={copy}>
            {done ? t.kit.copied : children}
        </Button>
    );
}

/** Text to take away: of one width, scrolls sideways, with a button that copies. `secret`: shown once, so say so. */
export function CodeBlock({ text, label, wrap }: { text: string; label: string; wrap?: boolean }) {
    return (
        <div class="code-block">
            <pre class={wrap ? 'wrap' : undefined} tabIndex={0} role="group" aria-label={label}>
                <code>{text}</code>
            </pre>
            <Copy text={text} />
        </div>
    );
}

export interface Snippet {
    key: string;
    /** The name of the client or the language. */
    label: string;
    text: string;
    /** What to do with it. */
    hint?: ComponentChildren;
    /** A command: it breaks rather than scrolls. */
    wrap?: boolean;
}

/** The same thing for several clients: tabs with code and copy. */
export function Snippets({ label, items }: { label: string; items: readonly Snippet[] }) {
    const [key, setKey] = useState(items[0]?.key);
    const id = useId();
    const at = Math.max(
        0,
        items.findIndex((one) => one.key === key),
    );
    const shown = items[at];
    const move = (event: KeyboardEvent): void => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const next = step && items[(at + step + items.length) % items.length];
        if (!next) return;
        event.preventDefault();
        setKey(next.key);
        document.getElementById(`${id}-${next.key}`)?.focus();
    };
    return (
        <div class="snippets">
            <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
                {items.map((one) => (
                    <button
                        key={one.key}
                        type="button"
                        role="tab"
                        id={`${id}-${one.key}`}
                        aria-selected={one === shown}
                        aria-controls={`${id}-panel`}
                        tabIndex={one === shown ? 0 : -1}
                        class="tab"
                        onClick={() => setKey(one.key)}
                    >
                        {one.label}
                    </button>
                ))}
            </div>
            {shown && (
                <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${shown.key}`}>
                    {shown.hint && <p class="hint">{shown.hint}</p>}
                    <CodeBlock text={shown.text} label={shown.label} wrap={shown.wrap ?? false} />
                </div>
            )}
        </div>
    );
}
