// SPDX-License-Identifier: Apache-2.0
// Real proxies in front of an application, with the configurations of docs/FORWARD-AUTH.md; and the application, which says
// what it was told.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blockOf } from './guide.mjs';
import { connects, freePort } from './ports.mjs';
import { Child, eventually, tempDir } from './process.mjs';

const DOC = fileURLToPath(new URL('../../../docs/FORWARD-AUTH.md', import.meta.url));
export const HOST = 'wiki.example.org';

/** It answers each request with the headers that reached it. */
export function application() {
    const server = http.createServer((request, reply) => {
        reply.setHeader('Content-Type', 'application/json');
        reply.end(JSON.stringify({ url: request.url, headers: request.headers, raw: request.rawHeaders }));
    });
    after(() => server.close());
    return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
}

const replaced = (text, { seneschal, app, host }) => text.replaceAll(HOST, host).replaceAll('127.0.0.1:8080', `127.0.0.1:${seneschal}`).replaceAll('127.0.0.1:3000', `127.0.0.1:${app}`);

const KINDS = {
    nginx: {
        program: '/usr/sbin/nginx',
        write(dir, port, to) {
            const server = replaced(blockOf(to.doc, 'nginx'), to).replace('listen 443 ssl;', `listen 127.0.0.1:${port};`).replaceAll(/^ *ssl_.*\n/gm, '');
            const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`).join(' ');
            writeFileSync(path.join(dir, 'nginx.conf'), `daemon off; master_process off; pid ${dir}/pid; error_log stderr warn;
events {} http { access_log off; ${temp}\n${server}\n}`);
            return ['-c', path.join(dir, 'nginx.conf'), '-p', dir, '-e', 'stderr'];
        },
    },
    caddy: {
        program: '/usr/bin/caddy',
        write(dir, port, to) {
            const site = replaced(blockOf(to.doc, 'caddy'), to).replace(`${to.host} {`, `http://${to.host}:${port} {\n    bind 127.0.0.1`);
            writeFileSync(path.join(dir, 'Caddyfile'), `{\n    admin off\n    auto_https off\n}\n${site}`);
            return ['run', '--config', path.join(dir, 'Caddyfile'), '--adapter', 'caddyfile'];
        },
    },
};
export const PROXIES = Object.keys(KINDS);
export const hasProxy = (kind) => existsSync(KINDS[kind].program);

/** A proxy of that kind in front of `app`, asking `seneschal` (ports); its port. */
export async function startProxy(kind, { seneschal, app, host = HOST, doc = DOC }) {
    const dir = tempDir(kind);
    const port = await freePort();
    mkdirSync(path.join(dir, 'home'));
    const args = KINDS[kind].write(dir, port, { seneschal, app, host, doc });
    const child = new Child(KINDS[kind].program, args, { env: { HOME: path.join(dir, 'home'), XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir } });
    after(() => child.kill());
    await eventually(`${kind} listens`, async () => {
        assert.ok(child.running, child.stderr);
        return connects(port);
    });
    return port;
}

/** One request through a proxy, as a program sends it: Host and headers are exactly these. */
export function ask(port, { host = HOST, url = '/', method = 'GET', headers = {} } = {}) {
    return new Promise((resolve, reject) => {
        const request = http.request({ host: '127.0.0.1', port, path: url, method, headers: { Host: host, ...headers } }, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => {
                const text = Buffer.concat(parts).toString('utf8');
                const seen = reply.statusCode === 200 && text.startsWith('{') ? JSON.parse(text) : undefined;
                resolve({ status: reply.statusCode, headers: reply.headers, text, seen });
            });
        });
        request.on('error', reject);
        request.end();
    });
}
