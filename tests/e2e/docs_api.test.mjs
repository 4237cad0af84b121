// SPDX-License-Identifier: Apache-2.0
// The API as pages: every row that the server has, with what it takes; nothing of it is typed by hand.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BIN, seneschal } from './lib/process.mjs';
import { readRows } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const root = server.client().atRoot();
const unescape = (html) => html.replaceAll(/<[^>]+>/g, '').replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Path of the page -> its HTML, for each group of the first page. */
async function groupPages() {
    const first = (await root.get('/docs/api')).text;
    const groups = new Set([...first.matchAll(/href="(\/docs\/api\/[^"#]+)#/g)].map(([, path]) => path));
    return new Map(await Promise.all([...groups].map(async (path) => {
        const reply = await root.get(path);
        reply.want(200);
        return [path, reply.text];
    })));
}

test('each row stands on the first page and on the page of its group, once, with its sentence', async () => {
    const first = (await root.get('/docs/api')).text;
    const pages = [...(await groupPages()).values()];
    const spec = JSON.parse((await seneschal(['openapi'])).stdout);
    for (const row of readRows(BIN)) {
        const name = `<code>${row.method} ${row.path}</code>`;
        assert.equal(first.split(`${name}</a>`).length, 2, name);
        assert.equal(pages.filter((html) => html.includes(`${name}</h2>`)).length, 1, name);
        const { summary } = spec.paths[row.path]?.[row.method.toLowerCase()] ?? { summary: '' };
        assert.ok(unescape(first).includes(summary.replaceAll('`', '')), summary);
    }
});

test('each parameter, body and member of the OpenAPI document stands there', async () => {
    const text = [...(await groupPages()).values()].join('');
    const spec = JSON.parse((await seneschal(['openapi'])).stdout);
    for (const item of Object.values(spec.paths)) {
        for (const row of Object.values(item)) {
            for (const { name } of row.parameters.filter((p) => p.in === 'query')) assert.ok(text.includes(`<code>${name}</code>`), name);
        }
    }
    for (const [name, shape] of Object.entries(spec.components.schemas)) {
        if (['Problem', 'OAuthError'].includes(name)) continue;
        const part = text.split(`id="shape-${name}"`)[1];
        assert.ok(part, `no shape ${name}`);
        for (const member of Object.keys(shape.properties)) {
            if (member !== 'secret_shown') assert.ok(part.includes(`<td><code>${member}</code>`), `${name}.${member}`);
        }
    }
});

test('links between rows and shapes lead somewhere, and every code of an error is there', async () => {
    for (const [path, html] of await groupPages()) {
        const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
        for (const [, to] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(to), `${path}#${to}`);
        assert.equal(ids.size, [...html.matchAll(/ id="([^"]+)"/g)].length, `${path}: an id twice`);
    }
    const first = (await root.get('/docs/api')).text;
    for (const code of ['not-found', 'stale', 'rate-limited', 'disk-full']) assert.ok(first.includes(`<code>${code}</code>`));
    assert.ok(!first.includes('<code>corrupt</code>'), 'what never leaves the house');
});

test('in French around English sentences; a group that is not there is a page', async () => {
    const french = root.with({ 'Accept-Language': 'fr' });
    const page = (await french.get('/docs/api/devices')).text;
    assert.match(page, /<html lang="fr">/);
    assert.match(page, /<dt>Permission<\/dt><dd><code>device:approve<\/code> \(administrator, operator, enroller, system-administrator\)/);
    assert.match(page, /<p lang="en">/);
    (await french.get('/docs/api/rien')).want(404);
    assert.match((await root.get('/docs/api?lang=fr')).headers['set-cookie'][0], /lang=fr/);
});

test('words are found without capitals and accents, all of them, the titles first', async () => {
    const found = async (words, lang = 'en') => (await root.get(`/docs?q=${encodeURIComponent(words)}&lang=${lang}`)).text;
    assert.match(await found('ENROLLING machines'), /<dt><a href="\/docs\/enrolling">Enrolling machines<\/a>/);
    assert.match(await found('cle enrolement', 'fr'), /<dt><a href="\/docs\/enrolling#[^"]*">Enrôler des machines · Avec une clé d’enrôlement, sans personne<\/a>/);
    assert.match(await found('streamable sampling', 'fr'), /lang="en"/);
    assert.match(await found('enrolling zzzz'), /Nothing holds all the words/);
    assert.ok((await found('a')).match(/<dt>/g).length <= 40);
    assert.match(await found('   '), /<h1>Documentation<\/h1>/);
});

test('what was looked for comes back as text', async () => {
    const page = (await root.get(`/docs?q=${encodeURIComponent('"><script>alert(1)</script>')}`)).text;
    assert.ok(!page.includes('<script'));
    assert.match(page, /value="&quot;&gt;&lt;script&gt;/);
    (await root.get(`/docs?q=${'x'.repeat(101)}`)).want(422);
    (await root.get('/docs?q=%00')).want(422);
    (await root.get(`/docs?q=${encodeURIComponent('é'.repeat(50))}`)).want(200);
});
