// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { placeOf, segmentsBelow, urlOf } from '../src/router.ts';

test('a place is read from a URL and written to one', () => {
    const place = placeOf(new URL('http://x/fleet/a%2Fb/?status=PENDING&q=%C3%A9&status=REVOKED'));
    assert.deepEqual(place, { path: '/fleet/a%2Fb', query: { status: 'REVOKED', q: 'é' } });
    assert.equal(urlOf(place.path, { ...place.query, status: undefined, empty: '' }), '/fleet/a%2Fb?q=%C3%A9');
    assert.equal(placeOf(new URL('http://x/')).path, '/');
    assert.equal(urlOf('/fleet'), '/fleet');
});

test('segments below a page are decoded one by one: a slash inside one stays inside', () => {
    assert.deepEqual(segmentsBelow('/fleet', '/fleet'), []);
    assert.deepEqual(segmentsBelow('/fleet/a%2Fb/config', '/fleet'), ['a/b', 'config']);
    assert.deepEqual(segmentsBelow('/fleet/%', '/fleet'), ['%']);
});
