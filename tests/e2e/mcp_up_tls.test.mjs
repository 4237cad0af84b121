// SPDX-License-Identifier: Apache-2.0
// Servers behind TLS: who cannot prove who he is sees no request and no credential, and a stream that is cut is not an answer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Probe } from './lib/up_probe.mjs';
import { event, events, INITIALIZED, json, result, said, startOdd, startOlder } from './lib/mcp_odd.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'up-tls-'));
after(() => fs.rmSync(dir, { recursive: true }));
const openssl = (...args) => promisify(execFile)('openssl', args, { cwd: dir });
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate of `ca` for `name`: {key, cert}; days < 0: it is over. */
async function certificate(file, { ca = 'ca', name = 'IP:127.0.0.1', days = 2 } = {}) {
    fs.writeFileSync(path.join(dir, `${file}.ext`), `subjectAltName=${name}\n`);
    await openssl('req', ...KEY, '-subj', `/CN=${file}`, '-keyout', `${file}.key`, '-out', `${file}.csr`);
    await openssl('x509', '-req', '-in', `${file}.csr`, '-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial',
        '-days', String(days), '-extfile', `${file}.ext`, '-out', `${file}.crt`);
    return { key: fs.readFileSync(path.join(dir, `${file}.key`)), cert: fs.readFileSync(path.join(dir, `${file}.crt`)) };
}

for (const ca of ['ca', 'other-ca'])
    await openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.crt`);
const good = await certificate('good');
const WEAK = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

const probe = (kind, url) =>
    new Probe(kind, url, { headers: ['Authorization: Bearer secret'], env: { UP_PROBE_CA: path.join(dir, 'ca.crt') } });

async function ends(one, odd) {
    assert.deepEqual(await one.close(), { code: 0, signal: null });
    await odd.close();
}

/** An MCP server of HTTP+SSE; `call(message, stream, res)` answers a call. */
function startSse(tls, call) {
    let stream;
    return startOdd((m, req, res) => {
        if (req.method === 'GET') {
            stream = events(res);
            stream.write('event: endpoint\ndata: /messages\n\n');
            return;
        }
        if (m.method === 'tools/call') {
            call(m, stream, res);
            return;
        }
        res.writeHead(202).end();
        if (m.method === 'initialize')
            stream.write(event(result(m.id, { ...INITIALIZED, protocolVersion: '2024-11-05' })));
    }, { tls });
}

const refused = {
    'signed by itself': await certificate('self', { ca: 'other-ca' }),
    'for another name': await certificate('name', { name: 'DNS:127.0.0.1,IP:127.0.0.2' }),
    'that is over': await certificate('over', { days: -1 }),
    'no better than TLS 1.1': { ...good, ...WEAK },
};

for (const kind of ['http', 'sse']) {
    describe(kind, () => {
        for (const [name, tls] of Object.entries(refused)) {
            test(`a certificate ${name}: nobody is asked anything`, async () => {
                const odd = await startOdd((_m, _req, res) => json(res, {}), { tls });
                const one = probe(kind, odd.url);
                const e = await one.tool('x');
                assert.deepEqual([e.event, e.not_run], ['fail', true], JSON.stringify(e));
                assert.match(e.text, /certificate|SSL|TLS/i);
                assert.equal(odd.seen.length, 0);
                await ends(one, odd);
            });
        }

        test('a peer that breaks off in the handshake', async () => {
            let hellos = 0;
            const peer = net.createServer((socket) => {
                socket.on('error', () => {});
                socket.once('data', () => {
                    hellos++;
                    socket.resetAndDestroy();
                });
            });
            await new Promise((resolve) => peer.listen(0, '127.0.0.1', resolve));
            const one = probe(kind, `https://127.0.0.1:${peer.address().port}/mcp`);
            const e = await one.tool('x');
            assert.deepEqual([e.event, e.not_run], ['fail', true], JSON.stringify(e));
            assert.ok(hellos > 0);
            await ends(one, { close: () => new Promise((resolve) => peer.close(resolve)) });
        });
    });
}

test('over TLS, called and answered; the stream of HTTP+SSE too', async () => {
    const http = await startOlder({ call: (m, res) => json(res, said(m.id, 'over TLS')), tls: good });
    const sse = await startSse(good, (m, stream, res) => {
        res.writeHead(202).end();
        stream.write(event(said(m.id, 'over TLS')));
    });
    for (const [kind, odd] of [['http', http], ['sse', sse]]) {
        const one = probe(kind, odd.url);
        const e = await one.tool('x');
        assert.equal(e.result?.content[0].text, 'over TLS', JSON.stringify(e));
        assert.ok(odd.seen.every((s) => s.headers.authorization === 'Bearer secret'));
        await ends(one, odd);
    }
});

/** Bytes of an HTTP answer without a length, then the end of TCP and none of TLS. */
function cut(res, head, text) {
    const { socket } = res;
    socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${head}\r\n\r\n${text}`, () => socket._parent.destroy());
}

// Without a length and without an end of TLS anybody can cut it: JSON shows that by itself.
test('an answer that is cut is none, and the call is not sent again', async () => {
    const odd = await startOlder({
        call: (m, res) => cut(res, 'Content-Type: application/json', JSON.stringify(said(m.id, 'cut')).slice(0, -1)),
        tls: good,
    });
    const one = probe('http', odd.url);
    const e = await one.tool('x');
    assert.deepEqual([e.event, e.not_run], ['fail', false], JSON.stringify(e));
    assert.equal(odd.seen.filter((s) => s.message?.method === 'tools/call').length, 1);
    await ends(one, odd);
});

test('half closed before its answer: the call is of unknown fate, the next one goes', async () => {
    let calls = 0;
    const odd = await startOlder({
        call: (m, res) => {
            if (++calls > 1)
                json(res, said(m.id, 'again'));
            else
                res.socket.end(); /* close_notify and FIN; what we send is still read */
        },
        tls: good,
    });
    const one = probe('http', odd.url);
    const e = await one.tool('x');
    assert.deepEqual([e.event, e.not_run, e.error], ['fail', false, 'closed'], JSON.stringify(e));
    assert.equal((await one.tool('x')).result?.content[0].text, 'again');
    assert.equal(calls, 2);
    await ends(one, odd);
});

test('the stream of HTTP+SSE that ends without its end fails what waits, and is opened again', async () => {
    let calls = 0;
    const odd = await startSse(good, (m, stream, res) => {
        res.writeHead(202).end();
        if (++calls === 1)
            stream.socket._parent.destroy();
        else
            stream.write(event(said(m.id, 'again')));
    });
    const one = probe('sse', odd.url);
    const e = await one.tool('x');
    assert.deepEqual([e.event, e.not_run], ['fail', false], JSON.stringify(e));
    assert.equal((await one.tool('x')).result?.content[0].text, 'again');
    await ends(one, odd);
});
