// SPDX-License-Identifier: Apache-2.0
// tools/web-finish.mjs DIR: what Vite leaves to be done in what it built. The licences of all that is inside become
// web/licences-HASH.txt, which the index names; beside each text comes the same by brotli, as NAME.br.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TEXTS = new Set(['.html', '.css', '.js', '.json', '.svg', '.txt']);
const dir = process.argv[2];

/** Packages that run in the browser, as the lock has them: [folder, { version, license }]. */
function packages() {
    const lock = JSON.parse(readFileSync('web/package-lock.json', 'utf8'));
    return Object.entries(lock.packages).filter(([folder, one]) => folder !== '' && !one.dev && !one.devOptional && !one.optional);
}

function licenceText([folder, { version, license }]) {
    const at = join('web', folder);
    const file = readdirSync(at).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
    const text = file === undefined ? '' : readFileSync(join(at, file), 'utf8').trim();
    return `${folder.replace(/^.*node_modules\//, '')} ${version} (${license})\n\n${text || 'Its package has no text of it.'}\n`;
}

function writeLicences() {
    const text = ['The console of Seneschal holds these packages.\n', ...packages().map(licenceText)].join(`\n${'-'.repeat(72)}\n\n`);
    const name = `web/licences-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.txt`;
    writeFileSync(join(dir, name), text);
    const index = join(dir, 'index.html');
    const html = readFileSync(index, 'utf8');
    writeFileSync(index, html.replace('</title>\n', `</title>\n    <link rel="license" href="/${name}">\n`));
}

function writeBrotli(file) {
    const data = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
    writeFileSync(`${file}.br`, brotliCompressSync(data, { params }));
}

if (!existsSync(join(dir, 'index.html'))) throw new Error(`no index.html in ${dir}`);
writeLicences();
for (const name of ['index.html', ...readdirSync(join(dir, 'web')).map((one) => `web/${one}`)]) {
    if (TEXTS.has(extname(name))) writeBrotli(join(dir, name));
}
