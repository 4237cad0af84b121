// SPDX-License-Identifier: Apache-2.0
// Lighthouse over the pages that most people see first, in Debian's Chromium: the worst of each category in each view, and what it found.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../tests/browser/lib/browser.mjs';
import { makePerson } from '../tests/e2e/lib/person.mjs';
import { plantSession } from '../tests/e2e/lib/session.mjs';

const WANTED = 95;
const TRIES = 3;
/** The live stream never ends, so that no page of the console is ever without a request: longer than this nothing is waited for. */
const WAIT_MAX_MS = 15_000;
/** Not SEO: nothing here is for search engines, and the policy of the pages keeps robots.txt from being asked for. */
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
/** Each language, each appearance and each size meets both of the other two. */
const VIEWS = [
    { lang: 'en', dark: false, size: 'desktop' },
    { lang: 'en', dark: true, size: 'mobile' },
    { lang: 'fr', dark: true, size: 'desktop' },
    { lang: 'fr', dark: false, size: 'mobile' },
];

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

/** A browser with one person in it, that Lighthouse can drive; lighthouse takes its own pages in it. */
async function openBrowser(store, { lang, dark }) {
    const port = await freePort();
    const profile = path.join(store.root, 'lighthouse');
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        args: [
            ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--remote-debugging-port=${port}`],
            ...[`--accept-lang=${lang === 'fr' ? 'fr-FR' : 'en-GB'}`, `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`],
        ],
        env: { ...process.env, LANGUAGE: lang },
    });
    return { context, port, close: () => context.close().finally(() => rmSync(profile, { recursive: true, force: true })) };
}

const DESKTOP = {
    formFactor: 'desktop',
    screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false },
    throttling: { rttMs: 40, throughputKbps: 10_240, cpuSlowdownMultiplier: 1 },
};

/** What is wrong with this page, by category; and how fast the machine was meanwhile (a desktop that does nothing else has 1,000 and more). */
async function judge(url, port, view) {
    const { default: lighthouse } = await import('lighthouse');
    const flags = {
        ...{ port, hostname: '127.0.0.1', logLevel: 'error', output: 'json', onlyCategories: CATEGORIES, maxWaitForLoad: WAIT_MAX_MS },
        ...(view.size === 'desktop' && DESKTOP),
    };
    let { lhr } = await lighthouse(url, flags);
    for (let n = 1; lhr.runtimeError && n < TRIES; n++) ({ lhr } = await lighthouse(url, flags)); // of its own: a busy machine loses part of a trace
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
    const found = CATEGORIES.map((name) => {
        const { score, auditRefs } = lhr.categories[name];
        const low = auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
        return { name, score: Math.round(score * 100), low: low.map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ''}`.trim()) };
    });
    return { found, machine: Math.round(lhr.environment.benchmarkIndex) };
}

/** store: a serving one with some devices. True: every page is good enough in every view. */
export async function figureLighthouse(table, store, { views = VIEWS.length } = {}) {
    const admin = store.client(store.adminToken);
    const boss = await makePerson(store.server, admin, { username: 'ada', roles: ['administrator'] });
    const [device] = (await admin.get('/devices?limit=1')).want(200).items;
    const pages = { dashboard: '/dashboard', fleet: '/fleet', device: `/fleet/${device.id}`, portal: '/portal' };
    const { url } = store.server;
    let good = true;
    const add = async (name, view, where, browser) => {
        const { found, machine } = await judge(new URL(where, url).href, browser.port, view);
        const parts = found.map((one) => [`${one.name} ${one.score}`, ...one.low].join(': '));
        const note = [...parts, `speed of the machine ${machine}`].join('; ');
        const worst = Math.min(...found.map((one) => one.score));
        table.add(`lighthouse, ${name}, ${view.lang}, ${view.dark ? 'dark' : 'light'}, ${view.size}`, worst, '>=', WANTED, 'of 100', note);
        good &&= worst >= WANTED;
    };
    for (const view of VIEWS.slice(0, views)) {
        const browser = await openBrowser(store, view);
        try {
            await add('login', view, '/login', browser);
            const { cookie } = plantSession(store.server, boss, { mfa: true });
            await browser.context.addCookies([{ name: 'seneschal', value: cookie, url, httpOnly: true, sameSite: 'Lax' }]);
            for (const [name, where] of Object.entries(pages)) await add(name, view, where, browser);
        } finally {
            await browser.close();
        }
    }
    return good;
}
