// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { createOf, nameOf, NEW_SERVER, patchOf } from '../src/pages/tools/fields.ts';
import { importBody } from '../src/pages/tools/import.ts';
import { decoded, partsOf } from '../src/pages/tools/result.ts';
import { closeness, rowsFor, saysOf } from '../src/pages/tools/who.ts';

test('the file of an assistant is known by its members, whoever wrote it', () => {
    const one = { a: { url: 'https://a.example/mcp' } };
    assert.deepEqual(importBody(JSON.stringify({ mcpServers: one, theme: 'dark' })), { mcpServers: one });
    assert.deepEqual(importBody(JSON.stringify({ servers: one })), { servers: one });
    assert.deepEqual(importBody(JSON.stringify({ mcp: { servers: one } })), { servers: one });
    assert.deepEqual(importBody(JSON.stringify(one)), { mcpServers: one });
    for (const text of ['', '{', '[]', '3', 'null', '{}', '{"a":1}', '{"a":{"b":1}}', '{"mcpServers":[]}'])
        assert.equal(importBody(text), undefined, text);
});

test('a name comes from an address, where it has one', () => {
    assert.equal(nameOf('https://mealie-mcp.home.example/mcp'), 'mealie-mcp');
    assert.equal(nameOf('https://mcp.github.com/'), 'github');
    for (const url of ['', 'x', 'http://192.168.1.5:8123/', 'http://localhost:1', 'http://[::1]/'])
        assert.equal(nameOf(url), '', url);
});

test('headers that were not touched are not sent, so that they stay', () => {
    const fields = { ...NEW_SERVER, name: ' a ', url: ' https://a.example/mcp ', timeout_s: '1.5' };
    assert.equal('headers' in patchOf({ ...fields, secrets: undefined }), false);
    const made = createOf({
        ...fields,
        secrets: [
            { name: ' X-Key ', value: 'v' },
            { name: '', value: 'lost' },
        ],
    });
    assert.deepEqual(
        [made.name, made.url, made.timeout_ms, made.headers, 'prefix' in made],
        ['a', 'https://a.example/mcp', 1500, { 'X-Key': 'v' }, false],
    );
    const program = createOf({
        ...fields,
        transport: 'stdio',
        command: 'files',
        secrets: [{ name: 'KEY', value: 'v' }],
    });
    assert.deepEqual(
        [program.command, program.env, 'url' in program, 'headers' in program],
        ['files', { KEY: 'v' }, false, false],
    );
});

test('a result is what it says of itself, and nothing of it is taken for granted', () => {
    const kinds = (content: unknown) => partsOf({ content }).map((part) => part.kind);
    assert.deepEqual(
        kinds([
            { type: 'text', text: 'a' },
            { type: 'image', data: 'AA==', mimeType: 'image/png' },
            { type: 'resource_link', uri: 'x:y' },
            { type: 'resource', resource: { text: 't' } },
            { type: 'new' },
            null,
            3,
        ]),
        ['text', 'file', 'link', 'text', 'other', 'other', 'other'],
    );
    assert.deepEqual([kinds(undefined), kinds('text')], [[], []]);
    assert.deepEqual([...decoded('AQI=')], [1, 2]);
    assert.equal(decoded('no base64 %%').length, 0);
});

test('the closest permissions of a tool stand first', () => {
    assert.deepEqual(
        ['a/b', 'a/*', '*', 'a/c', 'b/*'].map((pattern) => closeness(pattern, 'a', 'b')),
        [0, 1, 2, undefined, undefined],
    );
    const row = (subject_kind: string, tool: string) => ({ subject_kind, tool, id: `${subject_kind} ${tool}` });
    const rows = [row('default', 'a/b'), row('group', '*'), row('user', 'a/*'), row('user', 'a/b'), row('user', 'x/y')];
    assert.deepEqual(
        rowsFor(rows, 'a', 'b').map((one) => one.id),
        ['user a/b', 'user a/*', 'group *', 'default a/b'],
    );
    assert.deepEqual(
        [
            saysOf({ can_write: true }, 'WRITE'),
            saysOf({ can_write: true, is_enabled: false }, 'WRITE'),
            saysOf({ can_read: true }, 'WRITE'),
        ],
        ['allow', 'deny', 'inherit'],
    );
});
