// SPDX-License-Identifier: Apache-2.0
// The MCP Inspector's command line: refused without a token, it registers itself, shows the person an address, and calls
// once he has said yes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { allow } from './lib/mcp_person.mjs';
import { makePerson } from './lib/oauth.mjs';
import { freePort } from './lib/ports.mjs';
import { Child, PATIENCE, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const INSPECTOR = path.resolve('tests/e2e/inspector/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
assert.ok(existsSync(INSPECTOR), 'the Inspector is not installed: ./dev test does it, or npm ci in tests/e2e/inspector');
const dir = tempDir('mcp-inspector');
const file = path.join(dir, 'seneschal.yaml');
const people = uniqueName('people');
writeFileSync(file, `oauth: {clients_open: true, clients_groups: [${people}]}\n`);
const server = await startServer({ args: ['--config', file] });
const admin = await server.admin();
const group = (await admin.post('/groups', { name: people })).want(201);
const ann = await makePerson(admin);
(await admin.post(`/groups/${group.id}/members`, { user_id: ann.id })).want(204);
(await admin.post('/gateway/servers', { name: 'demo', transport: 'demo' })).want(201);
const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;

/** BROWSER: what it would open is not opened here; HOME: where it keeps its tokens, as no keyring is at hand. */
function inspect(...args) {
    const output = path.join(dir, uniqueName('out'));
    const env = { HOME: dir, DBUS_SESSION_BUS_ADDRESS: 'disabled:', BROWSER: 'true', MCP_AUTO_OPEN_ENABLED: 'true' };
    const child = new Child(process.execPath, [INSPECTOR, '--cli', `${server.url}/mcp`, '--transport', 'http', '--callback-url', callback, '--output', output, ...args], { env });
    after(() => child.kill());
    const result = async () => {
        const { code } = await child.ended();
        assert.equal(code, 0, child.stdout + child.stderr);
        return JSON.parse(readFileSync(output, 'utf8'));
    };
    return { child, result };
}

const runs = {
    'it signs its person in, and lists what he may use': [['tools/list'], /"demo__add"/],
    'it signs its person in, and calls a tool': [['tools/call', '--tool-name', 'demo__add', '--tool-arg', 'a=2', 'b=3'], /"text":"5"/],
};
for (const [name, [args, wanted]] of Object.entries(runs)) {
    test(name, async () => {
        const { child, result } = inspect('--method', ...args);
        const [address] = await child.waitFor(/http\S+\/oauth2\/authorize\?\S+/, { from: 'stderr', ms: 30_000 * PATIENCE });
        const asked = new URL(address);
        assert.equal(asked.searchParams.get('resource'), `${server.url}/mcp`);
        assert.equal((await fetch(await allow(server, ann, asked, callback))).status, 200);
        assert.match(JSON.stringify(await result()), wanted);
    });
}
