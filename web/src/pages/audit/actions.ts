// SPDX-License-Identifier: Apache-2.0
// What an event of the record is called in words. Other pages that show events load the part `actions` and use this too.
import { t } from '../../i18n/index.ts';

/** "Device revoked"; an event that is newer than these words is its own name. */
export function actionName(action: string | null | undefined): string {
    const known: Readonly<Record<string, string>> = t.actions;
    return known[action ?? ''] ?? action ?? t.kit.none;
}

/** Every event that there is, by its words. */
export const actionOptions = (): { value: string; label: string }[] =>
    Object.entries(t.actions)
        .map(([value, label]) => ({ value, label }))
        .sort((a, b) => a.label.localeCompare(b.label));
