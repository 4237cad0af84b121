// SPDX-License-Identifier: Apache-2.0
// Behaves as a Home Assistant does to who comes with a long-lived access token: its manifest, its API, and its integration
// `mcp_server`, which is stateless, takes POST alone and answers JSON alone; or, an older one, HTTP+SSE.
import http from 'node:http';

const DOMAIN = (words) => ({ type: 'array', items: { type: 'string', ...(words && { enum: words }) } });
const NAME = { type: 'string' };
const takes = (properties) => ({ type: 'object', properties });

export const TOOLS = [
    { name: 'HassTurnOn', description: 'Turns on a device', inputSchema: takes({ name: NAME, area: NAME, domain: DOMAIN() }) },
    { name: 'HassLightSet', description: 'Sets a light', inputSchema: takes({ name: NAME, brightness: { type: 'integer' }, domain: DOMAIN(['light']) }) },
    { name: 'HassBroadcast', description: 'Says something everywhere', inputSchema: takes({ message: NAME }) },
    { name: 'GetLiveContext', description: 'What is on and what is off', inputSchema: takes({}) },
    { name: 'leave_home', description: 'A script of the house', inputSchema: takes({ domain: NAME }) },
];

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const UNCONFIGURED = '404: Model Context Protocol server is not configured';

function text(res, status, body) {
    res.writeHead(status, TEXT).end(body);
}

function json(res, body, status = 200) {
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(req) {
    let all = '';
    for await (const part of req) all += part;
    return all;
}

/** The answer to one message; undefined: none. */
function answer(house, message) {
    const { id, method, params } = message;
    if (id === undefined) return undefined;
    const result = (value) => ({ jsonrpc: '2.0', id, result: value });
    switch (method) {
    case 'initialize':
        return result({ protocolVersion: '2025-06-18', capabilities: { tools: { listChanged: false }, prompts: { listChanged: false } },
            serverInfo: { name: 'home-assistant', version: '1.26.0' } });
    case 'tools/list':
        return result({ tools: house.tools });
    case 'prompts/list':
        return result({ prompts: [{ name: 'Assist', description: 'Default prompt for Home Assistant Assist API' }] });
    case 'tools/call':
        house.calls.push(params);
        return result({ content: [{ type: 'text', text: JSON.stringify({ place: house.place, called: params.name, arguments: params.arguments ?? {} }) }], isError: false });
    default:
        return { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } };
    }
}

/** Streams a long list in pieces, as a large house does. */
function states(res, n) {
    const one = (i) => JSON.stringify({ entity_id: `light.lamp_${i}`, state: 'on', attributes: { friendly_name: `Lamp "${i}" [{`, list: [{ a: [] }] }, context: { id: null } });
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.write('[');
    for (let i = 0; i < n; i += 500) {
        const end = Math.min(i + 500, n);
        res.write(Array.from({ length: end - i }, (_, k) => one(i + k)).join(',') + (end < n ? ',' : ''));
    }
    res.end(']');
}

async function mcp(house, req, res) {
    if (house.kind !== 'new') return text(res, 404, house.kind === 'unconfigured' ? UNCONFIGURED : '404: Not Found');
    if (req.method !== 'POST') return text(res, 405, '405: Method Not Allowed');
    if (!/application\/json/.test(req.headers.accept ?? '')) return text(res, 400, 'Client must accept application/json');
    if (req.headers['content-type'] !== 'application/json') return text(res, 400, 'Content-Type must be application/json');
    const message = JSON.parse(await bodyOf(req));
    house.messages.push(message);
    const reply = answer(house, message);
    return reply === undefined ? res.writeHead(202).end() : json(res, reply);
}

/** HTTP+SSE of 2024-11-05, as its integration first had it. */
async function sse(house, req, res, url) {
    if (house.kind === 'unconfigured') return text(res, 404, UNCONFIGURED);
    if (req.method === 'GET' && url.pathname === '/mcp_server/sse') {
        const id = String(++house.streams);
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.write(`event: endpoint\ndata: /mcp_server/messages/${id}\n\n`);
        house.open.set(id, res);
        return undefined;
    }
    const stream = house.open.get(url.pathname.split('/').pop());
    if (req.method !== 'POST' || stream === undefined) return text(res, 404, '404: Not Found');
    const message = JSON.parse(await bodyOf(req));
    house.messages.push(message);
    const reply = answer(house, message);
    if (reply !== undefined) stream.write(`event: message\ndata: ${JSON.stringify(reply)}\n\n`);
    return text(res, 200, '');
}

const open = {
    '/manifest.json': (house, req, res) => json(res, { background_color: '#FFFFFF', name: 'Home Assistant', short_name: 'Home Assistant', start_url: '/?homescreen=1' }),
};
const behind = {
    '/api/': (house, req, res) => json(res, { message: 'API running.' }),
    '/api/config': (house, req, res) => json(res, { components: house.components, location_name: house.place, state: house.state, version: house.version }),
    '/api/states': (house, req, res) => states(res, house.entities),
    '/api/mcp': mcp,
};

async function serve(house, req, res) {
    const url = new URL(req.url, 'http://localhost');
    house.requests.push({ method: req.method, path: url.pathname, authorization: req.headers.authorization });
    const own = house.rows[url.pathname];
    if (own !== undefined) return own(req, res);
    if (open[url.pathname] !== undefined) return open[url.pathname](house, req, res);
    const old = url.pathname.startsWith('/mcp_server/');
    if (behind[url.pathname] === undefined && !old) return text(res, 404, '404: Not Found');
    if (req.headers.authorization !== `Bearer ${house.token}`) return text(res, 401, '401: Unauthorized');
    return old ? sse(house, req, res, url) : behind[url.pathname](house, req, res);
}

/**
 * { url, token, requests, messages, calls, close() } and what may be changed while it runs: kind ("new", "sse": an older one,
 * "unconfigured": without the integration set up), components, entities, tools, state, rows (path -> a handler of its own).
 */
export async function startHomeAssistant({ kind = 'new', token = 'a-token', place = 'Home', ...more } = {}) {
    const house = {
        kind, token, place, version: '2026.11.2', state: 'RUNNING', entities: 12, tools: TOOLS, rows: {},
        components: ['api', 'light', 'light.hue', 'mcp_server'], requests: [], messages: [], calls: [], streams: 0, open: new Map(), ...more,
    };
    const server = http.createServer((req, res) => {
        serve(house, req, res).catch(() => res.destroy());
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    house.url = `http://127.0.0.1:${server.address().port}`;
    house.close = () => new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
    });
    return house;
}
