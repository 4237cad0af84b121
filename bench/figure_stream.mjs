// SPDX-License-Identifier: Apache-2.0
// Devices with an open configuration stream: what an idle one costs, how soon all are told of a change,
// and how soon a revoked device is refused, while others poll.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { publishVersion } from '../tests/e2e/lib/fleet.mjs';
import { run } from '../tests/e2e/lib/process.mjs';
import { load, median, TOOLS } from './load.mjs';
import { rate } from './table.mjs';

const POLLS = 5000; /* a second, beside the streams */
const FIRST = 500; /* streams that are there before memory is looked at */
const now = () => Number(process.hrtime.bigint() / 1000n);
const many = (n) => n.toLocaleString('en-US');

/** streams.c, by lines. */
class Streams {
    #child;
    #lines = [];
    #wake = () => {};

    constructor(options) {
        const args = Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
        this.#child = spawn(path.join(TOOLS, 'bench-streams'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
        this.#child.once('exit', () => this.#wake());
        createInterface({ input: this.#child.stdout }).on('line', (line) => {
            this.#lines.push(JSON.parse(line));
            this.#wake();
        });
    }

    /** The next line with this member (and value); others before it stay for whoever waits for them. */
    async next(member, value) {
        const until = performance.now() + 120_000;
        for (;;) {
            const at = this.#lines.findIndex((line) => member in line && (value === undefined || line[member] === value));
            if (at >= 0) return this.#lines.splice(at, 1)[0];
            if (this.#child.exitCode !== null || performance.now() > until) throw new Error(`bench-streams: no "${member}"`);
            await Promise.race([new Promise((resolve) => (this.#wake = resolve)), sleep(1000)]);
        }
    }

    say(line) {
        this.#child.stdin.write(`${line}\n`);
    }

    /** What it counted of its polls. */
    async quit() {
        const exited = once(this.#child, 'exit');
        this.say('quit');
        await exited;
        return this.#lines.find((line) => 'polls' in line);
    }
}

/** Ask for each device once: what is measured below is the stream, not the device in memory. */
const warm = (store, count) =>
    load({ mode: 'get', path: '/api/v1/iassistants/config', ...store.target, devices: store.devices, expect: 200, connections: 16, count });

/** Until its memory stands still: a job writes down who was seen, and the store's cache fills once. */
async function quiet(store) {
    const kB = [];
    for (let i = 0; i < 40 && (kB.length < 8 || kB[0] - kB[7] > 64); i++) {
        await sleep(2000);
        kB.unshift(store.memory('RssAnon'));
    }
}

/** Anonymous memory of an idle stream, bytes: of the last `streams`, when the first few are there already. */
async function memoryOf(store, streams, options) {
    const port = store.target.port;
    const first = new Streams({ port, streams: FIRST, ...options });
    await first.next('open');
    await quiet(store);
    const before = store.memory('RssAnon');
    const peers = new Streams({ port, streams, first: FIRST, ...options });
    await peers.next('open');
    await sleep(500);
    const each = ((store.memory('RssAnon') - before) * 1024) / streams;
    await first.quit();
    await peers.quit();
    return each;
}

export async function figureStreamMemory(table, store, streams) {
    await warm(store, streams + FIRST);
    table.add(`memory per idle stream, plain (${many(streams)})`, await memoryOf(store, streams, {}), '<=', 1024, 'bytes', 'anonymous, of the server');
}

/** store: filled, not serving; it is served behind TLS for a while. */
export async function figureStreamTls(table, store, streams) {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(store.root, name));
    const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
        '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);
    if (made.code !== 0) throw new Error(made.stderr);
    await store.server.restart({ args: ['--tls-cert', cert, '--tls-key', key] });
    const each = await memoryOf(store, streams, { tls: true });
    table.add(`memory per idle stream, TLS (${many(streams)})`, each / 1024, '<=', 16, 'kB', 'with its device in memory');
    await store.server.restart({ args: [] });
    await store.server.stop();
}

/** User and system time of the server so far, ms. */
function cpuOf(store) {
    const fields = readFileSync(`/proc/${store.server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A policy for everybody changes: when does each stream hear of it? polls: a second, beside it. */
async function tell(store, streams, rounds, polls) {
    const admin = store.client(store.adminToken);
    const peers = new Streams({ port: store.target.port, streams, polls });
    const all = [];
    await peers.next('open');
    for (let i = 0; i < rounds; i++) {
        peers.say('watch');
        await peers.next('watching');
        const draft = (await admin.post(`/policies/${store.policy}/versions`, { content: { round: `${i}-${Date.now()}` } })).want(201);
        const [cpu, since] = [cpuOf(store), now()]; // from its sending
        (await admin.post(`/policies/${store.policy}/versions/${draft.number}/publish`)).want(200);
        const { told } = await peers.next('told');
        if (told !== streams) throw new Error(`${told} of ${streams} were told`);
        peers.say(`report ${since}`);
        all.push({ ...(await peers.next('p99_us')), cpu_ms: cpuOf(store) - cpu });
        await sleep(500);
    }
    const beside = await peers.quit();
    const middle = (name) => median(all.map((row) => row[name]));
    return { p50: middle('p50_us') / 1000, p99: middle('p99_us') / 1000, max: middle('max_us') / 1000, cpu: middle('cpu_ms'), beside };
}

export async function figureStreamTold(table, store, streams, { rounds }) {
    const what = `policy change -> ${many(streams)} connected devices told`;
    await warm(store, streams);
    const alone = await tell(store, streams, rounds + 1, 0);
    table.note(`${what}, no polls: p99`, alone.p99, 'ms', `${((alone.cpu * 1000) / streams).toFixed(0)} µs of the server's CPU a device`);
    const got = await tell(store, streams, rounds + 1, POLLS);
    const { beside } = got;
    table.note(`${what}: p50`, got.p50, 'ms', `from the sending of the publication; ${rate(POLLS)} polls beside it`);
    table.add(`${what}: p99`, got.p99, '<=', 1000, 'ms',
        `the last ${got.max.toFixed(0)} ms; polls: p99 ${(beside.p99_us / 1000).toFixed(1)} ms, ${beside.late} not sent in time, ${beside.refused} refused`);
}

const at = (numbers, permille) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor((numbers.length * permille) / 1000))];

/** Revoked by the API under load: when does the stream end, and is the next poll refused? */
export async function figureRevoke(table, store, streams, revokes) {
    const admin = store.client(store.adminToken);
    const peers = new Streams({ port: store.target.port, streams, polls: POLLS });
    await peers.next('open');
    const [sent, acked, refused] = [[], [], []];
    for (let i = 0; i < revokes; i++) {
        const token = await store.tokenOf(i);
        const id = (await store.client(token).get('/devices/self')).want(200).id;
        const t0 = now();
        (await admin.post(`/devices/${id}/revoke`, {})).want(200);
        const t1 = now();
        const next = await store.client(token).get('/iassistants/config');
        if (next.status !== 403) throw new Error(`a poll after the revocation: ${next.status}`);
        refused.push((now() - t0) / 1000);
        const ended = await peers.next('ended', i);
        sent.push((ended.at - t0) / 1000);
        acked.push(Math.max(0, ended.at - t1) / 1000);
    }
    const polls = await peers.quit();
    const note = `${revokes} of ${many(streams)} streams; ${rate(POLLS)} polls beside it, their p99 ${(polls.p99_us / 1000).toFixed(1)} ms`;
    table.add('revocation -> stream ended, this node, under load: p99', at(sent, 990), '<=', 50, 'ms',
        `from its sending, p50 ${at(sent, 500).toFixed(1)}; from its answer ${at(acked, 990).toFixed(1)}; ${note}`);
    table.add('revocation -> next poll refused, the same: p99', at(refused, 990), '<=', 50, 'ms',
        `from its sending to the refusal of the first poll after its answer, p50 ${at(refused, 500).toFixed(1)}`);
}
