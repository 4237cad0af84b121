// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import process from 'node:process';
import { defineConfig, type Plugin } from 'vite';
import { GROUPS } from './chunks.ts';

// `./dev web watch`: pages of the server's own, its files and its API come from a running one, which takes them for its own pages'.
const server = process.env['SENESCHAL_URL'] ?? 'http://127.0.0.1:8080';
const OF_SERVER =
    '^/(\\.seneschal|access|account|api|device|docs|forward-auth|invite|login|logout|oauth2|portal/plain|recover|register|setup|web)(/|\\?|$)';

/** .vite/modules.json: which file each module is in. Vite's own manifest forgets modules that share a file. */
const modulesOf: Plugin = {
    name: 'modules-of-chunks',
    generateBundle(_options, bundle) {
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
        const rows = chunks.flatMap((one) =>
            one.moduleIds.map((id) => [relative(import.meta.dirname, id), one.fileName]),
        );
        const source = JSON.stringify(Object.fromEntries(rows.filter(([id]) => id?.startsWith('src/'))), null, 1);
        this.emitFile({ type: 'asset', fileName: '.vite/modules.json', source });
    },
};

/** French: no line begins with what ends a sentence, nor ends with what opens a quotation. In code such a space is a space. */
const noBreakFrench: Plugin = {
    name: 'no-break-french',
    transform(code, id) {
        return id.endsWith('.fr.ts') ? code.replace(/ (?=[:;?!»])|(?<=«) /g, '\u00a0') : undefined;
    },
};

// Names of files are hashes of their content, and nothing is inlined: the policy of the pages allows neither scripts, styles nor data: URIs inside them.
export default defineConfig({
    base: '/',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    server: {
        host: '127.0.0.1',
        proxy: { [OF_SERVER]: { target: server, changeOrigin: true, headers: { Origin: server } } },
    },
    plugins: [noBreakFrench, modulesOf],
    build: {
        target: 'es2023',
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        cssCodeSplit: true,
        sourcemap: false,
        reportCompressedSize: false,
        assetsDir: 'web',
        emptyOutDir: true,
        rolldownOptions: {
            checks: { pluginTimings: false },
            output: { codeSplitting: { groups: GROUPS } },
        },
        manifest: true, // what imports what: tools/check_web.py weighs pages by it; it is not served
    },
});
