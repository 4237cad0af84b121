// SPDX-License-Identifier: Apache-2.0
// Data keys are replaced three times while 200 devices read, an administrator writes, and the power fails once: every read
// is right, nothing acknowledged is lost, and in the end there is one key.
import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, enrol, publishPolicy, serviceClient } from './lib/fleet.mjs';
import { eventually, PATIENCE } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const DEVICES = 200;
const SECRETS = 260; // more than one slice of the job
const NAMED = 12; // by the configuration, so that each of them is read and written often
const names = Array.from({ length: SECRETS }, (_, i) => `s-${i}`);

async function together(n, width, each) {
    let next = 0;
    await Promise.all(Array.from({ length: width }, async () => {
        for (let i = next++; i < n; i = next++) await each(i);
    }));
}

/** 200 who ask without a pause are more than there is room for: who is put off before anything was done asks again. */
async function patient(call) {
    for (;;) {
        const reply = await call();
        if (reply.status !== 503 || reply.json.code !== 'overloaded') return reply;
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
    }
}

/** What each secret was set to: asked for, and acknowledged. A value is its name and a number that only grows. */
class Ledger {
    asked = new Map(names.map((name) => [name, 0]));
    known = new Map(names.map((name) => [name, 0]));
    reads = 0;

    async write(admin, name) {
        const n = this.asked.get(name) + 1;
        this.asked.set(name, n);
        const reply = await patient(() => admin.put(`/secrets/${name}`, { value: `${name}#${n}` }));
        assert.ok([200, 201].includes(reply.status), reply.text);
        this.known.set(name, n);
    }

    async read(client, name) {
        const least = this.known.get(name);
        const { value } = (await patient(() => client.get(`/devices/self/secrets/${name}`))).want(200);
        const [of, n] = value.split('#');
        assert.ok(of === name && Number(n) >= least && Number(n) <= this.asked.get(name), `${name}: read ${value}, known ${least}, asked ${this.asked.get(name)}`);
        this.reads++;
    }
}

/** Everybody at work until `act` is done. Who is cut off by `ends` stops; any other failure is the test's. */
async function load(server, admin, devices, ledger, act, ends = () => false) {
    let busy = true;
    const pick = () => names[Math.floor(Math.random() * NAMED)];
    const work = async (step) => {
        while (busy) {
            try {
                await step();
            } catch (error) {
                if (ends() && error.code !== 'ERR_ASSERTION') return;
                busy = false;
                throw error;
            }
        }
    };
    const readers = devices.map((device) => {
        const client = server.client({ token: device.token });
        return work(() => ledger.read(client, pick())).finally(() => client.close());
    });
    const writer = work(() => ledger.write(admin, pick()));
    try {
        await act();
    } finally {
        busy = false;
    }
    await Promise.all([...readers, writer]);
}

const rotate = async (admin) => (await patient(() => admin.post('/keys/secrets/rotate'))).want(200);
const epochs = async (admin) => (await patient(() => admin.get('/keys'))).want(200).items.filter((key) => key.use === 'secrets').map((key) => key.epoch);
const oneEpoch = (admin, epoch) => eventually(`only epoch ${epoch}`, async () => (await epochs(admin)).join() === String(epoch), { ms: 30_000 * PATIENCE });

test('keys are replaced under load and over a power failure', async () => {
    const server = await startServer();
    let admin = await server.admin();
    const ledger = new Ledger();
    await publishPolicy(admin, { all: names.slice(0, NAMED).map((name) => ({ $secret: name })) });
    await together(SECRETS, 16, (i) => ledger.write(admin, names[i]));
    assert.deepEqual(await epochs(admin), [1]);
    const devices = [];
    const nobody = server.client();
    await together(DEVICES, 16, async (i) => (devices[i] = await enrol(nobody, admin)));

    await load(server, admin, devices, ledger, async () => {
        assert.equal((await rotate(admin)).epoch, 2);
        await oneEpoch(admin, 2);
    });
    let dead = false;
    await load(server, admin, devices, ledger, async () => {
        assert.equal((await rotate(admin)).epoch, 3);
        dead = true;
        await server.kill(); // most are sealed with the key of epoch 2
    }, () => dead);

    await server.start();
    admin = await server.admin();
    await load(server, admin, devices, ledger, async () => {
        assert.equal((await rotate(admin)).epoch, 4);
        await oneEpoch(admin, 4);
    });
    assert.ok(ledger.reads > DEVICES * 3, `${ledger.reads} reads`);

    const rows = await admin.all('/secrets?limit=500');
    assert.equal(rows.length, SECRETS);
    assert.deepEqual([...new Set(rows.map((row) => row.epoch))], [4]);
    await publishPolicy(admin, { more: names.map((name) => ({ $secret: name })) }, { scope: 'device', target_id: devices[0].id });
    const reader = server.client({ token: devices[0].token });
    await together(SECRETS, 16, (i) => ledger.read(reader, names[i]));
    const retired = await audit(admin, 'action=key.retired&order=asc');
    assert.deepEqual(retired.map((event) => event.details.epoch), [1, 2, 3]);
    assert.equal((await audit(admin, 'action=key.rotated')).filter((event) => event.details.use === 'secrets').length, 3);
});

test('only a system administrator replaces the key of all organisations', async () => {
    const server = await startServer();
    const admin = await server.admin();
    const { client } = await serviceClient(admin, ['administrator']);
    (await client.post('/keys/secrets/rotate')).wantProblem(403, 'forbidden');
    assert.equal((await rotate(admin)).epoch, 1, 'the first one, before there is a secret');
    assert.deepEqual(await epochs(admin), [1]);
});
