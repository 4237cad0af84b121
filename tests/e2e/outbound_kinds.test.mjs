// SPDX-License-Identifier: Apache-2.0
// Whatever this server fetches or tells at an address that somebody else named is held to the same rules, kind by kind:
// documents and key sets of clients, logout of applications, issuers and their key sets, webhooks.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { jws, pair, seconds, tokenForm } from './lib/machine.mjs';
import { Browser, CALLBACK, makeApp, makePerson, Rp } from './lib/oauth.mjs';
import { BIN, eventually, PATIENCE, run, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';
import { fromStore } from './lib/store.mjs';

const dir = tempDir('outbound-kinds');
const names = path.join(dir, 'names');
const file = path.join(dir, 'seneschal.yaml');
const files = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };
const NAMES = ['good', 'local', 'mapped', 'mixed', 'rebind'].map((name) => `DNS:${name}.test`).join();
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=test',
    '-addext', `subjectAltName=${NAMES},DNS:localhost,IP:127.0.0.1,IP:::1,IP:::ffff:127.0.0.1`, '-keyout', files.key, '-out', files.cert]);
assert.equal(made.code, 0, made.stderr);
const CLOSED = `outbound: {ca: ${files.cert}}\n`;
const OPEN = `outbound: {loopback: true, ca: ${files.cert}}\n`;
const LISTED = 'good.test 127.0.0.1\nlocal.test 127.0.0.1\nmapped.test ::ffff:127.0.0.1\nmixed.test 1.1.1.1,127.0.0.1\n';
writeFileSync(names, LISTED);
writeFileSync(file, OPEN);

const server = await startServer({ args: ['--config', file], env: { LD_PRELOAD: path.join(path.dirname(BIN), 'tests/faults/libname-shift.so'), NAME_SHIFT_FILE: names } });
const admin = await server.admin();
const trap = await startReceiver({ cert: readFileSync(files.cert), key: readFileSync(files.key) });
const plain = await startReceiver();
const ann = await makePerson(admin);
const calledAt = (part) => [...trap.calls, ...plain.calls].filter((call) => call.path.includes(part)).length;
const newPath = () => `/${uniqueName('at')}.json`; // none begins like another

async function settings(text) {
    const before = server.log.split('"event":"reloaded"').length;
    writeFileSync(file, text);
    server.signal('SIGHUP');
    await eventually('reloaded', () => server.log.split('"event":"reloaded"').length > before);
}

/** Have it called by somebody who was made with this url; refused when it was saved: never. */
async function by(make, use) {
    const reply = await make();
    if (reply.status === 422) return false;
    return use(reply.want(201));
}

const answers = new Map(); // how a path begins: (call, response) => …
trap.answer = plain.answer = (call, response) => {
    const [, answer] = [...answers].findLast(([begin]) => call.path.startsWith(begin)) ?? [];
    if (answer === undefined) return response.writeHead(call.method === 'POST' ? 204 : 404).end();
    return answer(call, response);
};
const json = (value) => (_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
const pathOf = (url) => new URL(url).pathname;
const issuerAt = (issuer, jwks_uri) => answers.set(`${pathOf(issuer)}/.well-known/`, json({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t`, jwks_uri }));
const key = pair('ec');
const KEYS = { keys: [{ ...key.jwk, kid: 'k1', alg: 'ES256', use: 'sig' }] };
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Is the sign-in page's way to this issuer open? */
const wayTo = (issuer) => {
    const name = uniqueName('id').toLowerCase();
    return by(() => admin.post('/identity-providers', { name, issuer, client_id: 'x', client_secret: 'y' }), async ({ id }) => {
        const { status } = await new Browser(server.url).get(`/login/upstream/${name}`);
        (await admin.delete(`/identity-providers/${id}`)).want(204);
        return status === 303;
    });
};
const application = (more) => admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', redirect_uris: [CALLBACK], scopes: ['openid'], ...more });

/** What calls a URL that others name. use: have it called, wait for the end of that, and say whether it did; good: have it
 *  answered there so that it does. */
const KINDS = {
    'document of a client': {
        good: (url) => answers.set(pathOf(url), json({ client_id: url, client_name: 'An agent', redirect_uris: [CALLBACK] })),
        use: async (url) => {
            const { status, text } = await new Browser(server.url).go(new Rp(server, { client_id: url }).authorizeUrl({ scope: 'openid' }));
            assert.ok([200, 400].includes(status), text);
            return status === 200;
        },
    },
    'jwks_uri of a client': {
        good: (url) => answers.set(pathOf(url), json(KEYS)),
        use: (url) => by(() => application({ auth_method: 'private_key_jwt', jwks_uri: url }), async ({ client_id: id }) => {
            const claims = { iss: id, sub: id, aud: server.url, iat: seconds(), exp: seconds() + 60, jti: uniqueName() };
            const reply = await tokenForm(server, { grant_type: 'refresh_token', refresh_token: 'x', client_assertion_type: ASSERTION, client_assertion: jws(key.privateKey, { kid: 'k1' }, claims) });
            assert.ok([400, 401].includes(reply.status), reply.text);
            return reply.json.error !== 'invalid_client';
        }),
    },
    'logout of an application': {
        later: true, // by a job, and not while somebody waits
        good: () => {},
        use: (url) => by(() => application({ backchannel_logout_uri: url }), async (app) => {
            const bob = await makePerson(admin);
            (await admin.post(`/applications/${app.id}/bindings`, { user_id: bob.id })).want(201);
            const browser = new Browser(server.url);
            const session = signIn(browser, server, bob);
            await new Rp(server, app).tokens(browser, { scope: 'openid' });
            (await admin.delete(`/users/${bob.id}/sessions`)).want(204);
            const id = Buffer.from(session.id.replaceAll('-', ''), 'hex');
            const told = await eventually('an attempt', () => fromStore(server, 'SELECT done FROM logout_told WHERE session_id = ?', id)[0], { ms: 20_000 * PATIENCE });
            (await admin.delete(`/applications/${app.id}`)).want(204);
            return told.done === 1;
        }),
    },
    'metadata of an issuer': {
        good: (url) => issuerAt(url, `${url}/keys`) && answers.set(`${pathOf(url)}/keys`, json(KEYS)),
        use: wayTo,
    },
    'key set of an issuer': {
        good: (url) => answers.set(pathOf(url), json(KEYS)),
        use: (url) => {
            const issuer = `https://good.test:${trap.port}${newPath()}`;
            issuerAt(issuer, url);
            return wayTo(issuer);
        },
    },
    webhook: {
        good: () => {},
        use: (url) => by(() => admin.post('/webhooks', { name: uniqueName('hook'), url, events: ['webhook.nothing'] }), async ({ id }) => {
            const { ok } = (await admin.post(`/webhooks/${id}/test`)).want(200);
            (await admin.delete(`/webhooks/${id}`)).want(204);
            return ok;
        }),
    },
};
const good = (name) => `https://${name}.test:${trap.port}${newPath()}`;

for (const [kind, { good: answer, use }] of Object.entries(KINDS)) {
    test(`IDENTITY 61: ${kind}: a good one is called, so that the others could be`, async () => {
        const url = good('good');
        answer(url);
        assert.equal(await use(url), true);
        assert.ok(calledAt(pathOf(url)) > 0);
    });

    test(`IDENTITY 61: ${kind}: no redirect, from https to http or to where it was`, async () => {
        for (const landed of [`${plain.url}/landed`, good('good')]) {
            answer(landed);
            const url = good('good');
            answers.set(pathOf(url), (_, response) => response.writeHead(307, { Location: landed, 'Content-Type': 'application/json' }).end());
            assert.equal(await use(url), false);
            assert.deepEqual([calledAt(pathOf(url)) > 0, calledAt(pathOf(landed))], [true, 0]);
        }
    });

    test(`IDENTITY 61: ${kind}: 100 MB are not read`, async () => {
        let sent = 0;
        const url = good('good');
        answers.set(pathOf(url), (_, response) => {
            const part = Buffer.alloc(1 << 16, 32);
            response.writeHead(200, { 'Content-Type': 'application/json' });
            const more = () => {
                while (sent < 100 << 20 && !response.destroyed) {
                    sent += part.length;
                    if (!response.write(part)) return response.once('drain', more);
                }
                return response.end();
            };
            more();
        });
        assert.equal(await use(url), false);
        assert.ok(sent > 0 && sent < 20 << 20, `${sent} bytes`);
    });
}

test('IDENTITY 61: a body that drips ends in time, of every kind', async () => {
    const drip = (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
        const timer = setInterval(() => response.write(' '), 200);
        response.on('close', () => clearInterval(timer));
    };
    const look = async (kind) => {
        const url = good('good');
        const began = Date.now();
        answers.set(pathOf(url), drip);
        assert.equal(await KINDS[kind].use(url), false, kind);
        assert.ok(calledAt(pathOf(url)) > 0 && Date.now() - began < 9000 * PATIENCE, `${kind}: ${Date.now() - began} ms`);
    };
    const started = trap.calls.length;
    let over = false;
    const three = Promise.all(['document of a client', 'jwks_uri of a client', 'webhook', 'logout of an application'].map(look)).then(() => (over = true));
    await eventually('all of them wait', () => over || trap.calls.length >= started + 4);
    const fourth = good('good');
    KINDS['metadata of an issuer'].good(fourth);
    assert.equal(await KINDS['metadata of an issuer'].use(fourth), false, 'no worker is left for a fourth');
    assert.equal(calledAt(pathOf(fourth)), 0);
    (await admin.get('/users')).want(200);
    assert.equal(over, false, 'but one for everybody else');
    await three;
    await Promise.all(['metadata of an issuer', 'key set of an issuer'].map(look));
});

test('IDENTITY 61: a name that changes its mind is not asked again, of every kind', async () => {
    let asked = 0; // each kind looks its name up once: the address that is checked then, where nobody listens, is the one
    for (const [kind, { good: answer, use }] of Object.entries(KINDS)) {
        const answersOf = [...Array(asked).fill('127.0.0.1'), '127.0.0.2', '127.0.0.1', '127.0.0.1'];
        writeFileSync(names, `${LISTED}rebind.test ${answersOf.join('|')}\n`);
        const url = good('rebind');
        answer(url);
        assert.equal(await use(url), false, kind);
        assert.equal(calledAt(pathOf(url)), 0, kind);
        asked++;
    }
    writeFileSync(names, `${LISTED}rebind.test ${Array(asked + 1).fill('127.0.0.1').join('|')}\n`);
    assert.equal(await KINDS.webhook.use(good('rebind')), true, 'it is there');
});

test('IDENTITY 61: loopback, link-local, private and embedded addresses are called by no kind', async () => {
    const at = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost', 'local.test', 'mapped.test', 'mixed.test'].map((host) => `https://${host}:${trap.port}`);
    at.push('https://169.254.169.254', 'https://[fe80::1]', 'https://10.0.0.1', `http://127.0.0.1:${plain.port}`);
    const { 'key set of an issuer': keys, ...direct } = KINDS; // that one's metadata must be reached first
    for (const to of at.filter((url) => /169|fe80|10\.0/.test(url))) assert.equal(await keys.use(`${to}${newPath()}`), false, to);
    await settings(CLOSED);
    for (const [kind, { good: answer, use, later }] of Object.entries(direct)) {
        const look = async (to) => {
            const url = `${to}${newPath()}`;
            answer(url);
            assert.equal(await use(url), false, `${kind}: ${url}`);
            assert.equal(calledAt(pathOf(url)), 0, `${kind}: ${url}`);
        };
        if (later) await Promise.all(at.map(look));
        else for (const to of at) await look(to);
    }
    await settings(OPEN);
});

test('IDENTITY 61: what is only shown is never fetched', async () => {
    const shown = newPath();
    const there = (name) => `https://good.test:${trap.port}${shown}/${name}`;
    const links = { logo_uri: there('logo'), client_uri: there('home'), sector_identifier_uri: there('sector'), policy_uri: there('policy'), tos_uri: there('terms') };
    const registered = (await admin.atRoot().post('/oauth2/register', { client_name: 'An agent', redirect_uris: [CALLBACK], ...links })).want(201);
    const document = good('good');
    answers.set(pathOf(document), json({ client_id: document, client_name: 'An agent', redirect_uris: [CALLBACK], ...links }));
    const person = new Browser(server.url);
    signIn(person, server, ann);
    for (const client_id of [registered.client_id, document]) await person.go(new Rp(server, { client_id }).authorizeUrl({ scope: 'openid' }));
    const app = (await application({ icon: there('icon'), launch_url: there('launch') })).want(201);
    (await admin.post(`/applications/${app.id}/bindings`, { user_id: ann.id })).want(201);
    assert.equal((await person.get('/portal')).status, 200);
    assert.ok((await admin.all('/applications')).some((one) => one.client_id === document), 'its document was read');
    assert.equal(calledAt(shown), 0);
});
