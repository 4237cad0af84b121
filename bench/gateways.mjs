// SPDX-License-Identifier: Apache-2.0
// What the MCP gateway is measured against: its upstream asked directly, and two gateways of npm in front of the same
// program. Each as {host, port, path, pids, stop}.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../tests/e2e/lib/ports.mjs';
import { eventually } from '../tests/e2e/lib/process.mjs';
import { TOOLS } from './load.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const UPSTREAM = path.resolve(TOOLS, 'mcp-upstream');
const ACCEPT = 'application/json, text/event-stream';

export const VERSION = '2025-11-25';

function started(command, args, options = {}) {
    return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
}

const target = (child, port, place) => ({ host: `127.0.0.1:${port}`, port, path: place, pids: child.pid, stop: () => child.kill() });

/** The upstream itself, over Streamable HTTP. */
export async function startDirect() {
    const child = started(UPSTREAM, []);
    const url = new URL(await new Promise((done) => child.stdout.once('data', (line) => done(String(line)))));
    return { ...target(child, Number(url.port), url.pathname), url: url.href };
}

/** A gateway of npm, which starts the upstream as a child on pipes. */
async function startPeer(module, args, port) {
    const script = path.join(here, 'node_modules', ...module);
    const child = started(process.execPath, ['--import', path.join(here, 'loopback.mjs'), script, ...args],
        { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
    const peer = target(child, port, '/mcp');
    await eventually(`${module[0]} answers`, () => mcpSession(peer).catch(() => undefined), { ms: 30_000 });
    return peer;
}

export async function startSupergateway() {
    const port = await freePort();
    return startPeer(['supergateway', 'dist', 'index.js'],
        ['--stdio', `${UPSTREAM} --stdio`, '--outputTransport', 'streamableHttp', '--stateful', '--port', port, '--logLevel', 'none'], port);
}

export async function startMcpProxy() {
    const port = await freePort();
    return startPeer(['mcp-proxy', 'dist', 'bin', 'mcp-proxy.mjs'],
        ['--port', port, '--host', '127.0.0.1', '--server', 'stream', '--', UPSTREAM, '--stdio'], port);
}

/** Opens a session as a client does; returns the lines that its next requests carry. */
export async function mcpSession({ host, path: place, bearer }) {
    const headers = { 'Content-Type': 'application/json', Accept: ACCEPT, ...(bearer && { Authorization: `Bearer ${bearer}` }) };
    const post = (body, more = {}) => fetch(`http://${host}${place}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
    const params = { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
    const answer = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    if (!answer.ok)
        throw new Error(`initialize at ${host}: ${answer.status}`);
    await answer.text();
    const id = answer.headers.get('mcp-session-id');
    const more = { 'MCP-Protocol-Version': VERSION, ...(id && { 'Mcp-Session-Id': id }) };
    await (await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, more)).text();
    return { Accept: ACCEPT, ...more };
}

export const fieldLines = (fields) => Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('');
