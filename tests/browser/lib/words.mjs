// SPDX-License-Identifier: Apache-2.0
// What the console and the server's own pages say, in the language of a view; asked for by the English words.
//
//   const { say, part, t } = await wordsOf('fr-dark-390');
//   say('Approve')                     matches its French: /^(?:Approuver|Accepter)$/, for an English text may have several
//   part('Reason')                     the same with more around it
//   t.policy.assign.done('home')       a sentence with something in it
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { language } from '../../../web/src/i18n/index.ts';
import { parts } from '../../../web/src/i18n/parts.ts';
import { CONSOLE_VIEWS } from './console.mjs';

const PHRASES = readFileSync(new URL('../../../src/api/phrase.def', import.meta.url), 'utf8');

export async function wordsOf(view) {
    const { lang } = CONSOLE_VIEWS[view];
    language.set(lang);
    const [en, t] = await Promise.all([catalogue('en'), catalogue(lang)]);
    const plain = [...pairsOf(en, t), ...phrasesIn(lang)];
    const pairs = [...plain, ...plain.map((pair) => pair.map((text) => `${text}…`))]; // where more is asked first
    const part = (text) => anyOf(pairs.filter(([english]) => english === text).map(([, own]) => own), text);
    return { t, part, say: (text) => new RegExp(`^${part(text).source}$`) };
}

async function catalogue(lang) {
    const loaded = Object.entries(parts).map(async ([name, part]) => [name, (await part[lang]()).default]);
    return Object.fromEntries(await Promise.all(loaded));
}

/** Each sentence with the same one of the other catalogue. */
function pairsOf(one, other) {
    if (typeof one === 'string') return [[one, other]];
    if (typeof one !== 'object' || one === null) return [];
    return Object.keys(one).flatMap((key) => pairsOf(one[key], other[key]));
}

function phrasesIn(lang) {
    const rows = PHRASES.matchAll(/^PHRASE\(\w+,\s*"([^"]*)",\s*"([^"]*)"\)/gm);
    return [...rows].map(([, english, french]) => [english, lang === 'fr' ? french : english]);
}

function anyOf(texts, asked) {
    assert.ok(texts.length > 0, `no catalogue says "${asked}"`);
    const escaped = [...new Set(texts)].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s/g, '\\s'));
    return new RegExp(`(?:${escaped.join('|')})`);
}
