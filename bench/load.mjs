// SPDX-License-Identifier: Apache-2.0
// One run of the load client (load.c), and rounds of several that take turns.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

export const TOOLS = process.env.BENCH_TOOLS ?? 'build/release/bench';
export const tool = async (name, args) =>
    (await promisify(execFile)(path.join(TOOLS, name), args.map(String), { maxBuffer: 1 << 20 })).stdout;

/** options: those of load.c, by their long names. A status that was not wanted ends the benchmark. */
export async function load(options) {
    const args = Object.entries(options)
        .filter(([, value]) => value !== undefined && value !== null)
        .flatMap(([name, value]) => [`--${name}`, value]);
    const got = JSON.parse(await tool('bench-load', args));
    if (got.unexpected > 0 || got.gone > 0 || got.requests === 0)
        throw new Error(`load ${args.join(' ')}: ${JSON.stringify(got)}`);
    return got;
}

export function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Each contestant once a round, in turn; {name: medians of every number it answered}, with `spread`:
 * the extremes of its requests a second as parts of the median.
 */
export async function alternate(rounds, contestants) {
    const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    for (let i = 0; i < rounds; i++) for (const [name, run] of Object.entries(contestants)) runs[name].push(await run(i));
    return Object.fromEntries(Object.entries(runs).map(([name, rows]) => [name, summarize(rows)]));
}

function summarize(rows) {
    const out = {};
    for (const key of Object.keys(rows[0])) out[key] = median(rows.map((row) => row[key]));
    const rps = rows.map((row) => row.rps);
    out.spread = [Math.min(...rps) / out.rps, Math.max(...rps) / out.rps];
    return out;
}
