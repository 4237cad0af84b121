// SPDX-License-Identifier: Apache-2.0
// Where there is no page, or none for this account.
import { t } from '../i18n/index.ts';
import { startPath } from '../pages.ts';
import '../style/kit/controls.css';

export function Missing() {
    const words = t.shell.missing;
    return (
        <section class="refusal">
            <h1>{words.title}</h1>
            <p>{words.text}</p>
            <a class="button primary" href={startPath()}>
                {words.back}
            </a>
        </section>
    );
}

export function Forbidden() {
    const words = t.shell.forbidden;
    return (
        <section class="refusal">
            <h1>{words.title}</h1>
            <p>{words.text}</p>
            <div class="actions">
                <a class="button primary" href="/portal">
                    {words.portal}
                </a>
                <a class="button" href="/access">
                    {words.ask}
                </a>
            </div>
        </section>
    );
}
