// SPDX-License-Identifier: Apache-2.0
// Who hands sockets over, and who takes them: a restart that is refused, other addresses, TLS, a
// slow client, a supervisor's sockets (LISTEN_FDS, NOTIFY_SOCKET), and what remains after kill -9.
import assert from 'node:assert/strict';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { enrol, poll } from './lib/fleet.mjs';
import { BIN, Child, eventually, run, seneschal, tempDir } from './lib/process.mjs';
import { RawSocket } from './lib/raw.mjs';
import { startServer } from './lib/server.mjs';

const lines = (server, event) => server.log.split('\n').filter((line) => line.includes(`"event":"${event}"`));

/** SIGUSR2, until it is said how it went. */
async function restart(server, event = 'taken-over') {
    const before = lines(server, event).length;
    server.signal('SIGUSR2');
    return eventually(event, () => lines(server, event)[before], { ms: 20_000 });
}

const freePort = () => new Promise((resolve) => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = listener.address();
        listener.close(() => resolve(port));
    });
});

const alive = (port, scheme = http) => new Promise((resolve, reject) => {
    scheme.get({ host: '127.0.0.1', port, path: '/livez', agent: false, rejectUnauthorized: false }, (message) => {
        message.resume().on('end', () => resolve(message.statusCode));
    }).on('error', reject);
});

test('a settings file or a program that would not start is refused, and all goes on', async () => {
    const dir = tempDir('broken');
    const file = path.join(dir, 'seneschal.yaml');
    const program = path.join(dir, 'seneschal');
    const replace = (make) => { // another file under the same name, as a package manager does it
        make(`${program}.new`);
        renameSync(`${program}.new`, program);
    };
    writeFileSync(file, 'log: {level: info}\n');
    copyFileSync(BIN, program);
    const server = await startServer({ bin: program, args: ['--config', file] });
    const nobody = server.client();
    const device = await enrol(nobody, await server.admin());
    const goesOn = async () => (await poll(nobody, device.token)).want(200);

    writeFileSync(file, 'log: {level: info}\nworker: 3\n');
    assert.match(await restart(server, 'restart-refused'), /seneschal\.yaml:2:1: .*worker/);
    await goesOn();
    writeFileSync(file, 'log: {level: info}\n');

    replace((to) => writeFileSync(to, '#!/bin/sh\necho no such library >&2\nexit 127\n', { mode: 0o755 }));
    assert.match(await restart(server, 'restart-refused'), /no such library/);
    await goesOn();
    replace((to) => writeFileSync(to, 'not a program', { mode: 0o755 }));
    assert.match(await restart(server, 'restart-refused'), /Exec format error/);
    await goesOn();
    renameSync(program, `${program}.away`);
    assert.match(await restart(server, 'restart-refused'), /No such file/);
    await goesOn();

    replace((to) => copyFileSync(BIN, to));
    await restart(server);
    await goesOn();
    await server.kill(); // and what comes after it needs no repair
    await server.start();
    (await poll(server.client(), device.token)).want(200);
});

test('seneschal restart: tells when the successor is there, or why there is none', async () => {
    const dir = tempDir('cli');
    const file = path.join(dir, 'seneschal.yaml');
    writeFileSync(file, 'log: {level: info}\n');
    const server = await startServer({ args: ['--config', file] });
    const { pid } = server;
    const ask = () => seneschal(['restart', '--data', server.data]);
    const well = await ask();
    assert.deepEqual([well.code, well.stderr], [0, '']);
    assert.match(well.stdout, /^restarted in \d+ ms\n$/);
    await eventually('the line is read', () => lines(server, 'taken-over').length === 1);
    assert.equal(server.pid, pid);
    writeFileSync(file, 'log: {level: info}\nworker: 3\n');
    const ill = await ask();
    assert.equal(ill.code, 5);
    assert.match(ill.stderr, /refused: .*seneschal\.yaml:2:1: .*worker.*\nhint: mend that/);
    assert.equal(await alive(server.port), 200);
    const none = await seneschal(['restart', '--data', dir]);
    assert.deepEqual([none.code, /no server runs/.test(none.stderr)], [3, true]);
});

test('a connection between two requests goes on with the successor, with what was sent meanwhile', async () => {
    const server = await startServer();
    const [idle, half, silent] = [0, 1, 2].map(() => new RawSocket(server.port));
    const ask = `GET /livez HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;
    const answers = async (socket, n) => {
        assert.ok(await socket.until(() => socket.text.split('HTTP/1.1 200 OK').length - 1 === n), `${n} answers: ${socket.text}`);
    };
    idle.send(ask);
    await answers(idle, 1);
    half.send(ask.slice(0, 10)); // a request that is under way is waited for
    const done = restart(server);
    await eventually('it begins', () => lines(server, 'restarting').length === 1);
    idle.send(ask);
    await answers(idle, 2);
    half.send(ask.slice(10));
    await answers(half, 1);
    assert.match(await done, /"connections":[23]/);
    for (const [socket, n] of [[idle, 3], [half, 2], [silent, 1]]) {
        socket.send(ask);
        await answers(socket, n);
        socket.destroy();
    }
});

test('other addresses after a restart: a new one, one that stays, one that goes', async () => {
    const dir = tempDir('listen');
    const file = path.join(dir, 'seneschal.yaml');
    const [stays, goes, comes] = [await freePort(), await freePort(), await freePort()];
    const write = (...ports) => writeFileSync(file, `listen: [${ports.map((port) => `"127.0.0.1:${port}"`)}]\nloops: ${ports.length + 1}\n`);
    write(goes, stays);
    const server = await startServer({ listen: null, args: ['--config', file] });
    assert.deepEqual([await alive(stays), await alive(goes)], [200, 200]);
    write(stays, comes);
    await restart(server);
    assert.deepEqual([await alive(stays), await alive(comes)], [200, 200]);
    await assert.rejects(alive(goes), /ECONNREFUSED/);
    write(stays);
    await restart(server);
    assert.equal(await alive(stays), 200);
    await assert.rejects(alive(comes), /ECONNREFUSED/);
});

test('over TLS a client is told with its last answer, and new ones wait', async () => {
    const dir = tempDir('tls');
    const [cert, key] = ['cert', 'key'].map((name) => path.join(dir, name));
    const { code } = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-days', '90', '-subj', '/CN=a', '-keyout', key, '-out', cert]);
    assert.equal(code, 0);
    const server = await startServer({ args: ['--tls-cert', cert, '--tls-key', key] });
    const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
    const told = [];
    let stopping = false;
    const get = () => new Promise((resolve, reject) => {
        https.get(`${server.url}/livez`, { agent }, (message) => {
            told.push(message.headers.connection);
            message.resume().on('end', () => resolve(message.statusCode));
        }).on('error', reject);
    });
    const busy = Array.from({ length: 8 }, async () => {
        while (!stopping) assert.equal(await get(), 200);
    });
    const fresh = (async () => {
        while (!stopping) assert.equal(await alive(server.port, https), 200);
    })();
    for (let i = 0; i < 2; i++) await restart(server);
    stopping = true;
    await Promise.all([...busy, fresh]);
    assert.ok(told.includes('close') && told.includes(undefined) | told.includes('keep-alive'), 'both kinds of answers');
    agent.destroy();
});

const SUPERVISOR = new URL('lib/supervisor.py', import.meta.url).pathname;

/** The server under a small supervisor. options: socket (it has one of its own), args. */
function supervised(t, { socket = false, args = [] }) {
    const data = path.join(tempDir('store'), 'data');
    const child = new Child('python3', [SUPERVISOR, ...(socket ? ['--socket'] : []), BIN, 'serve', '--data', data, ...args]);
    t.after(() => child.kill());
    const times = (text) => child.stdout.split(text).length - 1;
    return {
        child,
        data,
        times,
        /** How often the server has come up by now; and wait until it does again. */
        up: async (before = 0) => eventually('it is ready', () => times('notify READY=1') > before && times('notify READY=1')),
        /** The server itself, by its lock. */
        signal: async (name) => {
            const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)]);
            process.kill(Number(stdout), name);
        },
        end: async () => {
            child.signal('SIGTERM');
            assert.equal((await child.ended()).code, 0, child.stderr);
            assert.match(child.stdout, /ended 0\n$/);
        },
    };
}

test('a supervisor\'s own socket is served in place of the default address, through restarts', async (t) => {
    const s = supervised(t, { socket: true });
    const [, port] = await s.child.waitFor(/^socket (\d+)$/m);
    assert.equal(await alive(port), 200); // it waited in the socket until the server came
    await s.up();
    assert.match(s.child.stdout, new RegExp(`^listening http://127\\.0\\.0\\.1:${port}$`, 'm'));
    assert.equal(s.times('\nlistening'), 1);
    await s.signal('SIGUSR2');
    await s.child.waitFor(/"taken-over"/, { from: 'stderr' });
    assert.equal(await alive(port), 200);
    assert.equal(s.times('\nlistening'), 2);
    await s.up(1);
    assert.equal(s.times('ended'), 0);
    assert.match(s.child.stdout, /notify RELOADING=1[^]*notify READY=1/);
    await s.end();
});

test('a socket of our own is left with the supervisor: nobody is refused when the server is killed', async (t) => {
    const s = supervised(t, { args: ['--listen', '127.0.0.1:0'] });
    const [, port] = await s.child.waitFor(/^listening http:\/\/127\.0\.0\.1:(\d+)$/m);
    await s.up();
    assert.match(s.child.stdout, /notify FDSTORE=1 FDNAME=listen@127\.0\.0\.1\/0/);
    for (const name of ['SIGKILL', 'SIGTERM', 'SIGUSR2', 'SIGKILL']) {
        const before = s.times('notify READY=1');
        await s.signal(name);
        const asked = await Promise.all(Array.from({ length: 20 }, () => alive(port).catch((error) => error.code)));
        // Who was in with a killed process is cut off; who comes then waits, and is never refused.
        assert.ok(asked.every((status) => status === 200 || (name === 'SIGKILL' && status === 'ECONNRESET')), `${name}: ${asked}`);
        await s.up(before);
        assert.equal(await alive(port), 200);
    }
    assert.equal(s.times('FDSTORE=1'), 5);
    await s.end();
});

test('an address that a socket unit may not open is refused as one of the settings is', async (t) => {
    const s = supervised(t, { socket: true, args: ['--limits', 'off', '--listen', '0.0.0.0:1'] });
    await s.child.waitFor(/limits off is for loopback only/, { from: 'stderr' });
});

test('a reload tells the supervisor too', async (t) => {
    const s = supervised(t, { socket: true });
    const before = await s.up();
    await s.signal('SIGHUP');
    await s.up(before);
    assert.match(s.child.stdout, /notify RELOADING=1\nnotify READY=1/);
    await s.end();
    assert.match(s.child.stdout, /notify STOPPING=1/);
});
