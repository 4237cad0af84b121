// SPDX-License-Identifier: Apache-2.0
// Permissions as files: who gains or loses a tool is said first, and what people said by hand stays.
import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine, files } from './lib/apply.mjs';
import { enrol, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

/** A server, and the command line as its administrator. */
async function setUp() {
    const server = await startServer();
    return { server, ...(await commandLine(server, await server.adminToken())), admin: await server.admin() };
}

const BASE = 'groups:\n  family: {priority: 50}\n  guests: {priority: 10}\nupstreams:\n  recipes: {transport: http, url: "https://mcp.example.org/mcp"}\nservice_accounts:\n  bot: {groups: [guests]}\n';
const ROWS = `${BASE}permissions:
  - {group: family, tool: "recipes/*", can_write: true}
  - {group: guests, tool: recipes/add, can_write: false}
  - {service_account: bot, tool: recipes/run, can_execute: true, arguments: [{pointer: /n, op: max, value: 3}]}
  - {everybody: true, tool: "*", can_read: false, is_enabled: true}
`;
const rowsOf = async (admin) => Object.fromEntries((await admin.all('/permissions')).map((r) => [`${r.subject_kind} ${r.subject_name} ${r.tool}`, r]));
const person = async (admin, groups) => {
    const username = uniqueName('ann');
    return (await admin.post('/users', { username, email: `${username}@example.org`, groups })).want(201);
};

test('a plan says who gains and loses which tool, the second run changes nothing', async () => {
    const { ok, admin } = await setUp();
    await ok('apply', '-f', await files(BASE));
    const ann = await person(admin, ['family']);
    const dir = await files(ROWS);
    const plan = await ok('plan', '-f', dir);
    assert.match(plan, /^\+ permission recipes\/\* for group family\n {4}tool: "recipes\/\*"\n {4}group: "family"\n {4}can_write: true$/m);
    assert.match(plan, /^who may call what:\n {2}- everybody loses READ of \*$/m);
    assert.match(plan, new RegExp(`^ {2}\\+ ${ann.username} gains WRITE of recipes/\\*$`, 'm'));
    assert.match(plan, /^ {2}\+ bot \(service account\) gains EXECUTE of recipes\/run$/m);
    assert.doesNotMatch(plan, /bot \(service account\) (gains|loses) (READ|WRITE)/, 'it loses what everybody loses');
    assert.match(plan, /^4 to make, 0 to change, 0 to delete$/m);
    assert.deepEqual(await rowsOf(admin), {});
    assert.equal(await ok('apply', '-f', dir, '--yes'), plan);
    const rows = await rowsOf(admin);
    assert.deepEqual(Object.keys(rows).sort(), ['default default *', 'group family recipes/*', 'group guests recipes/add', 'service-account bot recipes/run']);
    const bot = rows['service-account bot recipes/run'];
    assert.deepEqual([bot.can_execute, bot.can_read, bot.arguments], [true, null, [{ op: 'max', pointer: '/n', value: 3 }]]);
    assert.equal(await ok('apply', '-f', dir), 'no change\n');
    const managed = (await admin.all('/managed')).filter((m) => m.kind === 'permission').map((m) => m.id).sort();
    assert.deepEqual(managed, Object.values(rows).map((r) => r.id).sort(), 'the rows are marked, each by itself');
});

test('what a person is in by name and by group counts as the gateway counts it', async () => {
    const { ok, run, admin } = await setUp();
    await ok('apply', '-f', await files(BASE));
    const both = await person(admin, ['family', 'guests']);
    const guest = await person(admin, ['guests']);
    await ok('apply', '-f', await files(ROWS), '--yes');
    const asked = async (who, tool, access) => (await admin.post('/permissions/validate', { tool, access, user_id: who.id })).want(200).allowed;
    assert.deepEqual([await asked(both, 'recipes/add', 'WRITE'), await asked(guest, 'recipes/add', 'WRITE')], [true, false]);
    // Of two groups the greater priority decides: with the order turned, the first of them loses it.
    const turned = ROWS.replace('priority: 10', 'priority: 90');
    const { code, stdout, stderr } = await run('apply', '-f', await files(turned));
    assert.equal(code, 2, stdout);
    assert.match(stderr, /^hint: --yes/m);
    assert.match(stdout, new RegExp(`^ {2}- ${both.username} loses WRITE of recipes/add$`, 'm'));
    assert.doesNotMatch(stdout, new RegExp(guest.username));
    await ok('apply', '-f', await files(turned), '--yes');
    assert.equal(await asked(both, 'recipes/add', 'WRITE'), false);
    // Said for one person, it goes before both.
    const own = await ok('apply', '-f', await files(`${turned}  - {user: ${both.username}, tool: recipes/add, can_write: true}\n`));
    assert.match(own, new RegExp(`^ {2}\\+ ${both.username} gains WRITE of recipes/add$`, 'm'));
    assert.equal(await asked(both, 'recipes/add', 'WRITE'), true);
});

test('what changes is one member; what the file does not say stays; conditions that are new are asked about', async () => {
    const { ok, run, admin } = await setUp();
    const row = (more) => files(`${BASE}permissions:\n  - {service_account: bot, tool: recipes/run${more}}\n`);
    await ok('apply', '-f', await row(', can_execute: true, can_read: true'));
    const before = (await rowsOf(admin))['service-account bot recipes/run'];
    const narrow = await row(', arguments: [{pointer: /a, op: absent}]');
    const asked = await run('apply', '-f', narrow);
    assert.equal(asked.code, 2);
    assert.match(asked.stdout, /^~ permission recipes\/run for service_account bot\n {4}arguments: \[.*\]$/m);
    assert.match(asked.stdout, /^ {2}~ bot \(service account\) keeps EXECUTE of recipes\/run, under other conditions$/m);
    await ok('apply', '-f', narrow, '--yes');
    const after = (await rowsOf(admin))['service-account bot recipes/run'];
    assert.deepEqual([after.id, after.can_execute, after.can_read, after.arguments], [before.id, true, true, [{ op: 'absent', pointer: '/a' }]]);
    const wide = await ok('apply', '-f', await row(', arguments: [], can_read: null, device: {}'));
    assert.match(wide, /^ {4}can_read: true -> null$/m);
    assert.deepEqual([(await rowsOf(admin))['service-account bot recipes/run'].arguments, (await rowsOf(admin))['service-account bot recipes/run'].can_read], [null, null]);
});

test('only what files made is deleted, and only when told', async () => {
    const { ok, run, admin } = await setUp();
    await ok('apply', '-f', await files(ROWS), '--yes');
    const group = (await admin.get('/groups?search=family')).want(200).items[0];
    (await admin.put(`/permissions/group/${group.id}`, { tool: 'recipes/by_hand', can_write: true })).want(200);
    const less = await files(`${BASE}permissions:\n  - {group: family, tool: "recipes/*"}\n`);
    assert.match(await ok('apply', '-f', less), /^no change\n3 that files made are in none now and stay: --prune deletes them$/m);
    assert.equal((await run('apply', '-f', less, '--prune')).code, 2);
    const pruned = await ok('apply', '-f', less, '--prune', '--yes');
    assert.match(pruned, /^- permission recipes\/add for group guests$/m);
    assert.match(pruned, /^ {2}\+ everybody gains READ of \*$/m);
    assert.match(pruned, /^ {2}- bot \(service account\) loses EXECUTE of recipes\/run$/m);
    assert.deepEqual(Object.keys(await rowsOf(admin)).sort(), ['group family recipes/*', 'group family recipes/by_hand']);
    const gone = await ok('apply', '-f', await files('groups:\n  family:\n'), '--prune', '--yes');
    assert.match(gone, /^- permission recipes\/\* for group family\n- upstream recipes\n- service account bot\n- group guests$/m);
    assert.deepEqual(await rowsOf(admin), {}, 'what was said by hand about a server goes with it');
});

test('people and machines may be named; export has those rows only where files made them', async () => {
    const { server, ok, run, admin } = await setUp();
    await ok('apply', '-f', await files(BASE));
    const ann = await person(admin, []);
    const machine = await enrol(server.client(), admin);
    const name = (await admin.get(`/devices/${machine.id}`)).want(200).machine_id;
    const dir = await files(`${BASE}permissions:\n  - {user: ${ann.username}, tool: recipes/add, can_write: true}\n  - {machine: "${name}", tool: recipes/add, is_enabled: false}\n`);
    const plan = await ok('apply', '-f', dir, '--yes');
    assert.match(plan, new RegExp(`^ {2}- ${name} \\(device\\) loses READ of recipes/add$`, 'm'));
    assert.equal(await ok('apply', '-f', dir), 'no change\n');
    (await admin.put(`/permissions/user/${ann.id}`, { tool: '*', can_read: true })).want(200);
    const text = await ok('export');
    assert.match(text, new RegExp(`user: ${ann.username}`));
    assert.doesNotMatch(text, /tool: "\*"/);
    assert.equal(await ok('plan', '-f', await files(text)), 'no change\n');
    const { code, stderr } = await run('plan', '-f', await files(`${BASE}permissions:\n  - {user: nobody-of-that-name, tool: recipes/add, can_write: true}\n`));
    assert.notEqual(code, 0);
    assert.match(stderr, /permission 'recipes\/add for user nobody-of-that-name': the server has no user 'nobody-of-that-name'/);
});

test('one row is taken back by its id, and its mark with it', async () => {
    const { ok, admin } = await setUp();
    await ok('apply', '-f', await files(ROWS), '--yes');
    const row = (await rowsOf(admin))['group family recipes/*'];
    (await admin.delete(`/permissions/${row.id}`, { headers: { 'If-Match': '"x"' } })).wantProblem(412, 'stale');
    (await admin.delete(`/permissions/${row.id}`)).want(204);
    (await admin.delete(`/permissions/${row.id}`)).wantProblem(404, 'not-found');
    assert.ok(!(await admin.all('/managed')).some((m) => m.id === row.id));
    const event = (await admin.get('/admin/security/audit?action=permission.deleted')).want(200).items[0];
    assert.deepEqual([event.target.kind, event.target.name, event.details.tool], ['group', 'family', 'recipes/*']);
});

test('pages of the list, and one tenant sees nothing of another', async () => {
    const { ok, admin } = await setUp();
    await ok('apply', '-f', await files(ROWS), '--yes');
    const one = (await admin.get('/permissions?limit=3')).want(200);
    assert.equal(one.items.length, 3);
    const two = (await admin.get(`/permissions?limit=3&cursor=${one.next_cursor}`)).want(200);
    assert.deepEqual([two.items.length, two.next_cursor], [1, null]);
    (await admin.post('/organisations', { slug: 'other', name: 'Other' })).want(201);
    const there = admin.with({ 'Seneschal-Org': 'other' });
    assert.deepEqual((await there.get('/permissions')).want(200).items, []);
    (await there.delete(`/permissions/${one.items[0].id}`)).wantProblem(404, 'not-found');
    assert.equal((await ok('permission', 'list', '-o', 'json')).match(/"subject_kind"/g).length, 4);
});

const refused = await setUp();
await refused.ok('apply', '-f', await files(BASE));
for (const [what, row, why] of [
    ['nobody', '{tool: "*", can_read: true}', /permission: want a tool .*everybody: true/],
    ['two at once', '{group: family, everybody: true, tool: "*"}', /permission: want a tool/],
    ['a name that is no text', '{group: [family], tool: "*"}', /permission: want a tool/],
    ['no tool', '{group: family, can_read: true}', /permission: want a tool/],
    ['a prefix', '{group: family, tool: recipes__add}', /permission: want a tool/],
    ['a server that there is not', '{group: family, tool: nothing/add, can_read: true}', /tool: 'nothing' is in no file/],
    ['a group that there is not', '{group: nobody, tool: "*", can_read: true}', /group: 'nobody' is in no file/],
    ['the same twice', '{group: family, tool: "*"}\n  - {group: family, tool: "*"}', /stands in the files twice/],
    ['a row that says nothing', '{group: family, tool: "*"}', /at least one of can_read/],
]) {
    test(`refused: ${what}`, async () => {
        const { code, stdout, stderr } = await refused.run('apply', '-f', await files(`${BASE}permissions:\n  - ${row}\n`), '--yes');
        assert.ok([1, 2].includes(code), `${code} ${stdout}`);
        assert.match(stderr, why);
        assert.deepEqual(await rowsOf(refused.admin), {});
    });
}
