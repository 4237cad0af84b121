// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { guardLeaving } from '../router.ts';

/** Asks before the page is left with changes. What is saved may be left: calling the answer says so, before the next drawing does. */
export function useGuard(dirty: boolean): () => void {
    const kept = useRef(dirty);
    kept.current = dirty;
    useEffect(() => {
        if (!dirty) return;
        const unload = (event: Event): void => event.preventDefault();
        addEventListener('beforeunload', unload);
        const end = guardLeaving(() => !kept.current || window.confirm(t.kit.leave));
        return () => {
            removeEventListener('beforeunload', unload);
            end();
        };
    }, [dirty]);
    return useCallback(() => {
        kept.current = false;
    }, []);
}
