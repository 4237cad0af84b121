// SPDX-License-Identifier: Apache-2.0
// The server did not say who this is: nothing else can be shown.
import { t } from '../i18n/index.ts';

export function Unreachable({ problem }: { problem: Error }) {
    const words = t.shell.unreachable;
    return (
        <main class="refusal">
            <h1>{words.title}</h1>
            <p>{words.text}</p>
            {problem.message !== 'unreachable' && (
                <p>
                    <code>{problem.message}</code>
                </p>
            )}
            <button type="button" class="button primary" onClick={() => location.reload()}>
                {words.again}
            </button>
        </main>
    );
}
