// SPDX-License-Identifier: Apache-2.0
// What the console is told of who asks: the permissions that gate its pages are those that the calls themselves want.
import assert from 'node:assert/strict';
import test from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const as = async (person) => {
    const pair = (await nobody.post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    return server.client({ token: pair.access_token });
};
const me = async (client) => (await client.get('/auth/me')).want(200);

test('permissions follow the roles, one for one with what the calls answer', async () => {
    const rows = [
        { roles: [], has: [], lacks: ['device:read', 'user:read', 'audit:read'] },
        { roles: ['auditor'], has: ['device:read', 'user:read', 'audit:export'], lacks: ['device:approve', 'user:write', 'system:admin'] },
        { roles: ['enroller'], has: ['device:read', 'device:approve', 'enrollment-key:write'], lacks: ['user:read', 'device:revoke'] },
        { roles: ['administrator'], has: ['device:revoke', 'user:write', 'tool:write'], lacks: ['system:admin'] },
        { roles: ['system-administrator'], has: ['system:admin', 'user:write', 'audit:export'], lacks: [] },
    ];
    for (const { roles, has, lacks } of rows) {
        const client = await as(await makePerson(server, admin, { roles }));
        const { permissions } = await me(client);
        for (const name of has) assert.ok(permissions.includes(name), `${roles} has ${name}`);
        for (const name of lacks) assert.ok(!permissions.includes(name), `${roles} lacks ${name}`);
        assert.equal((await client.get('/users')).status, permissions.includes('user:read') ? 200 : 403);
        assert.equal((await client.get('/admin/security/audit')).status, permissions.includes('audit:read') ? 200 : 403);
    }
});

test('the machine\'s administrator has them all; a right of a group comes and goes at once', async () => {
    assert.ok((await me(admin)).permissions.includes('system:admin'));
    const person = await makePerson(server, admin);
    const client = await as(person);
    const group = (await admin.post('/groups', { name: uniqueName('g'), roles: ['operator'] })).want(201);
    assert.deepEqual((await me(client)).permissions, []);
    (await admin.post(`/groups/${group.id}/members`, { user_id: person.id })).want(204);
    assert.ok((await me(client)).permissions.includes('policy:write'));
    (await admin.delete(`/groups/${group.id}/members/${person.id}`)).want(204);
    assert.deepEqual((await me(client)).permissions, []);
});

test('the language is the one that he chose, null before; features say what the settings switch on', async () => {
    const client = await as(await makePerson(server, admin));
    assert.deepEqual([(await me(client)).language, (await me(client)).features], [null, { mail: false, registration: false }]);
    (await client.put('/portal/language', { lang: 'fr' })).want(204);
    assert.equal((await me(client)).language, 'fr');
    const other = await startServer({ env: { SENESCHAL_REGISTRATION_OPEN: 'true' } });
    assert.equal((await me(await other.admin())).features.registration, true);
});
