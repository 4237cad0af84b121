// SPDX-License-Identifier: Apache-2.0
// An MCP server that does what a test says, over HTTP: answer(message, req, res) for each request.
import http from 'node:http';
import https from 'node:https';

export const INFO = { name: 'odd', version: '1' };
export const INITIALIZED = { protocolVersion: '2025-06-18', capabilities: { tools: { listChanged: true } }, serverInfo: INFO };
export const DISCOVERED = { supportedVersions: ['2026-07-28'], capabilities: {}, resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

export const result = (id, value) => ({ jsonrpc: '2.0', id, result: value });
export const said = (id, text) => result(id, { content: [{ type: 'text', text }] });
export const json = (res, message, status = 200) =>
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(message));
export const events = (res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' });
export const event = (message, id) => `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`;

/** `tls`: options of node:tls, with key and cert. Returns { url, seen, until(want), close() }; seen lists method, headers and message. */
export async function startOdd(answer, { path = '/mcp', tls } = {}) {
    const seen = [];
    const waiting = [];
    const server = (tls ? https : http).createServer({ ...tls }, async (req, res) => {
        const parts = [];
        for await (const part of req)
            parts.push(part);
        const text = Buffer.concat(parts).toString();
        const one = { method: req.method, url: req.url, headers: req.headers, message: text ? JSON.parse(text) : undefined };
        seen.push(one);
        for (const w of waiting.splice(0))
            (w.want(one) ? w.resolve(one) : waiting.push(w));
        answer(one.message, req, res);
    });
    for (const kind of ['connection', 'secureConnection'])
        server.on(kind, (socket) => socket.on('error', () => {}));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
    return {
        origin,
        url: `${origin}${path}`,
        seen,
        until: (want) => {
            const one = seen.find(want);
            return one ? Promise.resolve(one) : new Promise((resolve) => waiting.push({ want, resolve }));
        },
        close: () => new Promise((resolve) => {
            server.closeAllConnections();
            server.close(resolve);
        }),
    };
}

/** Of the older era: `call(message, res)` answers what is neither the handshake nor a notification, `get(req, res)` the stream. */
export function startOlder({ call, get = (_req, res) => res.writeHead(405).end(), session, tls } = {}) {
    return startOdd((m, req, res) => {
        if (req.method === 'GET')
            get(req, res);
        else if (req.method === 'DELETE' || m.id === undefined || m.result || m.error)
            res.writeHead(202).end();
        else if (m.method === 'initialize')
            json(session ? res.setHeader('Mcp-Session-Id', session()) : res, result(m.id, INITIALIZED));
        else if (m.method === 'server/discover')
            json(res, { jsonrpc: '2.0', id: m.id, error: { code: -32601, message: 'Method not found' } });
        else
            call(m, res, req);
    }, { tls });
}
