// SPDX-License-Identifier: Apache-2.0
// What every page for people shares: its files.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const root = server.client().atRoot();
const page = (await root.get('/docs')).text;

for (const [name, type] of [['pages.css', 'text/css; charset=utf-8'], ['docs.css', 'text/css; charset=utf-8'], ['icon.svg', 'image/svg+xml']]) test(`${name} is kept for a year, because its name changes with its content`, async () => {
    const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
    const bytes = Buffer.concat([...(name === 'pages.css' ? [read('web/src/style/tokens.css')] : []), read(`src/api/assets/${name}`)]);
    const [stem, extension] = name.split('.');
    const path = `/web/${stem}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.${extension}`;
    assert.ok(page.includes(`href="${path}"`), page);
    const reply = await root.get(path);
    reply.want(200);
    assert.deepEqual(reply.bytes, bytes);
    assert.equal(reply.headers['content-type'], type);
    assert.match(reply.headers['cache-control'], /immutable/);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    (await root.get(`/web/${stem}-000000000000.${extension}`)).wantProblem(404, 'not-found');
});
