// SPDX-License-Identifier: Apache-2.0
// A secret that has passed is no longer in the server's memory: neither the body that brought it, nor the value that was
// opened, nor the answer that gave it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { openSync, readFileSync, readSync } from 'node:fs';
import test from 'node:test';
import { enrol, publishPolicy } from './lib/fleet.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const REGION_MAX = 1 << 29; // larger ones are the store's file, mapped

/** How often the text stands in the memory of a process. */
function inMemory(pid, text) {
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    let n = 0;
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
        const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
        const size = from === undefined ? 0 : Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
        if (size === 0 || size > REGION_MAX) continue;
        const bytes = Buffer.alloc(size);
        try {
            readSync(memory, bytes, 0, size, BigInt(`0x${from}`));
        } catch {
            continue; // [vvar], or a mapping that has gone meanwhile
        }
        for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) n++;
    }
    return n;
}

test('what brought a secret, and what gave it, is overwritten', async (t) => {
    const server = await startServer();
    const admin = await server.admin();
    const client = server.client();
    try {
        inMemory(server.pid, 'x');
    } catch (error) {
        return t.skip(`the memory of another process is not ours to read: ${error.code}`);
    }
    await publishPolicy(admin, { a: { $secret: 'k' } });
    const device = await enrol(client, admin);
    const planted = randomBytes(16).toString('hex');
    (await admin.post('/policies', { name: 'p', description: planted })).want(201);
    assert.ok(inMemory(server.pid, planted) > 0, 'what is no secret is found');
    for (const times of [1, 40, 200]) {
        const mark = randomBytes(16).toString('hex');
        const value = `${mark}\n`.repeat(times);
        assert.ok([200, 201].includes((await admin.put('/secrets/k', { value })).status));
        assert.equal((await client.as(device.token).get('/devices/self/secrets/k')).want(200).value, value);
        await admin.put('/secrets/k', `{"value":"${mark}`);
        await admin.put('/secrets/k', { value, scope: 'moon' });
        await admin.put('/secrets/k', { value: value.repeat(300 / times) });
        await admin.put('/secrets/k', JSON.stringify({ value }).padEnd(90_000));
        await eventually('it is gone', () => inMemory(server.pid, mark) === 0);
    }
});
