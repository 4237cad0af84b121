// SPDX-License-Identifier: Apache-2.0
// A stream of events as it comes (WHATWG HTML, 9.2.6 "Interpreting an event stream"), and how long to wait before the next.

/** Reads such a stream in pieces of any size; `tell` gets each event that has data, `mark` each id, also of one that has none. */
export function eventReader(
    tell: (name: string, data: string) => void,
    mark: (id: string) => void = () => {},
): (piece: string) => void {
    let rest = '';
    let name = '';
    let id: string | undefined;
    let data: string[] = [];
    const line = (text: string): void => {
        if (text === '') {
            if (id !== undefined) mark(id);
            id = undefined;
            if (data.length > 0) tell(name || 'message', data.join('\n'));
            name = '';
            data = [];
            return;
        }
        const colon = text.indexOf(':');
        const field = colon < 0 ? text : text.slice(0, colon);
        const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
        if (field === 'event') name = value;
        else if (field === 'data') data.push(value);
        else if (field === 'id' && !value.includes('\0')) id = value;
    };
    return (piece) => {
        // A line may end in CR, LF or both; a CR at the end of a piece may be half of an end.
        const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
        rest = lines.pop() ?? '';
        lines.forEach(line);
    };
}

/** What Retry-After asks for (RFC 9110, 10.2.3: seconds, or a time); 0 where it says nothing. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
    if (!header) return 0;
    const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
    return ms > 0 ? ms : 0;
}

const FIRST_MS = 1000;
const MOST_MS = 30_000;

/** Before the next try after so many that failed: each time twice as long, never sooner than was asked, and not all tabs at once. */
export function waitMs(failed: number, askedMs: number, random = Math.random()): number {
    const backoff = Math.min(MOST_MS, FIRST_MS * 2 ** failed);
    return askedMs + backoff * (0.5 + random / 2);
}
