// SPDX-License-Identifier: Apache-2.0
// Types hold that no string is missing; this holds that none was left in the other language, and that every sentence can be made.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';

const folder = new URL('../src/i18n/parts/', import.meta.url);
const names = readdirSync(folder)
    .filter((name) => name.endsWith('.en.ts'))
    .map((name) => name.replace('.en.ts', ''));

type Words = Record<string, unknown>;
type Sentence = (...what: unknown[]) => unknown;

/** A sentence takes numbers, words, lists of one of them, or an object: types say which, and are gone here. */
const KINDS: readonly ((n: number) => unknown)[] = [
    (n) => n,
    (n) => `word${n}`,
    (n) => Array(n).fill('word'),
    (n) => Array(n).fill(n),
    (n) => new Proxy({}, { get: () => n }),
];

/** With something put in: of 0, 1 and 2, for the forms of words. */
function said(sentence: Sentence): [number, string][] {
    for (const kind of KINDS) {
        try {
            const made = [0, 1, 2].map((n): [number, string] => [
                n,
                String(sentence(kind(n), kind(n), kind(n), kind(n))),
            ]);
            if (made.every(([, text]) => !text.includes('undefined'))) return made;
        } catch {
            // not this kind
        }
    }
    throw new Error(`nothing fits ${sentence}`);
}

/** Path -> the sentence as it is shown, with something put into those that take something. */
function sentences(words: Words, path = ''): Map<string, string> {
    const found = new Map<string, string>();
    for (const [key, value] of Object.entries(words)) {
        const at = `${path}/${key}`;
        if (typeof value === 'string') found.set(at, value);
        else if (typeof value === 'function')
            for (const [n, text] of said(value as Sentence)) found.set(`${at}(${n})`, text);
        else for (const [below, text] of sentences(value as Words, at)) found.set(below, text);
    }
    return found;
}

for (const name of names) {
    test(`${name}: both languages say everything, and differ`, async () => {
        const [en, fr] = await Promise.all(
            ['en', 'fr'].map(async (lang) =>
                sentences((await import(new URL(`${name}.${lang}.ts`, folder).href)).default),
            ),
        );
        assert.ok(en && fr);
        assert.deepEqual([...fr.keys()].sort(), [...en.keys()].sort());
        for (const [at, text] of [...en, ...fr])
            assert.ok(text.trim().length > 0 && !text.includes('undefined'), `${at}: ${text}`);
        const long = [...en].filter(([, text]) => text.split(' ').filter((word) => /\p{L}{2}/u.test(word)).length >= 4);
        assert.deepEqual(
            long.filter(([at, text]) => fr.get(at) === text),
            [],
        );
        // What is the same in both is no French: the name of a header and such.
        const typewriter = [...fr].filter(
            ([at, text]) =>
                en.get(at) !== text &&
                (/\p{L}'\p{L}/u.test(text) || /\p{L}[!?;:](\s|$)/u.test(text) || / [!?;:»]|« /.test(text)),
        );
        assert.deepEqual(typewriter, [], 'French has ’, and a space that does not break before ! ? ; : and inside « »');
    });
}
