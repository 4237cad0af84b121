// SPDX-License-Identifier: Apache-2.0
// An upstream that does wrong, by the name of the tool that is called: over Streamable HTTP (2025-06-18, no session) as
// startBad(), over standard input and output as `node bad.mjs`. The tool `good` always answers.
import { spawn } from 'node:child_process';
import http from 'node:http';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

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

/** Tool -> what it does with (id, say) on its standard output. */
const overStdio = {
    good: (id, say) => say(envelope(id, said('good'))),
    pid: (id, say) => say(envelope(id, said(String(process.pid)))),
    hang: () => {},
    crash: () => process.abort(),
    leave: () => process.exit(0),
    huge: (id) => void writeHuge(process.stdout, id),
    malformed: (_id, say) => say('{"jsonrpc":"2.0","id":'),
    chatter: (id, say) => {
        process.stdout.write('a line that is no message\n');
        say(envelope(id, said('after chatter')));
    },
    stderr: (id, say) => {
        for (let i = 0; i < 64; i++) process.stderr.write(MIB);
        say(envelope(id, said('said a lot')));
    },
    deaf: () => process.stdin.pause(),
    stubborn: (id, say) => {
        for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
        say(envelope(id, said('stubborn')));
    },
    fork: (id, say) => {
        const children = [];
        try {
            for (let i = 0; i < 1000; i++) {
                const child = spawn('sleep', ['1000'], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
                child.on('error', () => {});
                children.push(child.pid);
            }
        } catch { /* no more of them */ }
        say(envelope(id, said(JSON.stringify(children.filter((pid) => pid !== undefined)))));
    },
};

function answerOther(message, tools) {
    const { id, method } = message;
    if (method === 'initialize')
        return envelope(id, { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } });
    if (method === 'tools/list') {
        const inputSchema = { type: 'object' };
        const annotations = { readOnlyHint: true };
        return envelope(id, { tools: Object.keys(tools).map((name) => ({ name, description: `does ${name}`, inputSchema, annotations })) });
    }
    if (method === 'ping')
        return envelope(id, {});
    return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
}

/** Returns { url, calls, close() }; calls counts how often each tool was called. */
export async function startBad() {
    const calls = {};
    const server = http.createServer(async (req, res) => {
        const parts = [];
        for await (const part of req) parts.push(part);
        if (req.method !== 'POST') {
            res.writeHead(405, { Allow: 'POST' }).end();
            return;
        }
        const message = JSON.parse(Buffer.concat(parts));
        if (message.id === undefined) {
            res.writeHead(202).end();
        } else if (message.method === 'tools/call') {
            const { name } = message.params;
            calls[name] = (calls[name] ?? 0) + 1;
            overHttp[name](message.id, message.params, res);
        } else {
            res.setHeader('Content-Type', 'application/json').end(answerOther(message, overHttp));
        }
    });
    server.on('connection', (socket) => socket.on('error', () => {}));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
    });
    return { url: `http://127.0.0.1:${server.address().port}/mcp`, calls, close };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    const say = (line) => process.stdout.write(`${line}\n`);
    readline.createInterface({ input: process.stdin }).on('line', (line) => {
        const message = JSON.parse(line);
        if (message.id === undefined)
            return;
        if (message.method === 'tools/call')
            overStdio[message.params.name](message.id, say);
        else
            say(answerOther(message, overStdio));
    });
}
