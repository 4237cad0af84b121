// SPDX-License-Identifier: Apache-2.0
/** What ends sooner than this is warned of. */
const SOON_MS = 14 * 86_400_000;

/** Has it ended, does it soon, or is there time? Without an end there is. */
export function expiryOf(at: string | null | undefined, now = Date.now()): 'over' | 'soon' | 'later' {
    if (!at) return 'later';
    const left = Date.parse(at) - now;
    if (left <= 0) return 'over';
    return left < SOON_MS ? 'soon' : 'later';
}
