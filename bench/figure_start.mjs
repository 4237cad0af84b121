// SPDX-License-Identifier: Apache-2.0
// What it takes to be there: memory of an idle server, memory and start-up with a million devices.
import { load, median } from './load.mjs';

const mb = (kb) => kb / 1024;

/** An empty store's server that nobody talks to. */
export async function figureIdle(table, store) {
    table.add('idle memory: resident', mb(store.memory('VmRSS')), '<=', 20, 'MB', `anonymous ${mb(store.memory('RssAnon')).toFixed(1)} MB`);
}

/** Ask for every device once, so that memory holds them all; then see what that took. */
export async function figureFull(table, store) {
    const got = await load({ mode: 'get', path: '/api/v1/iassistants/config', ...store.target, devices: store.devices,
        etag: store.etag, expect: 304, connections: 64, count: store.devices });
    table.note(`${store.devices.toLocaleString('en-US')} devices asked for the first time`, got.rps, '/s', '');
    table.add(`anonymous memory, ${store.devices.toLocaleString('en-US')} devices`, mb(store.memory('RssAnon')), '<=', 400, 'MB',
        `resident ${mb(store.memory('VmRSS')).toFixed(0)} MB`);
}

/** From exec to the first configuration that a device gets. */
export async function figureStart(table, store, { rounds }) {
    const took = [];
    for (let i = 0; i < rounds; i++) {
        await store.server.stop();
        const began = performance.now();
        await store.server.start();
        const answer = await store.server.client().as(store.token).get('/iassistants/config');
        answer.want(200);
        took.push((performance.now() - began) / 1000);
    }
    table.add(`start to first answer, ${store.devices.toLocaleString('en-US')} devices`, median(took), '<=', 2, 's');
}
