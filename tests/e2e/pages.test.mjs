// SPDX-License-Identifier: Apache-2.0
// What every page for people shares: its files.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const root = server.client().atRoot();

test('the stylesheet is kept for a year, because its URL names its content', async () => {
    const css = readFileSync(new URL('../../src/api/assets/pages.css', import.meta.url));
    const reply = await root.get(`/assets/${createHash('sha256').update(css).digest('hex').slice(0, 12)}/pages.css`);
    reply.want(200);
    assert.deepEqual(reply.bytes, css);
    assert.equal(reply.headers['content-type'], 'text/css; charset=utf-8');
    assert.match(reply.headers['cache-control'], /immutable/);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    (await root.get('/assets/000000000000/pages.css')).wantProblem(404, 'not-found');
});
