// SPDX-License-Identifier: Apache-2.0
// Light or dark: as the system says, unless this browser was told otherwise.
import { store } from '../store.ts';

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const KEPT = 'seneschal.theme';

export const theme = store<Theme>('system');

function show(chosen: Theme): void {
    if (chosen === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = chosen;
}

export function startTheme(): void {
    const kept = localStorage.getItem(KEPT);
    theme.set(THEMES.find((known) => known === kept) ?? 'system');
    show(theme.get());
}

export function setTheme(chosen: Theme): void {
    localStorage.setItem(KEPT, chosen);
    theme.set(chosen);
    show(chosen);
}
