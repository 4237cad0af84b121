// SPDX-License-Identifier: Apache-2.0
// A collector that is slow, busy, broken or away costs spans at most: calls go on, and what is lost is counted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startCollector } from './lib/collector.mjs';
import { eventually, seneschal, tempDir } from './lib/process.mjs';
import { addServer, bearer, callerOf, startGateway } from './mcp/gateway.mjs';

const file = path.join(tempDir('otlp'), 'seneschal.yaml');
const collector = await startCollector();
const configure = (url, more = '') => writeFileSync(file, `otlp: {url: "${url}"${more && `, ${more}`}}\nmetrics: {open: true}\n`);
configure(collector.url);
const gateway = await startGateway({ args: ['--config', file] });
const admin = await gateway.admin();
await addServer(admin, { name: 'demo', transport: 'demo' });
const caller = await callerOf(admin);
let last = 0;

/** A call; the id of its span. */
async function call() {
    const id = `call-${++last}`;
    const response = await fetch(`${gateway.url}/mcp`, {
        method: 'POST',
        headers: { ...bearer(caller), 'content-type': 'application/json', accept: 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'demo__echo' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'demo__echo', arguments: { text: 'x' },
            _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    });
    assert.equal((await response.json()).result.content[0].text, 'x');
    return id;
}
const spansOf = (id) => collector.waitFor(1, (s) => s.attributes['jsonrpc.request.id'] === id);
const counted = async (what) => {
    const { text } = await gateway.client().atRoot().get('/metrics');
    return Number(text.match(new RegExp(`^seneschal_otlp_spans_total\\{result="${what}"\\} (\\d+)$`, 'm'))[1]);
};
const rises = (what, from, by) => eventually(`${what} has risen by ${by}`, async () => (await counted(what)) - from === by, { every: 100 });
const line = (event) => gateway.log.includes(`"event":"${event}"`);
async function reload(url, more) {
    const before = gateway.log.split('"event":"reloaded"').length;
    configure(url, more);
    gateway.signal('SIGHUP');
    await eventually('reloaded', () => gateway.log.split('"event":"reloaded"').length > before);
}

/** Answers once as said, then as usual; when that was. */
const once = (answer) => new Promise((resolve) => {
    collector.says = (called, response) => {
        collector.says = undefined;
        answer(called, response);
        resolve(Date.now());
    };
});

await call();
await call(); // lists of tools have been read by now
await spansOf(`call-${last}`);

for (const status of [429, 502, 503, 504]) {
    test(`${status}: the same batch comes once more, and nothing is lost`, async () => {
        const before = await counted('sent');
        let first;
        const refused = once((called, response) => {
            first = called.text;
            response.writeHead(status).end();
        });
        const id = await call();
        await refused;
        await spansOf(id);
        assert.equal(collector.receiver.calls.at(-1).text, first);
        await rises('sent', before, 2);
        await eventually('the log says so', () => line('traces-not-taken') && line('traces-taken-again')); // its thread may be behind the figures
    });
}

test('Retry-After is kept', async () => {
    const refused = once((_, response) => response.writeHead(503, { 'Retry-After': '3' }).end());
    const id = await call();
    const at = await refused;
    await spansOf(id);
    assert.ok(Date.now() - at >= 3000 - 50, `${Date.now() - at} ms`);
});

test('400: the batch is lost and counted, and the next one is not', async () => {
    const before = await counted('failed');
    const refused = once((_, response) => response.writeHead(400).end());
    const lost = await call();
    await refused;
    await rises('failed', before, 2);
    await spansOf(await call());
    assert.equal(collector.spans.filter((s) => s.attributes['jsonrpc.request.id'] === lost).length, 0);
});

test('a part that was not taken is counted', async () => {
    const [sent, failed] = [await counted('sent'), await counted('failed')];
    const refused = once((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}'));
    await call();
    await refused;
    await rises('failed', failed, 1);
    await rises('sent', sent, 1);
});

test('a collector that hangs holds up no call', async () => {
    let release;
    const asked = once((_, response) => (release = () => response.writeHead(200).end('{}')));
    await call();
    await asked;
    const began = Date.now();
    for (let i = 0; i < 20; i++) await call();
    assert.ok(Date.now() - began < 5000, `${Date.now() - began} ms`);
    release();
    await spansOf(`call-${last}`);
});

test('otlp.url changes with SIGHUP, also while its collector is away; without it nothing is sent', async () => {
    await reload('http://127.0.0.1:9');
    const id = await call();
    await eventually('it was tried', async () => (await gateway.client().atRoot().get('/metrics')).text.match(/^seneschal_otlp_spans_waiting (\d+)$/m)[1] === '0');
    await reload(collector.url);
    await spansOf(id);
    await reload('');
    const silent = await call();
    await reload(collector.url);
    await spansOf(await call());
    assert.equal(collector.spans.filter((s) => s.attributes['jsonrpc.request.id'] === silent).length, 0);
});

test('otlp.headers and otlp.service_name change with SIGHUP', async () => {
    const more = `headers: ["X-Token=a%20b"], service_name: other-door`;
    assert.equal(collector.receiver.calls.at(-1).headers['x-token'], undefined);
    await reload(collector.url, more);
    const [span] = await spansOf(await call());
    assert.deepEqual([span.resource['service.name'], collector.receiver.calls.at(-1).headers['x-token']], ['other-door', 'a b']);
    await reload(collector.url);
    assert.equal((await spansOf(await call()))[0].resource['service.name'], 'seneschal');
});

test('a reload with a bad setting leaves all as it was, and says no secret', async () => {
    writeFileSync(file, `otlp: {url: "${collector.url}", headers: ["a b=hidden-word"]}\nmetrics: {open: true}\n`);
    gateway.signal('SIGHUP');
    await eventually('refusal', () => line('reload-refused'));
    assert.match(gateway.log, /otlp\.headers: want NAME=VALUE.*number 1 is not/);
    assert.ok(!gateway.log.includes('hidden-word'));
    configure(collector.url);
    await spansOf(await call());
});

for (const [url, why] of [
    ['ftp://collector', /otlp\.url/],
    ['http://user:word@127.0.0.1:4318', /otlp\.url/],
    ['http://169.254.169.254', /otlp\.url/],
    ['http://127.0.0.1:4318/?x=y', /otlp\.url: .*without a query/],
]) {
    test(`check-config refuses ${url}`, async () => {
        const { code, stderr } = await seneschal(['check-config', '--data', tempDir('otlp'), '--otlp-url', url]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, why);
    });
}

test('what waits when the server ends is sent before', async () => {
    const id = await call();
    await gateway.stop();
    await spansOf(id);
});
