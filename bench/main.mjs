// SPDX-License-Identifier: Apache-2.0
// `./dev bench [--quick] [FIGURE...]`: every figure against its peer, the table, bench/results.json.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { figureConsole } from './figure_console.mjs';
import { figureEnrol } from './figure_enrol.mjs';
import { figureFleet } from './figure_fleet.mjs';
import { figurePeople, figureSignIns, figureTokens } from './figure_identity.mjs';
import { figureLighthouse } from './figure_lighthouse.mjs';
import { figureMcp } from './figure_mcp.mjs';
import { figureLease, figurePoll } from './figure_poll.mjs';
import { figureScale } from './figure_scale.mjs';
import { figureFull, figureIdle, figureStart } from './figure_start.mjs';
import { figureGoodput, figureStorm } from './figure_storm.mjs';
import { figureRevoke, figureStreamMemory, figureStreamTls, figureStreamTold } from './figure_stream.mjs';
import { figureTable } from './figure_table.mjs';
import { Store } from './stores.mjs';
import { Table } from './table.mjs';

const FIGURES = ['idle', 'poll', 'lease', 'enrol', 'tokens', 'people', 'mcp', 'scale', 'fleet', 'storm', 'stream', 'table', 'console', 'lighthouse'];
const args = process.argv.slice(2);
const quick = args.includes('--quick');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const strange = wanted.filter((name) => !FIGURES.includes(name));
if (strange.length > 0) {
    console.error(`no such figure: ${strange.join(' ')} (there are: ${FIGURES.join(' ')})`);
    process.exit(2);
}
const asked = (name) => wanted.length === 0 || wanted.includes(name);
const effort = quick ? { rounds: 1, ms: 1000 } : { rounds: 3, ms: 3000 };
const MANY = quick ? 100_000 : 1_000_000;

const STREAMS = 10_000;

const table = new Table();
const stores = [];
async function store(tag, devices, env) {
    const made = new Store(tag, env);
    stores.push(made);
    if (devices > 0) await made.fill(devices);
    return made;
}

try {
    const began = Date.now();
    const small = await store('small', 1000);
    if (asked('idle')) {
        const empty = await store('idle', 0);
        await empty.server.start();
        await sleep(3000);
        await figureIdle(table, empty);
        await empty.server.stop();
    }
    await small.serve();
    if (asked('poll')) await figurePoll(table, small, effort);
    if (asked('lease')) await figureLease(table, small, effort);
    if (asked('enrol')) {
        const [own, peer] = [await store('enrol', 1000), await store('bare', 1000)];
        await own.serve();
        await figureEnrol(table, own, peer, effort);
        await own.server.stop();
    }
    if (asked('tokens')) {
        const issuer = await (await store('tokens', 0)).serve();
        await figureTokens(table, issuer, effort);
        await issuer.server.stop();
    }
    if (asked('people')) {
        const home = await (await store('people', 0)).serve();
        await figureSignIns(table, home, effort);
        await home.server.stop();
        const town = await (await store('town', 0)).serve();
        await figurePeople(table, town);
        await town.server.stop();
    }
    if (asked('mcp')) {
        const door = await (await store('mcp', 0, { SENESCHAL_OUTBOUND_LOOPBACK: 'true' })).serve();
        await figureMcp(table, door, effort);
        await door.server.stop();
    }
    if (asked('scale') || asked('fleet')) {
        const large = await (await store('large', MANY)).serve();
        await figureFull(table, large);
        if (asked('scale')) await figureScale(table, small, large, effort);
        if (asked('fleet')) await figureFleet(table, large);
        if (asked('scale')) await figureStart(table, large, effort);
    }
    if (asked('storm')) {
        const fleet = await store('storm', 10_001);
        await figureStorm(table, await fleet.serve());
        await figureGoodput(table, fleet, effort);
    }
    if (asked('stream')) {
        const many = await store('stream', STREAMS + 1000);
        await figureStreamTls(table, many, quick ? 1000 : 5000);
        await many.serve();
        await figureStreamMemory(table, many, STREAMS);
        await figureStreamTold(table, many, STREAMS, effort);
        await figureRevoke(table, many, STREAMS, quick ? 50 : 300);
    }
    if (asked('table')) {
        const fleet = await (await store('table', 100_000)).serve();
        await figureTable(table, fleet, effort);
        await fleet.server.stop();
    }
    if (asked('console')) {
        const fleet = await (await store('console', 100_000)).serve();
        await figureConsole(table, fleet, effort);
        await fleet.server.stop();
    }
    if (asked('lighthouse')) {
        const house = await (await store('lighthouse', 1000)).serve();
        if (!(await figureLighthouse(table, house, quick ? { views: 2 } : {}))) process.exitCode = 1;
        await house.server.stop();
    }
    const seconds = Math.round((Date.now() - began) / 1000);
    const about = { at: new Date().toISOString(), cpus: cpus().length, model: cpus()[0].model, ...effort, seconds };
    writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify({ about, rows: table.rows }, null, 2)}\n`);
    console.log(`${table.rows.length} figures in ${seconds} s, ${table.missed.length} missed; bench/results.json`);
} finally {
    for (const made of stores) await made.remove();
}
