// SPDX-License-Identifier: Apache-2.0
// A person's own Home Assistants: who sees them, what is kept of them, and what each step of the test says.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after } from 'node:test';
import { eventually, PATIENCE, seneschal, tempDir } from './lib/process.mjs';
import { makePerson } from './lib/person.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';
import { startHomeAssistant } from './mcp/homeassistant.mjs';

const AT = '/config/homeassistant';
const server = await startServer();
const admin = await server.admin();

async function person(more) {
    const made = await makePerson(server, admin, more);
    const login = (await server.client().post('/auth/login', { username: made.username, password: made.password })).want(200);
    return { ...made, client: server.client({ token: login.access_token }) };
}
const ada = await person();
const bob = await person();

async function house(more) {
    const made = await startHomeAssistant(more);
    after(() => made.close());
    return made;
}
const make = (who, at, more = {}) => who.client.post(AT, { name: uniqueName('home'), url: at.url, token: at.token, ...more });
const tried = async (at, token = at.token) => (await ada.client.post(`${AT}/test`, { url: at.url, token })).want(200);
const asked = (at, where) => at.requests.filter((r) => r.path === where);

test('each has his own, and nobody else sees it, administrators included', async () => {
    const [one, two] = [await house({ token: 'ada-s' }), await house({ token: 'bob-s' })];
    const hers = (await make(ada, one, { domains_allowed: ['light', 'switch'] })).want(201);
    const his = (await make(bob, two)).want(201);
    assert.deepEqual([hers.url, hers.domains_allowed, hers.warnings, hers.last_test, hers.last_status], [one.url, ['light', 'switch'], ['plain-http'], null, null]);
    assert.ok(!('token' in hers));
    for (const [who, own] of [[ada, hers], [bob, his]]) {
        assert.deepEqual((await who.client.get(AT)).want(200).items.map((h) => h.id), [own.id]);
        assert.equal((await who.client.atRoot().get(`${AT}/${own.id}`)).want(200).name, own.name);
    }
    const stranger = [bob.client, ada.client.as(await server.adminToken())];
    for (const client of stranger) {
        for (const reply of [await client.get(`${AT}/${hers.id}`), await client.delete(`${AT}/${hers.id}`), await client.post(`${AT}/${hers.id}/test`),
            await client.put(`${AT}/${hers.id}`, { name: 'x', url: two.url, token: 'x' })]) {
            assert.ok(client === bob.client ? reply.status === 404 : [403, 404].includes(reply.status), `${reply.what}: ${reply.status}`);
        }
        assert.equal((await client.get(`/gateway/servers/${hers.id}`)).status, client === bob.client ? 403 : 404);
    }
    assert.ok(!(await admin.get('/gateway/servers')).want(200).items.some((s) => s.id === hers.id));
    assert.equal(asked(one, '/manifest.json').length, 0, 'naming one asks nobody');
    const same = (await make(ada, two, { name: his.name })).want(201);
    assert.notEqual(same.id, his.id, 'two people may call theirs the same');
    (await make(ada, two, { name: his.name })).wantProblem(409, 'conflict');
});

test('a name of the organisation is taken for everybody', async () => {
    const name = uniqueName('mcp');
    (await admin.post('/gateway/servers', { name, prefix: `${name}-p`, transport: 'http', url: 'https://mcp.example.org/' })).want(201);
    const at = await house();
    (await make(ada, at, { name })).wantProblem(409, 'conflict');
    (await make(ada, at, { name: `${name}-p` })).wantProblem(409, 'conflict');
    const { id } = (await make(ada, at)).want(201);
    (await ada.client.put(`${AT}/${id}`, { name, url: at.url })).wantProblem(409, 'conflict');
});

test('only people have one', async () => {
    const { id } = (await admin.post('/service-accounts', { name: uniqueName('svc'), roles: ['administrator'] })).want(201);
    const { token } = (await admin.post(`/service-accounts/${id}/tokens`, { name: 't' })).want(201);
    const robot = admin.as(token);
    const at = await house();
    (await robot.get(AT)).wantProblem(403, 'forbidden');
    (await robot.post(AT, { name: 'x', url: at.url, token: 'x' })).wantProblem(403, 'forbidden');
    (await robot.post(`${AT}/test`, { url: at.url, token: 'x' })).wantProblem(403, 'forbidden');
    assert.equal(at.requests.length, 0);
});

test('what is wrong is said of its field', async () => {
    const good = { name: 'n', url: 'http://192.168.1.5:8123', token: 't' };
    const bad = [['url', 'ftp://a'], ['url', 'http://user:pw@192.168.1.5'], ['url', 'http://192.168.1.5/?a=b'], ['url', 'http://169.254.169.254/'], ['url', 'http://[fe80::1]/'],
        ['url', 'http://8.8.8.8:8123'], ['name', 'My Home'], ['name', ''], ['token', ''], ['token', 'a b'], ['domains_allowed', ['a b']], ['domains_allowed', ['']]];
    for (const [field, value] of bad) {
        const problem = (await ada.client.post(AT, { ...good, [field]: value })).wantProblem(422, 'bad-field');
        assert.ok(problem.errors[0].field.startsWith(field), `${field} ${JSON.stringify(value)}: ${JSON.stringify(problem.errors)}`);
        if (field === 'url') (await ada.client.post(`${AT}/test`, { url: value, token: 't' })).wantProblem(422, 'bad-field');
    }
    for (const url of ['http://192.168.1.5:8123/', 'http://10.1.2.3', 'http://homeassistant.local:8123//', 'https://ha.example.org']) {
        const row = (await make(ada, { url, token: 't' })).want(201);
        assert.equal(row.url, url.replace(/\/+$/, ''));
        assert.deepEqual(row.warnings, url.startsWith('https') ? [] : ['plain-http']);
        (await ada.client.delete(`${AT}/${row.id}`)).want(204);
    }
});

test('a change keeps the token, but not for another address', async () => {
    const [at, other] = [await house({ token: 'kept' }), await house({ token: 'stolen?' })];
    const made = await make(ada, at);
    const { id, name, etag } = made.want(201);
    const renamed = (await ada.client.put(`${AT}/${id}`, { name: `${name}-2`, url: `${at.url}/`, domains_allowed: ['light'] }, { headers: { 'If-Match': etag } })).want(200);
    assert.deepEqual([renamed.name, renamed.url, renamed.domains_allowed], [`${name}-2`, at.url, ['light']]);
    (await ada.client.put(`${AT}/${id}`, { name, url: at.url }, { headers: { 'If-Match': etag } })).wantProblem(412, 'stale');
    assert.equal((await ada.client.post(`${AT}/${id}/test`)).want(200).ok, true);
    const problem = (await ada.client.put(`${AT}/${id}`, { name, url: other.url })).wantProblem(422, 'bad-field');
    assert.equal(problem.errors[0].field, 'token');
    (await ada.client.put(`${AT}/${id}`, { name, url: other.url, token: 'stolen?' })).want(200);
    assert.equal((await ada.client.post(`${AT}/${id}/test`)).want(200).ok, true);
    assert.ok(!other.requests.some((r) => r.authorization === 'Bearer kept'));
    assert.deepEqual((await ada.client.get(`${AT}/${id}`)).want(200).domains_allowed, [], 'what is left out of a PUT is gone');
});

test('all five steps', async () => {
    const at = await house({ entities: 20_000, place: 'Chalet' });
    const { id } = (await make(ada, at)).want(201);
    const out = (await ada.client.post(`${AT}/${id}/test`)).want(200);
    assert.ok(out.latency_ms >= 0);
    assert.deepEqual({ ...out, latency_ms: 0 }, { ok: true, latency_ms: 0, version: '2026.11.2', location: 'Chalet', entities: 20_000, tools: 5, step: null, message: null, warnings: ['plain-http'] });
    assert.deepEqual(at.requests.map((r) => r.path), ['/manifest.json', '/api/', '/api/config', '/api/states', '/api/mcp', '/api/mcp', '/api/mcp']);
    assert.equal(at.requests[0].authorization, undefined, 'no token before it has said what it is');
    const row = (await ada.client.get(`${AT}/${id}`)).want(200);
    assert.deepEqual([row.last_status, row.last_message, row.etag !== null && Date.parse(row.last_test) > 0], ['ok', null, true]);
});

/** Step, a part of the message, and the paths that were asked. */
const failures = [
    ['reach', /cannot be asked/, { gone: true }],
    ['reach', /no Home Assistant/, { rows: { '/manifest.json': (req, res) => res.writeHead(404).end('404') } }],
    ['reach', /no Home Assistant/, { rows: { '/manifest.json': (req, res) => res.end('{"name":"Photos","short_name":"Photos"}') } }],
    ['reach', /no Home Assistant/, { rows: { '/manifest.json': (req, res) => res.end('<html>') } }],
    ['reach', /sends on to another address \(301\)/, { rows: { '/manifest.json': (req, res) => res.writeHead(301, { Location: 'https://elsewhere.example/' }).end() } }],
    ['reach', /speaks no TLS.*want http:/, { tls: true }],
    ['reach', /does it run, and is the port right\?/, { gone: true }],
    ['reach', /too large/, { rows: { '/manifest.json': (req, res) => res.end('x'.repeat(1_000_000)) } }],
    ['token', /refuses the token \(401\)/, { token: 'another' }],
    ['token', /banned/, { rows: { '/api/': (req, res) => res.writeHead(403).end() } }],
    ['token', /API does not answer \(404\)/, { rows: { '/api/': (req, res) => res.writeHead(404).end() } }],
    ['config', /add it under Settings/, { components: ['api', 'light'] }],
    ['config', /no JSON object/, { rows: { '/api/config': (req, res) => res.end('[1]') } }],
    ['config', /does not say what it is \(500\)/, { rows: { '/api/config': (req, res) => res.writeHead(500).end() } }],
    ['entities', /no list/, { rows: { '/api/states': (req, res) => res.end('{"a":[{}]}') } }],
    ['entities', /no list/, { rows: { '/api/states': (req, res) => res.end('[{"a":1},{"b":') } }],
    ['entities', /does not list its states \(500\)/, { rows: { '/api/states': (req, res) => res.writeHead(500).end() } }],
    ['mcp', /neither at \/api\/mcp \(404\) nor at \/mcp_server\/sse/, { kind: 'unconfigured' }],
    ['mcp', /as MCP does \(502\)/, { rows: { '/api/mcp': (req, res) => res.writeHead(502).end() } }],
    ['mcp', /as MCP does \(200\)/, { rows: { '/api/mcp': (req, res) => res.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}') } }],
    ['mcp', /refuses the token/, { rows: { '/api/mcp': (req, res) => res.writeHead(401).end('401: Unauthorized') } }],
];

for (const [step, message, { gone, tls, token, ...more }] of failures) {
    test(`step ${step}: ${message.source}`, async () => {
        const at = await house(more);
        if (gone) await at.close();
        if (tls) at.url = at.url.replace('http:', 'https:');
        const out = await tried(at, token ?? at.token);
        assert.deepEqual([out.ok, out.step], [false, step], out.message);
        assert.match(out.message, message);
        const refused = at.requests.filter((r) => r.path === '/api/').length;
        assert.ok(refused <= 1, 'a refused token is not shown again');
        if (step === 'token') assert.deepEqual(at.requests.map((r) => r.path), ['/manifest.json', '/api/']);
        if (step === 'reach') assert.ok(at.requests.every((r) => r.authorization === undefined));
    });
}

test('an older one has HTTP+SSE, and one that starts says so', async () => {
    const out = await tried(await house({ kind: 'sse', state: 'STARTING' }));
    assert.deepEqual([out.ok, out.tools, out.warnings.toSorted()], [true, null, ['older-transport', 'plain-http', 'starting']]);
    assert.deepEqual((await tried(await house({ tools: [] }))).warnings.toSorted(), ['no-tools', 'plain-http']);
});

test('one that hangs, and one that never ends, take a bounded time', async () => {
    const silent = await house({ rows: { '/api/states': () => {} } });
    const endless = await house({ rows: { '/api/states': (req, res) => {
        res.write('[');
        const more = () => { while (!res.destroyed && res.write('{"a":1},'.repeat(1000))) { /* until it is full */ } };
        res.on('drain', more);
        more();
    } } });
    const begun = Date.now();
    const { id } = (await make(ada, silent)).want(201);
    const [hung, flood] = await Promise.all([ada.client.post(`${AT}/${id}/test`), tried(endless)]);
    assert.deepEqual([hung.want(200).ok, hung.json.step], [false, 'entities']);
    assert.match(hung.json.message, /in time/);
    assert.ok(flood.warnings.includes('entities-capped') && flood.entities > 1_000_000, JSON.stringify(flood));
    assert.ok(Date.now() - begun < 10_000);
    const row = (await ada.client.get(`${AT}/${id}`)).want(200);
    assert.deepEqual([row.last_status, row.last_message], ['failed', hung.json.message]);
});

test('who goes takes it along', async () => {
    const gone = await person();
    const { id } = (await make(gone, await house())).want(201);
    (await admin.delete(`/users/${gone.id}`)).want(204);
    (await gone.client.get(`${AT}/${id}`)).wantProblem(401, 'unauthenticated');
    const mine = (await make(ada, await house())).want(201);
    (await ada.client.delete(`${AT}/${mine.id}`)).want(204);
    (await ada.client.get(`${AT}/${mine.id}`)).wantProblem(404, 'not-found');
});

test('the key that tokens are sealed with is replaced under them', async () => {
    const at = await house({ token: 'sealed-before' });
    const { id } = (await make(ada, at)).want(201);
    (await admin.post('/keys/outgoing/rotate')).want(200);
    const epochs = async () => (await admin.get('/keys')).want(200).items.filter((key) => key.use === 'outgoing').map((key) => key.epoch);
    await eventually('older keys are gone', async () => (await epochs()).length === 1, { ms: 30_000 * PATIENCE });
    assert.equal((await ada.client.post(`${AT}/${id}/test`)).want(200).ok, true);
});

test('the command line, where the token stands on no line', async () => {
    const at = await house({ token: 'by-the-shell' });
    const dir = tempDir('cli');
    const tokenFile = path.join(dir, 'token');
    await writeFile(tokenFile, ada.client.token, { mode: 0o600 });
    await writeFile(path.join(dir, 'value'), 'by-the-shell\n', { mode: 0o600 });
    const cli = async (...args) => {
        const { code, stdout, stderr } = await seneschal(['homeassistant', ...args, '--server', server.url, '--token-file', tokenFile, '-o', 'json']);
        assert.equal(code, 0, stderr);
        return stdout === '' ? undefined : JSON.parse(stdout);
    };
    const made = await cli('add', uniqueName('cli'), at.url, '--value-file', path.join(dir, 'value'), '--domain', 'light', '--domain', 'switch');
    assert.deepEqual(made.domains_allowed, ['light', 'switch']);
    assert.equal((await cli('test', made.name)).ok, true);
    assert.ok((await cli('list')).some((row) => row.id === made.id && row.last_status === 'ok'));
    at.token = 'another';
    const failed = await seneschal(['homeassistant', 'test', made.name, '--server', server.url, '--token-file', tokenFile]);
    assert.equal(failed.code, 1, 'a script can tell');
    assert.match(failed.stderr, /failed at the step token/);
    await cli('remove', made.name, '--yes');
});

test('no token is in an answer, the record, an export, the log or the store', async () => {
    const canary = 'eyJhbGciOiJIUzI1NiJ9.c4n4ry-of-a-house.sig';
    const at = await house({ token: canary });
    const name = uniqueName('home');
    const made = await make(ada, at, { name, token: canary });
    const { id } = made.want(201);
    const replies = [made, await ada.client.get(AT), await ada.client.get(`${AT}/${id}`), await ada.client.post(`${AT}/${id}/test`), await ada.client.put(`${AT}/${id}`, { name, url: at.url, token: canary }),
        await ada.client.post(`${AT}/test`, { url: at.url, token: canary }), await ada.client.post(AT, { name: 'No', url: at.url, token: canary }),
        await ada.client.post(AT, { name, url: at.url, token: `${canary} ` }), await ada.client.get('/gateway/credentials'), await admin.get('/admin/security/audit?limit=500'),
        await admin.get('/gateway/servers')];
    for (const reply of replies) assert.ok(!reply.text.includes('c4n4ry'), reply.what);
    const { items } = replies.at(-2).json;
    for (const action of ['created', 'changed', 'deleted', 'tested']) assert.ok(items.some((e) => e.action === `homeassistant.${action}`), action);
    const tokenFile = path.join(tempDir('export'), 'token');
    await writeFile(tokenFile, admin.token, { mode: 0o600 });
    const { stdout, stderr } = await seneschal(['export', '--server', server.url, '--token-file', tokenFile]);
    assert.ok(stdout.length > 0 && !`${stdout}${stderr}`.includes('c4n4ry'), stderr);
    assert.ok(!stdout.includes(name), 'what is a person\'s own is no part of the set-up');
    assert.ok(!server.log.includes('c4n4ry'));
    for (const file of ['seneschal.db', 'seneschal.db-wal']) assert.ok(!(await readFile(path.join(server.data, file))).includes('c4n4ry'), file);
});
