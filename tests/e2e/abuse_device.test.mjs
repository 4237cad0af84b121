// SPDX-License-Identifier: Apache-2.0
// What a machine could try: coming back after its revocation, two of it at once, and being somebody
// else. Cases of docs/THREATS.md by their ids.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, confirm, decide, enrol, enrolmentKey, init, makeKey, makeNonce, poll, prove, rotate, self, uniqueName } from './lib/fleet.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const key = await enrolmentKey(admin, { may_uninstall: true });
const installer = nobody.as(key.key);
const details = async (id) => (await admin.get(`/devices/${id}`)).want(200);
const many = (n, make) => Promise.all(Array.from({ length: n }, (_, i) => make(i)));

/** Everything that a machine can call, with a device's token, claim, key and the installer's key. */
const attempts = (device, nonce) => {
    const own = nobody.as(device.token);
    const { machine_id, id, claim, key: pair } = device;
    return [
        ['init', () => init(nobody, machine_id)],
        ['init with its key', () => init(nobody, machine_id, { key: pair })],
        ['init with an enrolment key', () => init(installer, machine_id)],
        ['init with its old request', () => init(nobody, machine_id, { headers: { 'Idempotency-Key': nonce } })],
        ['confirm', () => confirm(nobody, id, claim)],
        ['/agents/enroll', () => installer.post('/agents/enroll', { machine_id, allow_reactivate: true })],
        ['/agents/uninstall as itself', () => own.post('/agents/uninstall', { machine_id, reason: 'update' })],
        ['/agents/uninstall by the key', () => installer.post('/agents/uninstall', { machine_id, reason: 'update' })],
        ['/agents/uninstall by an administrator', () => admin.post('/agents/uninstall', { machine_id, reason: 'update' })],
        ['/agents/heartbeat', () => own.post('/agents/heartbeat', { machine_id })],
        ['heartbeat', () => own.post('/devices/self/heartbeat', { client_version: '9' })],
        ['rotate', () => rotate(nobody, device.token, device.join_seq)],
        ['self', () => self(nobody, device.token)],
        ['config', () => poll(nobody, device.token)],
        ['config with wait', () => poll(nobody, device.token, { etag: '"x"', wait: 1 })],
        ['config version', () => own.get('/iassistants/config/version')],
        ['ack', () => own.post('/iassistants/config/ack', { version: null, etag: '"x"', result: 'applied' })],
        ['lists', () => own.get('/devices')],
    ];
};

test('a revoked device stays revoked, whatever it tries; its reason is never overwritten', async () => {
    const pair = makeKey();
    const nonce = makeNonce();
    const device = await enrol(nobody, admin, { key: pair, headers: { 'Idempotency-Key': nonce } });
    (await admin.post(`/devices/${device.id}/revoke`, { reason: 'stolen on the train' })).want(200);
    const before = await details(device.id);
    assert.equal(before.status, 'REVOKED');
    for (const [what, attempt] of attempts(device, nonce)) {
        const reply = await attempt();
        assert.ok([401, 403, 404, 409, 422].includes(reply.status), `${what}: ${reply.status} ${reply.text}`);
        const now = await details(device.id);
        assert.equal(now.status, 'REVOKED', what);
        assert.equal(now.status_reason, 'stolen on the train', what);
    }
    (await self(nobody, device.token)).wantProblem(403, 'device-revoked');
    (await init(nobody, device.machine_id)).wantProblem(403, 'device-revoked');
    for (const move of ['approve', 'refuse', 'block', 'unblock', 'revoke'])
        assert.equal((await admin.post(`/devices/${device.id}/${move}`, { reason: 'other' })).status, 409, move);
    assert.equal((await admin.delete(`/devices/${device.id}`)).status, 409);
    assert.equal((await details(device.id)).status_reason, 'stolen on the train');
});

test('the key of a revoked device enrols no other machine', async () => {
    const pair = makeKey();
    const device = await enrol(nobody, admin, { key: pair });
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    const reply = await init(nobody, uniqueName('clean'), { key: pair });
    assert.ok([403, 409].includes(reply.status), reply.text);
});

test('a token that was revoked never works again, after reinstatement either', async () => {
    const device = await enrol(nobody, admin);
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    (await admin.post(`/devices/${device.id}/reinstate`, {})).want(200);
    assert.equal((await details(device.id)).status, 'UNINSTALLED');
    assert.ok([401, 403].includes((await self(nobody, device.token)).status));
    const again = await enrol(nobody, admin, { machine_id: device.machine_id });
    assert.equal(again.id, device.id);
    (await self(nobody, again.token)).want(200);
    assert.ok([401, 403].includes((await self(nobody, device.token)).status));
});

test('AC02: a blocked device is 403 device-blocked on every row, and back after unblock', async () => {
    const device = await enrol(nobody, admin);
    (await admin.post(`/devices/${device.id}/block`, { reason: 'look' })).want(200);
    (await self(nobody, device.token)).wantProblem(403, 'device-blocked');
    (await poll(nobody, device.token)).wantProblem(403, 'device-blocked');
    (await rotate(nobody, device.token, device.join_seq)).wantProblem(403, 'device-blocked');
    (await nobody.as(device.token).post('/devices/self/heartbeat', {})).wantProblem(403, 'device-blocked');
    (await init(nobody, device.machine_id)).wantProblem(403, 'device-blocked');
    (await admin.post(`/devices/${device.id}/unblock`, {})).want(200);
    (await self(nobody, device.token)).want(200);
});

test('a revocation answers a parked poll at once', async () => {
    const device = await enrol(nobody, admin);
    const { etag } = (await poll(nobody, device.token)).headers;
    const began = performance.now();
    const parked = poll(nobody, device.token, { etag, wait: 30 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    (await admin.post(`/devices/${device.id}/revoke`, {})).want(200);
    (await parked).wantProblem(403, 'device-revoked');
    assert.ok(performance.now() - began < 1500, 'within a second');
});

test('AC36: one parked poll a device, the newest wins; without a credential nobody waits', async () => {
    const device = await enrol(nobody, admin);
    const { etag } = (await poll(nobody, device.token)).headers;
    const first = poll(nobody, device.token, { etag, wait: 20 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    const second = poll(nobody, device.token, { etag, wait: 2 });
    assert.ok([304, 409, 429, 503].includes((await first).status));
    assert.ok(performance.now() - began < 1000, 'the first was answered when the second came');
    (await second).want(304);
    const start = performance.now();
    assert.equal((await nobody.get('/iassistants/config?wait=30', { headers: { 'If-None-Match': etag } })).status, 401);
    assert.ok(performance.now() - start < 1000);
});

test('AC52: twenty parallel confirms give one token', async () => {
    const pair = makeKey('p256');
    const machine_id = uniqueName();
    const asked = (await init(nobody, machine_id, { key: pair })).want(201);
    (await decide(admin, asked.device_id, 'approve')).want(200);
    const signature = prove(pair, asked.device_id, asked.challenge);
    const plain = (await init(nobody, uniqueName())).want(201);
    (await decide(admin, plain.device_id, 'approve')).want(200);
    const got = await many(20, () => confirm(nobody, plain.device_id, plain.claim));
    assert.deepEqual([...new Set(got.map((reply) => reply.want(200).token))].length, 1);
    const proven = await many(20, () => confirm(nobody, asked.device_id, asked.claim, { signature }));
    const good = proven.filter((reply) => reply.status === 200);
    assert.ok(good.length >= 1, 'a nonce is good once, but once it is');
    assert.equal(new Set(good.map((reply) => reply.json.token)).size, 1);
    for (const reply of proven) if (reply.status !== 200) reply.wantProblem(409, 'challenge-expired');
});

test('AC52: twenty parallel enrolments of one machine give one device', async () => {
    const machine_id = uniqueName();
    const asked = await many(20, () => init(nobody, machine_id));
    const ids = new Set(asked.filter((reply) => reply.status === 201).map((reply) => reply.json.device_id));
    assert.equal(ids.size, 1);
    for (const reply of asked) assert.ok([201, 429].includes(reply.status), reply.text);
    assert.ok(asked.filter((reply) => reply.status === 201).length <= 8, 'at most 8 open requests a machine');
    const name = uniqueName();
    const enrolled = await many(20, () => installer.post('/agents/enroll', { machine_id: name }));
    assert.equal(enrolled.filter((reply) => reply.status === 201).length, 1);
    for (const reply of enrolled) if (reply.status !== 201) reply.wantProblem(409, 'already-enrolled');
    assert.equal((await admin.get(`/devices?search=${name}`)).want(200).items.length, 1);
});

test('AC52: approval against refusal, revocation against confirm: one outcome, and it holds', async () => {
    for (let i = 0; i < 10; i++) {
        const asked = (await init(nobody, uniqueName())).want(201);
        const [yes, no] = await Promise.all([decide(admin, asked.device_id, 'approve'), decide(admin, asked.device_id, 'refuse')]);
        assert.deepEqual([yes.status, no.status].sort(), [200, 409]);
        const { status } = await details(asked.device_id);
        assert.equal(status, yes.status === 200 ? 'ENROLLED' : 'REFUSED');
        if (status !== 'ENROLLED') continue;
        const [got, gone] = await Promise.all([confirm(nobody, asked.device_id, asked.claim), admin.post(`/devices/${asked.device_id}/revoke`, {})]);
        gone.want(200);
        if (got.status === 200) (await self(nobody, got.json.token)).wantProblem(403, 'device-revoked');
        (await confirm(nobody, asked.device_id, asked.claim)).wantProblem(403, 'device-revoked');
    }
});

test('a stranger\'s request for somebody\'s machine_id gets nothing when the right one is approved', async () => {
    const machine_id = uniqueName('victim');
    const right = (await init(nobody, machine_id)).want(201);
    const wrong = (await init(nobody, machine_id)).want(201);
    assert.equal(wrong.device_id, right.device_id);
    assert.notEqual(wrong.claim, right.claim);
    assert.notEqual(wrong.code, right.code);
    const several = await decide(admin, right.device_id, 'approve');
    several.wantProblem(409, 'several-requests');
    for (const text of [right.code, wrong.code, right.request_id, wrong.request_id]) assert.ok(several.text.includes(text));
    assert.ok(!several.text.includes(right.claim), 'a claim was told');
    (await decide(admin, right.device_id, 'approve', { request_id: right.request_id })).want(200);
    const stolen = await confirm(nobody, wrong.device_id, wrong.claim);
    assert.ok([403, 409].includes(stolen.status), stolen.text);
    assert.ok(!stolen.text.includes('sen_d_'));
    const got = (await confirm(nobody, right.device_id, right.claim)).want(200);
    (await self(nobody, got.token)).want(200);
});

test('a claim of one device opens no other; a signature of another key neither', async () => {
    const [a, b] = [makeKey(), makeKey()];
    const one = (await init(nobody, uniqueName(), { key: a })).want(201);
    const two = (await init(nobody, uniqueName(), { key: b })).want(201);
    for (const asked of [one, two]) (await decide(admin, asked.device_id, 'approve')).want(200);
    (await confirm(nobody, one.device_id, two.claim)).wantProblem(403, 'claim-wrong');
    (await confirm(nobody, one.device_id, one.claim)).wantProblem(403, 'signature-required');
    const forged = [
        prove(b, one.device_id, one.challenge),
        prove(a, two.device_id, one.challenge),
        prove(a, one.device_id, two.challenge),
        prove(a, one.device_id, { ...one.challenge, context: Buffer.from('seneschal-enroll-v1\0x').toString('base64url') }),
        'AAAA', 'x', 'A'.repeat(86), '',
    ];
    for (const signature of forged) {
        const reply = await confirm(nobody, one.device_id, one.claim, { signature });
        assert.ok([403, 409, 422].includes(reply.status), `${signature}: ${reply.text}`);
        assert.ok(!reply.text.includes('sen_d_'));
    }
    const fresh = (await confirm(nobody, one.device_id, one.claim)).wantProblem(403, 'signature-required').challenge;
    const got = (await confirm(nobody, one.device_id, one.claim, { signature: prove(a, one.device_id, fresh) })).want(200);
    assert.ok(got.token);
});

test('a clone is found: a token older than the current one blocks the device', async () => {
    const device = await enrol(nobody, admin);
    const next = (await rotate(nobody, device.token, device.join_seq)).want(200);
    (await self(nobody, device.token)).want(200); // the old one is good until the new one is used
    (await self(nobody, next.token)).want(200);
    assert.notEqual((await self(nobody, device.token)).status, 200);
    const row = await details(device.id);
    assert.equal(row.status, 'BLOCKED');
    assert.equal(row.status_reason, 'clone');
    (await self(nobody, next.token)).wantProblem(403, 'device-blocked');
});

test('a clone is found: a second nonce for the same join_seq; the same one gives the same token', async () => {
    const device = await enrol(nobody, admin);
    const nonce = makeNonce();
    const [a, b] = [await rotate(nobody, device.token, device.join_seq, nonce), await rotate(nobody, device.token, device.join_seq, nonce)];
    assert.equal(a.want(200).token, b.want(200).token);
    assert.notEqual((await rotate(nobody, device.token, device.join_seq)).status, 200);
    assert.equal((await details(device.id)).status, 'BLOCKED');
});

test('AC34: strangers and unknown tokens change nothing', async () => {
    const device = await enrol(nobody, admin);
    const before = await details(device.id);
    await many(20, () => nobody.as(`sen_d_${'A'.repeat(49)}`).get('/devices/self'));
    await many(20, (i) => nobody.as(`imported-${i}-${makeNonce()}`).post('/devices/self/heartbeat', {}));
    await many(20, () => confirm(nobody, device.id, makeNonce()));
    assert.deepEqual(await details(device.id), before);
});

test('AC54: an id never comes again', async () => {
    const machine_id = uniqueName('again');
    const first = (await init(nobody, machine_id)).want(201);
    (await admin.delete(`/devices/${first.device_id}`)).want(204);
    (await admin.get(`/devices/${first.device_id}`)).wantProblem(404, 'not-found');
    const second = (await init(nobody, machine_id)).want(201);
    assert.notEqual(second.device_id, first.device_id);
    assert.equal((await confirm(nobody, first.device_id, first.claim)).status, 403);
    assert.equal((await confirm(nobody, second.device_id, first.claim)).status, 403);
});

test('what was refused for a known principal is in the record, what changed too', async () => {
    const device = await enrol(nobody, admin);
    (await nobody.as(device.token).get('/devices')).wantProblem(403, 'forbidden');
    (await admin.post(`/devices/${device.id}/revoke`, { reason: 'end' })).want(200);
    const actions = (await audit(admin, `target=${device.id}`)).map((event) => `${event.action}:${event.result}`);
    assert.ok(actions.some((action) => /revok/.test(action)), actions.join(' '));
    assert.ok(actions.some((action) => /approv|confirm|enrol/.test(action)), actions.join(' '));
});
