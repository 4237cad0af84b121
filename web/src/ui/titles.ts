// SPDX-License-Identifier: Apache-2.0
// What a refusal is called in the language of the page. Its words are asked for with the first of them.
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import { language, t } from '../i18n/index.ts';
import { asking } from '../ready.ts';

let french: Readonly<Partial<Record<string, string>>> = {};

/** A sentence begins with a capital; what names a field ("name: want ...") is left as it is. */
export const begun = (text: string): string =>
    text.replace(/^\p{Ll}(?=[\p{Ll}’']* )/u, (letter) => letter.toUpperCase());

/** Those of the server's own refusals: it may be newer than this page, then its title stands. */
function titleOf(problem: Problem): string {
    if (problem.title) return begun((language.get() === 'fr' && french[problem.code]) || problem.title);
    return problem.code === 'unreachable' ? t.kit.unreachable : t.kit.unreadable;
}

/** In English the server says it already; where it cannot be reached, there is no use in asking for more. */
const isThere = (problem: Problem): boolean =>
    !problem.title || language.get() === 'en' || french[problem.code] !== undefined;

async function loadTitles(problem: Problem): Promise<void> {
    if (isThere(problem)) return;
    await import('../i18n/parts/problems.fr.ts').then(
        (words) => (french = words.default),
        () => undefined,
    );
}

export async function askTitle(thrown: Problem): Promise<string> {
    await loadTitles(thrown);
    return titleOf(thrown);
}

export function useTitle(problem: Problem): string {
    const [ready, setReady] = useState(isThere(problem));
    useEffect(() => {
        if (ready) return;
        const answered = asking();
        void loadTitles(problem)
            .then(() => setReady(true))
            .finally(answered);
        return answered;
    }, [problem]);
    return ready ? titleOf(problem) : '';
}
