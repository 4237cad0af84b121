// SPDX-License-Identifier: Apache-2.0
// A tool called through the gateway: what it adds to asking the upstream directly, against two gateways of npm; and what
// a thousand open sessions weigh.
import { addServer, callerOf } from '../tests/e2e/mcp/gateway.mjs';
import { fieldLines, mcpSession, startDirect, startMcpProxy, startSupergateway } from './gateways.mjs';
import { alternate, load } from './load.mjs';
import { rate, us } from './table.mjs';

const SESSIONS = 1000;

const call = (name) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { text: 'hello' } } });

/** Calls of one client's session over `connections` connections. */
async function caller(target, connections, ms, tool = 'echo') {
    const fields = fieldLines(await mcpSession(target));
    const { host, port, pids, bearer, path } = target;
    return () => load({ mode: 'post', host, port, pids, path, bearer, fields, body: call(tool), connections, threads: 1, ms });
}

/** What the gateway adds to the upstream's own time: the median of one client, the worst of many at once. */
function addLatency(table, connections, ours, direct) {
    const note = `direct p50 ${us(direct.p50_us)}, p99 ${us(direct.p99_us)}; ours ${us(ours.p50_us)}, ${us(ours.p99_us)}`;
    if (connections === 1)
        table.add('tools/call, one client: added to the median', ours.p50_us - direct.p50_us, '<=', 150, 'µs', note);
    else
        table.add(`tools/call, ${connections} connections: added to p99`, ours.p99_us - direct.p99_us, '<=', 1000, 'µs', note);
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
