// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { dateTime, number } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import type { ChartHandle, Hover } from './chart/plot.ts';
import { useCode } from './lazy.ts';
import '../style/kit/figures.css';

export type Colour = 'accent' | 'good' | 'warn' | 'bad' | 'muted';

export interface Series {
    label: string;
    /** One for each moment; null is a gap. */
    values: readonly (number | null)[];
    colour: Colour;
}

export interface ChartProps {
    /** What it shows, as a sentence for readers. */
    label: string;
    /** Seconds since 1970, rising. */
    times: readonly number[];
    series: readonly Series[];
    /** `line` when absent; `stacked` adds up from the first series. */
    kind?: 'line' | 'area' | 'stacked';
    /** A figure with its unit, on the axis too; absent: they are counts. */
    unit?: (value: number) => string;
    /** Pixels; 200 when absent. */
    height?: number;
}

/** Figures over time: a line for each series, what stands under the pointer, and all figures as a table for who does not see lines. */
export function Chart(p: ChartProps) {
    const code = useCode(() => import('./chart/plot.ts'));
    const host = useRef<HTMLDivElement>(null);
    const plot = useRef<ChartHandle | null>(null);
    const [hover, setHover] = useState<Hover | null>(null);
    const format = p.unit ?? number;
    const height = p.height ?? 200;
    const shape = `${p.kind} ${height} ${p.series.map((one) => `${one.label} ${one.colour}`).join()} ${document.documentElement.lang}`;
    const hasFigures = p.times.length > 0 && p.series.some((one) => one.values.some((value) => value !== null));

    useEffect(() => {
        const at = host.current;
        if (!code || !at || !hasFigures) return;
        plot.current = code.openPlot(at, { ...p, height }, setHover);
        return () => {
            plot.current?.close();
            plot.current = null;
        };
    }, [code, shape, hasFigures]);
    useEffect(() => plot.current?.show(p.times, p.series), [p.times, p.series]);

    return (
        <figure class="chart">
            <div class="chart-legend" aria-hidden="true">
                {p.series.map((one) => (
                    <span key={one.label}>
                        <span class={`dot ${one.colour}`} />
                        {one.label}
                    </span>
                ))}
            </div>
            <div
                class="chart-plot"
                style={{ '--height': `${height}px` }}
                role="img"
                aria-label={p.label}
                aria-busy={code === undefined}
            >
                {hasFigures ? (
                    <div ref={host} class="chart-host" />
                ) : (
                    <p class="muted chart-none">{t.kit.chart.noData}</p>
                )}
                {hover && <Tip hover={hover} p={p} format={format} />}
            </div>
            <details class="chart-table">
                <summary>{t.kit.chart.table}</summary>
                <Figures p={p} format={format} />
            </details>
        </figure>
    );
}

function Tip({ hover, p, format }: { hover: Hover; p: ChartProps; format: (value: number) => string }) {
    const time = p.times[hover.at];
    if (time === undefined) return null;
    return (
        <div
            class={hover.late ? 'chart-tip late' : 'chart-tip'}
            style={{ insetInlineStart: `${hover.x}px` }}
            aria-hidden="true"
        >
            <div class="muted">{dateTime(time * 1000)}</div>
            {p.series.map((one) => {
                const value = one.values[hover.at];
                return (
                    <div key={one.label}>
                        <span class={`dot ${one.colour}`} />
                        {one.label} <strong>{typeof value === 'number' ? format(value) : t.kit.none}</strong>
                    </div>
                );
            })}
        </div>
    );
}

/** Least, most and latest of each line: what one sees at a glance, as text. */
function Figures({ p, format }: { p: ChartProps; format: (value: number) => string }) {
    const at = t.kit.chart;
    return (
        <div class="chart-figures" tabIndex={0} role="region" aria-label={p.label}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{at.series}</th>
                        <th scope="col">{at.least}</th>
                        <th scope="col">{at.most}</th>
                        <th scope="col">{at.last}</th>
                    </tr>
                </thead>
                <tbody>
                    {p.series.map((one) => {
                        const there = one.values.filter((value) => value !== null);
                        const said = [Math.min(...there), Math.max(...there), there[there.length - 1] ?? 0];
                        return (
                            <tr key={one.label}>
                                <th scope="row">{one.label}</th>
                                {said.map((value, i) => (
                                    <td key={i}>{there.length > 0 ? format(value) : t.kit.none}</td>
                                ))}
                            </tr>
                        );
                    })}
                </tbody>
            </table>
        </div>
    );
}
