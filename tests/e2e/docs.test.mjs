// SPDX-License-Identifier: Apache-2.0
// The documentation in the binary: each page in both languages, kept by its ETag, small on the wire, without a way in for scripts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const root = server.client().atRoot();
const french = root.with({ 'Accept-Language': 'fr-CA, en;q=0.5' });
const rows = readFileSync(new URL('../../docs/guides.txt', import.meta.url), 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
const pages = rows.filter(([kind]) => kind === 'both' || kind === 'en').map(([kind, name]) => ({ name, both: kind === 'both' }));

function links(html) {
    return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, to]) => to);
}

test('every page is there in every language that it has, and every link of it leads somewhere', async () => {
    assert.ok(pages.length > 10);
    const seen = new Map();
    for (const [client, lang] of [[root, 'en'], [french, 'fr']]) {
        for (const { name, both } of [{ name: '', both: true }, ...pages]) {
            const reply = await client.get(name ? `/docs/${name}` : '/docs');
            reply.want(200);
            assert.match(reply.text, new RegExp(`<html lang="${lang}">`), name);
            assert.match(reply.text, both || lang === 'en' ? /<main id="content">/ : /<main id="content" lang="en">/, name);
            assert.equal(reply.text.match(/<h1>/g).length, 1);
            assert.doesNotMatch(reply.text, /<script| style=| on[a-z]+=/);
            seen.set(`${lang} /docs${name && '/'}${name}`, reply.text);
        }
        for (const [page, html] of [...seen].filter(([key]) => key.startsWith(lang))) {
            for (const to of new Set(links(html))) {
                const [path, anchor] = to.split('#');
                if (/^https?:/.test(path)) continue;
                const target = path === '' ? html : (await client.get(path)).text;
                if (anchor) assert.ok(target.includes(` id="${anchor}"`), `${page}: ${to}`);
            }
        }
    }
});

test('a page is asked for again and answered without its bytes while it is the same', async () => {
    const first = await root.get('/docs/enrolling');
    assert.match(first.headers.etag, /^"[0-9a-f]{32}"$/);
    assert.equal(first.headers['cache-control'], 'no-cache');
    assert.equal(first.headers.vary, 'Accept-Encoding, Accept-Language, Cookie');
    for (const tag of [first.headers.etag, `"x", W/${first.headers.etag}`, '*']) {
        const again = await root.get('/docs/enrolling', { headers: { 'If-None-Match': tag } });
        again.want(304);
        assert.equal(again.bytes.length, 0);
        assert.equal(again.headers.etag, first.headers.etag);
    }
    (await root.get('/docs/enrolling', { headers: { 'If-None-Match': '"another"' } })).want(200);
    assert.notEqual((await french.get('/docs/enrolling')).headers.etag, first.headers.etag);
});

test('whoever takes gzip gets it, under an ETag of its own', async () => {
    const plain = await root.get('/docs/enrolling');
    assert.equal(plain.headers['content-encoding'], undefined);
    for (const takes of ['gzip', 'br, GZIP;q=0.5, *;q=0']) {
        const packed = await root.get('/docs/enrolling', { headers: { 'Accept-Encoding': takes } });
        assert.equal(packed.headers['content-encoding'], 'gzip');
        assert.notEqual(packed.headers.etag, plain.headers.etag);
        assert.ok(packed.bytes.length < plain.bytes.length / 2);
        assert.deepEqual(gunzipSync(packed.bytes), plain.bytes);
    }
    for (const takes of ['br', 'gzip;q=0', 'xgzip', 'gzip;q=0.000']) {
        const reply = await root.get('/docs/enrolling', { headers: { 'Accept-Encoding': takes } });
        assert.deepEqual(reply.bytes, plain.bytes, takes);
    }
});

test('HEAD says what GET would', async () => {
    const get = await root.get('/docs');
    const head = await root.call('HEAD', '/docs');
    head.want(200);
    assert.equal(head.bytes.length, 0);
    for (const name of ['content-length', 'etag', 'content-type']) assert.equal(head.headers[name], get.headers[name]);
});

test('a policy without scripts stands on each answer', async () => {
    for (const path of ['/docs', '/docs/enrolling', '/docs/nothing']) {
        const { headers } = await root.get(path);
        assert.match(headers['content-security-policy'], /^default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/);
        assert.equal(headers['x-content-type-options'], 'nosniff');
    }
});

test('a page that is not there is a page, in the language of who asks', async () => {
    const reply = await french.get('/docs/rien');
    reply.want(404);
    assert.equal(reply.type, 'text/html');
    assert.match(reply.text, /<html lang="fr">/);
    (await root.get('/docs/rien?lang=fr')).want(404);
    (await root.get('/docs/en/rien')).want(404);
});

test('a language that was chosen is kept in a cookie, and outweighs the browser', async () => {
    const chosen = await root.get('/docs/enrolling?lang=fr');
    chosen.want(200);
    assert.match(chosen.text, /<html lang="fr">/);
    const [cookie] = chosen.headers['set-cookie'][0].split(';');
    assert.match((await root.get('/docs/enrolling', { headers: { Cookie: cookie } })).text, /<html lang="fr">/);
    const english = await french.get('/docs/enrolling?lang=en');
    assert.match(english.text, /<html lang="en">/);
});
