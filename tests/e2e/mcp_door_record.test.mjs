// SPDX-License-Identifier: Apache-2.0
// What programs ask of their proxies, as the gateway keeps count of it; and the warning about those that need none.
import assert from 'node:assert/strict';
import test from 'node:test';

import { startHost } from './lib/door.mjs';
import { audit } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { program } from './lib/program.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const host = await startHost();
const { words } = program('net_stdio.mjs');
const command = (name, ...more) => `${name}=${[...words, ...more].join(' ')}`;
const commands = [command('near', `network:localhost:${host.port}`), command('whole', 'network')].join(',');
const start = (env) => startGateway({ env: { SENESCHAL_GATEWAY_COMMANDS: commands, ...env } });
const ask = (to) => `return raw('CONNECT ${to} HTTP/1.1\\r\\n\\r\\n', { end: true })`;

async function programOf(gateway) {
    const admin = await gateway.admin();
    const caller = await callerOf(admin);
    const server = await addServer(admin, { transport: 'stdio', command: 'near' });
    const client = await clients['1.x Streamable HTTP'](`${gateway.url}/s/${server.name}/mcp`, bearer(caller));
    return { admin, server, client, js: async (code) => (await client.call('js', { code })).content[0].text };
}

test('each connection counts, and what is refused is on the record once', async () => {
    const gateway = await start();
    const { admin, server, client, js } = await programOf(gateway);
    assert.match(await js(ask(`localhost:${host.port}`)), /^HTTP\/1\.1 200 /);
    for (const to of ['evil.example:443', 'evil.example:443', '169.254.169.254:80'])
        assert.match(await js(ask(to)), /^HTTP\/1\.1 403 /);
    const rows = await eventually('two on the record', async () => {
        const found = await audit(admin, 'action=server.network-refused');
        return found.length >= 2 && found;
    });
    assert.equal(rows.length, 2);
    assert.deepEqual(rows.map((r) => r.details.to).sort(), ['169.254.169.254:80', 'evil.example:443']);
    for (const row of rows) {
        assert.equal(row.result, 'refused');
        assert.equal(row.target.id, server.id);
        assert.match(row.reason, /may not connect there/);
    }
    const metrics = await (await fetch(`${gateway.url}/metrics`, { headers: { Authorization: `Bearer ${admin.token}` } })).text();
    assert.match(metrics, /^seneschal_mcp_program_connections_total 1$/m);
    assert.match(metrics, /^seneschal_mcp_program_connections_refused_total 3$/m);
    assert.match(gateway.log, /mcp-program-network.*"?whole"?/);
    assert.doesNotMatch(gateway.log, /mcp-program-network.*near/);
    await client.close();
});

test('a host of the entry that is this machine is refused unless outbound.loopback says otherwise', async () => {
    const gateway = await start({ SENESCHAL_OUTBOUND_LOOPBACK: 'false' });
    const { client, js } = await programOf(gateway);
    assert.match(await js(ask(`localhost:${host.port}`)), /^HTTP\/1\.1 403 [\s\S]*this machine, or a special one/);
    await client.close();
});
