// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyOf, PRESETS, ringFaults, ringOf } from '../src/pages/rollouts/plan.ts';
import { failedShare, nextOf, reasonsOf, soakLeft } from '../src/pages/rollouts/rollout.ts';
import { sentenceOf } from '../src/pages/rollouts/said.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const counts = {
    members: 4,
    executed: 0,
    pending: 0,
    away: 0,
    applied: 0,
    failed: 0,
    timed_out: 0,
    lost: 0,
    unchanged: 0,
};
const running = (ring: object) =>
    nextOf({ state: 'running', ring: 1, rings: [{ n: 1, state: 'running', ...counts, ...ring }] } as never, NOW);

test('what holds a rollout is said from its figures', () => {
    assert.deepEqual(running({ pending: 2 }), { kind: 'pending', devices: 2 });
    assert.deepEqual(running({ members: 0 }), { kind: 'counting', ring: 1 });
    assert.deepEqual(running({ executed: 1, away: 3 }), { kind: 'few', did: 1, away: 3 });
    assert.deepEqual(running({ state: 'met', soak_s: 120, met_at: '2026-01-01T00:09:00Z' }), {
        kind: 'soaking',
        seconds: 60,
    });
    assert.deepEqual(running({ state: 'met', soak_s: 30, met_at: '2026-01-01T00:09:00Z', approval: true }), {
        kind: 'approval',
        ring: 1,
    });
    assert.deepEqual(
        running({
            state: 'met',
            soak_s: 30,
            met_at: '2026-01-01T00:09:00Z',
            approval: true,
            promoted_at: '2026-01-01T00:09:30Z',
        }),
        { kind: 'soon' },
    );
    for (const state of ['draft', 'paused']) assert.deepEqual(nextOf({ state } as never, NOW), { kind: state });
    for (const state of ['completed', 'rolled_back'])
        assert.deepEqual(nextOf({ state } as never, NOW), { kind: 'over' });
    assert.deepEqual(nextOf({ state: 'aborted', next: 'nothing: devices keep it' } as never, NOW), { kind: 'held' });
    assert.deepEqual(nextOf({ state: 'aborted', next: 'it is rolled back once' } as never, NOW), { kind: 'aborted' });
});

test('watching ends, and is not counted before it begins', () => {
    assert.equal(soakLeft({ state: 'running', soak_s: 60, met_at: null } as never, NOW), 0);
    assert.equal(soakLeft({ state: 'met', soak_s: 60, met_at: '2026-01-01T00:00:00Z' } as never, NOW), 0);
});

test('the share of failures is of those that executed', () => {
    assert.equal(failedShare(counts as never), undefined);
    assert.equal(failedShare({ ...counts, executed: 4, applied: 1, failed: 1, timed_out: 1, lost: 1 } as never), 0.75);
});

test('a plan: shares rise, selectors are named, the last ring is everybody', () => {
    for (const rings of [PRESETS.careful, PRESETS.quick]) assert.deepEqual(ringFaults(rings).filter(Boolean), []);
    assert.deepEqual(ringFaults(PRESETS.group), ['needGroup', undefined, undefined]);
    const last = ringOf({});
    assert.deepEqual(ringFaults([ringOf({ percent: '10' }), ringOf({ percent: '10' }), last]), [
        undefined,
        'rising',
        undefined,
    ]);
    assert.deepEqual(
        ringFaults([ringOf({ percent: '0' }), ringOf({ percent: 'x' }), ringOf({ percent: '101' }), last]),
        ['limits', 'limits', 'limits', undefined],
    );
    assert.deepEqual(
        ringFaults([ringOf({ kind: 'label', label: 'site' }), ringOf({ kind: 'label', label: 'site=a' }), last]),
        ['needLabel', undefined, undefined],
    );
});

test('a plan as the server takes it', () => {
    const body = bodyOf({
        policy: 'p',
        to: '3',
        rings: [
            ringOf({ kind: 'group', group: ' g ', soak: '1.5', approval: true }),
            ringOf({ percent: '7', soak: '0', pause: true }),
        ],
        maxFailed: '2.5',
        minExecuted: '4',
        timeout: '30',
        rollback: false,
    });
    assert.deepEqual(body, {
        policy_id: 'p',
        to: 3,
        auto_rollback: false,
        gate: { max_failed_percent: 2.5, min_executed: 4, timeout_s: 1800 },
        rings: [
            { group: 'g', soak_s: 90, approval: true },
            { percent: 100, pause: true },
        ],
    });
});

test('what a rollout says of itself is known again, and what a person wrote is left alone', () => {
    const figures = (text: string) => {
        const known = sentenceOf(text);
        return known && [known.name, ...known.figures];
    };
    assert.deepEqual(figures('ring 2 of 3: 10 %'), ['began', 2, 3]);
    assert.deepEqual(figures('ring 1 has answered: 4 of 5 executed, 1 failed'), ['answered', 4, 5, 1]);
    assert.deepEqual(
        figures('3 of 4 that executed failed (75 %, at most 2.5 % may) in ring 1: 2 failed, 1 timed out, 0 lost'),
        ['tooMany', 3, 4, 2.5, 1],
    );
    assert.deepEqual(figures('ring 1 was promoted by a person'), ['promoted', 1]);
    assert.deepEqual(figures('ring 1 was promoted by a person, whoever is missing'), ['forced', 1]);
    for (const own of ['the wrong model', 'ring 1', 'paused by a person, me', ''])
        assert.equal(figures(own), undefined);
});

test('reasons of failures are counted, the most frequent first, and silence is none', () => {
    const rows = ['b', 'a', null, 'b', 'c', 'd', 'c', 'b'].map((reason) => ({ reason }));
    assert.deepEqual(reasonsOf(rows), [
        { reason: 'b', devices: 3 },
        { reason: 'c', devices: 2 },
        { reason: 'a', devices: 1 },
    ]);
    assert.deepEqual(reasonsOf([{ reason: null }, {}]), []);
});
