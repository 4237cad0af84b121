// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium with an unpacked extension, driven by playwright-core; the profile is the test's own.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { PATIENCE, tempDir } from '../../e2e/lib/process.mjs';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const MISSING = existsSync(CHROMIUM) ? false : `no ${CHROMIUM}: apt-get install chromium`;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ARGS = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--lang=en', '--host-resolver-rules=MAP elsewhere.example 127.0.0.1',
    // Builds with a brand ignore --load-extension. And no page reaches this machine without asking a person first, which
    // would hide what the server itself refuses.
    '--disable-features=DisableLoadExtensionCommandLineSwitch,LocalNetworkAccessChecks',
];

/** The extension of tests/browser/extension with clients/js inside, as the one module that ./dev client-js makes. */
export function unpackExtension(change = (manifest) => manifest) {
    const directory = path.join(tempDir('extension'), 'unpacked');
    cpSync(path.join(ROOT, 'tests/browser/extension'), directory, { recursive: true });
    execFileSync(process.execPath, ['tools/one-module.mjs', path.join(directory, 'seneschal/seneschal.js')], { cwd: ROOT });
    const file = path.join(directory, 'manifest.json');
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
    return directory;
}

export class Browser {
    faults = [];

    async start(extension) {
        this.context = await chromium.launchPersistentContext(tempDir('profile'), {
            executablePath: CHROMIUM,
            headless: false, // --headless=new says it: the old kind has no extensions
            ignoreDefaultArgs: ['--disable-extensions'],
            args: [...ARGS, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
            ignoreHTTPSErrors: true,
            viewport: { width: 720, height: 640 },
            timeout: 60_000 * PATIENCE,
        });
        this.context.on('weberror', (error) => this.faults.push(error.error().message));
        const worker = this.context.serviceWorkers()[0] ?? (await this.context.waitForEvent('serviceworker', { timeout: 30_000 * PATIENCE }));
        this.origin = `chrome-extension://${new URL(worker.url()).host}`;
        this.page = await this.context.newPage();
        await this.page.goto(`${this.origin}/options.html`);
        return this;
    }

    /** What the worker holds; wakes it. */
    ask(ask = 'view') {
        return this.page.evaluate((what) => chrome.runtime.sendMessage({ ask: what }), ask);
    }

    configure(options) {
        return this.page.evaluate((value) => chrome.storage.local.set({ options: value }), options);
    }

    stored(key) {
        return this.page.evaluate(async (name) => (await chrome.storage.local.get(name))[name], key);
    }

    /** End the service worker, as Chromium does with an idle one. */
    async endWorker() {
        const session = await this.context.newCDPSession(this.page);
        await session.send('ServiceWorker.enable');
        await session.send('ServiceWorker.stopAllWorkers');
        await session.detach();
    }

    close() {
        return this.context.close();
    }
}

/** Somebody else's site, by https, with an empty page: its URL. */
export async function startSite() {
    const dir = tempDir('site');
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(dir, name));
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=elsewhere.example'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const site = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    after(() => (site.close(), site.closeAllConnections()));
    return `https://elsewhere.example:${site.address().port}/`;
}

/** One that is closed with its test. */
export async function startBrowser(extension) {
    const browser = new Browser();
    after(() => browser.context && browser.close());
    return browser.start(extension);
}
