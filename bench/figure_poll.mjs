// SPDX-License-Identifier: Apache-2.0
// The configuration poll against nginx serving the same bytes as a static file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alternate, load } from './load.mjs';
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
