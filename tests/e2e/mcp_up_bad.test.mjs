// SPDX-License-Identifier: Apache-2.0
// The upstream half of the gateway against servers that hang, break, flood, lie and forget: each call ends as it should, says
// whether it may have run, and is never run twice; the calls beside it do not notice.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { DISCOVERED, INITIALIZED, json, result, startOdd } from './lib/mcp_odd.mjs';
import { Probe } from './lib/up_probe.mjs';
import { startBad } from './mcp/bad.mjs';
import { startUpstream } from './mcp/upstream.mjs';

/** Closed in this order, whatever becomes of the test: a file that keeps something open does not end. */
const closing = (t, ...things) => t.after(async () => {
    for (const thing of things)
        await thing.close();
});

/** Resident memory, in MiB. */
async function memoryOf(pid) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024;
}

const SPOILT = [
    ['hang', { error: 'request-timeout', not_run: false }],
    ['drip', { error: 'request-timeout', not_run: false }],
    ['reset', { error: 'closed', not_run: false }],
    ['close', { error: 'closed', not_run: false }],
    ['huge', { error: 'too-large', not_run: false }],
    ['huge_event', { error: 'too-large', not_run: false }],
    ['malformed', { error: 'bad-json', not_run: false }],
    ['html', { error: 'bad-json', not_run: false }],
    ['unauthorized', { error: 'unauthenticated', not_run: true, status: 401 }],
    ['broken', { error: 'internal', not_run: false, status: 500 }],
    ['redirect', { not_run: true, status: 307 }],
    ['other_id', { error: 'closed', not_run: false }],
    ['no_answer', { error: 'closed', not_run: false }],
];

test('every way to spoil a call ends that call, and none beside it', async (t) => {
    const bad = await startBad();
    const probe = new Probe('http', bad.url);
    closing(t, probe, bad);
    const spoilt = SPOILT.map(([name]) => probe.tool(name, {}, { timeout: ['hang', 'drip'].includes(name) ? 500 : 30000 }));
    const good = Array.from({ length: 20 }, () => probe.tool('good'));
    for (const e of await Promise.all(good))
        assert.equal(e.result.content[0].text, 'good');
    for (const [i, e] of (await Promise.all(spoilt)).entries()) {
        const [name, want] = SPOILT[i];
        assert.equal(e.event, 'fail', `${name}: ${JSON.stringify(e)}`);
        for (const [k, v] of Object.entries(want))
            if (name !== 'broken' || k !== 'error')
                assert.equal(e[k], v, `${name}: ${JSON.stringify(e)}`);
        assert.match(e.text, /^probed: /);
        assert.equal(bad.calls[name], 1, `${name} was called once`);
    }
    assert.equal((await probe.tool('twice')).result.content[0].text, 'first');
    assert.equal((await probe.tool('good')).event, 'done');
    assert.ok((await memoryOf(probe.pid)) < 100, 'a gigabyte is not kept');
});

test('a flood is cut by the end of the call, and may be paused', async (t) => {
    const bad = await startBad();
    const probe = new Probe('http', bad.url);
    closing(t, probe, bad);
    const n = probe.start('tools/call', { name: 'flood', arguments: {} }, { timeout: 20000, timeout_max: 1000 });
    const e = await probe.end(n);
    assert.equal(e.error, 'request-timeout');
    const m = probe.start('tools/call', { name: 'flood', arguments: {} }, { token: 1, timeout: 1500 });
    await probe.next((x) => x.n === m && x.event === 'note');
    probe.say({ do: 'pause', n: m, on: true });
    await probe.info();
    await probe.info();
    const notes = probe.of(m, 'note').length;
    await new Promise((resolve) => setTimeout(resolve, 1800));
    await probe.info();
    assert.equal(probe.of(m, 'note').length, notes, 'nothing comes while it is paused, and its time stands still');
    probe.say({ do: 'pause', n: m, on: false });
    await probe.next((x) => x.n === m && x.event === 'note');
    probe.say({ do: 'cancel', n: m });
    assert.equal((await probe.tool('good')).event, 'done');
});

test('progress keeps a slow call alive, silence ends it', async (t) => {
    const bad = await startBad();
    const probe = new Probe('http', bad.url);
    closing(t, probe, bad);
    await probe.tool('good');
    const kept = await probe.tool('busy', {}, { token: 't', timeout: 1500 });
    assert.equal(kept.event, 'done', JSON.stringify(kept));
    assert.equal((await probe.tool('hang', {}, { token: 't', timeout: 100 })).error, 'request-timeout');
});

for (const kind of ['both', 'stateful'])
    test(`a session that was forgotten is agreed again, and calls go on (${kind}, 2025-11-25)`, async (t) => {
        const upstream = await startUpstream(kind);
        const probe = new Probe('http', upstream.url, { version: '2025-11-25' });
        closing(t, probe, upstream);
        await probe.tool('test_simple_text');
        for (let round = 0; round < 3; round++) {
            upstream.forget();
            const ended = await Promise.all(Array.from({ length: 10 }, () => probe.tool('test_simple_text')));
            for (const e of ended)
                assert.equal(e.result?.content[0].text, 'This is a simple text response for testing.', JSON.stringify(e));
        }
    });

test('who is not there is said so, and the call may be tried again', async (t) => {
    const upstream = await startUpstream('both');
    const { port } = new URL(upstream.url);
    await upstream.close();
    const probe = new Probe('http', upstream.url);
    const gone = await probe.tool('test_simple_text');
    assert.equal(gone.event, 'fail');
    assert.equal(gone.not_run, true);
    assert.match(gone.text, /connect/i);
    const again = await startUpstream('both', { port: Number(port) });
    closing(t, probe, again);
    assert.equal((await probe.tool('test_simple_text')).event, 'done');
});

for (const [status, want] of [[401, 'unauthenticated'], [403, 'forbidden'], [500, undefined], [503, 'overloaded']])
    test(`a probe that is answered ${status} is no sign of the older era`, async (t) => {
        const odd = await startOdd((_m, _req, res) => res.writeHead(status).end('no'));
        const probe = new Probe('http', odd.url);
        closing(t, probe, odd);
        const e = await probe.tool('good');
        assert.equal(e.event, 'fail');
        assert.equal(e.status, status);
        assert.equal(e.not_run, true);
        if (want)
            assert.equal(e.error, want);
        assert.equal(odd.seen.length, 1, 'asked once: some servers lock out who tries again');
    });

const SAYS = { initialize: INITIALIZED, 'server/discover': DISCOVERED };

for (const [version, told] of [['2025-06-18', true], ['2026-07-28', false]])
    test(`a call that is cancelled is ${told ? 'told so' : 'cut'} (${version})`, async (t) => {
        let heard, cut;
        const call = new Promise((resolve) => (heard = resolve));
        const end = new Promise((resolve) => (cut = resolve));
        const odd = await startOdd((m, _req, res) => {
            if (m?.method === 'notifications/cancelled')
                cut(m.params.requestId);
            if (SAYS[m?.method]) {
                json(res, result(m.id, SAYS[m.method]));
            } else if (m?.id === undefined) {
                res.writeHead(m ? 202 : 405).end();
            } else {
                heard(m.id);
                res.on('close', () => told || cut(m.id));
            }
        });
        const probe = new Probe('http', odd.url, { version });
        closing(t, probe, odd);
        const n = probe.start('tools/call', { name: 'x', arguments: {} });
        const id = await call;
        probe.say({ do: 'cancel', n });
        assert.equal(await end, id);
    });
