// SPDX-License-Identifier: Apache-2.0
// An upstream that does wrong, by the name of the tool that is called: over Streamable HTTP (2025-06-18, no session). The
// tool `good` always answers. (bad_stdio.mjs is one on standard input and output.)
import { json, result, startOlder } from '../lib/mcp_odd.mjs';

const MIB = Buffer.alloc(1024 * 1024, 'x');

const envelope = (id, result) => JSON.stringify({ jsonrpc: '2.0', id, result });
const said = (text) => ({ content: [{ type: 'text', text }] });

/** Writes 1 GB in the middle of a text, as fast as it is taken. */
async function writeHuge(out, id) {
    const [head, tail] = envelope(id, said('@')).split('@');
    out.write(head);
    for (let i = 0; i < 1024 && !out.destroyed; i++)
        if (!out.write(MIB))
            await new Promise((resolve) => {
                out.once('drain', resolve);
                out.once('close', resolve);
            });
    out.write(tail);
}

/** A byte now and then: at this pace no answer comes before the end of any patience. */
function drip(out, id) {
    const text = envelope(id, said('slow'));
    let at = 0;
    const timer = setInterval(() => (at < text.length ? out.write(text[at++]) : clearInterval(timer)), 1000);
    out.on('close', () => clearInterval(timer));
}

const sse = (message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
const progress = (token) => ({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress: 1 } });

/** Tool -> what it does with (id, params, res). */
const overHttp = {
    good: (id, _params, res) => res.setHeader('Content-Type', 'application/json').end(envelope(id, said('good'))),
    hang: () => {},
    reset: (_id, _params, res) => res.socket.resetAndDestroy(),
    close: (_id, _params, res) => res.socket.end(),
    huge: (id, _params, res) => void writeHuge(res.setHeader('Content-Type', 'application/json'), id).then(() => res.end()),
    huge_event: (id, _params, res) => {
        res.setHeader('Content-Type', 'text/event-stream').write('event: message\ndata: ');
        void writeHuge(res, id).then(() => res.end('\n\n'));
    },
    drip: (id, _params, res) => drip(res.setHeader('Content-Type', 'application/json'), id),
    malformed: (_id, _params, res) => res.setHeader('Content-Type', 'application/json').end('{"jsonrpc":"2.0","id":'),
    html: (_id, _params, res) => res.setHeader('Content-Type', 'text/html').end('<h1>It works!</h1>'),
    unauthorized: (_id, _params, res) => res.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('401: Unauthorized'),
    broken: (_id, _params, res) => res.writeHead(500).end('oops'),
    redirect: (_id, _params, res) => res.writeHead(307, { Location: 'http://127.0.0.1:1/elsewhere' }).end(),
    other_id: (id, _params, res) => res.setHeader('Content-Type', 'application/json').end(envelope(id + 100000, said('not yours'))),
    twice: (id, _params, res) => {
        res.setHeader('Content-Type', 'text/event-stream');
        res.end(sse(JSON.parse(envelope(id, said('first')))) + sse(JSON.parse(envelope(id, said('second')))));
    },
    no_answer: (_id, params, res) =>
        res.setHeader('Content-Type', 'text/event-stream').end(sse(progress(params._meta?.progressToken ?? 0))),
    busy: (id, params, res) => {
        let left = 10; // two seconds in all
        const tell = () => {
            if (left-- > 0)
                res.write(sse(progress(params._meta.progressToken)));
            else
                res.end(sse(JSON.parse(envelope(id, said('done')))));
        };
        const timer = setInterval(tell, 200);
        res.setHeader('Content-Type', 'text/event-stream').on('close', () => clearInterval(timer));
    },
    flood: (_id, params, res) => {
        res.setHeader('Content-Type', 'text/event-stream');
        const event = sse(progress(params._meta?.progressToken ?? 0)).repeat(200);
        const more = () => {
            while (!res.destroyed && res.write(event));
        };
        res.on('drain', more);
        more();
    },
};

const tools = () => Object.keys(overHttp).map((name) =>
    ({ name, description: `does ${name}`, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }));

/** Returns { url, calls, close() }; calls counts how often each tool was called. */
export async function startBad() {
    const calls = {};
    const server = await startOlder({
        call: ({ id, method, params }, res) => {
            if (method !== 'tools/call') {
                json(res, result(id, method === 'tools/list' ? { tools: tools() } : {}));
                return;
            }
            calls[params.name] = (calls[params.name] ?? 0) + 1;
            overHttp[params.name](id, params, res);
        },
    });
    return { ...server, calls };
}
