// SPDX-License-Identifier: Apache-2.0
// The script of docs/SIGNING.md is taken from the page and run: it believes a real server, and nobody who changed a byte.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test, { after } from 'node:test';
import { enrol, poll, publishPolicy, self } from './lib/fleet.mjs';
import { run, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { SigningKey } from './lib/signer.mjs';

const page = readFileSync('docs/SIGNING.md', 'utf8');
const [, script] = page.match(/^```sh\n(.*?)^```$/ms);
const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
await publishPolicy(admin, { model: 'small', text: 'à la carte' });

async function fresh() {
    const device = await enrol(nobody, admin);
    const { jwks_uri, root_key } = (await self(nobody, device.token)).want(200);
    return { device, env: { SERVER: server.url, TOKEN: device.token, DEVICE: device.id, JWKS_URI: jwks_uri, ROOT: root_key.x } };
}

/** Its exit status, in a directory of its own. */
async function verify(env) {
    const dir = tempDir('signing');
    const file = path.join(dir, 'verify.sh');
    writeFileSync(file, script);
    const { code, stdout, stderr } = await run('sh', [file], { cwd: dir, env });
    return { code, said: stdout + stderr, read: (name) => readFileSync(path.join(dir, name), 'utf8') };
}

/** Somebody between device and server who changes what he likes; his URL. */
async function between(change) {
    const proxy = http.createServer((request, reply) => {
        const { method, headers, url } = request;
        http.get(server.url + url, { method, headers: { ...headers, host: new URL(server.url).host } }, async (message) => {
            const answer = { body: Buffer.concat(await message.toArray()), headers: { ...message.headers } };
            change(answer, url);
            reply.writeHead(message.statusCode, { ...answer.headers, 'content-length': answer.body.length }).end(answer.body);
        });
    });
    await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    after(() => proxy.close());
    return `http://127.0.0.1:${proxy.address().port}`;
}

test('a real server is believed', async () => {
    const { env } = await fresh();
    const { code, said, read } = await verify(env);
    assert.equal(code, 0, said);
    assert.equal(JSON.parse(read('config.json')).config.model, 'small');
});

test('after a rotation, with two keys in the set', async () => {
    const { env } = await fresh();
    (await admin.post('/keys/config/rotate')).want(200);
    const { code, said, read } = await verify(env);
    assert.equal(code, 0, said);
    assert.equal(JSON.parse(read('keys.json')).keys.length, 2);
});

const isConfig = (url) => url.endsWith('/config');
const replaced = (buffer, a, b) => Buffer.from(buffer.toString().replace(a, b));
const foreign = SigningKey.from('somebody else');

test('changed on the way, it is not', async (t) => {
    const { device, env } = await fresh();
    const other = (await poll(nobody, (await fresh()).device.token)).headers;
    const older = (await poll(nobody, device.token)).headers;
    for (const [what, change] of [
        ['a byte of the configuration', (answer) => (answer.body = replaced(answer.body, 'small', 'large'))],
        ['a byte of the signature', (answer) => (answer.headers['seneschal-signature'] = older['seneschal-signature'].replace(/.(?=.{9}$)/, (c) => (c === 'A' ? 'B' : 'A')))],
        ['the signature of somebody else', (answer) => (answer.headers['seneschal-signature'] = foreign.detached(answer.body))],
        ['no signature', (answer) => delete answer.headers['seneschal-signature']],
        ['no lease', (answer) => delete answer.headers['seneschal-lease']],
        ['the lease of another device', (answer) => (answer.headers['seneschal-lease'] = other['seneschal-lease'])],
        ['a lease by somebody else', (answer) => (answer.headers['seneschal-lease'] = foreign.lease({ device: device.id, etag: answer.headers.etag, exp: 4e9, iat: 1, seq: 1, status: 'ENROLLED' }))],
    ]) {
        await t.test(what, async () => {
            const SERVER = await between((answer, url) => isConfig(url) && change(answer));
            const { code } = await verify({ ...env, SERVER });
            assert.notEqual(code, 0);
        });
    }
    await t.test('a key set that the root has not signed', async () => {
        const url = await between((answer) => {
            const { org, n } = JSON.parse(answer.body);
            const set = foreign.keySet(org, n, [foreign]);
            Object.assign(answer, { body: Buffer.from(set.text) });
            answer.headers['seneschal-signature'] = set.signature;
        });
        const { code } = await verify({ ...env, JWKS_URI: env.JWKS_URI.replace(server.url, url) });
        assert.notEqual(code, 0);
    });
    await t.test('and unchanged through the same hands it is believed', async () => {
        const { code, said } = await verify({ ...env, SERVER: await between(() => {}) });
        assert.equal(code, 0, said);
    });
});
