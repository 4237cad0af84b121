// SPDX-License-Identifier: Apache-2.0
// Enrolment keys: what they let in, how their uses count, what is in force by their word alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { confirm, decide, enrolmentKey, init, makeKey, poll, prove, uniqueName } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer({ args: ['--enrollment-open-per-machine', '3', '--enrollment-open', '40'] });
const admin = await server.admin();
const nobody = server.client();
const keyRow = async (id) => (await admin.get(`/enrollment-keys/${id}`)).want(200);
const details = async (id) => (await admin.get(`/devices/${id}`)).want(200);

test('groups and labels are the key\'s; what init claims is shown, never in force', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    const claimed = (await admin.post('/groups', { name: uniqueName('claimed') })).want(201);
    const key = await enrolmentKey(admin, { groups: [group.id], labels: { site: 'paris', role: 'kiosk' } });
    const asked = (await init(nobody.as(key.key), uniqueName(), { labels: { site: 'rome', groups: claimed.name, vip: 'yes' }, metadata: { groups: [claimed.id] }, user_hint: 'root' })).want(201);
    assert.equal((await details(asked.device_id)).status, 'PENDING', 'approved by the first right confirm, not before');
    const [request] = (await details(asked.device_id)).requests;
    assert.equal(request.labels.site, 'rome');
    (await confirm(nobody, asked.device_id, asked.claim)).want(200);
    const device = await details(asked.device_id);
    assert.deepEqual([device.groups, device.labels, device.user_id], [[group.name], { site: 'paris', role: 'kiosk' }, null]);
    assert.equal((await keyRow(key.id)).used, 1);
});

test('a use counts when a device becomes ENROLLED: not at init, not at a wrong signature, not twice', async () => {
    const key = await enrolmentKey(admin, { uses: 2 });
    const own = makeKey();
    const asked = (await init(nobody.as(key.key), uniqueName(), { key: own })).want(201);
    assert.equal((await keyRow(key.id)).uses_left, 2);
    const refused = (await confirm(nobody, asked.device_id, asked.claim, { signature: prove(makeKey(), asked.device_id, asked.challenge) })).wantProblem(403, 'signature-required');
    assert.equal((await keyRow(key.id)).uses_left, 2);
    (await confirm(nobody, asked.device_id, asked.claim, { signature: prove(own, asked.device_id, refused.challenge) })).want(200);
    assert.equal((await keyRow(key.id)).uses_left, 1);
    const again = (await confirm(nobody, asked.device_id, asked.claim)).wantProblem(403, 'signature-required');
    (await confirm(nobody, asked.device_id, asked.claim, { signature: prove(own, asked.device_id, again.challenge) })).want(200);
    assert.equal((await keyRow(key.id)).uses_left, 1, 'the same token again is no second use');
});

test('two at once on the last use: one comes in, by either way', async () => {
    const lobby = await enrolmentKey(admin, { uses: 1 });
    const asked = [];
    for (let i = 0; i < 2; i++) asked.push((await init(nobody.as(lobby.key), uniqueName())).want(201));
    const confirmed = await Promise.all(asked.map((a) => confirm(nobody, a.device_id, a.claim)));
    assert.deepEqual(confirmed.map((r) => r.status).sort(), [200, 403]);
    confirmed.find((r) => r.status === 403).wantProblem(403, 'key-exhausted');
    const installer = await enrolmentKey(admin, { uses: 1 });
    const enrolled = await Promise.all([1, 2].map(() => nobody.as(installer.key).post('/agents/enroll', { machine_id: uniqueName() })));
    assert.deepEqual(enrolled.map((r) => r.status).sort(), [201, 403]);
    assert.deepEqual([(await keyRow(lobby.id)).uses_left, (await keyRow(installer.id)).uses_left], [0, 0]);
    (await init(nobody.as(lobby.key), uniqueName())).wantProblem(403, 'key-exhausted');
});

test('a key that is deleted or expires between init and confirm approves nothing, but stops no person', async () => {
    for (const end of ['deleted', 'expired']) {
        const expires_at = new Date(Date.now() + 1500).toISOString();
        const key = await enrolmentKey(admin, end === 'expired' ? { expires_at } : {});
        const asked = (await init(nobody.as(key.key), uniqueName())).want(201);
        if (end === 'deleted') (await admin.delete(`/enrollment-keys/${key.id}`)).want(204);
        else await eventually('the key is over', () => Date.now() > Date.parse(expires_at) + 20);
        (await confirm(nobody, asked.device_id, asked.claim)).wantProblem(403, 'key-expired');
        assert.equal((await details(asked.device_id)).status, 'PENDING');
        if (end === 'expired') (await init(nobody.as(key.key), uniqueName())).wantProblem(403, 'key-expired');
        else (await init(nobody.as(key.key), uniqueName())).wantProblem(401, 'unauthenticated');
        (await decide(admin, asked.device_id, 'approve')).want(200);
        const { token } = (await confirm(nobody, asked.device_id, asked.claim)).want(200);
        (await poll(nobody, token)).want(200);
    }
});

test('thirty days where nobody said how long; a pattern; a group that a key gives stays', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('gone') })).want(201);
    const key = await enrolmentKey(admin, { machine_pattern: 'kiosk-??-*', groups: [group.id] });
    const days = (Date.parse(key.expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, `${days}`);
    const installer = nobody.as(key.key);
    for (const machine_id of ['kiosk-1-a', 'Kiosk-01-a', 'xkiosk-01-a', 'kiosk-01']) (await installer.post('/agents/enroll', { machine_id })).wantProblem(403, 'forbidden');
    (await init(installer, 'other-01')).wantProblem(403, 'forbidden');
    (await installer.post('/agents/enroll', { machine_id: uniqueName('kiosk-01-') })).want(201);
    (await admin.delete(`/groups/${group.id}`)).wantProblem(409, 'conflict');
});

test('open requests have a maximum, a machine and an organisation; both are settings', async () => {
    const machine_id = uniqueName('many');
    for (let i = 0; i < 3; i++) (await init(nobody, machine_id)).want(201);
    (await init(nobody, machine_id)).wantProblem(429, 'rate-limited');
    const replies = await Promise.all(Array.from({ length: 45 }, () => init(nobody, uniqueName('crowd'))));
    const full = replies.filter((r) => r.status === 503);
    assert.ok(full.length >= 5 && replies.every((r) => [201, 503].includes(r.status)), replies.map((r) => r.status).join());
    full[0].wantProblem(503, 'overloaded');
    assert.ok(Number(full[0].headers['retry-after']) > 0);
    const one = replies.find((r) => r.status === 201).json;
    (await decide(admin, one.device_id, 'refuse')).want(200);
    (await init(nobody, uniqueName('crowd'))).want(201);
});
