// SPDX-License-Identifier: Apache-2.0
// The server's own pages in Debian's Chromium: what a person does there, without script.
import { chromium } from 'playwright-core';
import { PATIENCE } from '../../e2e/lib/process.mjs';
import { CHROMIUM } from './browser.mjs';

const VIEWS = {
    light: { colorScheme: 'light', locale: 'en-GB', viewport: { width: 1100, height: 760 } },
    phone: { colorScheme: 'light', locale: 'en-GB', viewport: { width: 390, height: 844 } },
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
