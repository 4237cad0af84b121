// SPDX-License-Identifier: Apache-2.0
// The guides do what they say: their commands are taken from the pages and run in their order. What stands in a block without `sh` wants a
// terminal, a browser, ssh or systemd, and is run by hand.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { enrol } from './lib/fleet.mjs';
import { hasProxy, startProxy } from './lib/front.mjs';
import { commandsOf } from './lib/guide.mjs';
import { makePerson } from './lib/person.mjs';
import { BIN, run, seneschal, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ env: { SENESCHAL_REGISTRATION_OPEN: 'true' } });
const admin = await server.admin();
const dir = tempDir('docs-guides');
symlinkSync(BIN, path.join(dir, 'seneschal'));
const write = (name, text) => writeFileSync(path.join(dir, name), text, { mode: 0o600 });
write('admin.token', await server.adminToken());
const environment = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: 'admin.token', PATH: `${dir}:${process.env.PATH}` };
/** The text of the n-th block of that kind. */
const textOf = (file, kind, n = 0) => [...readFileSync(file, 'utf8').matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, 'gm'))][n][1];

async function sh(text, { env = {}, cwd = dir } = {}) {
    const done = await run('sh', ['-eu', '-c', text], { cwd, env: { ...environment, ...env } });
    assert.equal(done.code, 0, `${text}\n${done.stdout}\n${done.stderr}`);
    return done.stdout;
}

/** Every block of a guide that is marked as a shell's, one after the other; what they print, together. */
async function runGuide(name, { words = {}, ...more } = {}) {
    const out = [];
    for (let text of Object.values(commandsOf(`docs/${name}.md`)).flat().filter((one) => readFileSync(`docs/${name}.md`, 'utf8').includes(`\`\`\`sh\n${one}`))) {
        for (const [from, to] of Object.entries(words)) text = text.replaceAll(from, to);
        out.push(await sh(text, more));
    }
    assert.ok(out.length > 0);
    return out.join('');
}

test('INSTALLING: files at their places, a key that the server takes, settings that it understands', async () => {
    const dest = tempDir('install');
    const top = tempDir('sources');
    mkdirSync(path.join(top, 'build'));
    copyFileSync(BIN, path.join(top, 'build/seneschal'));
    cpSync('packaging', path.join(top, 'packaging'), { recursive: true });
    await runGuide('INSTALLING', { cwd: top, env: { DESTDIR: dest } });
    assert.equal(statSync(path.join(dest, 'usr/bin/seneschal')).mode & 0o777, 0o755);
    assert.ok(existsSync(path.join(dest, 'etc/systemd/system/seneschal.service')));
    assert.equal(statSync(path.join(top, 'master.key')).mode & 0o777, 0o600);
    const keyed = await startServer({ args: ['--master-key-file', path.join(top, 'master.key')] });
    assert.equal((await keyed.client().get('/health')).want(200).status, 'ok');
    for (const n of [0, 1]) {
        write('seneschal.yaml', textOf('docs/INSTALLING.md', 'yaml', n));
        const done = await seneschal(['check-config', '--config', path.join(dir, 'seneschal.yaml'), '--data', path.join(dir, 'none')]);
        assert.match(done.stdout, /https:\/\/seneschal\.example/, done.stderr);
        assert.doesNotMatch(done.stderr, /yaml:\d+:\d+/);
    }
});

test('USERS: people come, are helped, and go', async () => {
    for (const username of ['ada', 'ben']) await makePerson(server, admin, { username });
    (await server.client().post('/auth/register', { username: 'eve', email: 'eve@example.org', password: 'five red balloons' })).want(201);
    const { id } = (await admin.all('/users')).find((u) => u.username === 'ada');
    const out = await runGuide('USERS', { words: { '/var/lib/seneschal': server.data, 'ada@example.org': 'ada2@example.org', 'ben@example.org': 'ben2@example.org', '--username ada': '', 'ada-id': id } });
    assert.match(out, /eve/);
    assert.match(out, /\/recover\/sen_l_\w+  20\d\d-/, 'a link that can be copied');
    assert.ok(!(await admin.all('/users')).some((u) => u.username === 'ben'));
    assert.match(readFileSync(path.join(dir, 'backup.token'), 'utf8'), /^sen_/);
});

test('PERMISSIONS: each question has its answer', async () => {
    await sh('seneschal server add demo demo');
    write('conditions.json', textOf('docs/PERMISSIONS.md', 'json'));
    const out = await runGuide('PERMISSIONS');
    assert.match(out, /^allowed +true$/m);
});

test('FIELDS: the schema, a policy, another for some, and why', async () => {
    const whole = JSON.parse(textOf('docs/FIELDS.md', 'json', 0));
    mkdirSync(path.join(dir, 'schemas'));
    copyFileSync('schemas/iassistants.json', path.join(dir, 'schemas/iassistants.json'));
    write('assistant.json', JSON.stringify(whole.iassistants));
    write('content.json', JSON.stringify(whole));
    write('artists.json', textOf('docs/FIELDS.md', 'json', 1));
    write('owui.key', 'of the models\n');
    await enrol(server.client(), admin, { machine_id: 'front-desk' });
    await sh('seneschal group create artists && seneschal group add artists --device front-desk');
    await runGuide('FIELDS');
    const [why] = commandsOf('docs/FIELDS.md')['Other values for some'].filter((one) => one.includes('device why'));
    assert.match(await sh(why), /= 8192\n.*policy artists/);
    const names = new Set(Object.keys(JSON.parse(readFileSync('schemas/iassistants.json')).properties));
    for (const lang of ['docs', 'docs/fr']) {
        const shown = new Set([...readFileSync(`${lang}/FIELDS.md`, 'utf8').matchAll(/^\| `([\w]+)` \|/gm)].map(([, name]) => name));
        assert.deepEqual(shown, names, lang);
    }
});

test('SECURING: rules, the record, and what is lost', async () => {
    (await admin.post('/groups', { name: 'admins' })).want(201);
    await runGuide('SECURING', { env: { SENESCHAL_DATA: server.data } });
    assert.ok(readFileSync(path.join(dir, 'record.ndjson'), 'utf8').includes('"hash"'));
    const [lost] = commandsOf('docs/SECURING.md')['Lost and stolen'];
    await sh(lost);
    assert.equal((await admin.all('/devices')).find((d) => d.machine_id === 'front-desk').status, 'REVOKED');
});

test('TERRAFORM: a first run, a second without change, and a pipeline', async () => {
    mkdirSync(path.join(dir, 'setup'));
    write('setup/all.yaml', textOf('docs/TERRAFORM.md', 'yaml'));
    const out = await runGuide('TERRAFORM');
    assert.match(out, /no change/);
    assert.equal(readdirSync(path.join(dir, 'secrets')).length, 1);
    assert.match(readFileSync(path.join(dir, 'home.yaml'), 'utf8'), /nextcloud/);
});

test('UPSTREAM: an issuer is set up, and says what to register there', async () => {
    (await admin.post('/groups', { name: 'family-validated' })).want(201);
    write('keycloak.json', textOf('docs/UPSTREAM.md', 'json'));
    assert.match(await runGuide('UPSTREAM'), /"redirect_uri":"http[^"]*\/login\/callback/);
});

for (const kind of ['nginx', 'caddy']) test(`PROXY: ${kind}`, { skip: hasProxy(kind) ? false : `no ${kind}` }, async () => {
    write('proxied.yaml', textOf('docs/PROXY.md', 'yaml').replace('127.0.0.1:8080', '127.0.0.1:0'));
    const behind = await startServer({ args: ['--config', path.join(dir, 'proxied.yaml')] });
    const port = await startProxy(kind, { seneschal: behind.port, app: 9, host: 'seneschal.example', doc: 'docs/PROXY.md' });
    const home = tempDir('curl');
    writeFileSync(path.join(home, '.curlrc'), `connect-to = "seneschal.example:80:127.0.0.1:${port}"\n`);
    const out = await runGuide('PROXY', { env: { HOME: home, CURL_HOME: home, PUBLIC: 'http://seneschal.example' } });
    assert.match(out, /^alive\n200\nHTTP\/1\.1 200/);
    assert.match(out, /set-cookie: __Host-[^\n]*Secure/i);
});
