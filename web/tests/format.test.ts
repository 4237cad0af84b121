// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import {
    bytes,
    clockSeconds,
    duration,
    few,
    milliseconds,
    number,
    percent,
    plural,
    relative,
    stamp,
} from '../src/i18n/format.ts';
import { language } from '../src/i18n/index.ts';

/** Spaces of all kinds as one: engines differ in which they put where. */
const plainly = (text: string) => text.replace(/\s/g, ' ');

beforeEach(() => language.set('en'));

test('whole numbers are grouped as Intl has it', () => {
    for (const [lang, tag] of [
        ['en', 'en-GB'],
        ['fr', 'fr-FR'],
    ] as const) {
        language.set(lang);
        const intl = new Intl.NumberFormat(tag);
        for (const n of [
            0,
            7,
            999,
            1000,
            12_345,
            999_999,
            1_000_000,
            1_234_567_890,
            Number.MAX_SAFE_INTEGER,
            -1,
            -999,
            -1000,
            -12_345,
        ]) {
            assert.equal(number(n), intl.format(n), `${tag} ${n}`);
        }
    }
});

test('numbers follow the language', () => {
    assert.equal(number(1234567.5), '1,234,567.5');
    assert.equal(percent(0.125), '12.5%');
    language.set('fr');
    assert.equal(plainly(number(1234567.5)), '1 234 567,5');
    assert.equal(plainly(percent(0.125)), '12,5 %');
});

test('sizes take the unit that fits, from nothing to terabytes', () => {
    assert.deepEqual([0, 999, 1000, 2_500_000, 7e15].map(bytes), [
        '0 bytes',
        '999 bytes',
        '1 kB',
        '2.5 MB',
        '7,000 TB',
    ]);
});

test('a record has the second, and the year where it is another one', () => {
    const now = new Date();
    const then = new Date(now.getFullYear(), 10, 23, 5, 9, 7);
    assert.equal(stamp(then), '23 Nov, 05:09:07');
    assert.equal(clockSeconds(then), '05:09:07');
    assert.equal(stamp(new Date(2001, 10, 23, 5, 9, 7)), '23 Nov 2001, 05:09:07');
});

test('a moment is told from now, in the greatest unit that it fills', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    const told = (seconds: number) => relative(now + seconds * 1000, now);
    assert.deepEqual([0, 4, -30, -90, -7200, 86_400, -3e6, 4e8].map(told), [
        'now',
        'now',
        '30 seconds ago',
        '1 minute ago',
        '2 hours ago',
        'tomorrow',
        'last month',
        'in 12 years',
    ]);
    assert.equal(relative(undefined, now), '–');
});

test('a length of time shows its two greatest parts', () => {
    assert.deepEqual([0.25, 59, 61, 3600, 93_784].map(duration), [
        '0.25 secs',
        '59 secs',
        '1 min 1 sec',
        '1 hr',
        '1 day 2 hrs',
    ]);
    assert.deepEqual([0.3, 18, 1500].map(milliseconds), ['0.3 ms', '18 ms', '1.5 secs']);
});

test('zero is one of many in English and one in French', () => {
    assert.equal(plural(0), 'other');
    language.set('fr');
    assert.equal(plural(0), 'one');
});

test('a cell takes a few names, and says how many more there are', () => {
    assert.equal(few([]), '–');
    assert.equal(few(['a', 'b', 'c']), 'a, b and c');
    assert.equal(few(['a', 'b', 'c', 'd']), 'a, b +2');
});
