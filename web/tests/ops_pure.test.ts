// SPDX-License-Identifier: Apache-2.0
// Pure parts of the dashboard, the record and the log.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import actionsEn from '../src/i18n/parts/actions.en.ts';
import actionsFr from '../src/i18n/parts/actions.fr.ts';
import { familiesOf, matching } from '../src/pages/admin/metrics.ts';
import { bodyOf, pairsOf, valuesOf } from '../src/pages/admin/webhook.ts';
import { dayStart, exportUrl, placeOfParty, queryOf, streamUrl as auditStreamUrl } from '../src/pages/audit/query.ts';
import { stateOf } from '../src/pages/dashboard/reach.ts';
import { figuresOf, inMilliseconds, question, spanOf, sum } from '../src/pages/dashboard/series.ts';
import { stepsDone } from '../src/pages/dashboard/steps.ts';
import { queryOf as logQueryOf, streamUrl } from '../src/pages/logs/query.ts';

test('every event of the server has its words in both languages, and no words are of none', () => {
    const table = readFileSync(new URL('../../src/domain/events/event.def', import.meta.url), 'utf8');
    const events = [...table.matchAll(/^EVENT\("([^"]+)"/gm)].map((found) => found[1]).sort();
    assert.ok(events.length > 100);
    assert.deepEqual(Object.keys(actionsEn).sort(), events);
    assert.deepEqual(Object.keys(actionsFr).sort(), events);
    for (const words of [actionsEn, actionsFr])
        assert.equal(new Set(Object.values(words)).size, events.length, 'two events are called the same');
});

test('every figure that the dashboard asks for is kept by the server', () => {
    const table = readFileSync(new URL('../../src/domain/series/series.def', import.meta.url), 'utf8');
    const kept = new Set([...table.matchAll(/^SERIES\(\w+,\s*"([^"]+)"/gm)].map((found) => found[1]));
    for (const name of question('day').name.split(',')) assert.ok(kept.has(name), name);
});

test('a gap stays a gap, and a column that is missing is one', () => {
    const { times, of } = figuresOf({
        at: ['2026-11-01T00:00:00Z', '2026-11-01T00:05:00Z'],
        series: { requests: [3, null], latency_p50_us: [1500, null] },
    });
    assert.deepEqual(times, [1793491200, 1793491500]);
    assert.deepEqual(of.requests, [3, null]);
    assert.deepEqual(of.errors, [null, null]);
    assert.deepEqual(inMilliseconds(of.latency_p50_us), [1.5, null]);
    assert.equal(sum([3, null, 4]), 7);
    assert.equal(sum([null]), undefined);
    assert.deepEqual(figuresOf({}).times, []);
});

test('a span begins at a whole point; what is none is a day', () => {
    const now = Date.parse('2026-11-20T10:03:20Z');
    assert.equal(question('day', now).from, '2026-11-19T10:05:00.000Z');
    assert.equal(question('hour', now).step, 60);
    assert.equal(spanOf('year'), 'day');
    assert.equal(spanOf(undefined), 'day');
});

test('a step is done, is not, or is not for him to see', () => {
    assert.deepEqual(stepsDone({ people: 1, devices: 0, published: 2, servers: undefined }), {
        admin: true,
        invite: false,
        enrol: false,
        policy: true,
        tool: undefined,
    });
});

test('a tool server that was there after it failed is up', () => {
    assert.equal(stateOf({ seen_at: '2026-11-02T00:00:00Z', failed_at: '2026-11-01T00:00:00Z' }), 'up');
    assert.equal(stateOf({ seen_at: '2026-11-01T00:00:00Z', failed_at: '2026-11-02T00:00:00Z' }), 'down');
    assert.equal(stateOf({ status: 'disabled', seen_at: '2026-11-01T00:00:00Z' }), 'off');
    assert.equal(stateOf({}), 'new');
});

test('days become moments: the last one is within', () => {
    const to = dayStart('2026-11-02', true);
    assert.equal(to, dayStart('2026-11-03'));
    assert.equal(dayStart('yesterday'), undefined);
    assert.equal(dayStart('2026-99-99'), undefined);
    assert.deepEqual(queryOf({ result: 'maybe', actor: 'ada', from: 'x', other: '1' }), { actor: 'ada' });
    assert.equal(exportUrl('/x', { actor: 'a b' }, 'csv'), '/x?actor=a+b&format=csv');
});

test('what has a page leads to it', () => {
    assert.equal(placeOfParty('device', '7'), '/fleet/7');
    assert.equal(placeOfParty('store', '7'), undefined);
    assert.equal(placeOfParty('user', null), undefined);
});

test('a webhook goes to the form and back; what is never shown stays unless it is written or taken away', () => {
    const known = {
        name: 'pager',
        url: 'https://x.example',
        format: 'ntfy',
        status: 'disabled',
        events: ['device.*', 'rollout.aborted'],
        group_id: 'g',
        priority: 'high',
        tags: 'a,b',
    };
    const values = valuesOf(known, { group: 'Workshop' });
    assert.equal(values.events, 'device.*\nrollout.aborted');
    assert.deepEqual(values.group, [{ id: 'g', name: 'Workshop' }]);
    const same = { ...known, description: null, any_application: true };
    assert.deepEqual(bodyOf({ ...values, events: ' device.* ,\nrollout.aborted' }, true), same);
    const { group_id: _gone, ...rest } = same;
    assert.deepEqual(bodyOf({ ...values, group: [], priority: '' }, true), {
        ...rest,
        priority: null,
        any_group: true,
    });
    const written = { ...values, aboutToken: 'none', aboutHeaders: 'set', headers: 'X-Room: blue' } as const;
    assert.deepEqual(bodyOf(written, true), { ...same, token: null, headers: { 'X-Room': 'blue' } });
    assert.deepEqual(bodyOf({ ...values, aboutHeaders: 'none' }, true), { ...same, headers: {} });
    const made = { ...valuesOf(undefined), name: 'n', url: 'https://x.example', token: 't' };
    assert.deepEqual(bodyOf({ ...made, values: 'key: 1' }, false), {
        name: 'n',
        url: 'https://x.example',
        format: 'standard',
        events: [],
        status: 'active',
        token: 't',
    });
    const template = { ...made, format: 'template', template: '{}', values: 'key: a: b' } as const;
    assert.deepEqual(bodyOf(template, false), {
        name: 'n',
        url: 'https://x.example',
        format: 'template',
        events: [],
        status: 'active',
        token: 't',
        template: '{}',
        values: { key: 'a: b' },
    });
});

test('headers are lines with a name, a colon and a value', () => {
    assert.deepEqual(pairsOf(' X-Room:  blue \n\nX-Empty:\n'), { 'X-Room': 'blue', 'X-Empty': '' });
    assert.deepEqual(pairsOf(''), {});
    for (const bad of ['X-Room', 'two words: x', ': x']) assert.equal(pairsOf(bad), undefined, bad);
});

test('metrics: buckets are left out, and the rest is found by name or help', () => {
    const families = familiesOf([
        {
            name: 'a_seconds',
            help: 'Time',
            samples: [
                { name: 'a_seconds_bucket', labels: { le: '1' }, value: 1 },
                { name: 'a_seconds_sum', labels: {}, value: 2 },
            ],
        },
        null,
        7,
    ]);
    assert.deepEqual(
        families.map((one) => one.samples.map((sample) => sample.name)),
        [['a_seconds_sum']],
    );
    assert.equal(matching(families, 'TIME').length, 1);
    assert.equal(matching(families, 'other').length, 0);
    assert.deepEqual(familiesOf('no'), []);
});

test('streams are asked without a time', () => {
    assert.equal(
        auditStreamUrl({ actor: 'ada', to: '2026-11-01T00:00:00Z' }),
        '/api/v1/admin/security/audit/stream?actor=ada',
    );
    assert.equal(
        streamUrl({ level: 'warning', from: '2026-11-01T00:00:00Z' }),
        '/api/v1/admin/logs/stream?level=warning',
    );
    assert.equal(streamUrl({}), '/api/v1/admin/logs/stream');
    assert.deepEqual(logQueryOf({ level: 'loud', q: 'x', request_id: '7' }), { q: 'x' });
});
