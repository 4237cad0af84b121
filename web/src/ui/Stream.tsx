// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { clockSeconds, dateTime } from '../i18n/format.ts';
import { Button } from './Button.tsx';
import { Status } from './Badge.tsx';
import { Note } from './Layout.tsx';
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
export function useTail<Entry>(
    open: ((tell: (entry: Entry) => void) => () => void) | undefined,
    key: string,
): Tail<Entry> {
    const [entries, setEntries] = useState<readonly Entry[]>([]);
    const [paused, setPaused] = useState(false);
    const [waiting, setWaiting] = useState(0);
    const held = useRef<Entry[]>([]);
    const stop = useRef(false);
    const flush = useCallback(() => {
        const fresh = held.current.toReversed();
        held.current = [];
        setWaiting(0);
        if (fresh.length > 0) setEntries((was) => [...fresh, ...was].slice(0, MOST));
    }, []);
    useEffect(() => {
        if (!open) return;
        let frame = 0;
        setEntries([]);
        const end = open((entry) => {
            held.current = [...held.current.slice(1 - MOST), entry];
            frame ||= requestAnimationFrame(() => {
                frame = 0;
                if (stop.current) setWaiting(held.current.length);
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
        if (!next) flush();
    }, []);
    return { entries, waiting, paused, pause, clear: () => setEntries([]) };
}

/** The entries of a tail, newest first, with a button that holds it still. */
export function StreamList<Entry>({
    tail,
    row,
    keyOf,
    label,
    tools,
}: {
    tail: Tail<Entry>;
    row: (entry: Entry) => ComponentChildren;
    keyOf: (entry: Entry) => string;
    label: string;
    tools?: ComponentChildren;
}) {
    const at = t.kit.stream;
    return (
        <div class="stream">
            <div class="stream-head">
                <Status tone={tail.paused ? 'off' : 'good'} icon={tail.paused ? 'pause' : 'live'}>
                    {tail.paused ? at.paused : at.live}
                </Status>
                <Button small icon={tail.paused ? 'play' : 'pause'} onClick={() => tail.pause(!tail.paused)}>
                    {tail.paused ? at.go : at.pause}
                </Button>
                {tail.waiting > 0 && (
                    <Button small kind="link" onClick={() => tail.pause(false)}>
                        {at.waiting(tail.waiting)}
                    </Button>
                )}
                <div class="actions">{tools}</div>
            </div>
            {tail.entries.length === 0 ? (
                <p class="muted stream-empty">{at.empty}</p>
            ) : (
                <div class="stream-list" role="log" aria-live="off" tabIndex={0} aria-label={label}>
                    <ol>
                        {tail.entries.map((one) => (
                            <li key={keyOf(one)}>{row(one)}</li>
                        ))}
                    </ol>
                </div>
            )}
        </div>
    );
}

interface Numbered<Entry> {
    key: number;
    entry: Entry;
}

/** What the server tells at `url` as it happens, newest first. `event`: what its entries are called; `lost`: the member that says how many it left out. */
export function EventTail<Entry>({
    url,
    event,
    lost: lostIn,
    row,
    label,
}: {
    url: string;
    event: string;
    lost: string;
    row: (entry: Entry) => ComponentChildren;
    label: string;
}) {
    const at = t.kit.stream;
    const [lost, setLost] = useState(0);
    const [state, setState] = useState<'open' | 'away' | 'refused'>('open');
    const [turn, setTurn] = useState(0);
    const tail = useTail<Numbered<Entry>>((tell) => {
        const source = new EventSource(url);
        let key = 0;
        setLost(0);
        source.onopen = () => setState('open');
        source.onerror = () => setState(source.readyState === EventSource.CLOSED ? 'refused' : 'away');
        source.addEventListener(event, ({ data }) => tell({ key: ++key, entry: JSON.parse(data) as Entry }));
        source.addEventListener('lost', ({ data }) =>
            setLost((n) => n + ((JSON.parse(data) as Record<string, number>)[lostIn] ?? 0)),
        );
        return () => source.close();
    }, `${url} ${turn}`);
    const again = (
        <Button small icon="reload" onClick={() => setTurn(turn + 1)}>
            {t.kit.retry}
        </Button>
    );
    return (
        <>
            {state === 'away' && <Note tone="warn">{at.away}</Note>}
            {state === 'refused' && (
                <Note tone="warn" actions={again}>
                    {at.refused}
                </Note>
            )}
            {lost > 0 && <Note tone="warn">{at.lost(lost)}</Note>}
            <StreamList
                tail={tail}
                label={label}
                keyOf={({ key }) => String(key)}
                row={({ entry }) => row(entry)}
                tools={
                    <Button small icon="remove" onClick={tail.clear} disabled={tail.entries.length === 0}>
                        {at.clear}
                    </Button>
                }
            />
        </>
    );
}

/** One entry of a tail: when, of what kind, its name that opens it, and as much of the rest as there is room for. */
export function TailRow({
    at,
    mark,
    name,
    onOpen,
    children,
}: {
    at: string | null | undefined;
    mark: ComponentChildren;
    name: ComponentChildren;
    onOpen: () => void;
    children: ComponentChildren;
}) {
    return (
        <span class="tail-row">
            <time class="muted" dateTime={at ?? ''} title={at ? dateTime(at) : ''}>
                {at ? clockSeconds(at) : ''}
            </time>
            {mark}
            <Button kind="link" small onClick={onOpen}>
                {name}
            </Button>
            <span class="tail-rest">{children}</span>
        </span>
    );
}

/** From a list to what comes now, and back. */
export function TailSwitch({ live, onInput }: { live: boolean; onInput: (live: boolean) => void }) {
    return (
        <Button icon={live ? 'log' : 'live'} kind={live ? 'plain' : 'primary'} onClick={() => onInput(!live)}>
            {live ? t.kit.stream.toList : t.kit.stream.toTail}
        </Button>
    );
}
