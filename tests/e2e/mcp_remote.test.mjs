// SPDX-License-Identifier: Apache-2.0
// mcp-remote, by which programs that speak over a pipe alone reach /mcp: it registers itself, shows the person an address,
// waits for his browser on this machine, and carries his calls.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { allow } from './lib/mcp_person.mjs';
import { makePerson } from './lib/oauth.mjs';
import { eventually, PATIENCE, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const REMOTE = path.resolve('node_modules/mcp-remote/dist/proxy.js');
const dir = tempDir('mcp-remote');
const file = path.join(dir, 'seneschal.yaml');
const people = uniqueName('people');
writeFileSync(file, `oauth: {clients_open: true, clients_groups: [${people}]}\n`);
const server = await startServer({ args: ['--config', file] });
const admin = await server.admin();
const group = (await admin.post('/groups', { name: people })).want(201);
const ann = await makePerson(admin);
(await admin.post(`/groups/${group.id}/members`, { user_id: ann.id })).want(204);
(await admin.post('/gateway/servers', { name: 'demo', transport: 'demo' })).want(201);

/** A message to it, a line each, and the answers by their ids. */
class Pipe {
    #answers = new Map();
    #serial = 0;
    log = '';

    constructor() {
        // BROWSER: what it would open is not opened here.
        const env = { ...process.env, MCP_REMOTE_CONFIG_DIR: dir, BROWSER: 'true' };
        this.child = spawn(process.execPath, [REMOTE, `${server.url}/mcp`, '--host', '127.0.0.1', '--allow-http', '--transport', 'http-only'], { env });
        this.child.stderr.on('data', (text) => (this.log += text));
        readline.createInterface(this.child.stdout).on('line', (line) => {
            const message = JSON.parse(line);
            this.#answers.get(message.id)?.(message);
        });
        after(() => this.child.kill());
    }

    say(method, params) {
        this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
    }

    ask(method, params) {
        const id = ++this.#serial;
        const answer = new Promise((resolve) => this.#answers.set(id, resolve));
        this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        return answer;
    }

    async hello() {
        const { result } = await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } });
        this.say('notifications/initialized');
        return result;
    }
}

test('it signs its person in, lists what he may use, and calls it', async () => {
    const pipe = new Pipe();
    const address = /visiting:\s+(http\S+)/;
    await eventually('the address to visit', () => address.test(pipe.log), { ms: 30_000 * PATIENCE });
    const asked = new URL(address.exec(pipe.log)[1]);
    assert.deepEqual([asked.searchParams.get('scope'), asked.searchParams.get('resource')], ['mcp offline_access', `${server.url}/mcp`]);
    const back = await allow(server, ann, asked, asked.searchParams.get('redirect_uri'));
    assert.equal((await fetch(back)).status, 200);
    assert.equal((await pipe.hello()).serverInfo.name, 'seneschal');
    const { result } = await pipe.ask('tools/list');
    assert.ok(result.tools.some((tool) => tool.name === 'demo__add'), JSON.stringify(result));
    const sum = await pipe.ask('tools/call', { name: 'demo__add', arguments: { a: 2, b: 3 } });
    assert.match(JSON.stringify(sum.result?.content), /5/, JSON.stringify(sum));
    pipe.child.kill();
    await once(pipe.child, 'exit');
});

test('the next time it asks nobody', async () => {
    const pipe = new Pipe();
    assert.equal((await pipe.hello()).serverInfo.name, 'seneschal');
    assert.doesNotMatch(pipe.log, /visiting:/);
});
