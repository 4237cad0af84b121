// SPDX-License-Identifier: Apache-2.0
// The peer for polls: nginx at its best settings for one small static file, on a free port.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const config = (dir, port) => `
daemon off;
worker_processes ${cpus().length};
pid ${dir}/pid;
error_log ${dir}/error.log crit;
events { worker_connections 4096; multi_accept on; use epoll; }
http {
    access_log off;
    default_type application/json;
    types { }
    sendfile off;
    tcp_nodelay on;
    etag on;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    reset_timedout_connection on;
    open_file_cache max=100 inactive=600s;
    open_file_cache_valid 600s;
    server_tokens off;
    client_body_temp_path ${dir}/body;
    proxy_temp_path ${dir}/proxy;
    fastcgi_temp_path ${dir}/fastcgi;
    uwsgi_temp_path ${dir}/uwsgi;
    scgi_temp_path ${dir}/scgi;
    server {
        listen 127.0.0.1:${port} reuseport backlog=1024;
        root ${dir}/www;
    }
}
`;

export async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

/** Serve `body` at /config; answers {port, pids, etag, stop}. */
export async function startNginx(dir, body) {
    const port = await freePort();
    mkdirSync(join(dir, 'www'), { recursive: true });
    // Its workers drop root's rights.
    for (const d of [dir, join(dir, 'www')]) chmodSync(d, 0o755);
    writeFileSync(join(dir, 'www/config'), body, { mode: 0o644 });
    writeFileSync(join(dir, 'nginx.conf'), config(dir, port));
    const child = spawn('/usr/sbin/nginx', ['-c', join(dir, 'nginx.conf'), '-e', join(dir, 'start.log')],
        { stdio: ['ignore', 'ignore', 'inherit'] });
    const url = `http://127.0.0.1:${port}/config`;
    for (let i = 0; i < 100; i++) {
        const answer = await fetch(url).catch(() => null);
        if (answer?.status === 200) {
            await answer.arrayBuffer();
            return { port, pids: [child.pid, ...children(child.pid)], etag: answer.headers.get('etag'),
                stop: () => stop(child) };
        }
        await sleep(50);
    }
    await stop(child);
    throw new Error(`nginx does not answer at ${url}`);
}

const children = (pid) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

async function stop(child) {
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
}
