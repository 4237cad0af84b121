// SPDX-License-Identifier: Apache-2.0
// The server's own pages in Debian's Chromium: what a person sees, without script, and whether it can be used by everybody.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { PATIENCE } from '../../e2e/lib/process.mjs';
import { CHROMIUM } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How pages are looked at: light and dark, on a telephone, in French. */
export const VIEWS = {
    light: { colorScheme: 'light', locale: 'en-GB', viewport: { width: 1100, height: 760 } },
    dark: { colorScheme: 'dark', locale: 'en-GB', viewport: { width: 1100, height: 760 } },
    phone: { colorScheme: 'light', locale: 'en-GB', viewport: { width: 390, height: 844 } },
    french: { colorScheme: 'dark', locale: 'fr-FR', viewport: { width: 390, height: 844 } },
};

export async function openBrowser() {
    return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], timeout: 60_000 * PATIENCE });
}

/** A page of this view; `faults` fills with what the browser complains of: violations of the policy, errors. */
export async function openPage(browser, view, options = {}) {
    const context = await browser.newContext({ ...VIEWS[view], ...options });
    const page = await context.newPage();
    const faults = [];
    page.on('console', (message) => {
        const text = message.text();
        if (message.type() === 'error' && !/Failed to load resource: the server responded with a status of 4/.test(text)) faults.push(text);
    });
    page.on('pageerror', (error) => faults.push(error.message));
    return { page, context, faults };
}

/** What axe finds by WCAG 2.2 AA, and whether the page is wider than its window. */
export async function judgePage(page, name) {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
    const faults = found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`);
    return wide ? [...faults, 'wider than the window'] : faults;
}
