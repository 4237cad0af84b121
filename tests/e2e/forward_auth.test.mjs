// SPDX-License-Identifier: Apache-2.0
// Forward-auth with a real nginx and a real Caddy: the right group comes through and nobody else, and what a client writes
// about himself does not count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol, uniqueName } from './lib/fleet.mjs';
import { application, ask, HOST, hasProxy, PROXIES, startProxy } from './lib/front.mjs';
import { makePerson } from './lib/person.mjs';
import { noteCall } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';

const SPOOFED = {
    'Remote-User': 'root', 'remote-groups': 'admins', 'Remote-Email': 'root@example.org', 'Remote-Name': 'Root', 'Seneschal-Device': 'mine', 'X-Forwarded-User': 'root',
};
const NAMES = ['remote-user', 'remote-groups', 'remote-email', 'remote-name', 'seneschal-device', 'x-forwarded-user'];
const bearer = (token) => ({ Authorization: `Bearer ${token}` });
const basic = (user, password) => ({ Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
const PAGE = { Accept: 'text/html,application/xhtml+xml' };

const server = await startServer({ env: { SENESCHAL_TRUSTED_PROXIES: '127.0.0.1' } });
const admin = await server.admin();
const group = (await admin.post('/groups', { name: `family, friends ${uniqueName()}` })).want(201);
const wiki = (await admin.post('/applications', { name: uniqueName('wiki'), kind: 'forward_auth', host: HOST, groups: [group.id] })).want(201);
await admin.post('/applications', { name: uniqueName('other'), kind: 'forward_auth', host: 'other.example.org' });

async function makeService(groups = []) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('s'), groups })).want(201);
    const { token } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    return { ...account, token };
}
const insider = await makeService([group.id]);
const outsider = await makeService();
const inside = await enrol(server.client(), admin);
const outside = await enrol(server.client(), admin);
(await admin.post(`/groups/${group.id}/members`, { device_id: inside.id })).want(204);
const ada = await makePerson(server, admin, { groups: [group.id], display_name: 'Ada L.' });
const bob = await makePerson(server, admin);
async function personalToken(person) {
    const { access_token } = (await server.client().post('/auth/login', { username: person.username, password: person.password })).want(200);
    const self = server.client({ token: access_token });
    const made = (await self.post('/auth/tokens', { name: 'calendar' })).want(201);
    assert.match(made.token, /^sen_u_/);
    assert.ok((await self.get('/auth/tokens')).want(200).items.some((t) => t.id === made.id && t.token === undefined));
    return { ...made, self };
}
const adas = await personalToken(ada);
const bobs = await personalToken(bob);
const app = await application();

for (const kind of PROXIES) {
    test(`${kind}`, { skip: hasProxy(kind) ? false : `no ${kind} on this machine` }, async (t) => {
        const port = await startProxy(kind, { seneschal: server.port, app });
        const refused = async (headers, status) => {
            const got = await ask(port, { headers });
            assert.equal(got.status, status, got.text);
            assert.equal(got.seen, undefined, 'the application was not asked');
            return got;
        };

        await t.test('IDENTITY 59: the right group comes through, with our headers and nobody else’s', async () => {
            const { seen, status, text } = await ask(port, { url: '/page?x=1', headers: { ...bearer(insider.token), ...SPOOFED } });
            assert.equal(status, 200, text);
            noteCall('GET', kind === 'nginx' ? '/forward-auth/nginx' : '/forward-auth', status); // the proxy asked
            assert.equal(seen.url, '/page?x=1');
            assert.equal(seen.headers['remote-user'], insider.name);
            assert.equal(seen.headers['remote-groups'], group.name.replace(',', '%2C'));
            assert.deepEqual(['remote-email', 'remote-name', 'seneschal-device', 'x-forwarded-user'].map((name) => seen.headers[name] ?? ''), ['', '', '', '']);
        });

        await t.test('and nobody else', async () => {
            await refused({ ...bearer(outsider.token), ...SPOOFED }, 403);
            await refused({ ...bearer(outside.token), ...SPOOFED }, 403);
            await refused({ ...bearer('sen_s_nothing'), ...SPOOFED }, 401);
            await refused({ ...bearer(`${insider.token}x`) }, 401);
            await refused(SPOOFED, 401);
            await refused({ ...SPOOFED, Cookie: 'seneschal=sen_b_x; seneschal-app=sen_b_x' }, 401);
        });

        await t.test('a device comes by its own token', async () => {
            const { seen } = await ask(port, { headers: { ...bearer(inside.token), ...SPOOFED } });
            assert.equal(seen?.headers['seneschal-device'], inside.id);
        });

        await t.test('HTTP Basic with a personal token, of that person only', async () => {
            const { seen, text } = await ask(port, { headers: { ...basic(ada.username.toUpperCase(), adas.token), ...SPOOFED } });
            assert.ok(seen, text);
            assert.deepEqual(NAMES.slice(0, 4).map((name) => seen.headers[name]), [ada.username, group.name.replace(',', '%2C'), ada.email, 'Ada L.']);
            await refused(basic(bob.username, adas.token), 401);
            await refused(basic(bob.username, bobs.token), 403);
            await refused(basic(ada.username, ada.password), 401);
            await refused(basic(ada.username, insider.token), 401);
            await refused({ Authorization: 'Basic !!!' }, 401);
        });

        await t.test('IDENTITY 59: the host in any case and with a point at its end is the same host', async () => {
            for (const host of [HOST.toUpperCase(), `${HOST}:${port}`, ...(kind === 'nginx' ? [`${HOST}.`] : [])]) {
                assert.equal((await ask(port, { host, headers: bearer(insider.token) })).status, 200, host);
            }
        });

        await t.test('IDENTITY 59: method, host and path that a client makes up are not believed', async () => {
            const spoofed = { 'X-Forwarded-Host': 'other.example.org', 'X-Forwarded-Method': 'OPTIONS', 'X-Forwarded-Uri': '//evil.example/', 'X-Original-URL': 'https://other.example.org/', 'X-Forwarded-For': '10.0.0.1' };
            assert.equal((await ask(port, { headers: { ...bearer(insider.token), ...spoofed } })).status, 200);
            await refused({ ...bearer(outsider.token), ...spoofed }, 403);
            const away = await ask(port, { url: '/deep/path?a=b', headers: { ...PAGE, ...spoofed } });
            assert.equal(away.status, 302, away.text);
            const url = new URL(away.headers.location, `http://${HOST}:${port}`);
            assert.deepEqual([url.host, url.pathname, url.searchParams.get('rd')], [`${HOST}:${port}`, '/.seneschal/start', '/deep/path?a=b']);
        });

        await t.test('who leaves the group is out with the next request', async () => {
            const leaver = await makeService([group.id]);
            assert.equal((await ask(port, { headers: bearer(leaver.token) })).status, 200);
            (await admin.delete(`/groups/${group.id}/members/${leaver.id}`)).want(204);
            await refused(bearer(leaver.token), 403);
        });

        await t.test('a rule of the application holds here too', async () => {
            const rule = (await admin.post('/access-rules', { name: uniqueName('r'), effect: 'allow', application_id: wiki.id, not_cidr: ['127.0.0.0/8'] })).want(201);
            await refused(bearer(insider.token), 403);
            (await admin.delete(`/access-rules/${rule.id}`)).want(204);
            assert.equal((await ask(port, { headers: bearer(insider.token) })).status, 200);
        });
    });
}

test('a host that no application has, and one that is disabled, is refused', async () => {
    const at = (host) => server.client({ token: insider.token }).atRoot().get('/forward-auth', { headers: { 'X-Forwarded-Host': host } });
    (await at('nobody.example.org')).wantProblem(403, 'forbidden');
    (await at(HOST)).want(200);
    (await admin.patch(`/applications/${wiki.id}`, { status: 'disabled' })).want(200);
    (await at(HOST)).wantProblem(403, 'forbidden');
    (await admin.patch(`/applications/${wiki.id}`, { status: 'active' })).want(200);
});

test('a personal token ends when its person says so', async () => {
    const at = () => server.client().atRoot().get('/forward-auth', { headers: { 'X-Forwarded-Host': HOST, ...basic(ada.username, adas.token) } });
    (await at()).want(200);
    (await bobs.self.delete(`/auth/tokens/${adas.id}`)).wantProblem(404, 'not-found');
    (await adas.self.delete(`/auth/tokens/${adas.id}`)).want(204);
    (await at()).wantProblem(401, 'unauthenticated');
});
