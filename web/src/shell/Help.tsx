// SPDX-License-Identifier: Apache-2.0
// The shortcuts, read from the table of pages.
import { Fragment } from 'preact';
import { t } from '../i18n/index.ts';
import { openPages } from '../pages.ts';
import { Dialog } from '../ui/index.ts';
import { overlay } from './shortcuts.ts';

export default function Help() {
    const words = t.shell.keys;
    return (
        <Dialog title={words.title} onClose={() => overlay.set('none')}>
            <dl class="help">
                <dt>
                    <kbd>{words.keyNames.ctrl}</kbd> <kbd>K</kbd>
                </dt>
                <dd>{words.palette}</dd>
                <dt>
                    <kbd>/</kbd>
                </dt>
                <dd>{words.filter}</dd>
                <dt>
                    <kbd>?</kbd>
                </dt>
                <dd>{words.help}</dd>
                {openPages()
                    .filter((page) => page.key)
                    .map((page) => (
                        <Fragment key={page.id}>
                            <dt>
                                <kbd>g</kbd> {words.keyNames.then} <kbd>{page.key}</kbd>
                            </dt>
                            <dd>{t.shell.pages[page.id]}</dd>
                        </Fragment>
                    ))}
            </dl>
        </Dialog>
    );
}
