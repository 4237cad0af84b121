// SPDX-License-Identifier: Apache-2.0
// Whom the server calls for somebody else (SAFETY rule 10): only what was checked, by one look-up, and never for long.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { BIN, eventually, run, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('outbound');
const names = path.join(dir, 'names');
const file = path.join(dir, 'seneschal.yaml');
const pair = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };
writeFileSync(names, '');
writeFileSync(file, 'outbound: {loopback: true}\n');
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=hook.test',
    '-addext', 'subjectAltName=DNS:hook.test', '-keyout', pair.key, '-out', pair.cert]);
assert.equal(made.code, 0, made.stderr);

const preload = path.join(path.dirname(BIN), 'tests/faults/libname-shift.so');
const server = await startServer({ args: ['--config', file], env: { LD_PRELOAD: preload, NAME_SHIFT_FILE: names } });
const admin = await server.admin();
const receiver = await startReceiver();
const { readFileSync } = await import('node:fs');
const secure = await startReceiver({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) });

async function settings(text) {
    const before = server.log.split('"event":"reloaded"').length;
    writeFileSync(file, text);
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.split('"event":"reloaded"').length > before);
}

/** What comes of calling `url`: {ok, status, error, latency_ms}, or the refusal to save it. */
async function call(url) {
    const reply = await admin.post('/webhooks', { name: uniqueName('call'), url, events: ['device.enrolled'] }); // of its own making it would hear by a look-up of its own
    if (reply.status === 422) return { refused: reply.json.errors[0].want ?? reply.json.detail };
    const { id } = reply.want(201);
    const result = (await admin.post(`/webhooks/${id}/test`)).want(200);
    (await admin.delete(`/webhooks/${id}`)).want(204);
    return result;
}

test('IDENTITY 61: loopback, link-local, metadata and embedded addresses are refused, however they are written', async () => {
    await settings('log: {level: info}\n');
    for (const url of [
        `http://127.0.0.1:${receiver.port}/`, `https://127.0.0.1:${secure.port}/`, `https://localhost:${secure.port}/`, 'https://127.1/', 'https://2130706433/',
        'https://0x7f000001/', 'https://[::1]/', `https://[::ffff:127.0.0.1]:${secure.port}/`, 'https://[::ffff:7f00:1]/', 'https://169.254.169.254/latest/',
        'https://[fe80::1]/', 'https://0.0.0.0/', 'https://10.0.0.1/', 'https://[fd00::1]/', 'https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/',
    ]) {
        const { refused, ok, error } = await call(url);
        assert.ok(refused || (!ok && /does not call/.test(error)), `${url}: ${refused ?? error}`);
    }
    assert.equal(receiver.calls.length + secure.calls.length, 0);
});

test('IDENTITY 61: a name with one bad address is refused whole; a name that changes its mind is not asked again', async () => {
    writeFileSync(names, `mixed.test 1.1.1.1,127.0.0.1\nmapped.test ::ffff:127.0.0.1\nlocal.test 127.0.0.1\n`);
    for (const name of ['mixed', 'mapped', 'local']) {
        const { ok, error } = await call(`https://${name}.test:${secure.port}/`);
        assert.deepEqual([ok, /does not call/.test(error)], [false, true], `${name}: ${error}`);
    }
    // The first look-up leads to an address that is allowed and where nobody listens, every later one to the receiver.
    await settings('outbound: {allow: ["127.0.0.2"], loopback: true}\n');
    writeFileSync(names, `rebind.test 127.0.0.2|127.0.0.1|127.0.0.1|127.0.0.1\n`);
    const { ok, error } = await call(`http://rebind.test:${receiver.port}/`);
    assert.equal(ok, false, error);
    assert.equal(receiver.calls.length, 0, 'the address that was checked is the one that is called');
});

test('IDENTITY 61: the name is what the certificate and Host are held to, the address what is connected to', async () => {
    writeFileSync(names, `hook.test 127.0.0.1\nother.test 127.0.0.1\n`);
    await settings('outbound: {loopback: true}\n');
    assert.match((await call(`https://hook.test:${secure.port}/`)).error, /certificate/i);
    await settings(`outbound: {loopback: true, ca: ${pair.cert}}\n`);
    const { ok, status } = await call(`https://hook.test:${secure.port}/a`);
    assert.deepEqual([ok, status], [true, 204]);
    assert.equal(secure.calls.at(-1).headers.host, `hook.test:${secure.port}`);
    assert.equal(secure.calls.at(-1).headers['accept-encoding'], undefined);
    assert.match((await call(`https://other.test:${secure.port}/`)).error, /certificate|subject|SSL/i);
});

test('IDENTITY 61: no redirect is followed, from https to http or anywhere', async () => {
    secure.answer = (_, response) => response.writeHead(302, { Location: `http://127.0.0.1:${receiver.port}/landed` }).end();
    receiver.answer = (_, response) => response.writeHead(307, { Location: '/landed' }).end();
    assert.equal((await call(`https://hook.test:${secure.port}/`)).status, 302);
    assert.equal((await call(`http://127.0.0.1:${receiver.port}/`)).status, 307);
    assert.ok(!receiver.calls.some((c) => c.path === '/landed'));
    secure.answer = receiver.answer = (_, response) => response.writeHead(204).end();
});

test('IDENTITY 61: plain http and private addresses want outbound.allow', async () => {
    await settings('log: {level: info}\n');
    assert.ok((await call('http://hook.example/')).refused);
    writeFileSync(names, `nas.test 10.1.2.3\n`);
    assert.match((await call('https://nas.test/')).error, /private.*outbound\.allow/);
    await settings('outbound: {allow: ["10.0.0.0/8", "*.lan"]}\n');
    writeFileSync(names, `nas.test 10.1.2.3\nhook.lan 127.0.0.1\n`);
    assert.doesNotMatch((await call('https://nas.test:9/')).error, /does not call/);
    assert.match((await call(`http://hook.lan:${receiver.port}/`)).error, /does not call/, 'a name opens private addresses, never this machine');
    await settings('outbound: {loopback: true}\n');
});

test('IDENTITY 61: 100 MB, a slow body and a mute peer end in time', async () => {
    let sent = 0;
    receiver.answer = (_, response) => {
        const part = Buffer.alloc(1 << 16);
        const more = () => {
            while (sent < 100 << 20 && !response.destroyed) {
                sent += part.length;
                if (!response.write(part)) return response.once('drain', more);
            }
            response.end();
        };
        more();
    };
    const big = await call(receiver.url);
    assert.match(big.error, /too large/);
    assert.ok(sent < 20 << 20, `${sent} bytes were sent before it closed`);

    receiver.answer = (_, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        const timer = setInterval(() => response.write('x'), 200);
        response.on('close', () => clearInterval(timer));
    };
    const mute = net.createServer(() => {});
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    after(() => mute.close());
    const [slow, silent] = await Promise.all([call(receiver.url), call(`http://127.0.0.1:${mute.address().port}/`)]);
    for (const { ok, latency_ms } of [slow, silent]) assert.deepEqual([ok, latency_ms < 7000], [false, true]);
    receiver.answer = (_, response) => response.writeHead(204).end();
});

test('loopback is never open to a server that listens beyond it, and a wrong list refuses the start', async () => {
    const check = (text) => {
        const other = path.join(tempDir('check'), 'seneschal.yaml');
        writeFileSync(other, text);
        return run(BIN, ['check-config', '--config', other, '--data', dir]);
    };
    assert.match((await check('listen: ["0.0.0.0:1"]\ninsecure_http: true\noutbound: {loopback: true}\n')).stderr, /outbound\.loopback/);
    assert.match((await check('outbound: {allow: ["10.0.0.1/8"]}\n')).stderr, /outbound\.allow: want/);
    assert.match((await check('outbound: {ca: /nowhere}\n')).stderr, /outbound\.ca/);
});
