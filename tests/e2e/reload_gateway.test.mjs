// SPDX-License-Identifier: Apache-2.0
// SIGHUP and the gateway: each of its settings counts from then on, for what is open too.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { serviceClient } from './lib/fleet.mjs';
import { json, result, said, startOdd, DISCOVERED } from './lib/mcp_odd.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

let lists = 0;
let held = [];
let broken = false;
const release = () => held.splice(0).forEach((answer) => answer());
const upstream = await startOdd((m, _req, res) => {
    if (broken) return res.writeHead(500).end();
    if (m.method === 'server/discover') return json(res, result(m.id, { ...DISCOVERED, capabilities: { tools: {} } }));
    if (m.method === 'tools/list') {
        lists++;
        return json(res, result(m.id, { tools: ['say', 'wait'].map((name) => ({ name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } })), resultType: 'complete', ttlMs: 0, cacheScope: 'private' }));
    }
    if (m.params.name === 'wait') return held.push(() => json(res, said(m.id, 'waited')));
    return json(res, said(m.id, 'x'));
});
after(() => upstream.close());

const file = path.join(tempDir('reload'), 'seneschal.yaml');
writeFileSync(file, 'metrics: {open: true}\n');
const gateway = await startGateway({ args: ['--config', file] });
const admin = await gateway.admin();
const server = await addServer(admin, { name: 'up', url: upstream.url });
const caller = await callerOf(admin);
const operator = await serviceClient(admin, ['operator']);

async function reload(settings) {
    const lines = () => gateway.log.split('"event":"reloaded"').length;
    const before = lines();
    writeFileSync(file, `metrics: {open: true}\n${settings ? `gateway: {${settings}}\n` : ''}`);
    gateway.signal('SIGHUP');
    await eventually('reloaded', () => lines() > before);
}

async function ask(tool, args = {}, who = caller) {
    const response = await fetch(`${gateway.url}/s/up/mcp`, {
        method: 'POST',
        headers: { ...bearer(who), 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args,
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    });
    if (response.status === 413) return 413;
    const { result: done, error } = await response.json();
    return error?.code ?? done.content?.[0].text ?? done.resultType;
}
const figure = async (name) => Number((await gateway.client().atRoot().get('/metrics')).text.match(new RegExp(`^seneschal_${name} (\\d+)$`, 'm'))[1]);
/** A session of an older client; its id, or the status. */
async function session() {
    const response = await fetch(`${gateway.url}/s/up/mcp`, {
        method: 'POST',
        headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } }),
    });
    await response.text();
    return response.headers.get('mcp-session-id');
}
const lives = async (id) => (await fetch(`${gateway.url}/s/up/mcp`, {
    method: 'POST',
    headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-session-id': id },
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }),
})).status;

/** The setting, what is asked of it before and after, and what comes of that. */
const SETTINGS = {
    message_max: { set: '65536', look: () => ask('say', { text: 'x'.repeat(100_000) }), before: 'x', after: 413 },
    sessions_max: {
        set: '1',
        look: async () => { const first = await session(); await session(); return lives(first); },
        before: 200, after: 404,
    },
    parallel_max: {
        set: '1',
        look: async () => {
            const both = [ask('wait'), ask('wait')];
            await eventually('what may be is with the server', () => held.length >= 1);
            await eventually('the other is too, or waits', async () => held.length === 2 || (await figure('mcp_calls_waiting')) === 1);
            const n = held.length;
            release();
            await eventually('both are', () => { release(); return true; });
            const pump = setInterval(release, 20);
            await Promise.all(both);
            clearInterval(pump);
            return n;
        },
        before: 2, after: 1,
    },
    queue_max: {
        set: '1, parallel_max: 1',
        look: async () => {
            const all = [ask('wait'), ask('wait'), ask('wait')];
            await eventually('one is with the server', () => held.length >= 1);
            await eventually('and the others are somewhere', async () => held.length === 3 || (await figure('mcp_calls_waiting')) === 1);
            const pump = setInterval(release, 20);
            const ends = (await Promise.all(all)).sort();
            clearInterval(pump);
            return ends.join();
        },
        before: 'waited,waited,waited', after: '-31001,waited,waited',
    },
    call_timeout: {
        set: '1',
        look: async () => {
            const waits = ask('wait');
            const late = setTimeout(release, 1600);
            const end = await waits;
            clearTimeout(late);
            held = [];
            return end;
        },
        before: 'waited', after: -31003, slow: true,
    },
    list_ttl: {
        set: '0',
        look: async () => { await ask('say'); const n = lists; await ask('say'); return lists > n; },
        before: false, after: true,
    },
    approval_hold: {
        set: '1',
        look: async () => {
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: true })).want(200);
            const waits = Promise.race([ask('say', {}), new Promise((resolve) => setTimeout(() => resolve('held'), 1800))]);
            const end = await waits;
            for (const { id } of (await admin.get('/gateway/approvals?state=waiting')).json.items) await admin.post(`/gateway/approvals/${id}/deny`, { reason: 'over' });
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: false })).want(200);
            return end;
        },
        before: 'held', after: 'input_required', slow: true,
    },
    approval_ttl: {
        set: '1',
        look: async () => {
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: true })).want(200);
            const end = await Promise.race([ask('say', {}), new Promise((resolve) => setTimeout(() => resolve('held'), 2500))]);
            for (const { id } of (await admin.get('/gateway/approvals?state=waiting')).json.items) await admin.post(`/gateway/approvals/${id}/deny`, { reason: 'over' });
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: false })).want(200);
            return end;
        },
        before: 'held', after: -31007, slow: true,
    },
    session_idle: {
        set: '1',
        look: async () => { const id = await session(); await new Promise((resolve) => setTimeout(resolve, 2500)); return lives(id); },
        before: 200, after: 404, slow: true,
    },
    approve_own: {
        set: 'true',
        look: async () => {
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: true })).want(200);
            const waits = ask('say', { own: true }, operator);
            const { id } = await eventually('it waits', async () => (await admin.get('/gateway/approvals?state=waiting')).json.items.find((one) => one.caller_id === operator.id));
            const { status } = await operator.client.post(`/gateway/approvals/${id}/approve`, {});
            if (status !== 200) (await admin.post(`/gateway/approvals/${id}/deny`, {})).want(200);
            await waits;
            (await admin.patch(`/gateway/servers/${server.id}/tools/say`, { approval: false })).want(200);
            return status;
        },
        before: 403, after: 200,
    },
    breaker_failures: { // and breaker_pause: else it is left alone for half a minute
        set: '1, breaker_pause: 1',
        look: async () => {
            broken = true;
            await ask('say');
            const open = await figure('mcp_breakers_open');
            broken = false;
            await eventually('it is well again', async () => (await ask('say')) === 'x', { every: 250 });
            return open;
        },
        before: 0, after: 1,
    },
};

await ask('say');
for (const [name, { set, look, before, after: then, slow }] of Object.entries(SETTINGS)) {
    test(`gateway.${name} changes with SIGHUP, and back`, async () => {
        assert.equal(await look(), before);
        await reload(`${name}: ${set}`);
        assert.equal(await look(), then);
        await reload('');
        if (!slow) assert.equal(await look(), before);
    });
}

test('what a connection was made by is looked at again where it rests, and stays there as long as it is used', async () => {
    for (let i = 0; i < 5; i++) {
        await reload(`message_max: ${100_000 + i}`);
        assert.equal(await ask('say'), 'x');
    }
    const waits = ask('wait');
    await eventually('it is with the server', () => held.length === 1);
    await reload('');
    await new Promise((resolve) => setTimeout(resolve, 1500)); // two looks
    release();
    assert.equal(await waits, 'waited');
});

test('every setting of the gateway is one that is reloaded', async () => {
    const { stdout } = await seneschal(['help', '--tables']);
    const all = JSON.parse(stdout).settings.filter((s) => s.name.startsWith('gateway.'));
    assert.deepEqual(all.filter((s) => !s.reload).map((s) => s.name), []);
});
