// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { linesOf, mappingOf } from '../src/pages/people/providers/mapping.ts';

test('groups of another issuer are written as lines, and read back', () => {
    const groups = [
        { value: '/staff', group: 'staff' },
        { value: 'cn=a,dc=b', group: 'a and b' },
    ];
    assert.deepEqual(mappingOf(linesOf(groups)), groups);
    assert.deepEqual(mappingOf(' \n'), []);
    for (const wrong of ['staff', '= staff', 'staff =']) assert.equal(mappingOf(wrong), undefined);
});
