// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { chipsOf, clearFilters, readFilters, type FilterDef } from '../src/ui/filters.ts';
import { linesOf } from '../src/ui/diff_lines.ts';
import { nextSort, pagesInView, pagesToDrop, planPages, rowAfterKey, sortOf } from '../src/ui/table/window.ts';
import { begun } from '../src/ui/titles.ts';
import { toYaml } from '../src/ui/yaml.ts';

test('rows in view name their pages, at the seams and at the end', () => {
    assert.deepEqual(pagesInView(0, 20, 100_000, 100), [0]);
    assert.deepEqual(pagesInView(95, 105, 100_000, 100), [0, 1]);
    assert.deepEqual(pagesInView(99_990, 100_050, 100_000, 100), [999]);
    assert.deepEqual(pagesInView(0, 10, 0, 100), []);
});

test('only what is missing is asked for, and what left the view is called off', () => {
    assert.deepEqual(
        planPages([4, 5], (page) => page === 4, [2, 5]),
        { ask: [], stop: [2] },
    );
    assert.deepEqual(
        planPages([4, 5], () => false, []),
        { ask: [4, 5], stop: [] },
    );
});

test('of too many pages those far away go, never one in view', () => {
    assert.deepEqual(pagesToDrop([0, 1, 2, 3, 90], [2, 3], 4), [90]);
    assert.deepEqual(pagesToDrop([0, 1], [0], 4), []);
    assert.deepEqual(pagesToDrop([5, 6, 7], [5, 6, 7], 1), []);
});

test('keys lead to rows and stay inside the list', () => {
    assert.equal(rowAfterKey('ArrowUp', 0, 10, 5), 0);
    assert.equal(rowAfterKey('PageDown', 3, 10, 5), 7);
    assert.equal(rowAfterKey('End', 0, 100_000, 20), 99_999);
    assert.equal(rowAfterKey('a', 0, 10, 5), undefined);
});

test('a click on a head sorts up, then down', () => {
    assert.deepEqual(
        [nextSort(undefined, 'name'), nextSort('name', 'name'), nextSort('-name', 'name')],
        ['name', '-name', 'name'],
    );
    assert.deepEqual([sortOf('-name', 'name'), sortOf('other', 'name')], ['descending', 'none']);
});

const DEFS: FilterDef[] = [
    { key: 'status', label: 'Status', options: [{ value: 'on', label: 'Online' }] },
    { key: 'mine', label: 'Mine', kind: 'flag' },
    { key: 'user', label: 'User', kind: 'text' },
];

test('filters come out of the query, but for values that are none of theirs', () => {
    assert.deepEqual(readFilters({ status: 'on', mine: 'true', user: 'ada', search: 'x', tab: 'y' }, DEFS, 'search'), {
        search: 'x',
        status: 'on',
        mine: 'true',
        user: 'ada',
    });
    assert.deepEqual(readFilters({ status: 'evil', mine: '1', search: '' }, DEFS, 'search'), {});
    const days: FilterDef[] = ['from', 'to'].map((key) => ({ key, label: key, kind: 'date' }));
    assert.deepEqual(readFilters({ from: 'yesterday', to: '2026-11-23' }, days), { to: '2026-11-23' });
    assert.deepEqual(chipsOf({ status: 'on', user: 'ada' }, DEFS), [
        { key: 'status', label: 'Status', value: 'Online' },
        { key: 'user', label: 'User', value: 'ada' },
    ]);
    assert.deepEqual(Object.keys(clearFilters(DEFS, 'search')), ['search', 'status', 'mine', 'user']);
});

test('a difference shows what changed with lines around it, and folds the rest', () => {
    const before = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n');
    const { lines, added, removed } = linesOf(before, before.replace('line 20', 'other'));
    assert.deepEqual([added, removed], [1, 1]);
    assert.deepEqual(
        lines.map((line) => line.kind),
        ['skip', 'same', 'same', 'same', 'removed', 'added', 'same', 'same', 'same', 'skip'],
    );
    assert.equal(
        lines.reduce((sum, line) => sum + (line.count ?? 1), 0),
        41,
    );
    assert.deepEqual(linesOf('a\n', 'a\n').added, 0);
});

test('YAML: nesting, and everything that a reader might take for something else is quoted', () => {
    assert.equal(
        toYaml({ name: 'base', rules: [{ tool: 'github.*', effects: ['allow', 'ask'] }, []], limits: {}, size: 1.5 }),
        'name: base\nrules:\n  - tool: "github.*"\n    effects:\n      - allow\n      - ask\n  - []\nlimits: {}\nsize: 1.5\n',
    );
    assert.equal(
        toYaml({ a: 'yes', b: '12', c: '', d: 'x: y', e: '- z', f: null, g: ' lead', h: '~', i: '0x1f', j: 'a #b' }),
        'a: "yes"\nb: "12"\nc: ""\nd: "x: y"\ne: "- z"\nf: null\ng: " lead"\nh: "~"\ni: "0x1f"\nj: "a #b"\n',
    );
    assert.equal(toYaml({ text: 'one\n  two\n' }), 'text: |\n  one\n    two\n');
    assert.equal(toYaml({ text: 'one\ntwo' }), 'text: |-\n  one\n  two\n');
    assert.equal(toYaml({ on: { 'a:b': 1 } }), '"on":\n  "a:b": 1\n');
    assert.equal(toYaml([]), '[]\n');
});

test('what the server says begins as a sentence does, and the name of a field stays itself', () => {
    assert.equal(begun('there is no such user'), 'There is no such user');
    assert.equal(begun('name: want 1..64 bytes'), 'name: want 1..64 bytes');
    assert.equal(begun('éteint déjà'), 'Éteint déjà');
});
