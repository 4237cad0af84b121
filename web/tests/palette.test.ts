// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../src/shell/fits.ts';

test('the palette finds by the beginnings of words, in any order, with or without accents', () => {
    assert.ok(fits('Mes équipes d’été', 'ete equ'));
    assert.ok(fits('Home Assistant', 'as'));
    assert.ok(fits('anything', ''));
    assert.ok(!fits('Devices', 'vices'));
    assert.ok(!fits('Devices', 'dev x'));
});
