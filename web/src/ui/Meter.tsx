// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { number, percent } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import '../style/kit/figures.css';

export interface Segment {
    /** "applied", "failed" ... */
    label: string;
    value: number;
    tone: 'good' | 'warn' | 'bad' | 'info' | 'off';
}

/** Parts of a whole beside each other, with their names and figures below: a ring's applied, failed, pending. */
export function Progress({
    segments,
    total,
    label,
    legend = true,
}: {
    segments: readonly Segment[];
    total?: number;
    label: string;
    legend?: boolean;
}) {
    const whole = Math.max(1, total ?? segments.reduce((sum, one) => sum + one.value, 0));
    const shown = segments.filter((one) => one.value > 0);
    const said = shown.map((one) => `${one.label} ${number(one.value)}`).join(', ');
    return (
        <div class="progress">
            <div class="progress-bar" role="img" aria-label={said ? `${label}: ${said}` : label}>
                {shown.map((one) => (
                    <span
                        key={one.label}
                        class={`progress-part ${one.tone}`}
                        style={{ flexGrow: String(one.value / whole) }}
                        title={`${one.label}: ${number(one.value)}`}
                    />
                ))}
            </div>
            {legend && (
                <ul class="progress-legend">
                    {segments.map((one) => (
                        <li key={one.label}>
                            <span class={`dot ${one.tone}`} aria-hidden="true" />
                            {one.label} <strong>{number(one.value)}</strong>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

/** How much of what there may be: a quota. */
export function Meter({
    value,
    max,
    label,
    tone,
}: {
    value: number;
    max: number;
    label: string;
    tone?: Segment['tone'];
}) {
    const share = max > 0 ? Math.min(1, value / max) : 0;
    return (
        <div class="meter">
            <div class="meter-head">
                <span>{label}</span>
                <span class="muted">{t.kit.progress.done(value, max)}</span>
            </div>
            <div
                class="progress-bar"
                role="meter"
                aria-label={label}
                aria-valuemin={0}
                aria-valuemax={max}
                aria-valuenow={value}
            >
                <span
                    class={`progress-part ${tone ?? (share > 0.9 ? 'bad' : share > 0.75 ? 'warn' : 'info')}`}
                    style={{ flexGrow: String(share) }}
                />
            </div>
        </div>
    );
}

const RADIUS = 26;
const ROUND = 2 * Math.PI * RADIUS;

/** A round one with its share in the middle. */
export function Ring({
    share,
    label,
    tone = 'info',
    children,
}: {
    share: number;
    label: string;
    tone?: Segment['tone'];
    children?: ComponentChildren;
}) {
    const part = Math.max(0, Math.min(1, share));
    return (
        <span class="ring" role="img" aria-label={`${label}: ${percent(part)}`}>
            <svg viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
                <circle cx="32" cy="32" r={RADIUS} class="ring-ground" />
                <circle
                    cx="32"
                    cy="32"
                    r={RADIUS}
                    class={`ring-part ${tone}`}
                    stroke-dasharray={`${part * ROUND} ${ROUND}`}
                    transform="rotate(-90 32 32)"
                />
            </svg>
            <span class="ring-text" aria-hidden="true">
                {children ?? percent(part)}
            </span>
        </span>
    );
}

/** A line without axes beside a figure; null is a gap. `label` says what it is and how it went. */
export function Sparkline({
    values,
    label,
    tone = 'info',
}: {
    values: readonly (number | null)[];
    label: string;
    tone?: Segment['tone'];
}) {
    return (
        <svg class={`sparkline ${tone}`} viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label={label}>
            <path d={sparkPath(values)} />
        </svg>
    );
}

/** The path of a sparkline in a box of 100 to 28. */
export function sparkPath(values: readonly (number | null)[]): string {
    const there = values.filter((one) => one !== null);
    if (there.length === 0) return '';
    const top = Math.max(...there);
    const foot = Math.min(0, ...there);
    const step = values.length > 1 ? 100 / (values.length - 1) : 0;
    let pen = 'M';
    let path = '';
    values.forEach((value, at) => {
        if (value === null) {
            pen = 'M';
            return;
        }
        const y = top === foot ? 14 : 26 - ((value - foot) / (top - foot)) * 24;
        path += `${pen}${(at * step).toFixed(1)} ${y.toFixed(1)}`;
        pen = 'L';
    });
    return path;
}
