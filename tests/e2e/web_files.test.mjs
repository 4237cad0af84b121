// SPDX-License-Identifier: Apache-2.0
// The built files of the console: kept for a year, in the coding that a client takes, from memory only.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Browser } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';
import { makePerson } from './lib/person.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const root = server.client().atRoot();
const browser = new Browser(server.url);
signIn(browser, server, await makePerson(server, admin));
const index = await browser.get('/');
const script = index.text.match(/src="(\/web\/[\w.-]+\.js)"/)[1];
const take = (accept, more) => root.get(script, { headers: { ...(accept === undefined ? {} : { 'Accept-Encoding': accept }), ...more } });
const plain = await take(undefined);

const CODINGS = [
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['BR;q=0, GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['*', 'br'],
    ['br;q=0, *;q=0.5', 'gzip'],
    ['deflate', undefined],
    ['gzip;q=x', undefined],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['*;q=0', undefined],
];

for (const [accept, want] of CODINGS) test(`Accept-Encoding: ${accept ?? '(absent)'} gets ${want ?? 'it as it is'}`, async () => {
    const reply = await take(accept);
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-encoding'], want);
    assert.equal(reply.headers.vary, 'Accept-Encoding');
    const decode = { gzip: gunzipSync, br: brotliDecompressSync }[want] ?? ((bytes) => bytes);
    assert.deepEqual(decode(reply.bytes), plain.bytes);
});

test('each coding has its own tag; a tag of now gets 304, one of another coding does not', async () => {
    const tags = new Set();
    for (const accept of ['identity', 'gzip', 'br']) {
        const { headers } = await take(accept);
        tags.add(headers.etag);
        const same = await take(accept, { 'If-None-Match': `"x", W/${headers.etag}` });
        assert.equal(same.status, 304);
        assert.equal(same.bytes.length, 0);
        assert.equal(same.headers['content-encoding'], undefined);
        assert.match(same.headers['cache-control'], /immutable/);
    }
    assert.equal(tags.size, 3);
    assert.ok(tags.has(`"${createHash('sha256').update(plain.bytes).digest('hex')}"`));
    assert.equal((await take('gzip', { 'If-None-Match': plain.headers.etag })).status, 200);
});

test('all that the index names is there, of its type, for a year, and for this site alone', async () => {
    const paths = [...index.text.matchAll(/(?:src|href)="(\/web\/[^"]+)"/g)].map((m) => m[1]);
    assert.ok(paths.length >= 3, index.text);
    const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8' };
    for (const path of paths) {
        const reply = await root.get(path);
        assert.equal(reply.status, 200, path);
        assert.equal(reply.headers['content-type'], types[path.split('.').at(-1)], path);
        assert.equal(reply.headers['cache-control'], 'public, max-age=31536000, immutable');
        assert.equal(reply.headers['cross-origin-resource-policy'], 'same-origin');
        assert.equal(reply.headers['x-content-type-options'], 'nosniff');
        const head = await root.call('HEAD', path);
        assert.equal(head.headers['content-length'], String(reply.bytes.length));
        assert.equal(head.bytes.length, 0);
    }
});

test('AC24: no name leads out of the table', async () => {
    for (const name of ['nothing.js', '..', '.', '%2e%2e', 'index.html', script.slice(5).toUpperCase(), `${script.slice(5)}.br`, `${script.slice(5)}%00`, '..%2f..%2fetc%2fpasswd', '']) {
        const reply = await root.get(`/web/${name}`);
        assert.ok([400, 404].includes(reply.status), `${name}: ${reply.status}`);
        assert.match(reply.type, /problem\+json/);
    }
});

test('a page of many files meets no limit, also of somebody signed in', async () => {
    const replies = await Promise.all(Array.from({ length: 300 }, () => take('br', { Cookie: `seneschal=${browser.cookie('seneschal')}` })));
    assert.deepEqual([...new Set(replies.map((r) => r.status))], [200]);
});
