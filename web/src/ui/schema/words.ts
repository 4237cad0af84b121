// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';

/** What a keyword wants, in the language of the page; the library's own words (English) for the rare ones. */
export function faultText(fault: { keyword: string; text: string }): string {
    const known: Record<string, string> = t.kit.schema.keywords;
    return known[fault.keyword] ?? fault.text;
}
