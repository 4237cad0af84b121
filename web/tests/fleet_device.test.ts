// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { assembled, fitsLeaf, momentOf, readable } from '../src/pages/fleet/device/explain.ts';
import { labelsOf, linesOf } from '../src/pages/fleet/device/labels.ts';
import { differing, isGrave, odditiesOf } from '../src/pages/fleet/lobby/oddness.ts';
import { agentByHand, agentWithKey, ansible, macWithKey, windowsWithKey } from '../src/pages/fleet/enrol/commands.ts';
import { bodyOf, endOf, faultsOf } from '../src/pages/fleet/enrol/keyform.ts';

test('a pointer is read with points, with arrows where a name has a point itself', () => {
    assert.deepEqual(['/limits/tokens', '', '/a~1b/c~0d', '/hosts/example.org'].map(readable), [
        'limits.tokens',
        '/',
        'a/b.c~d',
        'hosts → example.org',
    ]);
});

test('a value is found by its path, itself or its policy, whatever the case and the accents', () => {
    const leaf = { pointer: '/limits/tokens', value: 64000, policy_name: 'Élèves', version: '2026-11-22.3' };
    assert.ok(['TOKENS 64000', 'eleves', 'limits.tok', '11-22', ''].every((typed) => fitsLeaf(leaf, typed)));
    assert.ok(!fitsLeaf(leaf, 'tokens 63'));
});

test('leaves give the configuration again; a name of the machine of JavaScript is a name like others', () => {
    const leaves = [
        { pointer: '/a/b', value: [1, { c: 2 }] },
        { pointer: '/a/d', value: {} },
        { pointer: '/__proto__/x', value: 1 },
    ];
    assert.equal(JSON.stringify(assembled(leaves)), '{"a":{"b":[1,{"c":2}],"d":{}},"__proto__":{"x":1}}');
    assert.equal(({} as { x?: number }).x, undefined);
});

test('only a moment that has passed is asked for', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    assert.equal(momentOf('2026-02-01T10:00:00Z', now), '2026-02-01T10:00:00.000Z');
    assert.deepEqual(
        [momentOf('2026-04-01T10:00:00Z', now), momentOf('soon', now), momentOf('', now), momentOf(undefined, now)],
        [undefined, undefined, undefined, undefined],
    );
});

test('labels are lines; the first that is none is named', () => {
    assert.deepEqual(labelsOf(' site = paris \n\nurl=a=b'), { labels: { site: 'paris', url: 'a=b' } });
    assert.equal(labelsOf('site=paris\nfloor').bad, 'floor');
    assert.equal(labelsOf('=x').bad, '=x');
    assert.equal(linesOf({ site: 'paris', floor: '2' }), 'site=paris\nfloor=2');
});

test('what is odd about a request', () => {
    const plain = { request_id: '1', key_thumbprint: 'k1' };
    assert.deepEqual(odditiesOf({ requests: [plain] }, plain), []);
    assert.deepEqual(odditiesOf({ requests: [plain, { ...plain, request_id: '2' }] }, plain), ['several']);
    assert.deepEqual(odditiesOf({ enrolled_at: 'x', key_thumbprint: 'k1', requests: [plain] }, plain), ['known']);
    assert.deepEqual(odditiesOf({ enrolled_at: 'x', key_thumbprint: 'k0', requests: [plain] }, plain), ['other-key']);
    assert.deepEqual(odditiesOf({ enrolled_at: 'x', key_thumbprint: 'k0', requests: [] }, {}), ['key-lost']);
    assert.deepEqual(odditiesOf({}, { ...plain, user_hint: 'Kim', user_name: 'ada' }), ['hint']);
    assert.deepEqual(odditiesOf({}, { ...plain, user_hint: ' ADA', user_name: 'ada' }), []);
    assert.deepEqual([isGrave(['no-key', 'known']), isGrave(['no-key', 'hint'])], [false, true]);
    assert.deepEqual(
        [
            ...differing(
                [
                    { os: 'a', ip: null, at: 1 },
                    { os: 'b', at: 2 },
                ],
                ['at'],
            ),
        ],
        ['os'],
    );
});

test('a key: what is wrong with it, and what is sent', () => {
    const form = {
        name: ' kiosks ',
        uses: '',
        ends: '',
        auto: true,
        groups: ['desks', ' '],
        pattern: '',
        uninstall: false,
        adopt: false,
    };
    const now = endOf('2026-03-01').getTime();
    assert.deepEqual(bodyOf(form), {
        name: 'kiosks',
        auto_approve: true,
        may_uninstall: false,
        adopt: false,
        groups: ['desks'],
    });
    assert.deepEqual(faultsOf({ ...form, uses: '0', ends: '2026-03-01' }, now), ['uses', 'ends']);
    assert.deepEqual(faultsOf({ ...form, uses: '12', ends: '2026-03-02' }, now), []);
    assert.equal(bodyOf({ ...form, uses: '12' }).uses, 12);
});

test('each command names the server; none has the key where other users of the machine see it', () => {
    const [server, key] = ['https://seneschal.example', 'sen_e_SECRET'];
    for (const text of [
        agentByHand(server),
        agentWithKey(server, key),
        ansible(server),
        macWithKey(server, key),
        windowsWithKey(server, key),
    ]) {
        assert.ok(text.includes(server), text);
        for (const line of text.split('\n').filter((one) => one.includes(key)))
            assert.match(line, /^(sen_e_SECRET|header = "Authorization: Bearer sen_e_SECRET"|\$key = 'sen_e_SECRET')$/);
    }
});
