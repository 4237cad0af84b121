// SPDX-License-Identifier: Apache-2.0
// Upstreams that are programs: in their cage, over stdio; and what becomes of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, describe, test } from 'node:test';

import { alive, gone, program, ROOT } from './lib/program.mjs';
import { ABLE, Probe } from './lib/up_probe.mjs';

/** A program of tests/e2e/mcp in its cage; `mark` names its processes. */
function start(script, args, { idle, ...more } = {}) {
    const { words, mark } = program(script, ...args);
    return Object.assign(new Probe('stdio', [...(idle ? [`idle:${idle}`] : []), ...words].join(' '), more), { mark });
}

const bad = (more) => start('bad_stdio.mjs', [], { version: '2025-11-25', ...more });

async function ends(probe) {
    assert.deepEqual(await probe.close(), { code: 0, signal: null });
    await gone(probe.mark);
}

const said = (e) => e.result?.content[0].text;

for (const [kind, modern] of [['both', true], ['stateful', false]]) {
    describe(`a program of the official SDK, ${kind}`, async () => {
        const probe = start('upstream.mjs', ['stdio'], modern ? {} : { version: '2025-11-25' });
        after(() => ends(probe));

        test('lists, calls, asks and tells', async () => {
            assert.equal(said(await probe.tool('test_simple_text')), 'This is a simple text response for testing.');
            const info = await probe.info();
            assert.equal(info.modern, modern);
            assert.ok((await probe.call('tools/list', {})).bytes > 4096);
            const n = probe.start('tools/call', { name: 'test_tool_with_progress', arguments: {} }, { token: 'tok' });
            assert.equal((await probe.end(n)).event, 'done');
            assert.equal(probe.of(n, 'note').length, 3);
        });

        test('asks the person', async () => {
            const n = probe.start('tools/call', { name: 'test_elicitation', arguments: { message: 'who?' } }, { capabilities: ABLE });
            const e = await probe.next((x) => x.n === n && ['ask', 'input', 'done', 'fail'].includes(x.event));
            assert.equal(e.event, modern ? 'input' : 'ask', JSON.stringify(e));
            const answer = { action: 'accept', content: { username: 'ada', email: 'a@b.c' } };
            let m = n;
            if (modern) {
                const given = Object.fromEntries(Object.keys(e.requests).map((k) => [k, answer]));
                m = probe.start('tools/call', { name: 'test_elicitation', arguments: { message: 'who?' } },
                    { capabilities: ABLE, answers: given, ...(e.state && { state: e.state }) });
            } else {
                probe.say({ do: 'reply', n, ask: e.ask, result: answer });
            }
            assert.match(said(await probe.end(m)), /action=accept/);
        });

        test('takes many calls at once', async () => {
            const all = await Promise.all(Array.from({ length: 20 }, (_, i) =>
                probe.call('prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: String(i), arg2: 'x' } })));
            for (const [i, e] of all.entries())
                assert.match(e.result.messages[0].content.text, new RegExp(`arg1='${i}'`));
        });
    });
}

test('it has the environment that it was given, and a directory of its own', async () => {
    process.env.SENESCHAL_TEST_SECRET = 'not for children';
    const probe = bad({ headers: ['API_KEY=of the upstream: a=b', 'EMPTY='] });
    const env = JSON.parse(said(await probe.tool('env')));
    assert.equal(env.API_KEY, 'of the upstream: a=b');
    assert.equal(env.EMPTY, '');
    assert.deepEqual(Object.keys(env).sort(), ['API_KEY', 'EMPTY', 'HOME', 'PATH', 'TMPDIR']);
    assert.ok(fs.existsSync(env.HOME));
    await ends(probe);
    assert.ok(!fs.existsSync(env.HOME), 'it goes with the program');
});

test('what it prints beside messages harms nobody', async () => {
    const probe = bad();
    for (const [tool, want] of [['chatter', 'after the chatter'], ['spaced', 'spaced'], ['slices', 'é€😀']])
        assert.equal(said(await probe.tool(tool)), want);
    const pretty = await probe.tool('echo', { text: 'line\nbreak' });
    assert.equal(said(pretty), 'line\nbreak');
    await ends(probe);
});

test('an answer that is too large is its own call\'s end', async () => {
    const probe = bad();
    const hung = probe.start('tools/call', { name: 'hang', arguments: {} });
    const big = await probe.tool('huge', {}, { timeout: 2000 }); /* whose it was nobody can say: it runs out of time */
    assert.equal(big.event, 'fail');
    assert.equal(said(await probe.tool('echo', { text: 'still here' })), 'still here');
    probe.say({ do: 'cancel', n: hung });
    const alone = await probe.tool('huge');
    assert.deepEqual([alone.event, alone.error], ['fail', 'too-large']);
    assert.equal(said(await probe.tool('echo', { text: 'still' })), 'still');
    await ends(probe);
});

test('a crash fails what was under way, and the next call starts it again; who crashes often must wait', async () => {
    const probe = bad();
    assert.equal(said(await probe.tool('echo', { text: '1' })), '1');
    const home = async () => JSON.parse(said(await probe.tool('env'))).HOME;
    const first = await home();
    const [crashed, hung] = await Promise.all([probe.tool('crash'), probe.tool('hang')]);
    for (const e of [crashed, hung]) {
        assert.deepEqual([e.event, e.error, e.not_run], ['fail', 'closed', false]);
        assert.match(e.text, /its program has ended with status 134/);
    }
    assert.notEqual(await home(), first, 'another process, in a directory of its own');
    let refused;
    for (let i = 0; i < 8 && !refused; i++) {
        const e = await probe.tool('leave');
        assert.equal(e.event, 'fail');
        if (e.not_run)
            refused = e;
        else
            assert.match(e.text, /status 3/);
    }
    assert.match(refused?.text ?? '', /has crashed [0-9]+ times: it is started again in [0-9]+ s/);
    await ends(probe);
});

test('a program that closes its output is no server any more', async () => {
    const probe = bad();
    const idle = probe.next((e) => e.event === 'state' && e.state === 'idle');
    assert.equal(said(await probe.tool('shut')), 'my last word');
    await idle;
    assert.equal(said(await probe.tool('echo', { text: 'again' })), 'again');
    await ends(probe);
});

test('a program that reads nothing is sent no more than may wait', async () => {
    const probe = bad();
    assert.equal(said(await probe.tool('deaf')), 'I hear no more');
    const text = 'x'.repeat(3 * 1024 * 1024);
    const all = await Promise.all(Array.from({ length: 8 }, () => probe.tool('echo', { text }, { timeout: 1500 })));
    assert.ok(all.some((e) => e.event === 'refused' || e.error === 'overloaded'), JSON.stringify(all.map((e) => e.error)));
    await ends(probe);
});

test('who is not used is stopped, and started by the next call', async () => {
    const probe = bad({ idle: 300 });
    assert.ok(said(await probe.tool('pid')));
    const e = await probe.next((x) => x.event === 'state' && x.state === 'idle');
    assert.match(e.text, /nobody has had use for it/);
    await gone(probe.mark);
    assert.ok(said(await probe.tool('pid')));
    await ends(probe);
});

test('nothing of it is left: not who ignores SIGTERM, nor who has hidden, nor after kill -9 of us', async () => {
    const rows = [];
    for (const tool of ['stubborn', 'hide']) {
        for (const way of ['close', 'kill']) {
            const probe = bad();
            assert.ok(said(await probe.tool(tool)));
            assert.ok(alive(probe.mark) > 0);
            rows.push({ probe, way });
        }
    }
    await Promise.all(rows.map(async ({ probe, way }) => {
        if (way === 'close')
            return ends(probe);
        probe.kill();
        await probe.left;
        return gone(probe.mark);
    }));
});

test('a program that never says hello is given up in time', async () => {
    const probe = new Probe('stdio', '/usr/bin/sleep 600', { version: '2025-11-25' });
    const e = await probe.tool('echo', {}, { timeout: 60_000 });
    assert.deepEqual([e.event, e.error, e.not_run], ['fail', 'request-timeout', true], e.text);
    await probe.close();
});

test('what cannot be started says why', async () => {
    const rows = [['/nowhere/program', /\/nowhere\/program: No such file/], [`${ROOT}/README.md`, /README.md: (Permission denied|Exec format)/]];
    for (const [program, want] of rows) {
        const probe = new Probe('stdio', program);
        const e = await probe.tool('echo');
        assert.deepEqual([e.event, e.not_run], ['fail', true]);
        assert.match(e.text, want);
        await probe.close();
    }
});
