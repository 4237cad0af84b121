// SPDX-License-Identifier: Apache-2.0
// The table of devices: any row at once, each order that it shows, several statuses, the exact total, and the list as a file.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decide, init, uniqueName } from './lib/fleet.mjs';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const prefix = uniqueName('t');
const HOSTS = ['zeta', 'alpha', '=1+1', undefined, 'Beta', 'gamma', 'beta'];
const ids = [];
for (const [i, hostname] of HOSTS.entries()) {
    const asked = (await init(nobody, `${prefix}-${i}`, { hostname })).want(201);
    ids.push(asked.device_id);
    if (i % 2 === 0) await decide(admin, asked.device_id, 'approve');
}
(await admin.post(`/devices/${ids[0]}/block`, {})).want(200);

const page = async (query, client = admin) => (await client.get(`/devices?search=${prefix}&${query}`)).want(200);
const names = (rows) => rows.items.map((d) => Number(d.machine_id.split('-').at(-1)));

test('from any row on it is the same list, in every order, and its cursor goes on there', async () => {
    for (const key of ['created_at', 'machine_id', 'last_seen_at', 'hostname', 'status']) {
        for (const sort of [key, `-${key}`]) {
            const all = names(await page(`sort=${sort}`));
            assert.equal(all.length, HOSTS.length);
            for (let offset = 0; offset <= HOSTS.length + 1; offset += 2) {
                const got = await page(`sort=${sort}&offset=${offset}&limit=2&count=true`);
                assert.deepEqual([names(got), got.total], [all.slice(offset, offset + 2), HOSTS.length], `${sort} from ${offset}`);
                if (got.next_cursor === null) continue;
                const next = await page(`sort=${sort}&limit=2&cursor=${got.next_cursor}`);
                assert.deepEqual(names(next), all.slice(offset + 2, offset + 4));
            }
        }
    }
    assert.deepEqual(names(await page('sort=hostname')), [3, 2, 1, 4, 6, 5, 0], 'whatever the case; without a name first');
});

test('several statuses, and what a page may not ask', async () => {
    assert.deepEqual(names(await page('status=PENDING,BLOCKED&sort=machine_id')), [0, 1, 3, 5]);
    assert.deepEqual(names(await page('status=PENDING&sort=machine_id&offset=1')), [3, 5]);
    assert.equal((await page('status=ENROLLED,PENDING,BLOCKED&count=true&limit=1')).total, HOSTS.length);
    for (const bad of ['status=PENDING,', 'status=,', 'status=pending', 'status=PENDING%20BLOCKED', 'offset=-1', 'offset=x', 'offset=1000001', 'sort=os', 'format=xml'])
        (await admin.get(`/devices?${bad}`)).wantProblem(422, 'bad-field');
    const { next_cursor: cursor } = await page('limit=1');
    (await admin.get(`/devices?search=${prefix}&limit=1&offset=1&cursor=${cursor}`)).wantProblem(422, 'bad-field');
    (await admin.get(`/devices?search=${prefix}&status=PENDING&cursor=${cursor}`)).want(400);
});

test('how many stand in each state, of those that the filters leave', async () => {
    const none = { all: 0, pending: 0, enrolled: 0, blocked: 0, uninstalled: 0, refused: 0, revoked: 0 };
    const counts = async (query, client = admin) => (await client.get(`/devices/counts?${query}`)).want(200);
    assert.deepEqual(await counts(`search=${prefix}`), { ...none, all: HOSTS.length, pending: 3, enrolled: 3, blocked: 1 });
    assert.deepEqual(await counts(`search=${prefix}-1`), { ...none, all: 1, pending: 1 });
    assert.deepEqual(await counts('group=nobody-has-this'), none);
    assert.deepEqual(await counts(''), (await admin.get('/admin/stats')).want(200).devices, 'without a filter all of them');
    for (const bad of ['status=PENDING', 'limit=1', 'sort=status', 'user=x']) (await admin.get(`/devices/counts?${bad}`)).want(422);
});

test('as a file: what the filters leave, in their order; a cell is never a formula', async () => {
    const csv = (await admin.get(`/devices?search=${prefix}&sort=machine_id&format=csv`));
    assert.equal(csv.status, 200);
    assert.match(csv.headers['content-disposition'], /devices\.csv/);
    const lines = csv.text.trimEnd().split('\r\n');
    assert.equal(lines.length, HOSTS.length + 1);
    assert.match(lines[0], /^id,machine_id,hostname,/);
    assert.ok(lines[3].includes(`"'=1+1"`), lines[3]);
    const ndjson = (await admin.get(`/devices?search=${prefix}&status=PENDING&format=ndjson`)).text.trimEnd().split('\n').map(JSON.parse);
    assert.deepEqual(ndjson.map((d) => d.status), ['PENDING', 'PENDING', 'PENDING']);
    assert.equal((await admin.get('/devices?search=nobody-has-this&format=ndjson')).text, '');
});

test('who lacks device:read has his own, whatever he asks; another organisation has none of them', async () => {
    const person = await makePerson(server, admin);
    const { access_token: token } = (await nobody.post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    const his = server.client({ token });
    const given = (await admin.patch(`/devices/${ids[1]}`, { user_id: person.id })).want(200);
    assert.equal(given.user_name, person.username);
    assert.deepEqual((await page('sort=machine_id')).items.map((d) => d.user_name), HOSTS.map((_, i) => (i === 1 ? person.username : null)));
    assert.deepEqual(names(await page('offset=0&count=true', his)), [1]);
    assert.equal((await page(`offset=0&count=true&user=${ids[0]}`, his)).total, 1);
    assert.equal((await his.get('/devices?format=ndjson')).text.trimEnd().split('\n').length, 1);
    assert.equal((await his.get('/devices/counts')).want(200).all, 1);
    assert.equal((await his.get(`/devices/counts?user=${ids[0]}`)).want(200).all, 1);
    const slug = uniqueName('o');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = await page('offset=0&count=true', admin.with({ 'Seneschal-Org': slug }));
    assert.deepEqual([there.items, there.total], [[], 0]);
    assert.equal((await admin.with({ 'Seneschal-Org': slug }).get('/devices/counts')).want(200).all, 0);
});

test('as a file: more than one part of long rows, which no reader is cut off from', async () => {
    const long = uniqueName('long');
    const labels = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`label-${i}`, 'x'.repeat(256)]));
    const wanted = [];
    for (let i = 0; i < 510; i++) wanted.push((await init(nobody, `${long}-${i}`, { labels })).want(201).device_id);
    wanted.sort();
    for (const sort of ['machine_id', '-last_seen_at', 'hostname', '-status', '-created_at']) {
        const text = (await admin.get(`/devices?search=${long}&sort=${sort}&format=ndjson`)).text;
        const rows = text.trimEnd().split('\n').map(JSON.parse);
        assert.deepEqual(rows.map((d) => d.id).sort(), wanted, sort);
        assert.deepEqual(rows[0].requests[0].labels, labels);
    }
});

test('machines that wait and say all that they may: pages end early, and each row is on one of them', async () => {
    const much = uniqueName('much');
    const said = Object.fromEntries(Array.from({ length: 58 }, (_, i) => [`label-${i}`, 'x'.repeat(256)]));
    for (let i = 0; i < 30; i++) {
        for (let k = 0; k < 6; k++) (await init(nobody, `${much}-${i}`, { labels: said, metadata: said })).want(201);
    }
    const list = `/devices?search=${much}&sort=created_at&limit=100`;
    const first = (await admin.get(list)).want(200);
    assert.ok(first.items.length > 0 && first.items.length < 30 && first.next_cursor !== null, `${first.items.length} rows`);
    const byCursor = [...first.items];
    for (let at = first; at.next_cursor !== null; byCursor.push(...at.items)) at = (await admin.get(`${list}&cursor=${at.next_cursor}`)).want(200);
    assert.deepEqual(names({ items: byCursor }), Array.from({ length: 30 }, (_, i) => i));
    let last;
    const byOffset = [];
    do byOffset.push(...(last = (await admin.get(`${list}&offset=${byOffset.length}&count=true`)).want(200)).items);
    while (last.next_cursor !== null);
    assert.deepEqual([byOffset.map((d) => d.id), last.total], [byCursor.map((d) => d.id), 30]);
    assert.equal((await admin.get(`${list.replace('&limit=100', '')}&format=ndjson`)).text.trimEnd().split('\n').length, 30);
});
