// SPDX-License-Identifier: Apache-2.0
import process from 'node:process';
import { defineConfig } from 'vite';

// `./dev web watch`: pages of the server's own, its files and its API come from a running one, which takes them for its own pages'.
const server = process.env['SENESCHAL_URL'] ?? 'http://127.0.0.1:8080';
const OF_SERVER = '^/(\\.seneschal|access|account|api|device|docs|forward-auth|invite|login|logout|oauth2|portal/plain|recover|register|setup|web)(/|\\?|$)';

// Names of files are hashes of their content, and nothing is inlined: the policy of the pages allows neither scripts, styles nor data: URIs inside them.
export default defineConfig({
    base: '/',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    server: {
        host: '127.0.0.1',
        proxy: { [OF_SERVER]: { target: server, changeOrigin: true, headers: { Origin: server } } },
    },
    build: {
        target: 'es2023',
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        cssCodeSplit: true,
        sourcemap: false,
        reportCompressedSize: false,
        assetsDir: 'web',
        emptyOutDir: true,
        rolldownOptions: { checks: { pluginTimings: false } },
        manifest: true, // what imports what: tools/check_web.py weighs pages by it; it is not served
    },
});
