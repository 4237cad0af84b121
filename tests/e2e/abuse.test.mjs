// SPDX-License-Identifier: Apache-2.0
// The abuse cases of docs/THREATS.md by their ids: who may see and do what. What concerns bytes on
// the wire is in bad_input.test.mjs, what concerns revocation and races in abuse_device.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, confirm, decide, enrol, enrolmentKey, init, poll, publishPolicy, self, serviceClient, uniqueName } from './lib/fleet.mjs';
import { BIN } from './lib/process.mjs';
import { RawSocket } from './lib/raw.mjs';
import { readRows } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const STRANGE_ID = '019a0000-0000-7000-8000-000000000001';
const status = (reply) => reply.status;

/** An organisation of its own with an administrator: {slug, client}. */
async function organisation() {
    const slug = uniqueName('org');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const inside = admin.with({ 'Seneschal-Org': slug });
    const { token } = await serviceClient(inside, ['administrator']);
    return { slug, inside, client: nobody.as(token) };
}

test('AC01: another organisation\'s ids are 404 on every row, and its lists are empty', async () => {
    const { client: other } = await organisation();
    const device = await enrol(nobody, admin);
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const user = (await admin.post('/users', { username: uniqueName('u'), email: `${uniqueName('u')}@example.org` })).want(201);
    const account = await serviceClient(admin, ['operator']);
    const policy = await publishPolicy(admin, { a: 1 });
    const key = await enrolmentKey(admin);
    const [assignment] = (await admin.get('/assignments')).want(200).items;
    const rows = [
        ['GET', `/devices/${device.id}`], ['PATCH', `/devices/${device.id}`, { labels: {} }], ['DELETE', `/devices/${device.id}`],
        ...['approve', 'refuse', 'revoke', 'block', 'unblock', 'reinstate', 'rotate'].map((move) =>
            ['POST', `/devices/${device.id}/${move}`, {}]),
        ['GET', `/devices/${device.id}/config/explain`], ['GET', `/iassistants/config?device_id=${device.id}`],
        ['GET', `/iassistants/config/version?device_id=${device.id}`], ['GET', `/agents/${device.machine_id}`],
        ['GET', `/users/${user.id}`], ['PATCH', `/users/${user.id}`, {}], ['DELETE', `/users/${user.id}`],
        ['GET', `/groups/${group.id}`], ['PATCH', `/groups/${group.id}`, {}], ['DELETE', `/groups/${group.id}`],
        ['GET', `/groups/${group.id}/members`], ['POST', `/groups/${group.id}/members`, { device_id: device.id }],
        ['GET', `/service-accounts/${account.id}`], ['POST', `/service-accounts/${account.id}/tokens`, { name: 'x' }],
        ['DELETE', `/service-accounts/${account.id}`], ['GET', `/policies/${policy.id}`], ['DELETE', `/policies/${policy.id}`],
        ['GET', `/policies/${policy.id}/versions`], ['POST', `/policies/${policy.id}/versions`, { content: {} }],
        ['DELETE', `/assignments/${assignment.id}`], ['DELETE', `/enrollment-keys/${key.id}`],
    ];
    for (const [method, path, body] of rows) (await other.call(method, path, body)).wantProblem(404, 'not-found');
    for (const path of ['/devices', '/agents', '/users', '/groups', '/policies', '/assignments', '/enrollment-keys'])
        assert.deepEqual((await other.get(path)).want(200).items, [], path);
    (await self(nobody, device.token)).want(200);
});

test('AC01: another organisation\'s ids inside a body are refused, and change nothing', async () => {
    const { client: other } = await organisation();
    const device = await enrol(nobody, admin);
    const own = (await other.post('/groups', { name: uniqueName('g') })).want(201);
    const policy = await publishPolicy(admin, { a: 2 });
    const mine = (await other.post('/policies', { name: uniqueName('p') })).want(201);
    const refused = [
        await other.post(`/groups/${own.id}/members`, { device_id: device.id }),
        await other.post('/assignments', { policy_id: policy.id, scope: 'org' }),
        await other.post('/assignments', { policy_id: mine.id, scope: 'device', target_id: device.id }),
        await other.post('/assignments', { policy_id: mine.id, scope: 'global' }),
        await decide(other, device.id, 'approve'),
    ];
    for (const reply of refused) assert.ok([403, 404, 422].includes(reply.status), `${reply.what}: ${reply.text}`);
    (await other.with({ 'Seneschal-Org': 'default' }).get('/devices')).wantProblem(403, 'forbidden');
});

test('AC02: a deleted service account, a revoked token and a disabled organisation stop at once', async () => {
    const gone = await serviceClient(admin, ['auditor']);
    (await gone.client.get('/devices')).want(200);
    (await admin.delete(`/service-accounts/${gone.id}`)).want(204);
    assert.ok([401, 403].includes(status(await gone.client.get('/devices'))));
});

test('AC03, AC04: a bearer that looks like a JWT is never taken without a signature of ours', async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: server.url, sub: 'admin', aud: server.url, exp: 4102444800, roles: ['administrator'] };
    for (const header of [{ alg: 'none' }, { alg: 'none', typ: 'at+jwt' }, { alg: 'HS256', typ: 'at+jwt' }, { alg: 'ES256' }])
        for (const signature of ['', 'AAAA', 'A'.repeat(86)])
            (await nobody.as(`${part(header)}.${part(claims)}.${signature}`).get('/devices')).wantProblem(401, 'unauthenticated');
});

test('AC12: a wrong claim of a real device and of none look the same', async () => {
    const asked = (await init(nobody, uniqueName())).want(201);
    const wrong = `sen_c_${'0'.repeat(49)}`;
    const bare = (reply) => {
        const { request_id, ...rest } = reply.json;
        return { status: reply.status, ...rest };
    };
    const real = await confirm(nobody, asked.device_id, wrong);
    real.wantProblem(403, 'claim-wrong');
    assert.deepEqual(bare(await confirm(nobody, STRANGE_ID, wrong)), bare(real));
    assert.deepEqual(bare(await confirm(nobody, asked.device_id, 'nonsense')), bare(real));
    (await confirm(nobody, asked.device_id, asked.claim)).want(202); // the right claim lives on
});

test('AC13: forwarded headers of a stranger change neither the address nor the scheme', async () => {
    const machine_id = uniqueName('fwd');
    const headers = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9;host=evil.example', 'X-Real-IP': '203.0.113.9',
        'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' };
    const asked = (await init(nobody, machine_id, { headers })).want(201);
    assert.doesNotMatch(JSON.stringify(asked), /evil\.example|203\.0\.113/);
    const events = await audit(admin, `target=${asked.device_id}`);
    assert.doesNotMatch(JSON.stringify(events), /203\.0\.113/);
    for (const bad of ['a', '::::', '1.2.3.4.5', ',,,,', 'x'.repeat(4000)]) {
        const reply = await admin.with({ 'X-Forwarded-For': bad }).get('/devices?limit=1');
        assert.ok([200, 400].includes(reply.status), `${bad}: ${reply.status}`);
    }
});

test('AC13: with limits on, X-Forwarded-For buys no second bucket', async () => {
    const limited = await startServer({ limits: true });
    const client = limited.client();
    const seen = [];
    for (let i = 0; i < 90; i++) {
        const headers = { 'X-Forwarded-For': `203.0.113.${i}` };
        seen.push(await client.post('/devices/enroll/confirm', { device_id: STRANGE_ID, claim: 'x' }, { headers }));
    }
    const late = seen.filter((reply) => reply.status === 429);
    assert.ok(late.length >= 20, `${late.length} of 90 were limited`);
    assert.ok(Number(late[0].headers['retry-after']) > 0);
    assert.equal(late[0].json.code, 'rate-limited');
    (await client.atRoot().get('/health')).want(200); // health is never limited
});

test('AC14: odd spellings of a path reach no row', async () => {
    const root = admin.atRoot();
    for (const path of ['/api/v1/devices%2fself', '/api/v1/%2e%2e/v1/devices', '/api/v1/../v1/devices', '/api/v1/./devices',
        '/api/v1/devices;x=1', '/api/v1/devices%5cself', '/api/v1/devices%00', '/api/v1/dev\\ices']) {
        const socket = new RawSocket(server.port);
        socket.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${admin.token}\r\n\r\n`);
        await socket.until((s) => s.text.includes('\r\n\r\n'));
        assert.match(socket.text, /^HTTP\/1\.1 400 /, path);
        socket.destroy();
    }
    for (const path of ['/api/v1/Devices', '/API/v1/devices', '/api/v1//devices', '//api/v1/devices', '/api/v1/devices/',
        '/api/v1/%2564evices', '/debug/pprof', '/api/v1/metrics', '/.git/config'])
        assert.equal(status(await root.get(path)), 404, path);
});

test('AC16, AC40: secrets are shown once; sorting is an enumeration', async () => {
    const key = await enrolmentKey(admin);
    const device = await enrol(nobody, admin);
    for (const path of ['/enrollment-keys', '/devices', `/devices/${device.id}`, '/agents', '/service-accounts', '/admin/security/audit']) {
        const { text } = await admin.get(path);
        for (const secret of [key.key, device.token, device.claim]) assert.ok(!text.includes(secret), path);
        // The record's own chain is made of hashes that everybody may see.
        const members = path === '/admin/security/audit' ? /"(token|key|claim|password)":"[^"]/ : /"(hash|token|key|claim|password)":"[^"]/;
        assert.doesNotMatch(text, members, path);
    }
    for (const sort of ['token', 'hash', 'id;--', "name'", '(SELECT 1)', '-token'])
        (await admin.get(`/devices?sort=${encodeURIComponent(sort)}`)).wantProblem(422, 'bad-field');
});

test('AC18: nobody gives a role that he lacks', async () => {
    const { client: head } = await organisation();
    const operator = await serviceClient(admin, ['operator']);
    const enroller = await serviceClient(admin, ['enroller']);
    (await operator.client.post('/service-accounts', { name: uniqueName(), roles: ['administrator'] })).wantProblem(403, 'forbidden');
    (await enroller.client.post('/groups', { name: uniqueName(), roles: ['operator'] })).wantProblem(403, 'forbidden');
    (await enroller.client.post('/users', { username: 'x', email: 'x@example.org' })).wantProblem(403, 'forbidden');
    (await head.post('/organisations', { slug: uniqueName('o'), name: 'x' })).wantProblem(403, 'forbidden');
    const strange = await head.post('/service-accounts', { name: uniqueName(), roles: ['system'] });
    assert.ok([403, 422].includes(strange.status), strange.text);
    const global = (await head.post('/policies', { name: uniqueName() })).want(201);
    assert.ok([403, 404].includes(status(await head.post('/assignments', { policy_id: global.id, scope: 'global' }))));
});

test('AC19: a role in one organisation is none in another', async () => {
    const { client: head } = await organisation();
    for (const slug of ['default', uniqueName('none')])
        assert.equal(status(await head.with({ 'Seneschal-Org': slug }).get('/devices')), 403, slug);
});

test('AC21: a search is text, and a cursor is bound to its list, filters and organisation', async () => {
    await Promise.all(Array.from({ length: 3 }, () => init(nobody, uniqueName('page'))));
    for (const search of ["'", "' OR 1=1 --", '%', '_', '"', '\\', 'x%\' UNION SELECT hash FROM token --'])
        assert.deepEqual((await admin.get(`/devices?search=${encodeURIComponent(search)}`)).want(200).items, [], search);
    const page = (await admin.get('/devices?limit=1')).want(200);
    const cursor = page.next_cursor;
    assert.match(cursor, /^[\w-]+$/);
    (await admin.get(`/devices?limit=1&cursor=${cursor}`)).want(200);
    const { client: other } = await organisation();
    const swapped = `${cursor.slice(0, -2)}${cursor.at(-2) === 'A' ? 'B' : 'A'}${cursor.at(-1)}`;
    const bad = [
        await admin.get(`/devices?limit=1&cursor=${swapped}`),
        await admin.get(`/devices?limit=1&status=PENDING&cursor=${cursor}`),
        await admin.get(`/users?limit=1&cursor=${cursor}`),
        await other.get(`/devices?limit=1&cursor=${cursor}`),
        await admin.get('/devices?cursor=AAAA'),
    ];
    for (const reply of bad) assert.equal(reply.status, 400, `${reply.what}: ${reply.text}`);
});

test('AC26, AC29: strange Hosts are 421; strange Origins get no CORS, and no state change', async () => {
    for (const Host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1:1', 'localhost.evil.example'])
        assert.equal(status(await admin.with({ Host }).get('/devices')), 421, Host);
    for (const path of ['/livez', '/readyz']) (await nobody.atRoot().with({ Host: 'probe.example' }).get(path)).want(200);
    const evil = { Origin: 'https://evil.example' };
    (await admin.with(evil).post('/groups', { name: uniqueName() })).wantProblem(403, 'forbidden');
    for (const path of ['/devices', '/iassistants/config', '/devices/self']) {
        const reply = await nobody.with(evil).call('OPTIONS', path);
        assert.equal(reply.headers['access-control-allow-origin'], undefined, path);
    }
    const extension = { Origin: 'chrome-extension://abcdefghijklmnop', 'Access-Control-Request-Method': 'GET' };
    const asked = await nobody.with(extension).call('OPTIONS', '/iassistants/config');
    assert.equal(asked.status, 204);
    assert.equal(asked.headers['access-control-allow-origin'], '*');
    assert.equal(asked.headers['access-control-allow-credentials'], undefined);
    assert.match(asked.headers['access-control-allow-headers'], /authorization/i);
    assert.equal((await nobody.with(extension).call('OPTIONS', '/users')).headers['access-control-allow-origin'], undefined);
    const refused = await nobody.with(extension).get('/iassistants/config'); // an extension must be able to read why
    refused.wantProblem(401, 'unauthenticated');
    assert.equal(refused.headers['access-control-allow-origin'], '*');
    const elsewhere = await nobody.with(extension).get('/users');
    elsewhere.wantProblem(403, 'forbidden');
    assert.equal(elsewhere.headers['access-control-allow-origin'], undefined);
});

test('AC27: a form cannot post; every answer forbids framing and sniffing', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
        assert.equal(status(await admin.with({ 'Content-Type': type }).post('/groups', '{"name":"x"}')), 415, type);
    for (const reply of [await admin.get('/devices'), await nobody.get('/devices'), await nobody.get('/nothing')]) {
        assert.equal(reply.headers['x-content-type-options'], 'nosniff');
        assert.equal(reply.headers['referrer-policy'], 'no-referrer');
        assert.match(reply.headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
    }
});

test('AC34: without a credential every row that is not open is 401, whatever it is sent', async () => {
    const open = new Set();
    for (const row of readRows(BIN)) {
        const path = row.path.replaceAll(/\{\w+\}/g, STRANGE_ID);
        const root = nobody.atRoot();
        const reply = await root.call(row.method, path, row.method === 'GET' || row.method === 'DELETE' ? undefined : {});
        if (reply.status !== 401) open.add(path);
        assert.ok(reply.status < 500, `${reply.what}: ${reply.text}`);
    }
    const bare = [...open].map((path) => path.replace('/api/v1', '').replaceAll(/[0-9a-f-]{36}/g, '{id}')).filter((path) => !/^\/(health|livez|readyz|openapi\.json)$/.test(path));
    // The console's pages send whoever is signed out to sign in; its files are for anybody.
    const deep = ['applications', 'audit', 'fleet', 'logs', 'people', 'policies', 'portal', 'rollouts', 'tools'].flatMap((name) => [`/${name}`, `/${name}/{id}`, `/${name}/{id}/{id}`]);
    const expected = [
        ...deep,
        '/',
        '/admin',
        '/config',
        '/dashboard',
        '/permissions',
        '/portal/plain',
        '/web/{id}',
        '/.seneschal/finish',
        '/.seneschal/start',
        '/.well-known/oauth-authorization-server',
        '/.well-known/oauth-protected-resource',
        '/.well-known/oauth-protected-resource/mcp',
        '/.well-known/oauth-protected-resource/s/{id}/mcp',
        '/.well-known/openid-configuration',
        '/access',
        '/account/factors',
        '/account/factors/codes',
        '/account/factors/confirm',
        '/account/factors/remove',
        '/account/factors/totp',
        '/auth/login',
        '/auth/passkey',
        '/auth/passkey/options',
        '/auth/refresh',
        '/auth/register',
        '/device',
        '/devices/enroll/confirm',
        '/devices/enroll/init',
        '/docs',
        '/docs/api',
        '/docs/api/{id}',
        '/docs/{id}',
        '/forward-auth',
        '/forward-auth/continue',
        '/forward-auth/nginx',
        '/iassistants/config/keys/{id}',
        '/invitations/{id}/accept',
        '/invite/{id}',
        '/login',
        '/login/backchannel/{id}',
        '/login/callback',
        '/login/factor',
        '/login/passkey',
        '/login/upstream/{id}',
        '/logout',
        '/oauth2/authorize',
        '/oauth2/continue',
        '/oauth2/device_authorization',
        '/oauth2/introspect',
        '/oauth2/jwks',
        '/oauth2/logout',
        '/oauth2/logout/confirm',
        '/oauth2/par',
        '/oauth2/revoke',
        '/oauth2/token',
        '/recover',
        '/recover/{id}',
        '/register',
        '/setup/{id}',
    ];
    assert.deepEqual([...new Set(bare)].sort(), expected.sort());
});

test('AC39, AC42: hostile text is escaped in the log, and no log line or answer holds a secret', async () => {
    const hint = 'x\n{"level":"error","event":"forged"}\r\n\u001b[31mred\u0000'.replace('\0', '');
    const asked = await init(nobody, uniqueName(), { user_hint: hint });
    assert.ok([201, 422].includes(asked.status));
    const device = await enrol(nobody, admin);
    const replies = [await nobody.as(`${device.token}x`).get('/devices/self'), await confirm(nobody, device.id, `${device.claim}x`),
        await nobody.as(device.token).post('/devices/self/rotate', { join_seq: 'x', nonce: device.token }),
        await nobody.post(`/devices/enroll/init?token=${device.token}`, { machine_id: device.token, [device.token]: 1 })];
    const said = server.log + replies.map((reply) => reply.text).join('\n');
    for (const secret of [device.token, device.claim, admin.token]) assert.ok(!said.includes(secret), 'a secret was told');
    assert.doesNotMatch(said, /\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|sqlite)\b/i);
    for (const line of server.log.split('\n').filter(Boolean)) assert.doesNotThrow(() => JSON.parse(line), line);
    assert.doesNotMatch(server.log, /\u001b/);
});

test('AC41: metrics want metrics:read', async () => {
    assert.equal(status(await nobody.atRoot().get('/metrics')), 401);
    (await admin.atRoot().get('/metrics')).want(200);
    const operator = await serviceClient(admin, ['enroller']);
    assert.equal(status(await operator.client.atRoot().get('/metrics')), 403);
});

test('AC53: ids and times of any shape are 4xx, never 5xx', async () => {
    for (const id of ['x', '0', '-1', STRANGE_ID.toUpperCase(), `${STRANGE_ID}0`, 'null', '%7B%7D', 'é', '019a0000-0000-7000-8000-00000000000g']) {
        const reply = await admin.get(`/devices/${encodeURIComponent(decodeURIComponent(id))}`);
        reply.wantProblem(404, 'not-found');
    }
    for (const query of ['limit=0', 'limit=501', 'limit=-1', 'limit=1e3', 'limit=', 'limit=99999999999999999999', 'limit=1&limit=2', 'nope=1',
        'status=WHAT', 'status=%00'])
        assert.ok([400, 422].includes(status(await admin.get(`/devices?${query}`))), query);
});

test('AC55: what was revoked, locked and used up is so after a restart', async () => {
    const own = await startServer();
    const [boss, anybody] = [await own.admin(), own.client()];
    const device = await enrol(anybody, boss);
    const key = await enrolmentKey(boss, { uses: 1 });
    (await anybody.as(key.key).post('/agents/enroll', { machine_id: 'once' })).want(201);
    (await boss.post(`/devices/${device.id}/revoke`, { reason: 'why' })).want(200);
    (await boss.put('/fleet/lock', { locked: true })).want(200);
    await own.restart();
    const [again, anyone] = [await own.admin(), own.client()];
    (await poll(anyone, device.token)).wantProblem(403, 'device-revoked');
    assert.equal((await again.get(`/devices/${device.id}`)).want(200).status_reason, 'why');
    (await init(anyone, uniqueName())).wantProblem(403, 'fleet-locked');
    (await again.put('/fleet/lock', { locked: false })).want(200);
    assert.equal((await anyone.as(key.key).post('/agents/enroll', { machine_id: 'twice' })).json.code, 'key-exhausted');
    (await anyone.as(boss.token).get('/devices')).wantProblem(401, 'unauthenticated'); // dies with the server
});
