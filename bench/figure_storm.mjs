// SPDX-License-Identifier: Apache-2.0
// What is left of the service when there is more to do than can be done: a fleet that reconnects at once,
// and mixed work at twice the capacity.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolmentKey } from '../tests/e2e/lib/fleet.mjs';
import { Sim } from '../tests/e2e/lib/sim.mjs';
import { load } from './load.mjs';
import { rate } from './table.mjs';

/** store: a serving one with a device more than the fleet has. */
export async function figureStorm(table, store) {
    const { server } = store;
    const devices = store.devices - 1;
    const sim = new Sim({ server: server.url, devices, prefilled: true, wait: 50, ramp: 5, storm: 1, expect: { outages: 1 } });
    await sim.started();
    await server.restart({ listen: `127.0.0.1:${server.port}` });
    store.adminToken = await server.adminToken();
    let over = false;
    const slowest = watch(server, () => over);
    const revoked = await revoke(store, devices);
    const got = await sim.result();
    over = true;
    const [, storm] = got.outages;
    if (got.code !== 0 || storm.devices !== devices || storm.others > 0 || got.retry_after_missing > 0) throw new Error(got.text);
    table.add(`${devices.toLocaleString('en-US')} devices reconnect within a second: all served`, storm.all_served_us / 1e6, '<=', 60, 's',
        `${storm.told_to_wait} times 503 with Retry-After, no other refusal; meanwhile health within ${(await slowest).toFixed(0)} ms, a device revoked in ${revoked.toFixed(0)} ms`);
}

/** Health by new connections until it is over: the slowest, ms. */
async function watch(server, isOver) {
    let slowest = 0;
    while (!isOver()) {
        const began = performance.now();
        (await server.client({ prefix: '', agent: new http.Agent() }).get('/readyz')).want(200);
        slowest = Math.max(slowest, performance.now() - began);
        await sleep(20);
    }
    return slowest;
}

async function revoke(store, number) {
    const admin = store.client(store.adminToken);
    const [device] = (await admin.get(`/devices?search=fill-${String(number).padStart(12, '0')}`)).want(200).items;
    const began = performance.now();
    (await admin.post(`/devices/${device.id}/revoke`)).want(200);
    return performance.now() - began;
}

/** Of ten requests: six polls that memory cannot answer, three durable enrolments, one page of a list. */
const MIX = [
    { part: 0.6, mode: 'get', path: '/api/v1/iassistants/config', bearer: null, expect: 200 },
    { part: 0.3, mode: 'enrol', path: '/api/v1/agents/enroll', bearer: 'key', expect: 201 },
    { part: 0.1, mode: 'get', path: '/api/v1/devices?limit=50', bearer: 'adminToken', expect: 200 },
];
const CONNECTIONS = 1000; /* of each kind: so many requests may be under way */
const GOOD_MS = 1000;

/** So many requests a second, whatever is answered: {good, shed} a second. */
async function offer(store, all, ms, run) {
    const got = await Promise.all(MIX.map(({ part, mode, path, bearer, expect }) =>
        load({ mode, path, ...store.target, bearer: bearer && store[bearer], devices: mode === 'get' && !bearer ? store.devices - 1 : undefined,
            connections: CONNECTIONS, threads: 1, ms, expect, run: `${store.tag}-${run}`, rate: Math.max(1, Math.round(all * part)), 'good-ms': GOOD_MS })));
    const sum = (name) => got.reduce((total, one) => total + one[name], 0);
    return { good: sum('good_rps'), shed: sum('shed_rps'), p99: Math.max(...got.map((one) => one.p99_us)), parts: got.map((one) => one.good_rps) };
}

const middle = (runs) => runs.sort((a, b) => a.good - b.good)[runs.length >> 1];

/** store: the same; its server gets a memory for a tenth of the devices. */
export async function figureGoodput(table, store, { rounds, ms }) {
    await store.server.restart({ args: ['--memory-devices', '1000'] });
    store.adminToken = await store.server.adminToken();
    store.key = (await enrolmentKey(store.client(store.adminToken))).key;
    let run = 0;
    let peak = { good: 0 };
    // Up by a quarter as long as it helps.
    for (let all = 500, worse = 0; worse < 2; all *= 1.25) {
        const got = { all, ...(await offer(store, all, ms, run++)) };
        worse = got.good > peak.good ? 0 : worse + 1;
        if (worse === 0) peak = got;
    }
    // Both loads in turn, so that what else the machine does meets them alike.
    const once = [];
    const twice = [];
    for (let i = 0; i < Math.max(3, rounds); i++) {
        once.push(await offer(store, peak.all, ms, run++));
        twice.push(await offer(store, 2 * peak.good, ms, run++));
    }
    peak = middle(once);
    const got = middle(twice);
    const parts = ({ parts }) => parts.map((n) => Math.round(n)).join(' + ');
    table.add('goodput at twice the capacity, of the peak', got.good / peak.good, '>=', 0.7, '×',
        `${rate(got.good)} (${parts(got)}) against ${rate(peak.good)} (${parts(peak)} polls, enrolments, lists within ${GOOD_MS} ms); ${rate(got.shed)} refused, p99 ${(got.p99 / 1000).toFixed(0)} ms`);
}
