// SPDX-License-Identifier: Apache-2.0
// The configuration poll against nginx serving the same bytes as a static file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alternate, load, tool } from './load.mjs';
import { startNginx } from './nginx.mjs';
import { rate, us } from './table.mjs';

const ROWS = [
    { status: 304, cpu: 0.85, rps: 1.15 },
    { status: 200, cpu: 0.75, rps: 1.3 },
];

/** store: {server, devices, body, etag} of stores.mjs. */
export async function figurePoll(table, store, { rounds, ms }) {
    const dir = mkdtempSync(path.join(tmpdir(), 'bench-nginx-'));
    const nginx = await startNginx(dir, store.body);
    try {
        for (const row of ROWS) for (const connections of [64, 256]) await compare(table, store, nginx, row, { connections, rounds, ms });
    } finally {
        await nginx.stop();
        rmSync(dir, { recursive: true, force: true });
    }
}

/** A 304 with a lease, against the one signature that it costs. */
export async function figureLease(table, store, { rounds, ms }) {
    const shared = { mode: 'get', connections: 64, ms, expect: 304, devices: store.devices, etag: store.etag, prefer: 'lease' };
    const { ours, bare } = await alternate(rounds, {
        ours: () => load({ ...shared, ...store.target, path: '/api/v1/iassistants/config' }),
        bare: async () => JSON.parse(await tool('bench-sign', ['--ms', ms])),
    });
    table.add('poll 304 with a lease, per core, of bare signatures', bare.cpu_us / ours.cpu_us, '>=', 0.6, '×',
        `${us(ours.cpu_us)} a request against ${us(bare.cpu_us)} a signature of libsodium`);
}

async function compare(table, store, nginx, row, { connections, rounds, ms }) {
    const shared = { mode: 'get', connections, ms, expect: row.status, devices: store.devices };
    const conditional = (etag) => (row.status === 304 ? { etag } : {});
    const { ours, theirs } = await alternate(rounds, {
        ours: () => load({ ...shared, ...store.target, ...conditional(store.etag), path: '/api/v1/iassistants/config' }),
        theirs: () =>
            load({ ...shared, port: nginx.port, pids: nginx.pids.join(), ...conditional(nginx.etag), path: '/config' }),
    });
    const name = `poll ${row.status}, ${connections} connections`;
    table.add(`${name}: CPU a request, of nginx's`, ours.cpu_us / theirs.cpu_us, '<=', row.cpu, '×',
        `${us(ours.cpu_us)} against ${us(theirs.cpu_us)}`);
    table.add(`${name}: requests a second, of nginx's`, ours.rps / theirs.rps, '>=', row.rps, '×',
        `${rate(ours.rps)} against ${rate(theirs.rps)}`);
}
