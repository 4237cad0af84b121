// SPDX-License-Identifier: Apache-2.0
// The console's table over a large fleet: a jump to any row, in each order, with and without filters; and the total.
import { performance } from 'node:perf_hooks';

const ASKED = [
    ['newest first', 'sort=-created_at'],
    ['by name', 'sort=machine_id'],
    ['by hostname', 'sort=hostname'],
    ['last seen', 'sort=-last_seen_at'],
    ['by status', 'sort=status'],
    ['by name, two statuses', 'sort=machine_id&status=ENROLLED,BLOCKED'],
    ['a search that finds all', 'search=fill'],
    ['with the total', 'count=true'],
];

/** store: a serving one. The worst of `rounds` for each question, after one that warms its index up. */
export async function figureTable(table, store, { rounds = 5 } = {}) {
    const admin = store.client(store.adminToken);
    for (const [name, query] of ASKED) {
        let worst = 0;
        for (let i = -1; i < rounds; i++) {
            const offset = Math.floor(((store.devices - 100) * Math.max(i + 1, 1)) / rounds);
            const begin = performance.now();
            (await admin.get(`/devices?${query}&offset=${offset}&limit=100`)).want(200);
            if (i >= 0) worst = Math.max(worst, performance.now() - begin);
        }
        table.add(`device table, ${store.devices.toLocaleString('en-US')} devices: any row, ${name}`, worst, '<=', 100, 'ms', `worst of ${rounds}`);
    }
}
