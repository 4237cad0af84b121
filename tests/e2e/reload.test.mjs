// SPDX-License-Identifier: Apache-2.0
// SIGHUP: every setting that is said to be reloadable is, what is wrong leaves all as it was, and a
// certificate is exchanged under running connections.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { enrol, init, poll, uniqueName } from './lib/fleet.mjs';
import { eventually, run, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const dir = tempDir('reload');
const file = path.join(dir, 'seneschal.yaml');
const write = (text) => writeFileSync(file, text);
const lines = (server, event) => server.log.split('\n').filter((line) => line.includes(`"event":"${event}"`));

/** SIGHUP, and what the server says about it: the line of `event` that was not there before. */
async function reload(server, event) {
    const before = lines(server, event).length;
    server.signal('SIGHUP');
    return eventually(event, () => lines(server, event)[before]);
}

write('log: {level: info}\n');
const server = await startServer({ args: ['--config', file] });
const nobody = server.client();
const admin = await server.admin();

/** The first line of a stream: when its client may come back. */
async function retry() {
    const device = await enrol(nobody, admin);
    const request = http.get(`${server.url}/api/v1/iassistants/config/stream`, { headers: { Authorization: `Bearer ${device.token}` } });
    const [message] = await once(request, 'response');
    const [bytes] = await once(message, 'data');
    request.destroy();
    return String(bytes).split('\n')[0];
}

/** What a device is told about the life of its configuration. */
async function lease() {
    const device = await enrol(nobody, admin);
    const [, payload] = (await poll(nobody, device.token)).headers['seneschal-lease'].split('.');
    const { iat, exp, grace_s } = JSON.parse(Buffer.from(payload, 'base64url'));
    return { life: exp - iat, grace_s };
}

/** What the file says, and what can be seen of it from outside: before, and once it is in force. */
const SETTINGS = {
    public_url: {
        text: 'public_url: https://fleet.example\n',
        look: async () => (await nobody.with({ Host: 'fleet.example' }).get('/devices/self')).status,
        before: 421,
        after: 401,
    },
    'registration.open': {
        text: 'registration: {open: true}\n',
        look: async () => (await nobody.atRoot().get('/register')).status,
        before: 403,
        after: 200,
    },
    'oauth.clients_open': {
        text: 'oauth: {clients_open: true}\n',
        look: async () => (await nobody.atRoot().post('/oauth2/register', { redirect_uris: ['https://agent.example/cb'] })).status,
        before: 401,
        after: 201,
    },
    'oauth.clients_groups': {
        text: 'oauth: {clients_groups: [nobody-made-it]}\n',
        look: async () => (await nobody.as(admin.token).atRoot().post('/oauth2/register', { redirect_uris: ['https://agent.example/cb'] })).status,
        before: 201,
        after: 400,
    },
    'oauth.client_documents': {
        text: 'oauth: {client_documents: false}\n',
        look: async () => (await nobody.atRoot().get('/.well-known/openid-configuration')).json.client_id_metadata_document_supported,
        before: true,
        after: false,
    },
    'access.contact': {
        text: 'access: {contact: "ask Ada, room 12"}\n',
        look: async () => (await nobody.atRoot().get('/access')).text.includes('ask Ada, room 12'),
        before: false,
        after: true,
    },
    hosts: {
        text: 'hosts: [other.example:8443]\n',
        look: async () => (await nobody.with({ Host: 'other.example:8443' }).get('/devices/self')).status,
        before: 421,
        after: 401,
    },
    trusted_proxies: {
        text: 'trusted_proxies: [127.0.0.1]\n',
        look: async () => (await nobody.with({ 'X-Forwarded-Host': 'elsewhere.example' }).get('/devices/self')).status,
        before: 401,
        after: 421,
    },
    'cors.origins': {
        text: 'cors: {origins: ["https://page.example"]}\n',
        look: async () => (await nobody.with({ Origin: 'https://page.example' }).get('/devices/self')).status,
        before: 403,
        after: 401,
    },
    'fleet.locked': {
        text: 'fleet: {locked: true}\n',
        look: async () => (await init(nobody, uniqueName('late'))).status,
        before: 201,
        after: 403,
    },
    'enrollment.open': {
        text: 'enrollment: {open: 1}\n',
        look: async () => {
            await init(nobody, uniqueName('one'));
            return (await init(nobody, uniqueName('another'))).status;
        },
        before: 201,
        after: 503,
    },
    'enrollment.open_per_machine': {
        text: 'enrollment: {open_per_machine: 1}\n',
        look: async () => {
            const machine = uniqueName('twice');
            await init(nobody, machine);
            return (await init(nobody, machine)).status;
        },
        before: 201,
        after: 429,
    },
    'fleet.spread': {
        text: 'fleet: {spread: 77}\n',
        look: retry,
        before: 'retry: 10000',
        after: 'retry: 77000',
    },
    'lease.life': {
        text: 'lease: {life: 77}\n',
        look: async () => (await lease()).life,
        before: 3600,
        after: 77,
    },
    'lease.grace': {
        text: 'lease: {grace: 78}\n',
        look: async () => (await lease()).grace_s,
        before: undefined,
        after: 78,
    },
    'metrics.open': {
        text: 'metrics: {open: true}\n',
        look: async () => (await nobody.atRoot().get('/metrics')).status,
        before: 401,
        after: 200,
    },
};

for (const [name, { text, look, before, after }] of Object.entries(SETTINGS)) {
    test(`${name} changes with SIGHUP, and back`, async () => {
        assert.equal(await look(), before);
        write(text);
        await reload(server, 'reloaded');
        assert.equal(await look(), after);
        write('log: {level: info}\n');
        await reload(server, 'reloaded');
        assert.equal(await look(), before);
    });
}

test('log.level changes with SIGHUP, and back', async () => {
    const told = async () => {
        const n = lines(server, 'admin-token-given').length;
        await server.adminToken();
        await server.adminToken(); // whose line comes behind that of the first, if there is one
        return lines(server, 'admin-token-given').length > n;
    };
    assert.equal(await told(), true);
    write('log: {level: warning}\nworkers: 7\n');
    await reload(server, 'restart-needed');
    assert.equal(await told(), false);
    write('log: {level: info}\n');
    await reload(server, 'reloaded');
    assert.equal(await told(), true);
});

test('no reloadable setting goes without a test', async () => {
    const { stdout } = await seneschal(['help', '--tables']);
    const reloadable = JSON.parse(stdout).settings.filter((s) => s.reload).map((s) => s.name);
    const others = ['log.level', 'tls.cert', 'tls.key']; // in this file
    const logs = ['log.access', 'log.format']; // in logs.test.mjs
    const jobs = ['history.days', 'logs.days']; // each run of its job reads it; what it does is in test_history.c and admin_logs.test.mjs
    const signin = ['session.life', 'session.idle', 'token.access_life', 'token.refresh_life']; // in signin_settings.test.mjs
    const outward = ['outbound.allow', 'outbound.loopback', 'outbound.ca', 'mail.url', 'mail.password', 'mail.from', 'lang', 'webhooks.attempts', 'webhooks.retry']; // in outbound.test.mjs, mail.test.mjs and webhooks.test.mjs
    const traces = ['otlp.url', 'otlp.headers', 'otlp.service_name']; // in mcp_trace_collector.test.mjs
    const gateway = ['outbound.private', 'gateway.commands', 'gateway.result_ttl', ...['message_max', 'sessions_max', 'session_idle', 'queue_max', 'parallel_max', 'call_timeout', 'list_ttl', 'breaker_failures', 'breaker_pause', 'approval_ttl', 'approval_hold', 'approve_own'].map((name) => `gateway.${name}`)]; // in gateway_servers.test.mjs, mcp_cache.test.mjs and reload_gateway.test.mjs
    assert.deepEqual(reloadable.sort(), [...Object.keys(SETTINGS), ...others, ...logs, ...jobs, ...signin, ...outward, ...traces, ...gateway].sort());
});

for (const [what, text, why] of [
    ['a misspelt name', 'log: {level: info}\nmetrics:\n  opn: true\n', /seneschal\.yaml:3:3: .*metrics\.open/],
    ['a bad value', 'metrics:\n  open: perhaps\n', /seneschal\.yaml:2:3: metrics\.open: want true or false/],
    ['a bad level', 'log: {level: loud}\n', /seneschal\.yaml:1:7: log\.level/],
    ['no YAML at all', 'metrics: {open: true\n', /seneschal\.yaml:\d+:\d+: /],
    ['TLS where there was none', `tls: {cert: ${file}, key: ${file}}\n`, /restart/],
]) {
    test(`${what} in the file changes nothing, and its place is told`, async () => {
        write(text);
        assert.match(await reload(server, 'reload-refused'), why);
        assert.equal((await nobody.atRoot().get('/metrics')).status, 401);
    });
}

test('what takes a restart is named, and the rest is taken', async () => {
    write('metrics: {open: true}\nworkers: 9\nlimits: {device: 7}\n');
    assert.match(await reload(server, 'restart-needed'), /"settings":"limits\.device workers"/);
    await eventually('open metrics', async () => (await nobody.atRoot().get('/metrics')).status === 200);
    write('log: {level: info}\n');
    await reload(server, 'reloaded');
});

test('requests go on through a hundred reloads', async () => {
    const device = await enrol(nobody, admin);
    for (let i = 0; i < 100; i++) {
        server.signal('SIGHUP');
        (await nobody.as(device.token).get('/devices/self')).want(200);
    }
});

// --- certificates

const pair = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };

/** A pair for `name`, good for some days; only its certificate or its key, where that is said. */
async function certify(name, { days = 90, only, between } = {}) {
    const made = tempDir('pair');
    const out = { cert: path.join(made, 'cert'), key: path.join(made, 'key') };
    const openssl = async (...args) => {
        const { code, stderr } = await run('openssl', args);
        assert.equal(code, 0, stderr);
    };
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-keyout', out.key];
    if (between === undefined) {
        await openssl('req', '-x509', ...key, '-days', String(days), '-out', out.cert);
    } else { // only `ca` takes dates
        const [config, request, index, serial] = ['config', 'request', 'index', 'serial'].map((file) => path.join(made, file));
        writeFileSync(config, `[ca]\ndefault_ca=d\n[d]\ndatabase=${index}\nserial=${serial}\nnew_certs_dir=${made}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`);
        writeFileSync(index, '');
        writeFileSync(serial, '01\n');
        await openssl('req', '-new', ...key, '-out', request);
        await openssl('ca', '-batch', '-notext', '-selfsign', '-config', config, '-keyfile', out.key, '-in', request, '-out', out.cert,
            '-startdate', between[0], '-enddate', between[1]);
    }
    for (const part of ['cert', 'key']) {
        if (only === undefined || only === part) await run('mv', [out[part], pair[part]]);
    }
}

async function handshake(port) {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return { socket, name: socket.getPeerCertificate().subject.CN };
}

const nameAt = async (port) => {
    const { socket, name } = await handshake(port);
    socket.destroy();
    return name;
};

test('a new certificate is for new connections; one that cannot be used is refused', async () => {
    await certify('first.example');
    const secure = await startServer({ args: ['--tls-cert', pair.cert, '--tls-key', pair.key, '--metrics-open'] });
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const get = (where) => new Promise((resolve, reject) => {
        const request = https.get(`${secure.url}${where}`, { agent }, (message) => {
            const name = message.socket.getPeerCertificate().subject.CN;
            let text = '';
            message.on('data', (part) => (text += part)).on('end', () => resolve({ text, name, reused: request.reusedSocket }));
        });
        request.on('error', reject);
    });
    assert.equal((await get('/livez')).name, 'first.example');

    await certify('second.example', { days: 10 });
    await reload(secure, 'certificate-loaded');
    assert.equal(await nameAt(secure.port), 'second.example');
    const old = await get('/metrics');
    assert.deepEqual([old.name, old.reused], ['first.example', true]);
    assert.match(old.text, /^seneschal_certificate_days 9$/m);

    await certify('third.example', { only: 'cert' }); // another key's
    assert.match(await reload(secure, 'reload-refused'), /belong together|mismatch/);
    assert.equal(await nameAt(secure.port), 'second.example');

    for (const [between, why] of [[['20200101000000Z', '20200102000000Z'], /has expired/], [['20900101000000Z', '20900102000000Z'], /not valid yet/]]) {
        await certify('third.example', { between });
        assert.match(await reload(secure, 'reload-refused'), why);
        assert.equal(await nameAt(secure.port), 'second.example');
    }

    writeFileSync(pair.cert, 'nothing of the kind\n');
    assert.match(await reload(secure, 'reload-refused'), /cert\.pem/);
    assert.equal(await nameAt(secure.port), 'second.example');
    await run('rm', [pair.key]);
    await reload(secure, 'reload-refused');
    assert.equal(await nameAt(secure.port), 'second.example');
    agent.destroy();
});

test('without a signal the files are looked at, and the calendar is', async () => {
    await certify('first.example', { days: 90 });
    const secure = await startServer({ args: ['--tls-cert', pair.cert, '--tls-key', pair.key] });
    await certify('second.example', { days: 6 });
    await eventually('the new certificate', async () => (await nameAt(secure.port)) === 'second.example', { ms: 20_000, every: 250 });
    const [warning] = await eventually('a warning', () => lines(secure, 'certificate-expires').length && lines(secure, 'certificate-expires'));
    assert.match(warning, /"days":5/);
});

test('check-config says what a start would stumble over', async () => {
    await certify('first.example');
    await certify('second.example', { only: 'key' });
    const check = (...args) => seneschal(['check-config', '--data', dir, ...args]);
    assert.equal((await check()).code, 0);
    assert.match((await check('--tls-cert', pair.cert, '--tls-key', pair.key)).stderr, /belong together|mismatch/);
    assert.match((await check('--tls-cert', pair.cert)).stderr, /want both or neither/);
    assert.match((await check('--listen', '0.0.0.0:1')).stderr, /plain HTTP beyond this machine/);
});
