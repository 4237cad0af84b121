// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventReader, retryAfterMs, waitMs } from '../src/live/events.ts';

const STREAM = [
    ': hello\nretry: 3000\n\nevent: change\r\nid: 1\r\ndata: {"topic":"devices"}\r\n\r\n',
    'data:one\rdata: two\r\rdata\n\nevent: nothing\n\nevent: end\ndata:  x\n\ndata: cut',
].join('');
const EVENTS = [
    ['change', '{"topic":"devices"}'],
    ['message', 'one\ntwo'],
    ['message', ''],
    ['end', ' x'],
];

test('events are the same in pieces of any size', () => {
    for (let size = 1; size <= STREAM.length; size++) {
        const told: string[][] = [];
        const read = eventReader((name, data) => told.push([name, data]));
        for (let at = 0; at < STREAM.length; at += size) read(STREAM.slice(at, at + size));
        assert.deepEqual(told, EVENTS, `pieces of ${size}`);
    }
});

test('an id counts at the end of its event, with data or without, and one that is cut off does not', () => {
    const heard: string[] = [];
    const read = eventReader(
        (_, data) => heard.push(data),
        (id) => heard.push(`#${id}`),
    );
    read('id: 7.1\n\ndata: a\nid: 7.2\n\ndata: b\n\nid: 7\0\n\nid\n\nid: 7.3\n');
    assert.deepEqual(heard, ['#7.1', '#7.2', 'a', 'b', '#']);
});

test('Retry-After is seconds or a time, and nothing that is neither', () => {
    const now = Date.parse('2026-11-23T00:00:00Z');
    for (const [header, ms] of [
        ['2', 2000],
        ['0', 0],
        ['Mon, 23 Nov 2026 00:00:05 GMT', 5000],
        ['Sun, 22 Nov 2026 23:59:00 GMT', 0],
        ['soon', 0],
        [null, 0],
    ] as const)
        assert.equal(retryAfterMs(header, now), ms, String(header));
});

test('tries come further apart, not all at once, and never sooner than was asked', () => {
    assert.deepEqual(
        [0, 1, 2, 10].map((failed) => waitMs(failed, 0, 1)),
        [1000, 2000, 4000, 30_000],
    );
    assert.ok(waitMs(3, 0, 0) < waitMs(3, 0, 1));
    assert.ok(waitMs(0, 5000, 0) > 5000);
});
