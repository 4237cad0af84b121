// SPDX-License-Identifier: Apache-2.0
// Two texts as the lines of a unified diff. Pure.
import { diffLines } from 'diff';

export interface Line {
    kind: 'same' | 'added' | 'removed' | 'skip';
    text: string;
    before?: number;
    after?: number;
    /** How many lines a `skip` stands for. */
    count?: number;
}

/** Lines around a change that stay to be seen. */
const CONTEXT = 3;

export function linesOf(before: string, after: string): { lines: Line[]; added: number; removed: number } {
    const all: Line[] = [];
    let b = 0;
    let a = 0;
    let added = 0;
    let removed = 0;
    for (const part of diffLines(before, after)) {
        const texts = part.value.replace(/\n$/, '').split('\n');
        for (const text of texts) {
            if (part.added) {
                all.push({ kind: 'added', text, after: ++a });
                added++;
            } else if (part.removed) {
                all.push({ kind: 'removed', text, before: ++b });
                removed++;
            } else all.push({ kind: 'same', text, before: ++b, after: ++a });
        }
    }
    return { lines: folded(all), added, removed };
}

/** Long runs of equal lines become one that counts them. */
function folded(all: Line[]): Line[] {
    const near = new Uint8Array(all.length);
    all.forEach((line, at) => {
        if (line.kind !== 'same') near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
    });
    const shown: Line[] = [];
    for (let at = 0; at < all.length;) {
        let end = at;
        while (end < all.length && !near[end]) end++;
        // One line more or less is not worth a fold.
        if (end - at > 1) shown.push({ kind: 'skip', text: '', count: end - at });
        else shown.push(...all.slice(at, end));
        if (end < all.length) shown.push(all[end] as Line);
        at = end + 1;
    }
    return shown;
}
