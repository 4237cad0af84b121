// SPDX-License-Identifier: Apache-2.0
// What makes a request to enrol worth a second look. Pure, so that it is tested without a browser.

export interface Asking {
    request_id?: string | null;
    key_thumbprint?: string | null;
    address?: string | null;
    created_at?: string | null;
    user_id?: string | null;
    user_name?: string | null;
    user_hint?: string | null;
}

export interface Waiting {
    key_thumbprint?: string | null;
    enrolled_at?: string | null;
    requests?: readonly Asking[];
}

/** several: more than one asks under one name; other-key: it was in before, with another key; known: it was in before;
 *  key-lost: it had a key and comes without one; hint: it says it is for one person and was signed in as another. */
export type Oddity = 'several' | 'other-key' | 'key-lost' | 'known' | 'hint' | 'no-key';

/** So grave that an approval is asked about once more. */
const GRAVE: readonly Oddity[] = ['several', 'other-key', 'key-lost', 'hint'];

const named = (text: string): string => text.trim().toLowerCase();

/** What is odd about this request of this device, the gravest first. */
export function odditiesOf(device: Waiting, request: Asking): Oddity[] {
    const odd: Oddity[] = [];
    if ((device.requests?.length ?? 0) > 1) odd.push('several');
    if (device.enrolled_at) {
        if (!device.key_thumbprint || device.key_thumbprint === request.key_thumbprint) odd.push('known');
        else odd.push(request.key_thumbprint ? 'other-key' : 'key-lost');
    }
    if (request.user_hint && request.user_name && named(request.user_hint) !== named(request.user_name))
        odd.push('hint');
    if (!request.key_thumbprint && !odd.includes('key-lost')) odd.push('no-key');
    return odd;
}

export const isGrave = (odd: readonly Oddity[]): boolean => odd.some((one) => GRAVE.includes(one));

/** The members in which requests of one machine differ: those are what to look at. */
export function differing<Row extends object>(rows: readonly Row[], but: readonly (keyof Row)[] = []): Set<keyof Row> {
    const names = new Set(rows.flatMap((row) => Object.keys(row) as (keyof Row)[]));
    return new Set(
        [...names].filter(
            (name) => !but.includes(name) && new Set(rows.map((row) => JSON.stringify(row[name] ?? null))).size > 1,
        ),
    );
}
