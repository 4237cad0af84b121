// SPDX-License-Identifier: Apache-2.0
// What a refusal is called. The server says it in the language of the page; that it cannot be reached is said here.
import type { Problem } from '../api/client.ts';
import { t } from '../i18n/index.ts';

/** A sentence begins with a capital; what names a field ("name: want ...") is left as it is. */
export const begun = (text: string): string =>
    text.replace(/^\p{Ll}(?=[\p{Ll}’']* )/u, (letter) => letter.toUpperCase());

export function titleOf(problem: Problem): string {
    if (problem.title) return begun(problem.title);
    return problem.code === 'unreachable' ? t.kit.unreachable : t.kit.unreadable;
}
