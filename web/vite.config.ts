// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

// Names of files are hashes of their content, and nothing is inlined: the policy of the pages allows neither scripts, styles nor data: URIs inside them.
export default defineConfig({
    base: '/',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
        target: 'es2023',
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        cssCodeSplit: true,
        sourcemap: false,
        reportCompressedSize: false,
        assetsDir: 'web',
        emptyOutDir: true,
    },
});
