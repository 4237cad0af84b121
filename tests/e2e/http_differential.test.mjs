// SPDX-License-Identifier: Apache-2.0
// The same bytes to our engine and to nginx: who accepts, who refuses, who goes on. Every difference has its reason here, and a
// difference that is no longer one fails too.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { startEcho } from './lib/echo.mjs';
import { H, TE, accepted, get, post, refused } from './lib/http_rows.mjs';
import { Child, eventually, tempDir } from './lib/process.mjs';
import { RawSocket, parseResponses } from './lib/raw.mjs';

const more = [
    ['chunked in another case', post('Transfer-Encoding: Chunked\r\n', '0\r\n\r\n')],
    ['chunked behind a tab', post('Transfer-Encoding:\tchunked\r\n', '0\r\n\r\n')],
    ['chunked behind a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
    ['chunked in quotes', post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n')],
    ['a length with leading zeros', post('Content-Length: 003\r\n', 'abc')],
    ['a length with a blank inside', post('Content-Length: 3 3\r\n', 'abc')],
    ['a hexadecimal length', post('Content-Length: 0x3\r\n', 'abc')],
    ['a blank after a chunk size', post(TE, '3 \r\nabc\r\n0\r\n\r\n')],
    ['a blank before a chunk size', post(TE, ' 3\r\nabc\r\n0\r\n\r\n')],
    ['a chunk size with a sign', post(TE, '+3\r\nabc\r\n0\r\n\r\n')],
    ['a bare LF in an extension', post(TE, '3;x\nabc\r\n0\r\n\r\n')],
    ['a bare LF behind a chunk', post(TE, '3\r\nabc\n0\r\n\r\n')],
    ['a bare LF at the end of the chunks', post(TE, '3\r\nabc\r\n0\r\n\n')],
    ['a trailer without a colon', post(TE, '0\r\nT\r\n\r\n')],
    ['a field name with an underscore', get('/', 'X_Y: z\r\n')],
    ['a tab before the colon', get('/', 'X\t: z\r\n')],
    ['a first field line that is folded', `GET / HTTP/1.1\r\n ${H}${H}\r\n`],
    ['lower-case method', `get / HTTP/1.1\r\n${H}\r\n`],
    ['lower-case version', `GET / http/1.1\r\n${H}\r\n`],
    ['HTTP/1.2', `GET / HTTP/1.2\r\n${H}\r\n`],
    ['HTTP/2.0', `GET / HTTP/2.0\r\n${H}\r\n`],
    ['a space behind the version', `GET / HTTP/1.1 \r\n${H}\r\n`],
    ['two empty lines before a request', '\r\n\r\n' + get('/')],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['Host with a port', 'GET / HTTP/1.1\r\nHost: a:80\r\n\r\n'],
    ['Host with an empty port', 'GET / HTTP/1.1\r\nHost: a:\r\n\r\n'],
    ['Host with two ports', 'GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n'],
    ['Host with IPv6', 'GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n'],
    ['Host with a slash', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['another scheme', get('ftp://a/')],
    ['a quote in the path', get('/"')],
    ['a bad escape', get('/%zz')],
    ['an escape of half a character', get('/%ff')],
    ['braces in the query', get('/?{a}[b]|c')],
    ['a control character in the target', get('/\x01')],
    ['a double slash', get('//')],
];

// Why ours differs from nginx's, and in which rows. The verdicts are [ours, nginx's].
const reasons = [
    [['refused', 'accepted'], 'RFC 9112 section 2.2 lets a recipient take LF for CRLF; who takes it reads framing in another way than who does not', [
        'a bare LF', 'a chunk with a bare LF', 'a bare LF in an extension', 'a bare LF behind a chunk',
        'a bare LF at the end of the chunks']],
    [['refused', 'accepted'], 'the grammar of RFC 9112 and RFC 9110 does not have it; nginx passes it on or over', [
        'a field without a colon', 'a name that is no token', 'two spaces in the request line', 'a space behind the version',
        'another control character', 'a trailer without a colon', 'a blank after a chunk size', 'two empty lines before a request']],
    [['refused', 'accepted'], 'Host must be uri-host[:port] (RFC 9110 section 7.2); nginx takes what stands before the first colon', [
        'Host with userinfo', 'Host with two ports']],
    [['refused', 'accepted'], 'one request, one name: RFC 9112 section 3.2.2 would ignore Host', ['absolute form with another Host']],
    [['refused', 'accepted'], 'http and https are what is served', ['another scheme']],
    [['refused', 'accepted'], 'a route has one spelling: nginx decodes, resolves and cuts, and so do other servers in other ways', [
        '%2f', '%5c', '..', '.', ';', '\\', 'a fragment', 'a target that is not ASCII', 'a quote in the path',
        'an escape of half a character']],
    [['refused, open', 'accepted'], 'nginx merges slashes; here the path is simply another one', ['a double slash']],
    [['refused', 'accepted'], 'bounds that nginx does not set: 16 digits, 256 bytes of extensions, 8 kB of trailers, 100 fields', [
        'a chunk size of 17 digits', 'an extension over 256 bytes', 'trailers over 8 kB', 'over 100 fields']],
    [['refused', 'accepted'], 'exactly "chunked", in lower case, is what is sent; another spelling is a probe', ['chunked in another case']],
    [['accepted', 'refused'], 'optional white space is SP or HTAB (RFC 9110 section 5.6.3)', ['chunked behind a tab']],
    [['refused', 'accepted'], 'only 1.0 and 1.1 exist', ['HTTP/1.2']],
    [['refused', 'silent'], 'nginx answers in HTTP/0.9, without a status line', ['a request line without version']],
    [['refused, open', 'accepted'], 'the proxy passes unknown methods and expectations on', [
        'an unknown method stays open', 'an expectation without a body stays open']],
    [['refused, open', 'refused'], 'the framing is sound: 501 need not end the connection', ['TRACE', 'lower-case method']],
    [['accepted', 'refused'], 'nginx knows no "*" (RFC 9110 section 9.3.7)', ['OPTIONS *']],
];
const differences = new Map(reasons.flatMap(([verdicts, why, names]) => names.map((name) => [name, { verdicts, why }])));

const dir = tempDir('nginx');
const echo = await startEcho();
const nginxPort = await startNginx();

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

/** It proxies to itself, so that it reads every body to its end before it answers, as we do. */
async function startNginx() {
    const [front, back] = [await freePort(), await freePort()];
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${dir}/${n};`);
    writeFileSync(path.join(dir, 'nginx.conf'), `
        daemon off; master_process off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
        events { worker_connections 256; }
        http {
            access_log off; ${temp.join(' ')} client_max_body_size 1m; lingering_timeout 1s;
            server { listen 127.0.0.1:${front}; location / { proxy_pass http://127.0.0.1:${back}; } }
            server { listen 127.0.0.1:${back}; location / { return 200 ok; } }
        }`);
    const child = new Child('nginx', ['-p', dir, '-c', path.join(dir, 'nginx.conf')]);
    after(() => child.kill());
    await eventually('nginx listens', () => new Promise((resolve) => {
        const socket = net.connect(front, '127.0.0.1', () => resolve(true));
        socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
    }));
    return front;
}

/** 'accepted', 'refused' (answered with an error, and closed), 'refused, open', 'silent' (closed without a word). */
async function verdict(port, request) {
    const socket = new RawSocket(port);
    const second = `HEAD / HTTP/1.1\r\n${H}X-Second: 1\r\nConnection: close\r\n\r\n`;
    socket.send(request + second);
    await socket.until((s) => s.closed, 4000);
    socket.destroy();
    const heads = socket.text.match(/HTTP\/1\.1 [2-5]\d\d [^]*?\r\n\r\n/g) ?? [];
    if (heads.length === 0) return 'silent';
    const good = heads[0].startsWith('HTTP/1.1 2');
    const open = !/\r\nconnection: close\r\n/i.test(heads[0]) && heads.length > 1;
    if (good) return 'accepted';
    return open ? 'refused, open' : 'refused';
}

// Rows that only our own routes answer so, or whose end nginx would wait for.
const excluded = /stream|slow one|100-continue|GET$|refusal|nobody wants|expectation with a body|limit|100 MB/;
const rows = [...refused, ...accepted, ...more].filter(([what]) => !excluded.test(what));
for (const [what, request] of rows) {
    test(what, async () => {
        const verdicts = await Promise.all([verdict(echo.port, request), verdict(nginxPort, request)]);
        const known = differences.get(what);
        if (known) assert.deepEqual(verdicts, known.verdicts, `known: ${known.why}`);
        else assert.equal(verdicts[0], verdicts[1], 'a difference without a reason');
    });
}

test('every difference names a row', () => {
    for (const what of differences.keys()) assert.ok(rows.some(([name]) => name === what), what);
});
