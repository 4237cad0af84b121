// SPDX-License-Identifier: Apache-2.0
// What a component shows of the server: asked for when it appears, again when its key changes, and when the server says that its topic has.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asking } from '../ready.ts';
import { onTopics, type Topic } from '../live.ts';
import { problemOf, wasAborted, type Problem } from './client.ts';

export interface Data<T> {
    /** The newest; stays while it is asked for again. */
    data: T | undefined;
    error: Problem | undefined;
    loading: boolean;
    reload(): void;
}

/** `ask` gets a signal that ends when nobody wants its answer any more. `key` says what `ask` depends on; undefined: nothing is asked for. */
export function useData<T>(
    key: string | undefined,
    ask: (signal: AbortSignal) => Promise<T>,
    how: { topics?: readonly Topic[] } = {},
): Data<T> {
    const [state, setState] = useState<{ key: string | undefined; data?: T; error?: Problem; loading: boolean }>({
        key,
        loading: key !== undefined,
    });
    const [turn, setTurn] = useState(0);
    const latest = useRef(ask);
    latest.current = ask;
    const reload = useCallback(() => setTurn((n) => n + 1), []);

    useEffect(() => {
        if (key === undefined) return setState({ key, loading: false });
        const abort = new AbortController();
        const answered = asking();
        setState((was) => {
            if (was.key !== key) return { key, loading: true };
            return was.loading ? was : { ...was, loading: true };
        });
        latest
            .current(abort.signal)
            .then(
                (data) => !abort.signal.aborted && setState({ key, data, loading: false }),
                (thrown) => {
                    if (abort.signal.aborted || wasAborted(thrown)) return;
                    setState((was) => ({ ...was, key, error: problemOf(thrown), loading: false }));
                },
            )
            .finally(answered);
        return () => {
            abort.abort();
            answered();
        };
    }, [key, turn]);

    const topics = how.topics?.join(' ') ?? '';
    useEffect(
        () => (topics && key !== undefined ? onTopics(topics.split(' ') as Topic[], reload) : undefined),
        [topics, key === undefined, reload],
    );

    const mine = state.key === key;
    return {
        data: mine ? state.data : undefined,
        error: mine ? state.error : undefined,
        loading: mine ? state.loading : true,
        reload,
    };
}
