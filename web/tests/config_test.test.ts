// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { statesOf, warningsOf } from '../src/pages/config/test.ts';

test('all before the step that failed went well, and nothing behind it was reached', () => {
    assert.deepEqual(statesOf({ ok: false, step: 'config', message: 'no', warnings: ['plain-http'] }, false), [
        'warn',
        'good',
        'bad',
        'wait',
        'wait',
    ]);
    assert.deepEqual(statesOf({ ok: true, warnings: ['no-tools'] }, false), ['good', 'good', 'good', 'good', 'warn']);
    assert.deepEqual(statesOf(undefined, true), ['busy', 'wait', 'wait', 'wait', 'wait']);
    assert.deepEqual(warningsOf({ ok: true, warnings: ['starting', 'unheard-of'] }, 'config'), ['starting']);
});
