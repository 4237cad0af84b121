// SPDX-License-Identifier: Apache-2.0
// What somebody typed against what there is.
/** Letters without their accents, small: "Équipe" is found by "equipe". */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Does every word that was typed begin a word of `text`? */
export function fits(text: string, typed: string): boolean {
    const words = plain(text).split(/[\s’'-]+/);
    return plain(typed)
        .split(/\s+/)
        .filter(Boolean)
        .every((want) => words.some((word) => word.startsWith(want)));
}
