// SPDX-License-Identifier: Apache-2.0
// A tool called through the gateway: what it adds to asking the upstream directly, against two gateways of npm; how soon
// a revoked device is refused beside that; and what a thousand open sessions weigh.
import { enrol } from '../tests/e2e/lib/fleet.mjs';
import { addServer, callerOf } from '../tests/e2e/mcp/gateway.mjs';
import { fieldLines, mcpSession, startDirect, startMcpProxy, startSupergateway } from './gateways.mjs';
import { alternate, load } from './load.mjs';
import { rate, us } from './table.mjs';

const SESSIONS = 1000;
const RATE = 2000; /* calls a second, where not as many as possible are wanted */
const REVOKED_BESIDE = 1000; /* the same, of somebody else, while devices are revoked */

const call = (name) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { text: 'hello' } } });

/** Calls of one client's session over `connections` connections: one after the other on each, or at a rate. */
async function caller(target, connections, ms, perSecond) {
    const fields = fieldLines(await mcpSession(target));
    const { host, port, pids, bearer, path } = target;
    return () => load({ mode: 'post', host, port, pids, path, bearer, fields, body: call('echo'), connections, threads: 1, ms, rate: perSecond });
}

/** What the gateway adds to the upstream's own time: the median of one client, the worst of many at once. */
function addLatency(table, connections, ours, direct) {
    const note = `direct p50 ${us(direct.p50_us)}, p99 ${us(direct.p99_us)}; ours ${us(ours.p50_us)}, ${us(ours.p99_us)}`;
    if (connections === 1)
        table.add('tools/call, one client: added to the median', ours.p50_us - direct.p50_us, '<=', 150, 'µs', note);
    else
        table.add(`tools/call, ${connections} connections: added to p99`, ours.p99_us - direct.p99_us, '<=', 1000, 'µs', note);
}

/** The same where nobody waits for a processor: at a rate that all of them can keep. */
async function figureRate(table, direct, own, { rounds, ms }) {
    const got = await alternate(rounds, { direct: await caller(direct, 64, ms, RATE), ours: await caller(own, 64, ms, RATE) });
    const note = `direct p50 ${us(got.direct.p50_us)}, p99 ${us(got.direct.p99_us)}; ours ${us(got.ours.p50_us)}, ${us(got.ours.p99_us)}; kept ${rate(got.ours.rps)}`;
    table.add(`tools/call, 64 connections, ${rate(RATE)}: added to p99`, got.ours.p99_us - got.direct.p99_us, '<=', 1000, 'µs', note);
}

/** A device that calls without a pause, until it is told that it was revoked: ms since the revocation was sent. */
async function untilRefused(admin, store, own) {
    const device = await enrol(store.client(), admin);
    const target = { ...own, bearer: device.token };
    const fields = { ...(await mcpSession(target)), Authorization: `Bearer ${device.token}`, 'Content-Type': 'application/json' };
    const once = async () => {
        const answer = await fetch(`http://${own.host}${own.path}`, { method: 'POST', headers: fields, body: call('echo') });
        await answer.text();
        return answer.status;
    };
    if ((await once()) !== 200) throw new Error('a device that may call tools is refused');
    const since = performance.now();
    const revoked = admin.post(`/devices/${device.id}/revoke`, { reason: 'lost' });
    while ((await once()) === 200);
    const took = performance.now() - since;
    (await revoked).want(200);
    return took;
}

async function figureRevoked(table, admin, store, own, devices) {
    const beside = (await caller(own, 16, 250 * devices, REVOKED_BESIDE))();
    const took = [];
    for (let i = 0; i < devices; i++) took.push(await untilRefused(admin, store, own));
    took.sort((a, b) => a - b);
    const { p99_us } = await beside;
    const [p50, p99] = [took[devices >> 1], took[Math.ceil(devices * 0.99) - 1]];
    table.add('revocation -> next tool call refused: p99', p99, '<=', 50, 'ms',
        `from its sending, p50 ${p50.toFixed(1)}, of ${devices} devices; ${rate(REVOKED_BESIDE)} calls beside it, their p99 ${us(p99_us)}`);
}

export async function figureMcp(table, store, { rounds, ms }) {
    const direct = await startDirect();
    const peers = { supergateway: await startSupergateway(), 'mcp-proxy': await startMcpProxy() };
    try {
        const admin = store.client(store.adminToken);
        const server = await addServer(admin, { name: 'bench', url: direct.url });
        const { token } = await callerOf(admin);
        const own = { ...store.target, path: `/s/${server.name}/mcp`, bearer: token };
        for (const connections of [1, 64]) {
            const got = await alternate(rounds, {
                direct: await caller(direct, connections, ms),
                ours: await caller(own, connections, ms),
                supergateway: await caller(peers.supergateway, connections, ms),
                proxy: await caller(peers['mcp-proxy'], connections, ms),
            });
            addLatency(table, connections, got.ours, got.direct);
            const best = Math.max(got.supergateway.rps, got.proxy.rps);
            table.add(`tools/call, ${connections} connections: calls/s of the better peer`, got.ours.rps / best, '>=', 10, '×',
                `${rate(got.ours.rps)}; direct ${rate(got.direct.rps)}, supergateway ${rate(got.supergateway.rps)}, mcp-proxy ${rate(got.proxy.rps)}; ${us(got.ours.cpu_us)} of CPU each`);
        }
        await figureRate(table, direct, own, { rounds, ms });
        await figureRevoked(table, admin, store, own, rounds > 1 ? 100 : 20);
        await figureSessions(table, own);
    } finally {
        for (const { stop } of [direct, ...Object.values(peers)]) stop();
    }
}

/** Memory with many sessions, each of which has called. */
async function figureSessions(table, own) {
    const BATCH = 50;
    let last;
    for (let i = 0; i < SESSIONS; i += BATCH) {
        const opened = await Promise.all(Array.from({ length: BATCH }, () => mcpSession(own)));
        last = opened.at(-1);
    }
    const { host, port, pids, bearer, path } = own;
    const { rss_kb } = await load({ mode: 'post', host, port, pids, path, bearer, fields: fieldLines(last), body: call('echo'), connections: 1, threads: 1, ms: 300 });
    table.add(`memory with ${SESSIONS} MCP sessions`, rss_kb / 1024, '<=', 40, 'MiB');
}
