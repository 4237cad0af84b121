// SPDX-License-Identifier: Apache-2.0
// docs/GATEWAY.md and docs/HOME-ASSISTANT.md do what they say: their commands are taken from the pages and run, one block after the other.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { enrol } from './lib/fleet.mjs';
import { commandsOf } from './lib/guide.mjs';
import { json, result, said, startOlder } from './lib/mcp_odd.mjs';
import { makePerson } from './lib/person.mjs';
import { BIN, Child, eventually, run, seneschal, tempDir } from './lib/process.mjs';
import { readRows, rowOf } from './lib/routes.mjs';
import { startServer } from './lib/server.mjs';
import { startHomeAssistant } from './mcp/homeassistant.mjs';

const pages = { gateway: commandsOf('docs/GATEWAY.md'), house: commandsOf('docs/HOME-ASSISTANT.md') };
const used = new Set();

const tools = (more = '') => [['search', { readOnlyHint: true }], ['add_recipe', {}], ['delete_recipe', { destructiveHint: true }]]
    .map(([name, annotations]) => ({ name, description: `${name}${name === 'delete_recipe' ? more : ''}`, inputSchema: { type: 'object' }, annotations }));
let shown = tools();
const recipes = await startOlder({ call: (m, res) => json(res, m.method === 'tools/list' ? result(m.id, { tools: shown }) : said(m.id, 'done')) });
const house = await startHomeAssistant({ token: 'of-the-house' });
after(() => Promise.all([recipes.close(), house.close()]));

const server = await startServer({ env: { SENESCHAL_GATEWAY_LIST_TTL: '0' } });
const admin = await server.admin();
const dir = tempDir('docs-gateway');
symlinkSync(BIN, path.join(dir, 'seneschal'));
const write = (name, text) => writeFileSync(path.join(dir, name), text, { mode: 0o600 });
write('headers.json', '{"X-Key":"secret"}');
write('notes.token', 'of-the-notes\n');
write('token-file', 'of-the-house\n');
write('admin.token', await server.adminToken());
const ada = await makePerson(server, admin, { username: 'ada' });
write('ada.token', (await server.client().post('/auth/login', { username: 'ada', password: ada.password })).want(200).access_token);
await makePerson(server, admin, { username: 'ben', roles: ['operator'] });

/** Block n under a heading, where its hosts are; `words`: what stands there for something else. */
async function block(page, heading, n = 0, { words = {}, as = 'admin.token', code = 0 } = {}) {
    let text = pages[page][heading]?.[n];
    assert.ok(text, `${heading} has no block ${n}`);
    used.add(text);
    const places = { 'https://mealie-mcp.home.example/mcp': recipes.url, 'http://192.168.1.5:8123': house.url, 'https://seneschal.example': server.url, ...words };
    for (const [from, to] of Object.entries(places)) text = text.replaceAll(from, to);
    write('block.sh', text.replace(/^seneschal login.*$/gm, 'true').replace(/ remove .*$/gm, '$& --yes')); // nobody is at a terminal
    const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: as, PATH: `${dir}:${process.env.PATH}` };
    const done = await run('sh', ['-eu', 'block.sh'], { cwd: dir, env });
    assert.equal(done.code, code, `${text}\n${done.stdout}\n${done.stderr}`);
    return done.stdout;
}
const token = (name) => readFileSync(path.join(dir, name), 'utf8').trim();

test('first steps', async () => {
    const out = await block('gateway', 'First steps');
    assert.match(out, /^ok +protocol/m);
    assert.match(out, /^demo__add +a b +Adds two integers\.$/m);
    assert.match(out, /\n5\n$/);
    assert.ok(!out.includes(token('desk.token')), 'the token goes into its file alone');
});

test('servers, and a credential of each person', async () => {
    assert.match(await block('gateway', 'Servers'), /^ok +tools +3 tools/m);
    await block('gateway', 'Each person his own', 0, { words: { 'https://notes-mcp.home.example/mcp': recipes.url } });
    assert.match(await block('gateway', 'Each person his own', 1, { as: 'ada.token' }), /^notes +- +false/m, 'without server:read');
    const { items } = (await admin.as(token('ada.token')).get('/gateway/credentials')).want(200);
    assert.deepEqual(items.map((one) => [one.name, one.given, one.kind]), [['notes', true, 'bearer']]);
});

test('a tool that has changed waits, is looked at, and approved', async () => {
    const { id } = (await admin.all('/gateway/servers')).find((s) => s.name === 'recipes');
    const tool = () => admin.get(`/gateway/servers/${id}/tools/delete_recipe`);
    const list = () => seneschal(['tool', 'list', '--upstream', 'recipes'], { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: path.join(dir, 'desk.token') } });
    await list();
    assert.equal((await tool()).want(200).class, 'EXECUTE');
    shown = tools(' and everything else');
    await list();
    assert.equal((await tool()).want(200).state, 'quarantined');
    const out = await block('gateway', 'Tools are pinned', 0, { words: { DIGEST: (await tool()).want(200).pending_digest } });
    assert.match(out, /^delete_recipe +quarantined/m);
    assert.match(out, /and everything else/);
    assert.equal((await tool()).want(200).state, 'active');
});

test('who may call what', async () => {
    (await admin.post('/groups', { name: 'family' })).want(201);
    await enrol(server.client(), admin, { machine_id: 'kiosk-3' });
    const out = await block('gateway', 'Who may call what');
    assert.match(out, /^allowed +true$/m);
    assert.match(out, /^source +user$/m);
});

test('a person says yes, and another one no', async () => {
    const { id } = (await admin.all('/gateway/servers')).find((s) => s.name === 'recipes');
    const [, command] = readFileSync('docs/GATEWAY.md', 'utf8').match(/`(seneschal server class recipes delete_recipe --approval true)`/);
    const env = { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: path.join(dir, 'admin.token') };
    assert.equal((await seneschal(command.split(' ').slice(1), { env })).code, 0);
    assert.equal((await admin.get(`/gateway/servers/${id}/tools/delete_recipe`)).want(200).approval, true);
    const waiting = async () => (await admin.get('/gateway/approvals?state=waiting')).want(200).items[0];
    const all = pages.gateway["A person's yes"][0].split('\n').filter(Boolean);
    used.add(pages.gateway["A person's yes"][0]);
    for (const [verb, ends] of [['approve', { code: 0, said: /done/ }], ['deny', { code: 4, said: /Nobody has approved this call: a person has denied the call/ }]]) {
        const call = new Child(BIN, ['tool', 'call', 'recipes__delete_recipe'], { env: { ...env, SENESCHAL_TOKEN_FILE: path.join(dir, 'ada.token') } });
        const row = await eventually('it waits', waiting);
        const { digest } = (await admin.get(`/gateway/approvals/${row.id}`)).want(200);
        const lines = all.filter((line) => / list | show /.test(line) || line.includes(` ${verb} `));
        assert.equal(lines.length, 3);
        write('block.sh', lines.join('\n').replaceAll(/\bID\b/g, row.id).replaceAll('DIGEST', digest));
        const done = await run('sh', ['-eu', 'block.sh'], { cwd: dir, env: { ...env, PATH: `${dir}:${process.env.PATH}` } });
        assert.equal(done.code, 0, done.stderr);
        assert.equal((await call.ended()).code, ends.code, call.stderr);
        assert.match(call.stdout + call.stderr, ends.said);
    }
});

test('without MCP, and by the command line', async () => {
    assert.match(await block('gateway', 'Without MCP', 0, { words: { $URL: server.url, $TOKEN: token('desk.token') } }), /"text":"42"/);
    assert.equal(await block('gateway', 'By the command line', 0, { as: 'desk.token' }), '5\n');
});

test('a Home Assistant, by its person', async () => {
    const out = await block('house', 'Here', 0, { as: 'ada.token' });
    assert.match(out, /^domains_allowed +\["light","switch"\]$/m);
    assert.match(out, /^ok +true$/m);
    assert.match(out, /^GetLiveContext /m);
    const made = await block('house', 'Here', 1, { words: { $TOKEN: token('ada.token'), 'eyJ…': 'of-the-house' } });
    assert.equal(JSON.parse(made).name, 'home');
    house.token = 'another';
    const failed = await seneschal(['homeassistant', 'test', 'home'], { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: path.join(dir, 'ada.token') } });
    assert.equal(failed.code, 1, 'as the page says');
});

test('each block of commands was run, each call named on the pages is one', () => {
    for (const text of Object.values(pages).flatMap((page) => Object.values(page).flat())) assert.ok(used.has(text), text);
    const rows = readRows(BIN);
    const text = readFileSync('docs/GATEWAY.md', 'utf8') + readFileSync('docs/HOME-ASSISTANT.md', 'utf8');
    const calls = [...text.matchAll(/`?(GET|POST|PUT|PATCH|DELETE) (?:`)?(\/(?:gateway|permissions|config)[\w/{}-]*)/g)];
    assert.ok(calls.length >= 5, String(calls.length));
    for (const [, method, at] of calls) assert.ok(rowOf(rows, method, `/api/v1${at}`), `${method} ${at}`);
});
