// SPDX-License-Identifier: Apache-2.0
// tools/web-brotli.mjs DIR: beside each text below DIR, the same by brotli as NAME.br.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TEXTS = new Set(['.html', '.css', '.js', '.json', '.svg']);
const dir = process.argv[2];
for (const name of readdirSync(dir, { recursive: true })) {
    if (!TEXTS.has(extname(name))) continue;
    const data = readFileSync(join(dir, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
    writeFileSync(join(dir, `${name}.br`), brotliCompressSync(data, { params }));
}
