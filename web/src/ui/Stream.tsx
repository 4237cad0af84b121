// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from './Button.tsx';
import { Status } from './Badge.tsx';
import '../style/kit/pieces.css';

/** Entries that are kept; the oldest go. */
const MOST = 500;

export interface Tail<Entry> {
    entries: readonly Entry[];
    /** Came while it was paused. */
    waiting: number;
    paused: boolean;
    pause: (paused: boolean) => void;
    clear: () => void;
}

/** A live tail: `open` begins it and gets what each entry is told to, and answers how it ends. Entries of one frame are one drawing. */
export function useTail<Entry>(open: ((tell: (entry: Entry) => void) => () => void) | undefined, key: string): Tail<Entry> {
    const [entries, setEntries] = useState<readonly Entry[]>([]);
    const [paused, setPaused] = useState(false);
    const [waiting, setWaiting] = useState(0);
    const held = useRef<Entry[]>([]);
    const stop = useRef(false);
    const flush = useCallback(() => {
        const fresh = held.current.toReversed();
        held.current = [];
        setWaiting(0);
        if (fresh.length > 0)
            setEntries((was) => [...fresh, ...was].slice(0, MOST));
    }, []);
    useEffect(() => {
        if (!open)
            return;
        let frame = 0;
        setEntries([]);
        const end = open((entry) => {
            held.current = [...held.current.slice(1 - MOST), entry];
            frame ||= requestAnimationFrame(() => {
                frame = 0;
                if (stop.current)
                    setWaiting(held.current.length);
                else flush();
            });
        });
        return () => {
            cancelAnimationFrame(frame);
            held.current = [];
            end();
        };
    }, [key, open !== undefined]);
    const pause = useCallback((next: boolean) => {
        stop.current = next;
        setPaused(next);
        if (!next)
            flush();
    }, []);
    return { entries, waiting, paused, pause, clear: () => setEntries([]) };
}

/** The entries of a tail, newest first, with a button that holds it still. */
export function StreamList<Entry>({ tail, row, keyOf, label, tools }: {
    tail: Tail<Entry>; row: (entry: Entry) => ComponentChildren; keyOf: (entry: Entry) => string; label: string; tools?: ComponentChildren;
}) {
    const at = t.kit.stream;
    return (
        <div class="stream">
            <div class="stream-head">
                <Status tone={tail.paused ? 'off' : 'good'} icon={tail.paused ? 'pause' : 'live'}>{tail.paused ? at.paused : at.live}</Status>
                <Button small icon={tail.paused ? 'play' : 'pause'} onClick={() => tail.pause(!tail.paused)}>{tail.paused ? at.go : at.pause}</Button>
                {tail.waiting > 0 && <Button small kind="link" onClick={() => tail.pause(false)}>{at.waiting(tail.waiting)}</Button>}
                <div class="actions">{tools}</div>
            </div>
            {tail.entries.length === 0
                ? <p class="muted stream-empty">{at.empty}</p>
                : (
                    <div class="stream-list" role="log" aria-live="off" tabIndex={0} aria-label={label}>
                        <ol>{tail.entries.map((one) => <li key={keyOf(one)}>{row(one)}</li>)}</ol>
                    </div>
                )}
        </div>
    );
}
