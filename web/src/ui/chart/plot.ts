// SPDX-License-Identifier: Apache-2.0
// uPlot with the tokens of the page: colours are asked of the browser when it is drawn, so that light and dark are right.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, compact, day } from '../../i18n/format.ts';
import type { ChartProps, Colour, Series } from '../Chart.tsx';

export interface Hover {
    /** Index of the moment. */
    at: number;
    /** Pixels from the start of the chart. */
    x: number;
    /** In the second half: the tip stands before it. */
    late: boolean;
}

export interface ChartHandle {
    show: (times: readonly number[], series: readonly Series[]) => void;
    close: () => void;
}

const DAY = 86_400;
const FILL = '33';
/** Steps of an axis that counts: there is no half of a device. */
const WHOLE = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();

/** A token as a colour that a canvas takes: what `light-dark()` comes to only the browser knows. */
function colours(host: HTMLElement): (name: string, alpha?: string) => string {
    const probe = document.createElement('span');
    host.append(probe);
    const known = new Map<string, string>();
    const ask = (name: string): string => {
        probe.style.color = `var(--${name})`;
        const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
        return `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
    };
    return (name, alpha = '') => {
        if (!known.has(name)) known.set(name, ask(name));
        return `${known.get(name)}${alpha}`;
    };
}

/** Each series on top of those before it; a gap adds nothing and stays a gap. */
export function stacked(series: readonly (readonly (number | null)[])[]): (number | null)[][] {
    const sums: number[] = [];
    return series.map((values) =>
        values.map((value, at) => {
            if (value === null) return null;
            sums[at] = (sums[at] ?? 0) + value;
            return sums[at] ?? null;
        }),
    );
}

/** What was measured between two gaps is no line: it is drawn as a point. */
function alone(plot: uPlot, series: number): number[] {
    const values = plot.data[series] ?? [];
    const isGap = (at: number): boolean => (values[at] ?? null) === null;
    return [...values.keys()].filter((at) => !isGap(at) && isGap(at - 1) && isGap(at + 1));
}

function dataOf(times: readonly number[], series: readonly Series[], kind: ChartProps['kind']): uPlot.AlignedData {
    const values = series.map((one) => one.values);
    const drawn = kind === 'stacked' ? stacked(values) : values.map((one) => [...one]);
    return [[...times], ...drawn] as uPlot.AlignedData;
}

function optionsOf(
    host: HTMLElement,
    p: ChartProps & { height: number },
    hover: (now: Hover | null) => void,
): uPlot.Options {
    const colour = colours(host);
    const token = (name: Colour, alpha?: string): string => colour(name === 'warn' ? 'warn-fill' : name, alpha);
    const font = `12px ${getComputedStyle(host).fontFamily}`;
    const axis = {
        stroke: () => colour('muted'),
        font,
        grid: { stroke: () => colour('line'), width: 1 },
        ticks: { show: false },
    };
    const long = (p.times[p.times.length - 1] ?? 0) - (p.times[0] ?? 0) > 2 * DAY;
    return {
        width: Math.max(80, host.clientWidth),
        height: p.height,
        legend: { show: false },
        padding: [10, 24, 0, 0], // half of the last word of the axis below
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        scales: {
            y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), high === null || high <= 0 ? 1 : high * 1.06] },
        },
        axes: [
            {
                ...axis,
                size: 28,
                space: 70,
                values: (_plot, splits) => splits.map((at) => (long ? day(at * 1000) : clock(at * 1000))),
            },
            {
                ...axis,
                size: p.unit ? 62 : 52,
                space: 36,
                ...(!p.unit && { incrs: WHOLE }),
                values: (_plot, splits) => splits.map(p.unit ?? compact),
            },
        ],
        series: [
            {},
            ...p.series.map((one) => ({
                label: one.label,
                width: 1.75,
                points: { size: 5, fill: () => token(one.colour), filter: alone },
                spanGaps: false,
                stroke: () => token(one.colour),
                ...(p.kind && p.kind !== 'line' && { fill: () => token(one.colour, FILL) }),
            })),
        ],
        // Each is filled down to the one below it, not to the ground.
        ...(p.kind === 'stacked' && {
            bands: p.series.slice(1).map((_, at): uPlot.Band => ({ series: [at + 2, at + 1] })),
        }),
        hooks: {
            setCursor: [
                (plot) => {
                    const { idx, left } = plot.cursor;
                    if (idx === null || idx === undefined || left === undefined || left < 0) return hover(null);
                    const x = left + plot.over.offsetLeft;
                    hover({ at: idx, x, late: x > plot.width / 2 });
                },
            ],
        },
    };
}

/** Draws in `host` and again when its width or the theme changes. */
export function openPlot(
    host: HTMLElement,
    p: ChartProps & { height: number },
    hover: (now: Hover | null) => void,
): ChartHandle {
    let now = { times: p.times, series: p.series };
    const make = (): uPlot =>
        new uPlot(optionsOf(host, { ...p, ...now }, hover), dataOf(now.times, now.series, p.kind), host);
    let plot = make();
    const again = (): void => {
        plot.destroy();
        host.replaceChildren();
        plot = make();
    };
    const width = new ResizeObserver(() => {
        if (host.clientWidth > 0 && host.clientWidth !== plot.width)
            plot.setSize({ width: host.clientWidth, height: p.height });
    });
    width.observe(host);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', again);
    const theme = new MutationObserver(again);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return {
        show(times, series) {
            now = { times, series };
            plot.setData(dataOf(times, series, p.kind));
        },
        close() {
            width.disconnect();
            dark.removeEventListener('change', again);
            theme.disconnect();
            plot.destroy();
            host.replaceChildren();
        },
    };
}
