// SPDX-License-Identifier: Apache-2.0
// Durable enrolment, answered after fsync, against a bare loop that writes the same rows in groups of
// 64 to a store of the same schema.
import { enrolmentKey } from '../tests/e2e/lib/fleet.mjs';
import { alternate, load, tool } from './load.mjs';
import { rate } from './table.mjs';

const ms2 = (us) => `${(us / 1000).toFixed(1)} ms`;

/** store: an open one; peer: a stopped one of the same make, which the loop writes to. */
export async function figureEnrol(table, store, peer, { rounds, ms }) {
    let run = 0;
    const { key } = await enrolmentKey(store.client(store.adminToken));
    const enrol = (connections) => () =>
        load({ mode: 'enrol', path: '/api/v1/agents/enroll', ...store.target, bearer: key, connections,
            threads: 1, ms, run: `${store.tag}-${run++}`, expect: 201 });
    const bare = async () => JSON.parse(await tool('bench-sqlite', ['--data', peer.data, '--ms', ms, '--run', `${run++}`]));
    for (const clients of [8, 64, 256]) {
        const got = await alternate(rounds, { ours: enrol(clients), bare });
        const note = `${rate(got.ours.rps)} against ${rate(got.bare.rps)}, p50 ${ms2(got.ours.p50_us)}, p99 ${ms2(got.ours.p99_us)}; a bare group takes ${ms2(64e6 / got.bare.rps)}`;
        if (clients !== 64) {
            table.note(`durable enrolment, ${clients} clients`, got.ours.rps / got.bare.rps, '×', note);
            continue;
        }
        table.add('durable enrolment, 64 clients: of a bare SQLite loop', got.ours.rps / got.bare.rps, '>=', 0.7, '×', note);
        table.add('durable enrolment, 64 clients: p99', got.ours.p99_us / 1000, '<=', 10, 'ms');
    }
}
