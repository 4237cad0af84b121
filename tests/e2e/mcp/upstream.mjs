// SPDX-License-Identifier: Apache-2.0
// Starts `everything` as a server of one era and transport, on a free port of 127.0.0.1:
//   both      Streamable HTTP, 2026-07-28 and stateful sessions of the years before (as most servers will be)
//   modern    Streamable HTTP, 2026-07-28 only
//   stateful  Streamable HTTP with sessions, 2025-11-25 and before
//   stateless Streamable HTTP without sessions, 2025-11-25 and before
//   sse       HTTP+SSE of 2024-11-05 (SDK 1.x)
// As a program: node upstream.mjs KIND [PORT] serves, and prints its URL; KIND stdio speaks on its standard input and output.
import { createMcpHandler, isLegacyRequest, legacyStatelessFallback } from '@modelcontextprotocol/server';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { pathToFileURL } from 'node:url';

import { everything } from './everything.mjs';

/** Streams that were closed in the middle can be taken up again from what is kept here. */
function eventStore() {
    const events = [];
    return {
        async storeEvent(stream, message) {
            events.push({ id: String(events.length + 1), stream, message });
            return String(events.length);
        },
        async getStreamIdForEventId(id) {
            return events[Number(id) - 1]?.stream;
        },
        async replayEventsAfter(last, { send }) {
            const { stream } = events[Number(last) - 1];
            for (const e of events.slice(Number(last)))
                if (e.stream === stream)
                    await send(e.id, e.message);
            return stream;
        },
    };
}

async function bodyOf(req) {
    const parts = [];
    for await (const part of req)
        parts.push(part);
    const bytes = Buffer.concat(parts).toString();
    try {
        return JSON.parse(bytes);
    } catch {
        return undefined;
    }
}

/** Sessions of the older era, by their id. */
function statefulHandler() {
    const sessions = new Map();
    const open = async () => {
        const transport = new NodeStreamableHTTPServerTransport({
            sessionIdGenerator: () => randomUUID(),
            eventStore: eventStore(),
            retryInterval: 50,
            onsessioninitialized: (id) => void sessions.set(id, transport),
        });
        transport.onclose = () => sessions.delete(transport.sessionId);
        await everything({ era: 'legacy' }).connect(transport);
        return transport;
    };
    const handle = async (req, res, body) => {
        const id = req.headers['mcp-session-id'];
        if (id !== undefined && !sessions.has(id)) {
            res.writeHead(404, { 'Content-Type': 'application/json' });
            res.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null }));
            return;
        }
        await (sessions.get(id) ?? (await open())).handleRequest(req, res, body);
    };
    return { handle, forget: () => sessions.clear() };
}

function modernHandler() {
    const handler = createMcpHandler(({ era }) => everything({ era, changed: (kind) => {
        if (kind === 'tools')
            handler.notify.toolsChanged();
        else
            handler.notify.promptsChanged();
    } }), { legacy: 'reject' });
    return handler;
}

function sseHandler() {
    const sessions = new Map();
    return async (req, res) => {
        const url = new URL(req.url, 'http://localhost');
        if (req.method === 'GET') {
            const transport = new SSEServerTransport('/messages', res);
            sessions.set(transport.sessionId, transport);
            transport.onclose = () => sessions.delete(transport.sessionId);
            await everything({ era: 'legacy' }).connect(transport);
        } else if (url.pathname === '/messages' && sessions.has(url.searchParams.get('sessionId'))) {
            await sessions.get(url.searchParams.get('sessionId')).handlePostMessage(req, res);
        } else {
            res.writeHead(url.pathname === '/messages' ? 404 : 405).end();
        }
    };
}

const kinds = {
    both: () => {
        const modern = modernHandler();
        const node = toNodeHandler(modern);
        const stateful = statefulHandler();
        const listener = async (req, res) => {
            const body = req.method === 'POST' ? await bodyOf(req) : undefined;
            const legacy = await isLegacyRequest(await toWebRequest(req, body));
            await (legacy ? stateful.handle(req, res, body) : node(req, res, body));
        };
        return { listener, forget: stateful.forget };
    },
    modern: () => ({ listener: toNodeHandler(modernHandler()) }),
    stateful: () => {
        const { handle, forget } = statefulHandler();
        return { listener: async (req, res) => handle(req, res, req.method === 'POST' ? await bodyOf(req) : undefined), forget };
    },
    stateless: () => ({ listener: toNodeHandler({ fetch: legacyStatelessFallback(({ era }) => everything({ era })) }) }),
    sse: () => ({ listener: sseHandler() }),
};

const names = ['localhost', '127.0.0.1', '[::1]'];

/** A page of a browser that was led here by a name of its own is refused. */
function isForeign(req) {
    const host = (req.headers.host ?? '').replace(/:\d+$/, '');
    const origin = req.headers.origin;
    return !names.includes(host) || (origin !== undefined && !names.includes(new URL(origin).hostname));
}

/** Returns { url, requests, forget(), close() }; requests lists method, path and headers as they came. */
export async function startUpstream(kind, { port = 0 } = {}) {
    const { listener, forget } = kinds[kind]();
    const requests = [];
    const server = http.createServer((req, res) => {
        requests.push({ method: req.method, url: req.url, headers: req.headers });
        if (isForeign(req)) {
            res.writeHead(403).end();
            return;
        }
        Promise.resolve(listener(req, res)).catch((e) => {
            console.error(e);
            if (!res.headersSent)
                res.writeHead(500);
            res.end();
        });
    });
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
    });
    return { url: `http://127.0.0.1:${server.address().port}${kind === 'sse' ? '/sse' : '/mcp'}`, requests, forget, close };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    const [kind, port] = process.argv.slice(2);
    if (kind === 'stdio')
        serveStdio(({ era }) => everything({ era }));
    else
        console.log((await startUpstream(kind, { port: Number(port ?? 0) })).url);
}
