// SPDX-License-Identifier: Apache-2.0
// A rule goes into the fields of its form and comes out as it was.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ageOf, bodyOf, secondsOf, valuesOf, type Rule } from '../src/pages/applications/rules/values.ts';

const NAMES = { byId: new Map([['a1', 'Wiki']]), byClient: new Map([['c1', 'Wiki']]) };
const FULL = {
    name: 'at work',
    effect: 'require_mfa',
    status: 'disabled',
    application_id: 'a1',
    position: 5,
    max_age_s: 610,
    groups_any: ['Family', 'Friends'],
    groups_all: ['Grown-ups'],
    cidr: ['10.0.0.0/8', '2001:db8::/32'],
    not_cidr: ['10.9.0.0/16'],
    weekdays: ['mon', 'fri'],
    hours: '22:00-06:00',
    tz: 'Europe/Paris',
    mfa: false,
    mfa_max_age_s: 7200,
    clients: ['c1', 'c2'],
    scopes: ['openid', 'email'],
    device_level: 'software-key',
    when: "'a' in groups",
} as const satisfies Partial<Rule>;

test('every member of a rule that is not touched stays as it was', () => {
    for (const mfa of [false, true, null]) {
        const rule = { ...FULL, mfa } as unknown as Rule;
        assert.deepEqual(bodyOf(valuesOf(rule, NAMES)), { ...FULL, mfa });
    }
});

test('a new rule has no condition', () => {
    const body = bodyOf(valuesOf(undefined, NAMES));
    assert.deepEqual([body.position, body.status, body.effect], [1000, 'active', 'allow']);
    assert.deepEqual([body.mfa, body.hours, body.application_id, body.cidr], [null, null, null, []]);
});

test('a time stands in the greatest unit that says it without a rest', () => {
    const said = (seconds: number) => `${ageOf(seconds).amount} ${ageOf(seconds).unit}`;
    assert.deepEqual([61, 60, 5400, 7200, 86400].map(said), ['61 second', '1 minute', '90 minute', '2 hour', '1 day']);
    for (const seconds of [0, 1, 59, 3600, 31622400]) assert.equal(secondsOf(ageOf(seconds)), seconds);
    assert.equal(secondsOf({ amount: 'soon', unit: 'day' }), 0);
});
