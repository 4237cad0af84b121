// SPDX-License-Identifier: Apache-2.0
// What a draft says, as it is edited: the text, the switch and the locks. Pure.
import { asOpen, isObject, laidOut, objectOf, type JsonObject, type OpenObject } from '../json.ts';

export type Switch = 'unsaid' | 'on' | 'off';

export interface Draft {
    text: string;
    enabled: Switch;
    locked: readonly string[];
}

interface Stored {
    content?: unknown;
    enabled?: boolean | null;
    locked?: readonly string[];
}

const switchOf = (enabled: boolean | null | undefined): Switch =>
    enabled === true ? 'on' : enabled === false ? 'off' : 'unsaid';

export const draftOf = (stored: Stored | undefined): Draft => ({
    text: laidOut(stored?.content),
    enabled: switchOf(stored?.enabled),
    locked: stored?.locked ?? [],
});

/** As the API takes it; undefined: the text is no JSON object. */
export function bodyOf(
    draft: Draft,
): { content: OpenObject; locked: readonly string[]; enabled?: boolean } | undefined {
    const content = objectOf(draft.text);
    if (!content) return undefined;
    return {
        content: asOpen(content),
        locked: draft.locked,
        ...(draft.enabled !== 'unsaid' && { enabled: draft.enabled === 'on' }),
    };
}

/** Do they say the same, however they are laid out? */
export function sameDraft(a: Draft, b: Draft): boolean {
    if (a.enabled !== b.enabled || [...a.locked].sort().join('\n') !== [...b.locked].sort().join('\n')) return false;
    const [one, other] = [objectOf(a.text), objectOf(b.text)];
    return one && other ? JSON.stringify(one) === JSON.stringify(other) : a.text === b.text;
}

/** May this be locked: a JSON Pointer (RFC 6901), or the word of the switch? */
export const isLockable = (path: string): boolean =>
    path === 'enabled' || path === '' || /^\/([^~]|~[01])*$/.test(path);

/** The pointers of all members of objects, as proposals for locks. */
export function pointersOf(value: unknown, most = 200): string[] {
    const found: string[] = [];
    const waiting: [string, unknown][] = [['', value]];
    for (let at = waiting.shift(); at && found.length < most; at = waiting.shift()) {
        const [pointer, here] = at;
        if (pointer) found.push(pointer);
        if (typeof here !== 'object' || here === null || Array.isArray(here)) continue;
        for (const [name, inner] of Object.entries(here))
            waiting.push([`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, inner]);
    }
    return found;
}

/** A pointer into the body of a request (`/content/a/b`) as one into the content; undefined: it is about something else. */
export const inContent = (field: string): string | undefined => {
    const plain = field.startsWith('/') ? field : `/${field}`;
    return plain === '/content' ? '' : plain.startsWith('/content/') ? plain.slice('/content'.length) : undefined;
};

/** Members that the form does not know: they stay as they are, and are seen as JSON. */
export function besides(content: JsonObject | undefined, form: JsonObject | undefined): string[] {
    const known = form && isObject(form['properties']) ? form['properties'] : undefined;
    return known ? Object.keys(content ?? {}).filter((name) => !Object.hasOwn(known, name)) : [];
}
