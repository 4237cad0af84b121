// SPDX-License-Identifier: Apache-2.0
// A whole fleet by fleet-sim: every device polls once in its interval, with its own token and ETag, and
// what that costs the server.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tool } from './load.mjs';
import { rate } from './table.mjs';

const RATE = 16_700; /* a million devices at 60 s */
const INTERVAL_S = 60;

/** One run of the simulator over a store of stores.mjs; what it counted. */
async function fleet(store, options) {
    const json = path.join(store.root, 'sim.json');
    const args = Object.entries({ server: `http://${store.target.host}`, prefilled: true, devices: store.devices,
        etag: store.etag.replaceAll('"', ''), pids: store.target.pids, json, quiet: true, ...options });
    await tool('fleet-sim', args.flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value])));
    const got = JSON.parse(readFileSync(json, 'utf8'));
    rmSync(json);
    const { poll } = got.by_question;
    if (poll[304] !== got.requests || got.lost > 0 || got.refused > 0)
        throw new Error(`fleet-sim: other answers than 304, or none: ${JSON.stringify(got)}`);
    return got;
}

/** store: a serving one, whose devices were all asked for before; interval: seconds, so that RATE comes of it. */
export async function figureFleet(table, store) {
    const interval = Math.round((store.devices * INTERVAL_S) / 1_000_000);
    const devices = store.devices.toLocaleString('en-US');
    for (const connections of [256, 10_000]) {
        // Each device has its place in the interval: after one of them the rate is steady.
        const got = await fleet(store, { interval, ramp: interval, connections, warm: interval, for: interval + 30 });
        const seconds = got.took_us / 1e6;
        const share = (100 * got.cpu_us) / got.took_us;
        const over = `${connections.toLocaleString('en-US')} connections`;
        table.add(`${devices} devices each ${interval} s, ${over}: polls a second, of ${rate(RATE)}`, got.requests / seconds / RATE, '>=', 0.98, '×',
            `${rate(got.requests / seconds)}, all 304; ${share.toFixed(0)} % of a core, ${(got.cpu_us / got.requests).toFixed(1)} µs a poll`);
        table.note(`${devices} devices each ${interval} s, ${over}: p99`, got.p99_us / 1000, 'ms', `p50 ${(got.p50_us / 1000).toFixed(2)} ms`);
    }
}
