// SPDX-License-Identifier: Apache-2.0
// Keys that sign are replaced under load and over a kill -9, and retire; a clock that was set back gives no leases.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { audit, enrol, poll, publishPolicy, publishVersion, self } from './lib/fleet.mjs';
import { eventually, run, seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { Verifier } from './lib/verify.mjs';

const server = await startServer();
let admin = await server.admin();
let nobody = server.client();
const verifierOf = async (device) => new Verifier(nobody, (await self(nobody, device.token)).want(200));
const keysOf = async (use = 'config') => (await admin.get('/keys')).want(200).items.filter((key) => key.use === use);
const setOf = async (device) => {
    const trust = await verifierOf(device);
    await trust.fetch();
    return trust.set;
};

/** Change the store while no server runs on it; then a server runs on it again. */
async function changed(sql) {
    await server.stop();
    const { code, stderr } = await run('sqlite3', ['-bail', path.join(server.data, 'seneschal.db'), sql]);
    assert.equal(code, 0, stderr);
    await again();
}

async function again() {
    await server.start();
    [admin, nobody] = [await server.admin(), server.client()];
}

test('rotation under load: every answer verifies, and its set is fetched once more at most', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, () => enrol(nobody, admin)));
    const { id: policy } = await publishPolicy(admin, { n: 0 });
    const seen = new Set();
    let going = true;
    let answers = 0;
    const loads = devices.map(async (device, i) => {
        const trust = await verifierOf(device);
        let seq = 0;
        while (going) {
            const claims = await trust.whole(await poll(nobody, device.token), device);
            assert.ok(claims.seq >= seq, 'seq never falls');
            ({ seq } = claims);
            seen.add(claims.kid);
            answers++;
            const { etag } = claims;
            const reply = await poll(nobody, device.token, { etag, headers: { Prefer: 'lease' }, ...(i % 2 && { wait: 1 }) });
            if (reply.status === 304) assert.equal((await trust.lease(reply)).etag, etag);
            else await trust.whole(reply, device);
        }
        return trust.fetches;
    });
    const enough = () => eventually('answers', () => answers > 40 && (answers = 0, true));
    await enough();
    const fresh = [];
    for (let n = 1; n <= 2; n++) {
        const before = new Set(seen);
        const made = (await admin.post('/keys/config/rotate')).want(200);
        assert.deepEqual([made.use, made.state, before.has(made.kid)], ['config', 'active', false]);
        fresh.push(made.kid);
        const [told] = [await poll(nobody, devices[0].token)];
        const trust = await verifierOf(devices[0]);
        assert.equal(await trust.signature(told), made.kid, 'it signs from the answer on');
        assert.equal((await trust.lease(told)).kid, made.kid);
        await publishVersion(admin, policy, { n });
        await enough();
    }
    going = false;
    for (const fetches of await Promise.all(loads)) assert.ok(fetches <= 3, `${fetches} fetches for two rotations`);
    assert.ok(fresh.every((kid) => seen.has(kid)));
    const rows = await keysOf();
    assert.deepEqual(rows.map(({ state }) => state), ['active', 'retiring', 'retiring']);
    const left = (Date.parse(rows[1].retires_at) - Date.now()) / 1000;
    assert.ok(left > 7100 && left <= 7200, 'twice the life of a lease');
});

test('a key whose time is over leaves the set, and its private half the store', async () => {
    const device = await enrol(nobody, admin);
    const before = await setOf(device);
    const gone = before.keys.at(-1).kid;
    await changed(`UPDATE org_key SET retires_at = 1 WHERE kid = '${gone}'; UPDATE job SET due = 1`);
    const after = await eventually('retirement', async () => {
        const set = await setOf(device);
        return set.keys.length < before.keys.length && set;
    });
    assert.ok(after.n > before.n);
    assert.ok(!after.keys.some(({ kid }) => kid === gone));
    const [event] = await audit(admin, 'action=key.retired');
    assert.deepEqual(event.details, { kid: gone, use: 'config' });
    const { stdout } = await run('sqlite3', ['-readonly', path.join(server.data, 'seneschal.db'), "SELECT count(*) FROM sealed_key WHERE name = 'org-config'"]);
    assert.equal(Number(stdout), after.keys.length);
});

test('kill -9 after the answer: the new key is there and signs, the older ones are still good', async () => {
    const device = await enrol(nobody, admin);
    const trust = await verifierOf(device);
    await trust.whole(await poll(nobody, device.token), device);
    const old = await setOf(device);
    const { kid } = (await admin.post('/keys/config/rotate')).want(200);
    await server.kill();
    await again();
    const now = await verifierOf(device);
    assert.equal((await now.whole(await poll(nobody, device.token), device)).kid, kid);
    assert.deepEqual(now.set.keys.map((key) => key.kid), [kid, ...old.keys.map((key) => key.kid)]);
    assert.deepEqual(now.root, trust.root);
});

test('at once: only the new key is left, by the command line', async () => {
    const device = await enrol(nobody, admin);
    const env = { SENESCHAL_URL: server.url, SENESCHAL_DATA: server.data };
    const asked = await seneschal(['keys', 'rotate', 'config', '--at-once', '--yes', '-o', 'json'], { env });
    assert.equal(asked.code, 0, asked.stderr);
    const made = JSON.parse(asked.stdout);
    const trust = await verifierOf(device);
    await trust.whole(await poll(nobody, device.token), device);
    assert.deepEqual(trust.set.keys.map(({ kid }) => kid), [made.kid]);
    const listed = await seneschal(['keys', 'list'], { env });
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, new RegExp(`config +${made.kid} .*active`));
    const [event] = await audit(admin, 'action=key.rotated');
    assert.deepEqual(event.details, { at_once: true, kid: made.kid, use: 'config' });
});

test('a clock that was set back gives no leases until an administrator says that it is right', async () => {
    const device = await enrol(nobody, admin);
    const { etag } = (await poll(nobody, device.token)).headers;
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    await changed(`INSERT INTO setting (org, name, value, changed_at) VALUES (x'${'00'.repeat(16)}', 'clock.seen', '${ahead}', 1)
        ON CONFLICT DO UPDATE SET value = excluded.value`);
    const refused = await poll(nobody, device.token);
    refused.wantProblem(503, 'clock-behind');
    assert.ok(refused.headers['retry-after']);
    (await poll(nobody, device.token, { etag, headers: { Prefer: 'lease' } })).wantProblem(503, 'clock-behind');
    assert.equal((await poll(nobody, device.token, { etag })).status, 304);
    const health = (await nobody.get('/health')).want(200);
    assert.deepEqual([health.status, health.reason], ['degraded', 'clock-behind']);
    assert.match(server.log, /clock-behind/);
    (await nobody.as(device.token).post('/admin/clock/confirm')).wantProblem(403, 'forbidden');
    (await admin.post('/admin/clock/confirm')).want(204);
    await (await verifierOf(device)).whole(await poll(nobody, device.token), device);
    assert.equal((await audit(admin, 'action=clock.confirmed&result=ok')).length, 1);
    await server.stop();
    await again();
    (await poll(nobody, device.token)).want(200);
});
