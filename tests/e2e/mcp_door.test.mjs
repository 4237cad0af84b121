// SPDX-License-Identifier: Apache-2.0
// Programs that may connect to named hosts alone, by the proxy that is their one way out.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, describe, test } from 'node:test';

import { CA, startHost } from './lib/door.mjs';
import { eventually } from './lib/process.mjs';
import { gone, program } from './lib/program.mjs';
import { Probe } from './lib/up_probe.mjs';

const host = await startHost();
const other = await startHost();

function start(...more) {
    const { words, mark } = program('net_stdio.mjs');
    const probe = new Probe('stdio', [...words, `read:${CA}`, ...more].join(' '), { version: '2025-11-25', headers: [`NODE_EXTRA_CA_CERTS=${CA}`] });
    const call = (tool) => async (code) => (await probe.tool(tool, { code }, { timeout: 30_000 })).result.content[0].text;
    return Object.assign(probe, { mark, js: call('js'), python: call('python') });
}

async function ends(probe) {
    assert.deepEqual(await probe.close(), { code: 0, signal: null });
    await gone(probe.mark);
}

const forbidden = (probe) => probe.events.filter((e) => e.event === 'forbidden').map((e) => e.target);

describe('a program with one host', async () => {
    const probe = start(`network:localhost:${host.port}`);
    after(() => ends(probe));
    const slow = probe.js(`return raw('CONNECT localhost:${host.port} HT')`);

    test('reaches it by Node and by Python', async () => {
        assert.equal(await probe.js(`return (await fetch('https://localhost:${host.port}/node')).text()`), 'you asked for /node');
        assert.equal(await probe.python(`import ssl, urllib.request
print(urllib.request.urlopen('https://localhost:${host.port}/python', context=ssl.create_default_context(cafile='${CA}')).read().decode())`),
        'you asked for /python');
        assert.equal(probe.events.filter((e) => e.event === 'joined').length, 2);
    });

    test('and nothing else: no other host, port, address or name', async () => {
        const rows = [`localhost:${other.port}`, 'localhost:443', `127.0.0.1:${host.port}`, `[::1]:${host.port}`, '169.254.169.254:80', '169.254.169.254:443',
            `localhost.:${host.port}`, `evil.localhost:${host.port}`, `2130706433:${host.port}`, `0x7f.1:${host.port}`, `localhost%00.evil:${host.port}`,
            `user@localhost:${host.port}`, `localhost:0${host.port}0`, 'example.org:443'];
        for (const target of rows) {
            const said = await probe.js(`return raw('CONNECT ${target} HTTP/1.1\\r\\nHost: localhost:${host.port}\\r\\n\\r\\n')`);
            assert.match(said, /^HTTP\/1\.1 40[03] [\s\S]*\r\nConnection: close\r\n\r\n\S/, target);
        }
        assert.match(await probe.js('return (await fetch("https://example.org/")).text()'), /cancelled|403/i);
        assert.deepEqual(new Set(forbidden(probe)), new Set(rows));
        assert.equal(other.sockets.size, 0);
    });

    test('nor without it: there is no other network, no datagram, no name, nobody to listen', async () => {
        assert.equal(await probe.js(`return connect('127.0.0.1', ${host.port})`), 'EACCES');
        for (const [address, port] of [['169.254.169.254', 80], ['192.0.2.1', 443], ['8.8.8.8', 53]])
            assert.match(await probe.js(`return connect('${address}', ${port})`), /EACCES|ENETUNREACH/);
        assert.match(await probe.js(`const s = dgram.createSocket('udp4');
            return new Promise((r) => { s.on('error', (e) => r(e.code)); s.send('x', 53, '127.0.0.53', () => r('sent')); })`), /EPERM/);
        assert.match(await probe.js('return dns.resolve4("example.org")'), /ECONNREFUSED|ETIMEOUT|EPERM|ESERVFAIL/);
        assert.match(await probe.js(`return new Promise((r) => net.createServer().on('error', (e) => r(e.code)).listen(0, () => r('listens')))`), /EACCES|EPERM/);
        assert.match(await probe.python('import socket\nsocket.socket().listen(1)'), /PermissionError/);
    });

    test('what is no plain CONNECT is refused, and smuggles nothing', async () => {
        const to = `localhost:${host.port}`;
        const rows = [
            [`GET https://${to}/ HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 405 [\s\S]*Allow: CONNECT[\s\S]*use an address of https:/],
            [`CONNECT ${to} HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to} HTTP/1.1\nHost: a\n\n`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to} HTTP/1.1\r\n folded: x\r\n\r\n`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to}\tHTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 400/],
            [`CONNECT ${to} HTTP/2.0\r\n\r\n`, /^HTTP\/1\.1 505/],
            [`CONNECT ${to} HTTP/1.1 \r\n\r\n`, /^HTTP\/1\.1 505/],
            [`connect ${to} HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 405/],
            [`CONNECT ${to} HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, /^HTTP\/1\.1 431/],
            [`CONNECT ${to} HTTP/1.1\r\n${'X: y\r\n'.repeat(60)}\r\n`, /^HTTP\/1\.1 431/],
            [`\u0016\u0003\u0001${'x'.repeat(9000)}`, /^HTTP\/1\.1 431/],
        ];
        for (const [bytes, want] of rows)
            assert.match(await probe.js(`return raw(${JSON.stringify(bytes)})`), want, JSON.stringify(bytes.slice(0, 80)));
        assert.equal(await probe.js(`return (await fetch('https://${to}/after')).text()`), 'you asked for /after');
    });

    test('a thousand connections at once are no more than may be, and the next one is heard', async () => {
        const joined = () => probe.events.filter((e) => e.event === 'joined').length;
        const before = joined();
        assert.equal(await probe.js(`globalThis.held = [];
            for (let i = 0; i < 1000; i++) {
                const s = net.connect(Number(new URL(process.env.HTTPS_PROXY).port), '127.0.0.1');
                s.on('error', () => {});
                s.write('CONNECT localhost:${host.port} HTTP/1.1\\r\\n\\r\\n');
                held.push(s);
            }
            return held.length`), '1000');
        await eventually('as many as may be', () => joined() - before >= 30); /* Node may keep one of before for itself */
        await probe.js('await new Promise((r) => setTimeout(r, 500))');
        assert.ok(host.sockets.size <= 32 && joined() - before <= 32, `${host.sockets.size} ${joined()}`);
        await probe.js('held.forEach((s) => s.destroy())');
        await eventually('they end', () => host.sockets.size === 0);
        assert.equal(await probe.js(`return (await fetch('https://localhost:${host.port}/more')).text()`), 'you asked for /more');
    });

    test('who asks slowly is told that it was too slow', async () => {
        assert.match(await slow, /^HTTP\/1\.1 408/);
    });
});

test('a name that leads to this machine is refused where that may not be called', async () => {
    const probe = start('network:localhost:443', `network:localhost:${host.port}`, 'strict');
    const said = await probe.js(`return raw('CONNECT localhost:${host.port} HTTP/1.1\\r\\n\\r\\n')`);
    assert.match(said, /^HTTP\/1\.1 403 [\s\S]*leads to an address that this server does not call/);
    assert.equal(host.sockets.size, 0);
    await ends(probe);
});

test('a name without an address, and one where nobody answers, are told apart from refusals', async () => {
    const shut = net.createServer();
    await once(shut.listen(0, '127.0.0.1'), 'listening');
    const { port } = shut.address();
    shut.close();
    const probe = start('network:*.invalid', `network:localhost:${port}`);
    assert.match(await probe.js("return raw('CONNECT nobody.invalid:443 HTTP/1.1\\r\\n\\r\\n')"), /^HTTP\/1\.1 50[24]/);
    assert.match(await probe.js(`return raw('CONNECT localhost:${port} HTTP/1.1\\r\\n\\r\\n')`), /^HTTP\/1\.1 502 [\s\S]*none of its addresses answers/);
    assert.deepEqual(forbidden(probe), []);
    await ends(probe);
});

test('bytes go through as they are, however much and however slowly they are read', async () => {
    const size = 20 * 1024 * 1024;
    const echo = net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    after(() => echo.close());
    const probe = start(`network:localhost:${echo.address().port}`);
    assert.equal(await probe.js(`const s = net.connect(Number(new URL(process.env.HTTPS_PROXY).port), '127.0.0.1');
        s.write('CONNECT localhost:${echo.address().port} HTTP/1.1\\r\\n\\r\\nfirst ');
        const block = Buffer.alloc(65536, 'abcdefg');
        let left = ${size};
        const more = () => { while (left > 0) { left -= block.length; if (!s.write(block)) return; } s.end('last'); };
        s.on('drain', more);
        more();
        let n = 0, head = '', tail = '';
        for await (const piece of s) {
            if (n < 100) { head += piece.toString('latin1').slice(0, 100); await new Promise((r) => setTimeout(r, 300)); }
            n += piece.length;
            tail = piece.toString('latin1').slice(-4);
        }
        return [n, head.slice(0, 51), tail]`), JSON.stringify([39 + 6 + size + 4, 'HTTP/1.1 200 Connection established\r\n\r\nfirst abcdefg'.slice(0, 51), 'last']));
    await ends(probe);
});

test('a program that is killed, or whose server is, has no connection left', async () => {
    for (const way of ['crash', 'close', 'kill -9']) {
        const probe = start(`network:localhost:${host.port}`);
        await probe.js(`const s = net.connect(Number(new URL(process.env.HTTPS_PROXY).port), '127.0.0.1');
            s.write('CONNECT localhost:${host.port} HTTP/1.1\\r\\n\\r\\n'); await new Promise((r) => s.once('data', r));`);
        await eventually('it is connected', () => host.sockets.size === 1);
        if (way === 'crash')
            assert.equal((await probe.tool('js', { code: 'process.abort()' })).event, 'fail');
        if (way === 'kill -9')
            probe.kill();
        else if (way === 'close')
            await ends(probe);
        await eventually(`none is left after ${way}`, () => host.sockets.size === 0);
        if (way === 'crash')
            await ends(probe);
        await gone(probe.mark);
    }
});
