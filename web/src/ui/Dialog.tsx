// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { IconButton } from './Button.tsx';
import { useId } from './id.ts';

export interface DialogProps {
    title: ComponentChildren;
    /** Escape, the cross, a click beside it; beside a form nobody means to lose what is in it. */
    onClose: () => void;
    /** It shows what is never shown again: only its buttons close it. */
    firm?: boolean;
    children: ComponentChildren;
    /** Buttons at the foot. */
    actions?: ComponentChildren;
    /** Inside, around children and foot: give it a form's submit and Enter works. */
    onSubmit?: ((event: Event) => void) | undefined;
    wide?: boolean;
}

function Modal({ title, onClose, firm, children, actions, onSubmit, look }: DialogProps & { look: string }) {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const shown = dialog.current;
        if (!shown) return;
        const before = document.activeElement;
        shown.showModal();
        // What is asked comes first, not the cross; a list that opens by itself would hide the rest.
        const first = shown.querySelector<HTMLElement>(
            '.dialog-body :is(input, textarea, select):not(:disabled, [role=combobox])',
        );
        if (document.activeElement?.closest('.dialog-head')) first?.focus();
        return () => {
            shown.close();
            if (before instanceof HTMLElement && before.isConnected) before.focus();
        };
    }, []);
    const body = (
        <>
            <div class="dialog-body">{children}</div>
            {actions && <div class="dialog-foot">{actions}</div>}
        </>
    );
    return (
        <dialog
            ref={dialog}
            class={look}
            aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault();
                if (!firm) onClose();
            }}
            onPointerDown={(event) => event.target === dialog.current && !firm && !onSubmit && onClose()}
        >
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2 id={id}>{title}</h2>
                    <IconButton icon="close" label={t.kit.close} kind="link" onClick={onClose} />
                </div>
                {onSubmit ? (
                    <form
                        class="dialog-form"
                        noValidate
                        onSubmit={(event) => {
                            event.preventDefault();
                            onSubmit(event);
                        }}
                    >
                        {body}
                    </form>
                ) : (
                    body
                )}
            </div>
        </dialog>
    );
}

/** In the middle, over everything. Render it while it is open: `{open && <Dialog title={…} onClose={…}>…</Dialog>}` */
export function Dialog(props: DialogProps) {
    return <Modal {...props} look={props.wide ? 'dialog wide' : 'dialog'} />;
}

/** At the end of the line, full height: an object beside the list it came from. */
export function Drawer(props: DialogProps) {
    return <Modal {...props} look={props.wide ? 'dialog drawer wide' : 'dialog drawer'} />;
}
