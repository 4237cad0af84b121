// SPDX-License-Identifier: Apache-2.0
// A value that parts of the page watch. All state that outlives one component is one of these.
import { useLayoutEffect, useState } from 'preact/hooks';

export interface Store<T> {
    get(): T;
    set(value: T): void;
    /** Calls `watcher` after each change; the answer ends that. */
    watch(watcher: () => void): () => void;
}

export function store<T>(first: T): Store<T> {
    let value = first;
    const watchers = new Set<() => void>();
    return {
        get: () => value,
        set(next) {
            if (Object.is(next, value)) return;
            value = next;
            for (const watcher of [...watchers]) watcher();
        },
        watch(watcher) {
            watchers.add(watcher);
            return () => void watchers.delete(watcher);
        },
    };
}

/** The value, and a new rendering whenever it changes. */
export function useStore<T>(source: Store<T>): T {
    const [, again] = useState({});
    useLayoutEffect(() => source.watch(() => again({})), [source]);
    return source.get();
}
