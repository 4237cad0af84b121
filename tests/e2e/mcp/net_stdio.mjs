// SPDX-License-Identifier: Apache-2.0
// A server over stdio that runs what it is told: `js` the body of an async function, `python` a program of Python. It says what came of it.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import net from 'node:net';
import readline from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const door = () => new URL(process.env.HTTPS_PROXY ?? 'http://127.0.0.1:1');

/** Sends these bytes to the proxy and gives back all that it says, until the end of it. */
function raw(text, { end = false } = {}) {
    return new Promise((resolve) => {
        const socket = net.connect(Number(door().port), door().hostname, () => (end ? socket.end(text) : socket.write(text)));
        let said = '';
        socket.on('data', (piece) => { said += piece.toString('latin1'); });
        socket.on('error', (e) => resolve(`${said}${e.code}`));
        socket.on('close', () => resolve(said));
    });
}

/** What becomes of a connection: the text, or the error's code. */
function connect(host, port) {
    return new Promise((resolve) => {
        const socket = net.connect({ host, port, family: 4 }, () => resolve('connected'));
        socket.on('error', (e) => resolve(e.code));
    });
}

function python(code) {
    return new Promise((resolve) => {
        const child = spawn('/usr/bin/python3', ['-I', '-c', code], { stdio: ['ignore', 'pipe', 'pipe'] });
        let said = '';
        child.stdout.on('data', (piece) => { said += piece; });
        child.stderr.on('data', (piece) => { said += piece; });
        child.on('close', () => resolve(said.trim()));
    });
}

const AsyncFunction = (async () => {}).constructor;
const tools = {
    js: ({ code }) => new AsyncFunction('raw', 'connect', 'net', 'dgram', 'dns', code)(raw, connect, net, dgram, dns),
    python: ({ code }) => python(code),
};

const methods = {
    initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'net', version: '1' } }),
    'tools/list': () => ({ tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })) }),
    'tools/call': async (p) => {
        const said = await tools[p.name](p.arguments ?? {}).catch((e) => `${e.code ?? e.cause?.code ?? e.name}: ${e.cause?.message ?? e.message}`);
        return { content: [{ type: 'text', text: typeof said === 'string' ? said : JSON.stringify(said) }] };
    },
    ping: () => ({}),
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined)
        return;
    if (methods[method])
        say({ id, result: await methods[method](params ?? {}) });
    else
        say({ id, error: { code: -32601, message: 'Method not found' } });
});
