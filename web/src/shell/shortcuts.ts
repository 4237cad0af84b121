// SPDX-License-Identifier: Apache-2.0
// Keys that work on every page; never while somebody types.
import { navigate } from '../router.ts';
import { openPages } from '../pages.ts';
import { store } from '../store.ts';

/** What lies over the page. */
export const overlay = store<'none' | 'palette' | 'help'>('none');

/** How long after `g` its letter may come. */
const CHORD_MS = 1200;

let chord = 0;

const isTyping = (target: EventTarget | null): boolean =>
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot !== null);

/** The filter of the page that is shown. */
function focusFilter(): boolean {
    const filter = document.querySelector<HTMLInputElement>('main [data-filter]');
    filter?.focus();
    return filter !== null;
}

function afterChord(key: string): boolean {
    const page = openPages().find((candidate) => candidate.key === key);
    if (page) navigate(page.path);
    return page !== undefined;
}

function pressed(event: KeyboardEvent): boolean {
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        overlay.set('palette');
        return true;
    }
    if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        document.querySelector('dialog[open]')
    )
        return false;
    if (performance.now() - chord < CHORD_MS && afterChord(event.key)) {
        chord = 0;
        return true;
    }
    if (event.key === 'g') {
        chord = performance.now();
        return true;
    }
    if (event.key === '/') return focusFilter();
    if (event.key === '?') {
        overlay.set('help');
        return true;
    }
    return false;
}

export function startShortcuts(): void {
    addEventListener('keydown', (event) => {
        if (pressed(event)) event.preventDefault();
    });
}
