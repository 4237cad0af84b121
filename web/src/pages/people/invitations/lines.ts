// SPDX-License-Identifier: Apache-2.0
// A pasted list of people as invitations. Pure, so that it is tested without a browser.

export interface Line {
    /** Where it stood, from 1. */
    number: number;
    email: string;
    name: string;
}

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/;
/** "Ada Lovelace <ada@example.org>", as mail programs write it. */
const NAMED = /^"?([^"<]*?)"?\s*<([^<>\s]+)>$/;

const cellsOf = (text: string): string[] =>
    text
        .split(/[,;\t]/)
        .map((cell) =>
            cell
                .trim()
                .replace(/^"(.*)"$/, '$1')
                .trim(),
        )
        .filter(Boolean);

function read(text: string, number: number): Line {
    const named = NAMED.exec(text);
    if (named) return { number, name: named[1]?.trim() ?? '', email: named[2] ?? '' };
    const cells = cellsOf(text);
    const email = cells.find((cell) => ADDRESS.test(cell)) ?? '';
    return { number, email, name: cells.filter((cell) => cell !== email).join(' ') };
}

/**
 * One person a line: an address, `name, address` in any order (also ; and tab: a table pasted or saved as CSV), or
 * `Name <address>`. Empty lines and a line of headings count for nothing.
 */
export function readLines(text: string): { lines: Line[]; wrong: Line[] } {
    const rowsRead = text
        .split(/\r?\n/)
        .map((line, at) => ({ line: line.trim(), number: at + 1 }))
        .filter(({ line }) => line !== '')
        .map(({ line, number }) => read(line, number));
    const first = rowsRead[0];
    const headings = first !== undefined && first.email === '' && rowsRead.length > 1 && /mail/i.test(first.name);
    const rows = headings ? rowsRead.slice(1) : rowsRead;
    return {
        lines: rows.filter((row) => ADDRESS.test(row.email)),
        wrong: rows.filter((row) => !ADDRESS.test(row.email)),
    };
}
