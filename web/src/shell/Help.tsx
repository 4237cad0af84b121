// SPDX-License-Identifier: Apache-2.0
// The shortcuts, read from the table of pages.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { openPages } from '../pages.ts';
import { overlay } from './shortcuts.ts';

export default function Help() {
    const dialog = useRef<HTMLDialogElement>(null);
    const words = t.shell.keys;
    useEffect(() => dialog.current?.showModal(), []);
    return (
        <dialog ref={dialog} class="sheet help" aria-labelledby="help-title" onClose={() => overlay.set('none')}>
            <h2 id="help-title">{words.title}</h2>
            <dl>
                <dt><kbd>{words.keyNames.ctrl}</kbd> <kbd>K</kbd></dt>
                <dd>{words.palette}</dd>
                <dt><kbd>/</kbd></dt>
                <dd>{words.filter}</dd>
                <dt><kbd>?</kbd></dt>
                <dd>{words.help}</dd>
                {openPages().filter((page) => page.key).map((page) => (
                    <>
                        <dt><kbd>g</kbd> {words.keyNames.then} <kbd>{page.key}</kbd></dt>
                        <dd>{t.shell.pages[page.id]}</dd>
                    </>
                ))}
            </dl>
            <form method="dialog"><button class="button">{words.close}</button></form>
        </dialog>
    );
}
