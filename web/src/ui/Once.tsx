// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Button } from './Button.tsx';
import { CodeBlock } from './Copy.tsx';
import { Dialog } from './Dialog.tsx';
import { Note } from './Layout.tsx';

interface OnceProps {
    title: string;
    /** What to do with it, beside a heading where there is one. */
    note: ComponentChildren;
    heading?: string;
    text: string;
    /** Names the text to readers. */
    label: string;
    /** The button that says: I have it. */
    yes: string;
    onClose: () => void;
    wide?: boolean;
}

/** A secret that is shown this once: no slip of a key takes it away. */
export function Once({ title, note, heading, text, label, yes, onClose, wide = false }: OnceProps) {
    const done = (
        <Button kind="primary" onClick={onClose}>
            {yes}
        </Button>
    );
    return (
        <Dialog firm wide={wide} title={title} onClose={onClose} actions={done}>
            <Note tone="warn" title={heading}>
                {note}
            </Note>
            <CodeBlock text={text} label={label} wrap={!wide} />
        </Dialog>
    );
}
