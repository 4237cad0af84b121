// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { conditionsOf, deviceOf, deviceWritten, writtenOf } from '../src/pages/permissions/conditions.ts';
import { levelOf, nextOf, setFlag, written, writesOf, type Draft } from '../src/pages/permissions/model.ts';

const row = (tool: string, more: object = {}) => ({ id: `id ${tool}`, tool, ...more });
const NONE: Draft = new Map();

test('a draft holds what differs from what is saved, and nothing else', () => {
    const saved = levelOf([row('a/b', { can_write: true })]);
    assert.deepEqual(
        [null, true, false].map((said) => nextOf(said)),
        [true, false, null],
    );
    const once = setFlag(NONE, saved, 'a/b', 'can_write', false);
    assert.deepEqual([...once], [['a/b', { can_write: false }]]);
    assert.equal(setFlag(once, saved, 'a/b', 'can_write', true).size, 0);
    assert.equal(NONE.size, 0, 'the one before is as it was');
});

test('a row that says nothing any more goes, with its conditions kept where it says something', () => {
    const rows = [
        row('a/b', { can_write: true, arguments: [{ pointer: '/x', op: 'absent' }] }),
        row('a/c', { can_read: false }),
    ];
    const draft: Draft = new Map([
        ['a/b', { can_read: true }],
        ['a/c', { can_read: null }],
        ['d/*', { can_execute: true }],
    ]);
    const { put, drop } = writesOf(rows, draft);
    assert.deepEqual(drop, ['id a/c']);
    assert.deepEqual(
        put.map((one) => [one.tool, one.can_read, one.can_write, one.can_execute, one.arguments]),
        [
            ['a/b', true, true, null, [{ pointer: '/x', op: 'absent' }]],
            ['d/*', null, null, true, undefined],
        ],
    );
});

test('a row that files manage, as files have it', () => {
    const said = row('mail/*', {
        subject_kind: 'group',
        subject_name: 'family',
        can_read: null,
        can_write: true,
        device: { enrolled: true },
    });
    assert.deepEqual(written(said), { group: 'family', tool: 'mail/*', can_write: true, device: { enrolled: true } });
    assert.deepEqual(written(row('*', { subject_kind: 'default', approval: true })), {
        everybody: true,
        tool: '*',
        approval: true,
    });
});

test('conditions are written as a person types them', () => {
    const rows = [
        { pointer: '/n', op: 'min', value: 3 },
        { pointer: '/to', op: 'in', value: ['a', 'b'] },
        { pointer: '/x', op: 'absent' },
    ];
    assert.deepEqual(writtenOf(conditionsOf(rows)), rows);
    assert.deepEqual(
        writtenOf([
            { pointer: ' /to ', op: 'in', value: 'a, 2' },
            { pointer: '', op: 'eq', value: 'x' },
            { pointer: '/p', op: 'glob', value: '1' },
        ]),
        [
            { pointer: '/to', op: 'in', value: ['a', 2] },
            { pointer: '/p', op: 'glob', value: '1' },
        ],
    );
    assert.deepEqual([conditionsOf(undefined), conditionsOf('x')], [[], []]);
    const device = { enrolled: true, credential_level: 'software-key', labels: { room: 'study' } };
    assert.deepEqual(deviceWritten(deviceOf(device)), device);
    assert.equal(deviceWritten(deviceOf(null)), null);
});
