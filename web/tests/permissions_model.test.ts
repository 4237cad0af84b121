// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { conditionsOf, deviceOf, deviceWritten, writtenOf } from '../src/pages/permissions/conditions.ts';
import { decide, levelOf, nextOf, patternsOf, setFlag, writesOf, type Draft } from '../src/pages/permissions/model.ts';
import { gainsOf } from '../src/pages/permissions/preview.ts';

const row = (tool: string, more: object = {}) => ({ id: `id ${tool}`, tool, ...more });
const NONE: Draft = new Map();

test('the closest pattern of the closest level decides', () => {
    assert.deepEqual(patternsOf('mail/send'), ['mail/send', 'mail/*', '*']);
    assert.deepEqual([patternsOf('mail/*'), patternsOf('*')], [['mail/*', '*'], ['*']]);
    const own = levelOf([row('mail/*', { can_write: true }), row('mail/send', { can_write: false })]);
    const everybody = levelOf([row('*', { can_write: true, can_execute: true })]);
    assert.deepEqual(decide([own, everybody], 'mail/send', 'can_write'), { value: false, at: 0, pattern: 'mail/send' });
    assert.deepEqual(decide([own, everybody], 'mail/find', 'can_write'), { value: true, at: 0, pattern: 'mail/*' });
    assert.deepEqual(decide([own, everybody], 'mail/send', 'can_execute'), { value: true, at: 1, pattern: '*' });
    assert.deepEqual([decide([], 'a/b', 'can_read').value, decide([], 'a/b', 'can_write').value, decide([], 'a/b', 'is_enabled').at], [true, false, -1]);
});

test('a draft holds what differs from what is saved, and nothing else', () => {
    const saved = levelOf([row('a/b', { can_write: true })]);
    assert.deepEqual([null, true, false].map((said) => nextOf(said)), [true, false, null]);
    const once = setFlag(NONE, saved, 'a/b', 'can_write', false);
    assert.deepEqual([...once], [['a/b', { can_write: false }]]);
    assert.equal(setFlag(once, saved, 'a/b', 'can_write', true).size, 0);
    assert.equal(NONE.size, 0, 'the one before is as it was');
});

test('a row that says nothing any more goes, with its conditions kept where it says something', () => {
    const rows = [row('a/b', { can_write: true, arguments: [{ pointer: '/x', op: 'absent' }] }), row('a/c', { can_read: false })];
    const draft: Draft = new Map([['a/b', { can_read: true }], ['a/c', { can_read: null }], ['d/*', { can_execute: true }]]);
    const { put, drop } = writesOf(rows, draft);
    assert.deepEqual(drop, ['id a/c']);
    assert.deepEqual(put.map((one) => [one.tool, one.can_read, one.can_write, one.can_execute, one.arguments]),
        [['a/b', true, true, null, [{ pointer: '/x', op: 'absent' }]], ['d/*', null, null, true, undefined]]);
});

test('who gains and who loses is said before it is saved', () => {
    const tool = (name: string, access: 'READ' | 'WRITE') => ({ tool: `a/${name}`, server: 'a', name, access, asks: false, state: 'active' });
    const tools = [tool('read', 'READ'), tool('write', 'WRITE')];
    const of = (draft: Draft, kind: 'default' | 'user' = 'default', verdicts?: Map<string, object>) =>
        gainsOf({ whose: { kind, id: '', name: '' }, saved: levelOf([]), drafted: levelOf([], draft), everybody: levelOf([]), verdicts }, tools).map((one) => `${one.what} ${one.tool}`);
    assert.deepEqual(of(new Map([['a/*', { can_read: false, can_write: true }]])), ['loses a/read', 'gains a/write']);
    assert.deepEqual(of(new Map([['a/write', { can_write: false }]])), [], 'it was not allowed before either');
    assert.deepEqual(of(new Map([['a/read', { approval: true }]])), ['asks a/read']);
    assert.deepEqual(of(new Map([['*', { is_enabled: false }]]), 'user', new Map([['a/read', { allowed: true }], ['a/write', { allowed: true }]])), ['loses a/read', 'loses a/write']);
});

test('conditions are written as a person types them', () => {
    const rows = [{ pointer: '/n', op: 'min', value: 3 }, { pointer: '/to', op: 'in', value: ['a', 'b'] }, { pointer: '/x', op: 'absent' }];
    assert.deepEqual(writtenOf(conditionsOf(rows)), rows);
    assert.deepEqual(writtenOf([{ pointer: ' /to ', op: 'in', value: 'a, 2' }, { pointer: '', op: 'eq', value: 'x' }, { pointer: '/p', op: 'glob', value: '1' }]),
        [{ pointer: '/to', op: 'in', value: ['a', 2] }, { pointer: '/p', op: 'glob', value: '1' }]);
    assert.deepEqual([conditionsOf(undefined), conditionsOf('x')], [[], []]);
    const device = { enrolled: true, credential_level: 'software-key', labels: { room: 'study' } };
    assert.deepEqual(deviceWritten(deviceOf(device)), device);
    assert.equal(deviceWritten(deviceOf(null)), null);
});
