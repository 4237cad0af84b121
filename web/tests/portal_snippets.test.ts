// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import en from '../src/i18n/parts/portal.en.ts';
import { signingIn, withToken } from '../src/pages/portal/snippets.ts';

const of = (origin: string, key: string): string =>
    [...signingIn(origin, en.connect), ...withToken(origin, en.connect)].find((one) => one.key === key)?.text ?? '';

test('each names the address that the page was asked at', () => {
    for (const one of [...signingIn('https://s.example', en.connect), ...withToken('https://s.example', en.connect)])
        assert.match(one.text, /https:\/\/s\.example\/(mcp|api\/v1\/mcp)/, one.key);
});

test('a bridge is told of plain HTTP beyond this machine, and nowhere else', () => {
    assert.ok(of('http://10.0.0.7:8080', 'desktop').includes('--allow-http'));
    for (const origin of ['https://s.example', 'http://127.0.0.1:8080', 'http://localhost:8080'])
        assert.ok(!of(origin, 'desktop').includes('--allow-http'), origin);
});

test('VS Code has "servers", the others "mcpServers"', () => {
    assert.deepEqual(Object.keys(JSON.parse(of('https://s.example', 'vscode')) as object), ['servers']);
    for (const key of ['desktop', 'cursor', 'json', 'lmstudio'])
        assert.deepEqual(Object.keys(JSON.parse(of('https://s.example', key)) as object), ['mcpServers'], key);
});
