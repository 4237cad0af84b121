// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveAll, type Report } from '../src/pages/fleet/list/bulk.ts';
import { csvUrl, filterOf, sortFrom } from '../src/pages/fleet/list/query.ts';
import { movesFrom, STATUSES } from '../src/pages/fleet/moves.ts';
import { Problem } from '../src/api/problem.ts';

test('a URL from anywhere asks the API for nothing that it does not know', () => {
    assert.deepEqual(filterOf({ status: 'PENDING', search: 'kiosk', tab: 'x', group: 'desks', label: 'site=paris' }), {
        search: 'kiosk',
        status: 'PENDING',
        group: 'desks',
        label: 'site=paris',
    });
    assert.deepEqual(filterOf({ status: 'pending', user: "'; --", search: '' }), {});
    assert.deepEqual(['machine_id', '-status', 'os', '--status', undefined].map(sortFrom), [
        'machine_id',
        '-status',
        '-created_at',
        '-created_at',
        '-created_at',
    ]);
});

test('the file has the filters of the list and its order', () => {
    assert.equal(
        csvUrl({ label: 'site=a&b', status: 'REVOKED' }, '-machine_id'),
        '/api/v1/devices?label=site%3Da%26b&status=REVOKED&sort=-machine_id&format=csv',
    );
});

test('moves are those of the server: out of REVOKED leads reinstating alone, and nothing deletes what is in', () => {
    assert.deepEqual(movesFrom(['REVOKED']), ['reinstate']);
    assert.deepEqual(movesFrom(['PENDING']), ['approve', 'refuse', 'revoke', 'delete']);
    assert.deepEqual(
        STATUSES.filter((status) => movesFrom([status]).includes('delete')),
        ['PENDING', 'UNINSTALLED', 'REFUSED'],
    );
});

const ids = Array.from({ length: 250 }, (_, i) => `id-${i}`);
const yes = (some: string[]) => some.map((device_id) => ({ device_id, ok: true }));

test('many are moved part by part; what was refused is told with its reason, and stops nothing', async () => {
    const told: Report[] = [];
    const report = await moveAll(
        ids,
        async (some) =>
            yes(some).map((v) =>
                v.device_id === 'id-7' ? { ...v, ok: false, code: 'conflict', detail: 'the device is REVOKED' } : v,
            ),
        (r) => told.push(r),
        new AbortController().signal,
    );
    assert.deepEqual(
        [report.all, report.done, report.refused],
        [250, 249, [{ id: 'id-7', why: 'the device is REVOKED' }]],
    );
    assert.deepEqual(
        told.map((r) => r.done),
        [0, 99, 199, 249],
    );
});

test('a call that is refused as a whole ends it there; so does who stops it', async () => {
    const lost = new Problem({ status: 503, code: 'overloaded' });
    let calls = 0;
    const refused = await moveAll(
        ids,
        async (some) => {
            if (++calls === 2) throw lost;
            return yes(some);
        },
        () => {},
        new AbortController().signal,
    );
    assert.deepEqual([calls, refused.done, refused.problem], [2, 100, lost]);
    const stop = new AbortController();
    const stopped = await moveAll(
        ids,
        async (some) => (stop.abort(), yes(some)),
        () => {},
        stop.signal,
    );
    assert.deepEqual([stopped.done, stopped.problem], [100, undefined]);
});
