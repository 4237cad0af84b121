// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';

let made = 0;

/**
 * An id for the document. Preact's own begins anew in each tree, and a question that is asked (confirm) is a tree
 * beside the page's: its labels would name parts of the page.
 */
export function useId(): string {
    const [id] = useState(() => `k${++made}`);
    return id;
}
