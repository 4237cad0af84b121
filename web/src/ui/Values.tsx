// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { dateTime, relative, stamp } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { Copy } from './Copy.tsx';

const TICK_MS = 60_000;
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all times on the page. */
function watch(redraw: () => void): () => void {
    watchers.add(redraw);
    timer ??= setInterval(() => watchers.forEach((one) => one()), TICK_MS);
    return () => {
        watchers.delete(redraw);
        if (watchers.size === 0) {
            clearInterval(timer);
            timer = undefined;
        }
    };
}

/** The other way to write it, once somebody points at it: a telephone never does, and formatters for dates are dear. */
function explain({ currentTarget }: { currentTarget: HTMLTimeElement }, at: string | number, full?: boolean): void {
    currentTarget.title = (full ? relative : dateTime)(at);
}

/** A moment: "2 hours ago", the full time as title; `full`: the other way round; `exact`: short, to the second. Nothing: `none`, a dash when absent. */
export function Time({
    at,
    full,
    exact,
    none,
}: {
    at: string | number | null | undefined;
    full?: boolean;
    exact?: boolean;
    none?: ComponentChildren;
}) {
    const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
    useEffect(() => watch(() => redraw()), []);
    if (at === null || at === undefined || at === '') return <span class="muted">{none ?? t.kit.none}</span>;
    const written = exact ? stamp : full ? dateTime : relative;
    return (
        <time dateTime={new Date(at).toISOString()} onPointerEnter={(event) => explain(event, at, full)}>
            {written(at)}
        </time>
    );
}

/** An id: its last characters (UUIDv7 begin alike), the whole as title, and copy. */
export function Id({ id, length = 8, href }: { id: string; length?: number; href?: string }) {
    const short = <code title={id}>{id.length > length ? `…${id.slice(-length)}` : id}</code>;
    return (
        <span class="id">
            {href ? <a href={href}>{short}</a> : short}
            <Copy text={id} />
        </span>
    );
}

/** Names and values of one object. `pairs`: [name, value]; those whose value is false or undefined are left out. */
export function KeyValue({
    pairs,
    wide,
}: {
    pairs: readonly (readonly [ComponentChildren, ComponentChildren])[];
    wide?: boolean;
}) {
    return (
        <dl class={wide ? 'key-value wide' : 'key-value'}>
            {pairs
                .filter(([, value]) => value !== false && value !== undefined)
                .map(([name, value], at) => (
                    <div key={at}>
                        <dt>{name}</dt>
                        <dd>{value === null || value === '' ? <span class="muted">{t.kit.none}</span> : value}</dd>
                    </div>
                ))}
        </dl>
    );
}

/** A figure with its name; `href` where it leads. */
export function Stat({
    label,
    value,
    note,
    href,
    tone,
}: {
    label: ComponentChildren;
    value: ComponentChildren;
    note?: ComponentChildren;
    href?: string;
    tone?: 'good' | 'warn' | 'bad';
}) {
    const inner = (
        <>
            <span class="stat-label">{label}</span>
            <span class={`stat-value ${tone ?? ''}`}>{value}</span>
            {note && <span class="stat-note">{note}</span>}
        </>
    );
    return href ? (
        <a class="stat" href={href}>
            {inner}
        </a>
    ) : (
        <div class="stat">{inner}</div>
    );
}
