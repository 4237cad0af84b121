// SPDX-License-Identifier: Apache-2.0
// The upstream half of the gateway and the finer points of both transports: streams that are taken up again, the stream that is
// listened to, questions that belong to nobody, places for messages that are somebody else's.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ABLE, Probe } from './lib/up_probe.mjs';
import { DISCOVERED, event, events, INITIALIZED, json, result, said, startOdd, startOlder } from './lib/mcp_odd.mjs';

/** A test with one probe at one server; the probe must end well. */
async function withProbe(odd, run, options = {}, kind = 'http') {
    const probe = new Probe(kind, odd.url, options);
    await run(probe);
    assert.deepEqual(await probe.close(), { code: 0, signal: null });
    await odd.close();
}

const answers = (odd) => odd.seen.filter((s) => s.message && !s.message.method).map((s) => s.message);

test('a stream that breaks is taken up where it broke, and the call is not sent again', async () => {
    let calls = 0;
    const odd = await startOlder({
        session: () => 'one',
        call: (m, res) => {
            calls++;
            events(res).write('id: a-1\nretry: 20\ndata: \n\n');
            res.write(event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: m.id, progress: 1 } }, 'a-2'));
            setTimeout(() => res.destroy(), 30);
        },
        get: (req, res) => {
            if (req.headers['last-event-id'] !== 'a-2')
                return res.writeHead(405).end();
            const call = odd.seen.find((s) => s.message?.method === 'tools/call').message;
            return events(res).end(event(said(call.id, 'resumed'), 'a-3'));
        },
    });
    await withProbe(odd, async (probe) => {
        const e = await probe.tool('x', {}, { token: 7 });
        assert.equal(e.result?.content[0].text, 'resumed', JSON.stringify(e));
        assert.equal(calls, 1);
        const resumed = odd.seen.find((s) => s.headers['last-event-id']);
        assert.equal(resumed.headers['mcp-session-id'], 'one');
        assert.equal(resumed.headers['mcp-protocol-version'], '2025-06-18');
    });
    assert.equal(odd.seen.at(-1).method, 'DELETE', 'the session is ended');
});

test('a stream that never says more is given up', async () => {
    const odd = await startOlder({
        call: (_m, res) => events(res).end('id: a\nretry: 1\ndata: \n\n'),
        get: (req, res) => (req.headers['last-event-id'] ? events(res).end() : res.writeHead(405).end()),
    });
    await withProbe(odd, async (probe) => {
        const e = await probe.tool('x');
        assert.equal(e.error, 'closed');
        assert.equal(e.not_run, false);
        assert.equal(odd.seen.filter((s) => s.message?.method === 'tools/call').length, 1);
    });
});

test('the stream that is listened to is opened again where it ended, and tells of changes', async () => {
    let streams = 0;
    const odd = await startOlder({
        session: () => 'one',
        call: (m, res) => json(res, said(m.id, 'ok')),
        get: (_req, res) => {
            streams++;
            events(res).write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, `g-${streams}`));
            if (streams === 1)
                res.end('retry: 10\n\n');
            else
                res.write(event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a:b' } }, 'g-9'));
        },
    });
    await withProbe(odd, async (probe) => {
        const updated = probe.next((e) => e.event === 'told');
        probe.say({ do: 'watch', uri: 'a:b', on: true });
        assert.equal((await probe.tool('x')).event, 'done');
        assert.equal((await updated).message.params.uri, 'a:b');
        assert.ok(probe.events.some((e) => e.event === 'changed' && e.list === 'tools'));
        assert.equal(odd.seen.filter((s) => s.method === 'GET')[1].headers['last-event-id'], 'g-1');
        const asked = await odd.until((s) => s.message?.method === 'resources/subscribe');
        assert.equal(asked.message.params.uri, 'a:b');
    });
});

test('what is listened to says too that the session was forgotten', async () => {
    let sessions = 0;
    const odd = await startOlder({
        session: () => `s-${++sessions}`,
        call: (m, res) => json(res, said(m.id, 'ok')),
        get: (req, res) => {
            const opened = odd.seen.filter((s) => s.method === 'GET').length;
            if (opened === 1)
                events(res).end('retry: 10\n\n');
            else if (req.headers['mcp-session-id'] === 's-1')
                res.writeHead(404).end();
            else
                events(res).write(': hello\n\n');
        },
    });
    await withProbe(odd, async (probe) => {
        const again = probe.next((e) => e.event === 'state' && e.state === 'ready' && sessions === 2);
        assert.equal((await probe.tool('x')).event, 'done');
        await again;
        assert.equal((await probe.tool('x')).event, 'done');
        assert.equal(odd.seen.at(-1).headers['mcp-session-id'], 's-2');
    });
});

test('a question on the stream of a call is for that call; on the common stream it is for nobody', async () => {
    const odd = await startOlder({
        call: (m, res) => {
            const stream = events(res);
            stream.write(event({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { message: 'who?' } }));
            void odd.until((s) => s.message?.id === 'q').then((s) => stream.end(event(said(m.id, JSON.stringify(s.message.result)))));
        },
        get: (_req, res) => {
            events(res);
            for (const [id, method] of [['p', 'ping'], ['e', 'elicitation/create'], [5, 'no/such']])
                res.write(event({ jsonrpc: '2.0', id, method, params: {} }));
        },
    });
    await withProbe(odd, async (probe) => {
        const n = probe.start('tools/call', { name: 'x', arguments: {} }, { capabilities: ABLE });
        const ask = await probe.next((e) => e.event === 'ask');
        assert.equal(ask.n, n);
        assert.equal(ask.params.message, 'who?');
        const ended = probe.end(n);
        probe.say({ do: 'reply', n, ask: ask.ask, result: { action: 'accept', content: { a: 'é"' } } });
        probe.say({ do: 'reply', n, ask: ask.ask, result: { action: 'twice' } });
        assert.deepEqual(JSON.parse((await ended).result.content[0].text), { action: 'accept', content: { a: 'é"' } });
        const of = (id) => odd.until((s) => s.message?.id === id && !s.message.method);
        assert.deepEqual((await of('p')).message.result, {});
        assert.ok((await of('e')).message.error, 'nobody is asked what nobody was called for');
        assert.equal((await of(5)).message.error.code, -32601);
        assert.equal(answers(odd).filter((m) => m.id === 'q').length, 1);
        assert.equal(probe.events.filter((e) => e.event === 'ask').length, 1);
    });
});

test('a batch is taken apart, and an answer to another call is nobody\'s', async () => {
    const odd = await startOlder({
        call: (m, res) => {
            const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
            json(res, [note, said(m.id + 1, 'of another'), said(m.id, 'mine')]);
        },
    });
    await withProbe(odd, async (probe) => {
        const [a, b] = await Promise.all([probe.tool('x'), probe.tool('x')]);
        assert.equal(a.result.content[0].text, 'mine');
        assert.equal(b.result.content[0].text, 'mine');
        assert.equal(probe.of(1, 'note').length, 1);
    });
});

const PROBES = [
    ['knows only versions of the older era', { code: -32022, message: 'v', data: { supported: ['2025-06-18'] } }, 'done'],
    ['answers 400 without an id', undefined, 'done'],
    ['names no version in common', { versions: ['2030-01-01'] }, 'done'],
];
for (const [name, how, want] of PROBES)
    test(`an upstream whose answer to the probe ${name} is asked as the older era does`, async () => {
        const odd = await startOdd((m, req, res) => {
            if (m?.method === 'initialize')
                json(res, result(m.id, INITIALIZED));
            else if (m?.method === 'server/discover' && how?.versions)
                json(res, result(m.id, { ...DISCOVERED, supportedVersions: how.versions }));
            else if (m?.method === 'server/discover')
                json(res, how ? { jsonrpc: '2.0', id: m.id, error: how }
                    : { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Session ID required' } }, 400);
            else if (m?.id === undefined)
                res.writeHead(req.method === 'POST' ? 202 : 405).end();
            else
                json(res, said(m.id, 'ok'));
        });
        await withProbe(odd, async (probe) => assert.equal((await probe.tool('x')).event, want));
    });

test('a version that nobody knows is not spoken', async () => {
    const odd = await startOdd((m, _req, res) => (m?.method === 'initialize'
        ? json(res, result(m.id, { ...INITIALIZED, protocolVersion: '2031-01-01' })) : res.writeHead(400).end()));
    await withProbe(odd, async (probe) => {
        const e = await probe.tool('x');
        assert.equal(e.event, 'fail');
        assert.equal(e.not_run, true);
        assert.match(e.text, /protocol version/);
    });
});

/** HTTP+SSE whose `endpoint` event says this. */
async function startSse(endpoint, onCall) {
    let stream;
    const send = (message) => stream.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    const odd = await startOdd((m, req, res) => {
        if (req.method === 'GET') {
            stream = events(res);
            stream.write(`event: endpoint\ndata: ${endpoint}\n\n`);
            return;
        }
        res.writeHead(202).end();
        if (m.method === 'initialize')
            send(result(m.id, { ...INITIALIZED, protocolVersion: '2024-11-05' }));
        else if (m.method === 'tools/call')
            onCall(m, send, stream);
    }, { path: '/a/sse?x=1' });
    return odd;
}

for (const [endpoint, want] of [['/messages?s=1', '/messages?s=1'], ['post?s=2', '/a/post?s=2'], ['?s=3', '/a/sse?s=3']])
    test(`HTTP+SSE: the place for messages ${endpoint} is ${want}`, async () => {
        const odd = await startSse(endpoint, (m, send) => send(said(m.id, 'ok')));
        await withProbe(odd, async (probe) => {
            assert.equal((await probe.tool('x')).event, 'done');
            assert.equal((await probe.info()).version, '2024-11-05');
            assert.equal(odd.seen.find((s) => s.message?.method === 'tools/call').url, want);
        }, {}, 'sse');
    });

for (const endpoint of ['http://127.0.0.1:1/messages', '//127.0.0.1:1/x', 'https://example.org/x'])
    test(`HTTP+SSE: messages and the credential do not go to ${endpoint}`, async () => {
        const odd = await startSse(endpoint, () => {});
        await withProbe(odd, async (probe) => {
            const e = await probe.tool('x');
            assert.equal(e.event, 'fail');
            assert.equal(e.error, 'forbidden');
            assert.equal(e.not_run, true);
            assert.deepEqual(odd.seen.map((s) => s.method), ['GET']);
        }, { headers: ['Authorization: Bearer secret'] }, 'sse');
    });

test('HTTP+SSE: a stream that ends takes its calls with it, and the next call opens another', async () => {
    let calls = 0;
    const odd = await startSse('/m', (m, send, stream) => (++calls === 1 ? stream.end() : send(said(m.id, 'ok'))));
    await withProbe(odd, async (probe) => {
        const first = await probe.tool('x');
        assert.equal(first.error, 'closed');
        assert.equal(first.not_run, false);
        assert.equal((await probe.tool('x')).event, 'done');
        assert.equal(calls, 2);
    }, {}, 'sse');
});

for (const status of [401, 403])
    test(`HTTP+SSE: ${status} is what it says, and is asked once`, async () => {
        const odd = await startOdd((_m, _req, res) => res.writeHead(status).end());
        await withProbe(odd, async (probe) => {
            const e = await probe.tool('x');
            assert.equal(e.error, status === 401 ? 'unauthenticated' : 'forbidden');
            assert.equal(e.status, status);
            assert.equal(odd.seen.length, 1);
        }, {}, 'sse');
    });

test('a flood of pings is answered as far as it goes, and keeps no call from its answer', async () => {
    let pongs = 0;
    const odd = await startOlder({
        call: (m, res) => {
            events(res);
            for (let i = 0; i < 5000; i++)
                res.write(event({ jsonrpc: '2.0', id: `p${i}`, method: 'ping' }));
            res.end(event(said(m.id, 'ok')));
        },
    });
    await withProbe(odd, async (probe) => {
        assert.equal((await probe.tool('x')).event, 'done');
        assert.equal((await probe.tool('x')).event, 'done');
        pongs = answers(odd).length;
    });
    assert.ok(pongs < 5000, `${pongs} pongs`);
});
