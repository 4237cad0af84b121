// SPDX-License-Identifier: Apache-2.0
// The console in Chromium: the table of devices, from letting go of the scroll bar to the rows that stand there, all of them loaded; and the
// dashboard, from its URL to all that it shows.
import { openConsole } from '../tests/browser/lib/console.mjs';
import { openBrowser } from '../tests/browser/lib/pages.mjs';
import { makePerson } from '../tests/e2e/lib/person.mjs';

/** In the page: jumps to this share of the scroll bar; milliseconds until every row in view is a row, not a shape of one. */
function jump(share) {
    const table = document.querySelector('[role=grid]');
    const began = performance.now();
    table.scrollTop = share * (table.scrollHeight - table.clientHeight);
    return new Promise((resolve, reject) => {
        const look = () => {
            const took = performance.now() - began;
            const box = table.getBoundingClientRect();
            const inView = [...table.querySelectorAll('.table-body [role=row]')].filter((row) => {
                const at = row.getBoundingClientRect();
                return at.bottom > box.top + 50 && at.top < box.bottom;
            });
            const index = Number(inView[0]?.dataset.index);
            const there = inView.length > 5 && inView.every((row) => row.getAttribute('aria-busy') !== 'true');
            const expected = share * Number(table.getAttribute('aria-rowcount'));
            if (there && Math.abs(index - expected) < 200) resolve(took);
            else if (took > 10_000) reject(new Error(`after 10 s ${index} is in view, ${inView.length} rows`));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
}

/** Milliseconds until the page stands with all that it asks for. */
async function open(at, where, ready) {
    const began = performance.now();
    await at.open(where, ready);
    return performance.now() - began;
}

/** store: a serving one with many devices. The worst of jumps to the middle, the end and places between, each page asked for anew. */
export async function figureConsole(table, store, { rounds = 5 } = {}) {
    const admin = store.client(store.adminToken);
    const boss = await makePerson(store.server, admin, { username: 'ada', roles: ['administrator'] });
    const browser = await openBrowser();
    try {
        const at = await openConsole({ server: store.server, browser }, 'en-light-1280', boss);
        for (const [name, sort] of [['newest first', '-created_at'], ['by name', 'machine_id'], ['last seen', '-last_seen_at']]) {
            await at.open(`/fleet?sort=${sort}`, 'fleet');
            const took = [];
            for (let i = 0; i < rounds; i++) for (const share of [0.5 + i / 40, 1 - i / 40, 0.25 + i / 40, i / 40]) took.push(await at.page.evaluate(jump, share));
            table.add(`console, ${store.devices.toLocaleString('en-US')} devices: a jump to any row, ${name}`, Math.max(...took), '<=', 300, 'ms', `worst of ${took.length}`);
        }
        const opened = [];
        for (let i = 0; i < rounds; i++) opened.push(await open(at, '/dashboard', 'dashboard'));
        table.add(`console, ${store.devices.toLocaleString('en-US')} devices: the dashboard opens`, Math.max(...opened), '<=', 1000, 'ms', `worst of ${opened.length}`);
        await at.context.close();
    } finally {
        await browser.close();
    }
}
