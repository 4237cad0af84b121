// SPDX-License-Identifier: Apache-2.0
// Programs as MCP servers behind the gateway: every official client, their environment, their crashes, and that nothing of them is left.
import assert from 'node:assert/strict';
import test from 'node:test';

import { alive, gone, program } from './lib/program.mjs';
import { ANSWERS, clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, faces, startGateway } from './mcp/gateway.mjs';

const sdk = program('upstream.mjs', 'stdio');
const bad = program('bad_stdio.mjs');
const command = ({ words }, name, ...more) => `${name}=${[...words, ...more].join(' ')}`;

const gateway = await startGateway({
    env: { SENESCHAL_GATEWAY_COMMANDS: [command(sdk, 'sdk'), command(bad, 'bad', 'env:API_KEY')].join(',') },
});
const admin = await gateway.admin();
const caller = await callerOf(admin);
const good = await addServer(admin, { transport: 'stdio', command: 'sdk' });
const poor = await addServer(admin, { transport: 'stdio', command: 'bad', env: { API_KEY: 'of the server' } });

async function withClient(name, url, use) {
    const client = await clients[name](url, bearer(caller));
    try {
        return await use(client);
    } finally {
        await client.close();
    }
}

const CLIENT = '1.x Streamable HTTP';
const callPoor = (tool, args) => withClient(CLIENT, `${gateway.url}/s/${poor.name}/mcp`, (client) => client.call(tool, args));

for (const { face, url, tool } of faces(gateway, good)) {
    for (const name of Object.keys(clients)) {
        test(`client ${name} by ${face.replace(good.name, '{server}')}`, () => withClient(name, url, async (client) => {
            assert.ok((await client.tools()).some((t) => t.name === tool('test_simple_text')));
            const answer = await client.call(tool('test_simple_text'));
            assert.equal(answer.content[0].text, 'This is a simple text response for testing.');
            await client.call(tool('test_tool_with_progress'), {}, { onprogress() {} });
            assert.deepEqual(client.progress, [0, 50, 100]);
            const asked = await client.call(tool('test_elicitation'), { message: 'Who?' });
            assert.ok(asked.content[0].text.includes(JSON.stringify(ANSWERS['elicitation/create']().content)), asked.content[0].text);
        }));
    }
}

test('it has the environment that its row declares, and none of the gateway\'s', async () => {
    const env = JSON.parse((await callPoor('env')).content[0].text);
    assert.deepEqual(Object.keys(env).sort(), ['API_KEY', 'HOME', 'PATH', 'TMPDIR']);
    assert.equal(env.API_KEY, 'of the server');
});

test('a crash is its call\'s alone: the next one finds it running again', async () => {
    await assert.rejects(callPoor('crash'), /./);
    assert.equal((await callPoor('echo', { text: 'again' })).content[0].text, 'again');
    const answer = await withClient(CLIENT, `${gateway.url}/s/${good.name}/mcp`, (client) => client.call('test_simple_text'));
    assert.equal(answer.isError ?? false, false);
});

test('nothing of them is left when the server is killed, or stops', async () => {
    assert.equal((await callPoor('hide')).content[0].text, 'hidden');
    assert.ok(alive(bad.mark) > 0 && alive(sdk.mark) > 0);
    await gateway.kill();
    await Promise.all([gone(bad.mark), gone(sdk.mark)]);
    await gateway.start();
    assert.equal((await callPoor('stubborn')).content[0].text, 'I stay');
    assert.ok(alive(bad.mark) > 0);
    await gateway.stop();
    await gone(bad.mark);
});
