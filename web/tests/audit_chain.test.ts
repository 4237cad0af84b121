// SPDX-License-Identifier: Apache-2.0
// What the browser computes of the record, against a chain that is made here with another library, as docs/adr/0003-audit-format.md says.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { begun, goOn, keptHead, lineOf, type Head, type Run, type Stored } from '../src/pages/audit/chain.ts';

const CHAIN = '019ab3c4-0000-7000-8000-000000000001';
const OTHER = '019ab3c4-0000-7000-8000-000000000002';

function sha(...parts: (string | Buffer)[]): Buffer {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
}

function hashOf(seq: number, before: string, body: string): string {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(seq));
    const chain = Buffer.from(CHAIN.replaceAll('-', ''), 'hex');
    const prev = Buffer.from(before, 'hex');
    return sha('seneschal-audit-v1\0', chain, '\0', number, prev, sha(body)).toString('hex');
}

function chainOf(n: number): Stored[] {
    const events: Stored[] = [];
    for (let seq = 1; seq <= n; seq++) {
        const salt = sha(`salt ${seq}`).subarray(0, 16);
        const details = JSON.stringify({ details: { name: `Größe ${seq}` } });
        const body = JSON.stringify({
            action: 'group.created',
            at: `2026-11-01T00:00:${String(seq).padStart(2, '0')}.000Z`,
            detail_digest: sha(salt, details).toString('hex'),
        });
        const hash = hashOf(seq, events.at(-1)?.hash ?? '0'.repeat(64), body);
        events.push({ chain: CHAIN, seq, body, hash, salt: salt.toString('hex'), private: details });
    }
    return events;
}

const chain = chainOf(12);
const changed = (seq: number, change: (one: Stored) => Partial<Stored>): Stored[] =>
    chain.map((one) => (one.seq === seq ? { ...one, ...change(one) } : one));
const at = (seq: number): Head => ({ chain: CHAIN, seq, hash: chain[seq - 1]?.hash ?? '' });

/** As the page does it: part by part. */
async function run(events: readonly Stored[], kept?: Head): Promise<Run> {
    let now = begun;
    for (let i = 0; i < events.length; i += 5) now = await goOn(now, events.slice(i, i + 5), kept);
    return now;
}
const faults = async (events: readonly Stored[], kept?: Head): Promise<string[]> =>
    (await run(events, kept)).faults.map((one) => `${one.kind} ${one.seq}`);

test('a chain that is whole has no fault, and its head is its last', async () => {
    const whole = await run(chain);
    assert.deepEqual(whole.faults, []);
    assert.deepEqual(whole.head, at(12));
    assert.equal(whole.at, '2026-11-01T00:00:12.000Z');
    assert.equal(whole.events, 12);
    assert.equal(whole.detailed, 12);
    assert.deepEqual(await run([]), begun);
});

test('what was changed is found where it was, also at the seam of two parts', async () => {
    for (const seq of [1, 5, 6, 12]) {
        const body = changed(seq, (one) => ({ body: one.body?.replace('group.created', 'group.deleted') ?? '' }));
        assert.deepEqual(await faults(body), [`changed ${seq}`]);
        const details = changed(seq, (one) => ({ private: one.private?.replace('Größe', 'Grosse') ?? '' }));
        assert.deepEqual(await faults(details), [`details ${seq}`]);
        const salt = changed(seq, () => ({ salt: 'no hex' }));
        assert.deepEqual(await faults(salt), [`details ${seq}`]);
    }
    assert.deepEqual(await faults(chain.filter((one) => one.seq !== 6)), ['gap 7', 'changed 7']);
    assert.deepEqual(await faults(chain.slice(1)), ['gap 2', 'changed 2']);
    assert.deepEqual(await faults(changed(6, () => ({ hash: 'x' }))), ['changed 6', 'changed 7']);
    assert.deepEqual(await faults(changed(12, () => ({ chain: OTHER }))), ['foreign 12', 'changed 12']);
    assert.deepEqual(await faults(changed(12, () => ({ chain: 'none' }))), ['foreign 12', 'changed 12']);
    assert.deepEqual(await faults(changed(3, () => ({ body: '{' }))), ['changed 3', 'details 3']);
});

test('a hash that was made anew is found at the next one', async () => {
    const body = '{"action":"nothing"}';
    const forged = changed(6, () => ({ body, hash: hashOf(6, chain[4]?.hash ?? '', body), private: null }));
    assert.deepEqual(await faults(forged), ['changed 7']);
});

test('what was erased is counted and no fault', async () => {
    const erased = await run(changed(6, () => ({ salt: null, private: null })));
    assert.deepEqual([erased.faulty, erased.erased, erased.detailed], [0, 1, 11]);
});

test('a head that was kept finds an end that was cut off and a record that was made anew', async () => {
    const kept = at(9);
    assert.deepEqual(await faults(chain, kept), []);
    assert.equal((await run(chain, kept)).met, true);
    assert.equal((await run(chain.slice(0, 8), kept)).met, false);
    assert.deepEqual(await faults(chain, { ...kept, hash: 'f'.repeat(64) }), ['kept 9']);
});

test('of many faults the first are named and all are counted', async () => {
    const all = await run(chainOf(60).map((one) => ({ ...one, private: '{}' })));
    assert.equal(all.faulty, 60);
    assert.equal(all.faults.length, 20);
    assert.deepEqual(all.faults[0], {
        kind: 'details',
        seq: 1,
        action: 'group.created',
        at: '2026-11-01T00:00:01.000Z',
    });
});

test('what somebody kept: a line of ours, a checkpoint, a line of the log that carries one', () => {
    const head = at(9);
    const heads = [{ chain: OTHER, hash: 'a'.repeat(64), seq: 3 }, head];
    const checkpoint = JSON.stringify({ at: '2026-11-01T00:00:00.000Z', heads, key: 'K', signature: 'S' });
    const logged = JSON.stringify({ event: 'audit-checkpoint', checkpoint });
    for (const text of [
        lineOf(head),
        ` ${lineOf(head)}\n`,
        checkpoint,
        logged,
        `info audit-checkpoint checkpoint=${checkpoint}`,
    ])
        assert.deepEqual(keptHead(text, CHAIN), head, text);
    assert.equal(keptHead(checkpoint, 'another'), null);
    for (const text of ['', 'nothing', '{}', '[]', '{"chain":1}', lineOf({ ...head, hash: 'short' }), 'null'])
        assert.equal(keptHead(text, CHAIN), undefined, text);
});
