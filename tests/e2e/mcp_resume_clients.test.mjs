// SPDX-License-Identifier: Apache-2.0
// The official clients, whose connections break in the middle of a call: they come back by themselves, and the call is run once.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { json, result, said, events, event, startOlder } from './lib/mcp_odd.mjs';
import { eventually } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { clients } from './mcp/clients.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const proxy = await startProxy(gateway);
const caller = await callerOf(admin);

const TOOLS = ['held', 'asks', 'fails'].map((name) => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }));
const calls = [];
/** A server of 2025-06-18: a call stands in `calls` until it is answered; `asks` wants a name first. */
const upstream = await startOlder({ call: (m, res) => {
    if (m.method !== 'tools/call')
        json(res, result(m.id, { tools: TOOLS }));
    else
        calls.push({ m, res: events(res) });
} });
after(() => upstream.close());
const server = await addServer(admin, { url: upstream.url });
const newest = (n) => eventually('the call', () => calls[n]);
const note = (m, n) => event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: m.params._meta.progressToken, progress: n } });

for (const name of ['1.x Streamable HTTP', '2.x legacy']) {
    const open = async () => {
        const client = await clients[name](`${proxy.url}/mcp`, bearer(caller));
        after(() => client.close());
        return client;
    };
    const tool = (t) => `${server.prefix}__${t}`;

    test(`${name}: broken twice, the call is answered, what was said meanwhile is told once`, async () => {
        const client = await open();
        const before = calls.length;
        const told = [];
        const ids = [];
        const answer = client.call(tool('held'), {}, { onprogress: (p) => told.push(p.progress), onresumptiontoken: (id) => ids.push(id) });
        const { m, res } = await newest(before);
        await eventually('the beginning of its stream', () => ids.length > 0);
        proxy.cut();
        res.write(note(m, 1));
        await eventually('what it has missed', () => told.length === 1);
        proxy.cut();
        res.write(note(m, 2));
        res.end(event(said(m.id, 'at last')));
        assert.equal((await answer).content[0].text, 'at last');
        assert.deepEqual(told, [1, 2]);
        assert.equal(calls.length, before + 1, 'it was run once');
    });

    test(`${name}: asked in the middle, broken before it has answered`, async () => {
        const client = await open();
        const ids = [];
        client.client.setRequestHandler(name.startsWith('1') ? ElicitRequestSchema : 'elicitation/create', async () => {
            const had = ids.length;
            proxy.cut();
            await eventually('it is back', () => ids.length > had);
            return { action: 'accept', content: { name: 'Ann' } };
        });
        const before = calls.length;
        const answer = client.call(tool('asks'), {}, { onresumptiontoken: (id) => ids.push(id) });
        const { m, res } = await newest(before);
        res.write(event({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { message: 'who?', requestedSchema: { type: 'object', properties: {} } } }));
        const given = await upstream.until((one) => one.message?.id === 'q' && one.message.result);
        res.end(event(said(m.id, `hello ${given.message.result.content.name}`)));
        assert.equal((await answer).content[0].text, 'hello Ann');
        upstream.seen.length = 0;
    });

    test(`${name}: an error is an answer too`, async () => {
        const client = await open();
        const before = calls.length;
        const ids = [];
        const answer = client.call(tool('fails'), {}, { onresumptiontoken: (id) => ids.push(id) });
        answer.catch(() => {}); // looked at below
        const { m, res } = await newest(before);
        await eventually('the beginning of its stream', () => ids.length > 0);
        proxy.cut();
        res.end(event({ jsonrpc: '2.0', id: m.id, error: { code: -32050, message: 'not today' } }));
        await assert.rejects(answer, /not today/);
    });
}
