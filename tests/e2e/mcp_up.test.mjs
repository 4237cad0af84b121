// SPDX-License-Identifier: Apache-2.0
// The upstream half of the gateway alone: one set of calls, the same answers from servers of either era over every transport.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { ABLE, Probe } from './lib/up_probe.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const KINDS = {
    both: { modern: true, version: '2026-07-28' },
    modern: { modern: true, version: '2026-07-28' },
    stateful: { modern: false, version: '2025-11-25' },
    stateless: { modern: false, version: '2025-11-25', silent: true },
    sse: { modern: false, version: '2025-11-25' },
};

/** Answers whatever is asked, in whichever way the era asks: the event that ended the call. */
async function callAnswering(probe, name, args, answers) {
    const more = { capabilities: ABLE };
    const n = probe.start('tools/call', { name, arguments: args }, more);
    for (let id = n; ;) {
        const e = await probe.next((x) => x.n === id && ['ask', 'input', 'done', 'fail'].includes(x.event));
        if (e.event === 'ask') {
            probe.say({ do: 'reply', n: id, ask: e.ask, result: answers[e.method] });
        } else if (e.event === 'input') {
            const given = Object.fromEntries(Object.entries(e.requests).map(([k, r]) => [k, answers[r.method]]));
            id = probe.start('tools/call', { name, arguments: args }, { ...more, answers: given, ...(e.state && { state: e.state }) });
        } else {
            return e;
        }
    }
}

const ANSWERS = {
    'elicitation/create': { action: 'accept', content: { name: 'Ada', username: 'ada', email: 'a@b.c', ok: true, color: 'red' } },
    'sampling/createMessage': { model: 'm', role: 'assistant', content: { type: 'text', text: 'Paris' } },
    'roots/list': { roots: [{ uri: 'file:///tmp', name: 'tmp' }] },
};

for (const [kind, want] of Object.entries(KINDS)) {
    describe(`an upstream of kind ${kind}`, async () => {
        const upstream = await startUpstream(kind);
        const probe = new Probe('http', upstream.url);
        after(async () => {
            assert.deepEqual(await probe.close(), { code: 0, signal: null });
            await upstream.close();
        });

        test('is found out, and says who it is', async () => {
            const ready = probe.next((e) => e.event === 'state' && e.state === 'ready');
            probe.say({ do: 'open' });
            await ready;
            const info = await probe.info();
            assert.equal(info.modern, want.modern);
            assert.equal(info.version, want.version);
            assert.equal(info.server.name, 'everything');
            assert.match(info.instructions, /everything that there is/);
            assert.ok(info.capabilities.tools);
        });

        test('lists, calls, reads, and refuses as it does', async () => {
            const listed = await probe.call('tools/list', {});
            assert.ok(listed.bytes > 4096);
            const said = await probe.tool('test_simple_text');
            assert.equal(said.result.content[0].text, 'This is a simple text response for testing.');
            const read = await probe.call('resources/read', { uri: 'test://static-text' });
            assert.match(read.result.contents[0].text, /static text resource/);
            const prompt = await probe.call('prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: 'é', arg2: '"' } });
            assert.match(prompt.result.messages[0].content.text, /arg1='é', arg2='"'/);
            const failed = await probe.tool('test_error_handling');
            assert.equal(failed.result.isError, true);
            const unknown = await probe.tool('no_such_tool');
            assert.ok(unknown.error?.code === -32602 || unknown.result?.isError, JSON.stringify(unknown));
            const method = await probe.call('no/such', {});
            assert.equal(method.error.code, -32601);
        });

        test('gives progress under the token of the caller, and log lines', async () => {
            const n = probe.start('tools/call', { name: 'test_tool_with_progress', arguments: {} }, { token: 'tok-"1' });
            assert.equal((await probe.end(n)).event, 'done');
            const steps = probe.of(n, 'note').map((e) => [e.message.params.progressToken, e.message.params.progress]);
            assert.deepEqual(steps, [['tok-"1', 0], ['tok-"1', 50], ['tok-"1', 100]]);
            const m = probe.start('tools/call', { name: 'test_tool_with_logging', arguments: {} }, { log_level: 'debug' });
            assert.equal((await probe.end(m)).event, 'done');
            assert.equal(probe.of(m, 'note').length, 3);
        });

        test('asks in the middle of a call', { skip: want.silent }, async () => {
            const elicited = await callAnswering(probe, 'test_elicitation', { message: 'who?' }, ANSWERS);
            assert.match(elicited.result.content[0].text, /action=accept.*"username":"ada"/);
            const sampled = await callAnswering(probe, 'test_sampling', { prompt: 'capital?' }, ANSWERS);
            assert.match(sampled.result.content[0].text, /LLM response: Paris/);
            const rounds = await callAnswering(probe, 'test_input_required_result_multi_round', {}, ANSWERS);
            assert.match(rounds.result.content[0].text, /both steps done/);
            const roots = await callAnswering(probe, 'test_input_required_result_list_roots', {}, ANSWERS);
            assert.match(roots.result.content[0].text, /file:\/\/\/tmp/);
        });

        test('takes many calls at once', async () => {
            const ended = Array.from({ length: 30 }, (_, i) =>
                probe.call('prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: String(i), arg2: 'x' } }));
            for (const [i, e] of (await Promise.all(ended)).entries())
                assert.match(e.result.messages[0].content.text, new RegExp(`arg1='${i}'`));
        });

        test('tells that a list has changed', { skip: want.silent }, async () => {
            const changed = probe.next((e) => e.event === 'changed' && e.list === 'tools');
            await probe.tool('test_trigger_tool_change');
            await changed;
        });

        /* HTTP+SSE and servers without sessions have no way to close it: they answer on it. */
        test('goes on where its stream was closed in the middle', async () => {
            const e = await probe.tool('test_reconnection');
            assert.equal(e.result?.content[0].text, 'Reconnection test completed');
        });
    });
}

test('a pinned version is the one that is spoken, or none', async () => {
    const both = await startUpstream('both');
    const modern = await startUpstream('modern');
    const rows = [
        [both, '2025-06-18', { modern: false, version: '2025-06-18' }],
        [both, '2026-07-28', { modern: true, version: '2026-07-28' }],
        [modern, '2025-06-18', undefined],
    ];
    for (const [upstream, version, want] of rows) {
        const probe = new Probe('http', upstream.url, { version });
        const e = await probe.tool('test_simple_text');
        assert.equal(e.event, want ? 'done' : 'fail', JSON.stringify(e));
        if (want) {
            const info = await probe.info();
            assert.deepEqual({ modern: info.modern, version: info.version }, want);
        } else {
            assert.equal(e.not_run, true);
        }
        await probe.close();
    }
    await both.close();
    await modern.close();
});

test('headers of the modern era are made anew, of the body and the marks of the schema', async () => {
    const upstream = await startUpstream('modern');
    const probe = new Probe('http', upstream.url, { headers: ['Authorization: Bearer of-the-upstream'] });
    const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
    const e = await probe.tool('test_x_mcp_header', { region: 'östlich' }, { schema });
    assert.equal(e.result.content[0].text, 'region östlich');
    const { headers } = upstream.requests.findLast((r) => r.headers['mcp-method'] === 'tools/call');
    assert.equal(headers['mcp-name'], 'test_x_mcp_header');
    assert.equal(headers['mcp-param-region'], '=?base64?w7ZzdGxpY2g=?=');
    assert.equal(headers['mcp-protocol-version'], '2026-07-28');
    assert.equal(headers.authorization, 'Bearer of-the-upstream');
    const claims = { _meta: { 'io.modelcontextprotocol/protocolVersion': '1999-01-01', progressToken: 'forged' } };
    const forged = await probe.call('tools/call', { name: 'test_simple_text', arguments: {}, ...claims });
    assert.equal(forged.event, 'done');
    assert.equal(forged.error, null);
    await probe.close();
    await upstream.close();
});
