// SPDX-License-Identifier: Apache-2.0
// The same work with a thousand and with a million devices, both stores taking turns.
import { alternate, load } from './load.mjs';
import { us } from './table.mjs';

export async function figureScale(table, small, large, { rounds, ms }) {
    const shared = { connections: 64, ms };
    const poll = (store) => () =>
        load({ ...shared, ...store.target, mode: 'get', path: '/api/v1/iassistants/config', devices: store.devices,
            etag: store.etag, expect: 304 });
    const check = (store) => () =>
        load({ ...shared, ...store.target, mode: 'verify', path: '/api/v1/agents/verify', devices: store.devices,
            bearer: store.adminToken, expect: 200 });
    for (const [name, run] of [['config poll', poll], ['token check', check]]) {
        const got = await alternate(rounds, { small: run(small), large: run(large) });
        table.add(`${name}, ${large.devices.toLocaleString('en-US')} devices: CPU, of ${small.devices.toLocaleString('en-US')}`,
            got.large.cpu_us / got.small.cpu_us, '<=', 1.1, '×', `${us(got.large.cpu_us)} against ${us(got.small.cpu_us)}`);
    }
}
