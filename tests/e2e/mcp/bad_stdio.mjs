// SPDX-License-Identifier: Apache-2.0
// A server over stdio, by hand, that does what it is told by the name of the tool: badly. Its first argument marks its processes.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import readline from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (id, said) => say({ id, result: { content: [{ type: 'text', text: said }] } });

const tools = {
    echo: (id, args) => text(id, args.text ?? ''),
    env: (id) => text(id, JSON.stringify(process.env)),
    pid: (id) => text(id, String(process.pid)),
    crash: () => process.abort(),
    leave: () => process.exit(3),
    hang() {},
    chatter(id) {
        process.stdout.write('Listening...\n\r\n  \n[not json\nplain text\n');
        process.stderr.write('x'.repeat(300_000));
        text(id, 'after the chatter');
    },
    huge(id) {
        text(id, 'x'.repeat(5 * 1024 * 1024));
    },
    spaced(id) {
        process.stdout.write(`\t {"jsonrpc":"2.0",  "id":${id},"result":{"content":[{"type":"text","text":"spaced"}]}}  \r\n`);
    },
    slices(id) {
        const line = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'é€😀' }] } })}\n`);
        let at = 0;
        const next = () => process.stdout.write(line.subarray(at, ++at), () => (at < line.length ? setImmediate(next) : undefined));
        next();
    },
    deaf(id) {
        process.stdin.pause();
        setInterval(() => {}, 1000); // it stays, though nothing can come any more
        text(id, 'I hear no more');
    },
    stubborn(id) {
        process.on('SIGTERM', () => {});
        process.stdin.removeAllListeners('end');
        setInterval(() => {}, 1000);
        text(id, 'I stay');
    },
    shut(id) {
        text(id, 'my last word');
        setTimeout(() => fs.closeSync(1), 50);
        setInterval(() => {}, 1000);
    },
    hide(id) {
        const grandchild = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)', process.argv[2]],
            { detached: true, stdio: 'inherit' });
        grandchild.unref();
        text(id, 'hidden');
    },
};

const methods = {
    initialize: (id, p) => say({ id, result: { protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } } }),
    'tools/list': (id) => say({ id, result: { tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })) } }),
    'tools/call': (id, p) => tools[p.name](id, p.arguments ?? {}),
    ping: (id) => say({ id, result: {} }),
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined)
        return;
    if (methods[method])
        methods[method](id, params);
    else
        say({ id, error: { code: -32601, message: 'Method not found' } });
});
