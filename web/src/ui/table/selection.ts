// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'preact/hooks';

/** What is selected: some keys, or all that match the filters (`all`; then `keys` is empty and the server has to know the filters). */
export interface Picked {
    keys: readonly string[];
    all: boolean;
    count: number;
    clear: () => void;
}

export interface Selection extends Picked {
    has: (key: string) => boolean;
    toggle: (key: string) => void;
    /** These and no others. */
    set: (keys: readonly string[]) => void;
    everything: () => void;
}

/** Emptied when `identity` changes: other filters are other rows. */
export function useSelection(identity: string, total: number | undefined): Selection {
    const [state, setState] = useState<{ identity: string; keys: ReadonlySet<string>; all: boolean }>({
        identity,
        keys: new Set(),
        all: false,
    });
    const now = state.identity === identity ? state : { identity, keys: new Set<string>(), all: false };
    return useMemo(() => {
        const put = (keys: ReadonlySet<string>, all = false): void => setState({ identity, keys, all });
        return {
            keys: [...now.keys],
            all: now.all,
            count: now.all ? (total ?? 0) : now.keys.size,
            has: (key) => now.all || now.keys.has(key),
            toggle: (key) => {
                const keys = new Set(now.keys);
                if (!keys.delete(key)) keys.add(key);
                put(keys);
            },
            set: (keys) => put(new Set(keys)),
            everything: () => put(new Set(), true),
            clear: () => put(new Set()),
        };
    }, [state, identity, total]);
}
