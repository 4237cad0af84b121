// SPDX-License-Identifier: Apache-2.0
// The words of the page in the language that was chosen. `t.fleet.title` is a sentence, `t.fleet.chosen(3)` one with something in it.
import { store } from '../store.ts';
import { parts, type Catalogue, type Language, type PartName } from './parts.ts';

export type { Language, PartName } from './parts.ts';

const KEPT = 'seneschal.language';
const LANGUAGES: readonly Language[] = ['en', 'fr'];

/** The parts that were loaded; a page's own are, before it is drawn. */
export const t = {} as Catalogue;
export const language = store<Language>('en');

const isLanguage = (text: unknown): text is Language => LANGUAGES.includes(text as Language);

/** What this browser was set to, else what the account says, else what the browser asks for. */
export function chooseLanguage(ofAccount: string | null | undefined): Language {
    const kept = localStorage.getItem(KEPT);
    if (isLanguage(kept)) return kept;
    if (isLanguage(ofAccount)) return ofAccount;
    const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
    return wanted ?? 'en';
}

const loaded = new Map<PartName, Language>();

/** Loads these parts in the language that stands; those that are there already cost nothing. */
export async function loadParts(names: readonly PartName[], wanted: Language = language.get()): Promise<void> {
    const missing = names.filter((name) => loaded.get(name) !== wanted);
    const found = await Promise.all(missing.map((name) => parts[name][wanted]()));
    missing.forEach((name, i) => {
        Object.assign(t, { [name]: found[i]?.default });
        loaded.set(name, wanted);
    });
}

/** Everything that was loaded once more in this language; then the page is drawn again. */
export async function setLanguage(wanted: Language, how: { keep?: boolean } = {}): Promise<void> {
    await loadParts([...loaded.keys()], wanted);
    document.documentElement.lang = wanted;
    if (how.keep) localStorage.setItem(KEPT, wanted);
    language.set(wanted);
}
