// SPDX-License-Identifier: Apache-2.0
// The portal's page without scripts: what the person may open, in his language, with nothing of it run as markup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { uniqueName } from './lib/fleet.mjs';
import { makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();

async function visit(person, path = '/portal/plain') {
    const browser = new Browser(server.url);
    signIn(browser, server, person);
    const page = await browser.get(path);
    assert.equal(page.status, 200, page.text);
    return page;
}

test('it lists what the person may open, and has the way out', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('family') })).want(201);
    const ada = await makePerson(server, admin, { groups: [group.id] });
    const guest = await makePerson(server, admin);
    const name = uniqueName('Wiki');
    const boss = uniqueName('Argo');
    (await admin.post('/applications', { name, kind: 'oidc', launch_url: 'https://wiki.example.org/', groups: [group.id] })).want(201);
    (await admin.post('/applications', { name: boss, kind: 'oidc', admin: true, groups: [group.id] })).want(201);
    const page = await visit(ada);
    assert.match(page.text, new RegExp(`<a href="https://wiki\\.example\\.org/"[^>]*>${name}</a>`));
    assert.ok(page.text.includes(ada.username) && page.text.includes(group.name));
    assert.ok(!page.text.includes(boss), 'what is for administrators does not show');
    assert.ok(page.form('/logout'));
    assert.ok(!(await visit(guest)).text.includes(name));
    assert.match((await visit(ada, '/portal/plain?lang=fr')).text, /Vos applications/);
    const nobody = await new Browser(server.url).get('/portal/plain');
    assert.deepEqual([nobody.status, nobody.location.pathname], [303, '/login']);
});

test('a rule that refuses just now takes it from the list', async () => {
    const ada = await makePerson(server, admin);
    const name = uniqueName('Safe');
    const app = (await admin.post('/applications', { name, kind: 'oidc' })).want(201);
    (await admin.post(`/applications/${app.id}/bindings`, { user_id: ada.id })).want(201);
    assert.ok((await visit(ada)).text.includes(name));
    const rule = (await admin.post('/access-rules', { name: uniqueName('r'), effect: 'allow', application_id: app.id, cidr: ['192.0.2.0/24'] })).want(201);
    assert.ok(!(await visit(ada)).text.includes(name));
    (await admin.delete(`/access-rules/${rule.id}`)).want(204);
});

test('IDENTITY 57: name, description, icon and group are shown as the text that they are', async () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const group = (await admin.post('/groups', { name: `g ${evil}` })).want(201);
    const ada = await makePerson(server, admin, { groups: [group.id], display_name: evil });
    const make = (more) => admin.post('/applications', { name: `${uniqueName()} ${evil}`, kind: 'oidc', description: evil, groups: [group.id], ...more });
    (await make({ icon: '/assets/a.png?%22%3E%3Cscript%3E' })).want(201);
    (await make({ icon: 'https://cdn.example.org/i.svg', launch_url: "https://a.example/?q='" })).want(201);
    for (const icon of ['<svg onload=alert(1)>', 'data:image/svg+xml;base64,PHN2Zz4=', 'javascript:alert(1)', '//evil.example/i.png']) (await make({ icon })).want(422);
    (await admin.post('/users', { username: uniqueName('p'), email: `${uniqueName('p')}@example.org`, picture: 'data:image/svg+xml,<svg onload=alert(1)>' })).wantProblem(422, 'unknown-field'); // nobody has one
    const { text } = await visit(ada);
    assert.ok(text.includes('&lt;script&gt;alert(1)'));
    assert.doesNotMatch(text, /<script|<img src=x|onerror=alert\(1\)>|cdn\.example\.org|javascript:/);
});
