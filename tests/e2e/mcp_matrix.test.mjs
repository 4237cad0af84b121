// SPDX-License-Identifier: Apache-2.0
// Every official client against upstreams of every era and transport, through both faces of the gateway: lists, calls,
// progress, what a server asks of the user in the middle of a call.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { ANSWERS, clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, faces, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const caller = await callerOf(admin);

/** Upstream -> can it ask in the middle of a call? (Without a session it cannot.) */
const UPSTREAMS = { both: true, modern: true, stateful: true, stateless: false, sse: true };

const elicited = `User response: action=accept, content=${JSON.stringify(ANSWERS['elicitation/create']().content)}`;

async function check(client, tool, asks) {
    const names = (await client.tools()).map(({ name }) => name);
    assert.ok(names.includes(tool('test_simple_text')), names.join());
    const answer = await client.call(tool('test_simple_text'));
    assert.deepEqual(answer.content, [{ type: 'text', text: 'This is a simple text response for testing.' }]);
    await client.call(tool('test_tool_with_progress'), {}, { onprogress() {} });
    assert.deepEqual(client.progress, [0, 50, 100]);
    const failed = await client.call(tool('test_error_handling'));
    assert.equal(failed.isError, true);
    if (!asks)
        return;
    assert.equal((await client.call(tool('test_elicitation'), { message: 'Who are you?' })).content[0].text, elicited);
    assert.equal((await client.call(tool('test_sampling'), { prompt: 'The capital?' })).content[0].text, 'LLM response: Paris');
    assert.equal((await client.call(tool('test_input_required_result_multi_round'))).content[0].text, 'both steps done');
    assert.deepEqual(client.asked.map(({ method }) => method),
        ['elicitation/create', 'sampling/createMessage', 'elicitation/create', 'elicitation/create']);
}

for (const [kind, asks] of Object.entries(UPSTREAMS)) {
    const upstream = await startUpstream(kind);
    after(() => upstream.close());
    const server = await addServer(admin, { transport: kind === 'sse' ? 'sse' : 'http', url: upstream.url });
    for (const { face, url, tool } of faces(gateway, server))
        for (const [name, connect] of Object.entries(clients))
            test(`client ${name} calls upstream ${kind} by ${face.replace(server.name, '{server}')}`, async () => {
                const client = await connect(url, bearer(caller));
                try {
                    await check(client, tool, asks);
                } finally {
                    await client.close();
                }
            });
}
