// SPDX-License-Identifier: Apache-2.0
// What "copy as YAML" gives is what `seneschal apply` reads: an unknown member would be refused there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { asFiles as applicationAsFiles } from '../src/pages/applications/files.ts';
import { asFiles as groupAsFiles } from '../src/pages/people/groups/files.ts';

/** The members that a section of a file may have, as the reader of files lists them. */
function membersOf(kind: string): string[] {
    const text = readFileSync(new URL('../../src/files/kinds.c', import.meta.url), 'utf8');
    const table = text.split(`${kind}_members[] = {`)[1]?.split('};')[0] ?? '';
    return [...table.matchAll(/\.name = "(\w+)"/g)].map(([, name]) => name ?? '');
}

const app = {
    id: '01a2067c-1c03-7964-a706-d6ba27249f87',
    name: 'Wiki',
    kind: 'oidc',
    origin: 'file',
    status: 'active',
    description: '',
    host: null,
    admin: false,
    client_id: 'wiki',
    client_secret: 'never in a file',
    redirect_uris: ['https://wiki.example.org/callback'],
    resources: [],
    access_life_s: 600,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    etag: '"3"',
    secret_shown: true,
};

test('an application is copied with who may open it, and without what no file says', () => {
    const bindings = [
        { kind: 'group', name: 'Family' },
        { kind: 'user', name: 'grace' },
        { kind: 'service_account', name: 'backup' },
    ];
    const copied = applicationAsFiles(app, bindings);
    assert.deepEqual(copied, {
        applications: {
            Wiki: {
                kind: 'oidc',
                status: 'active',
                admin: false,
                client_id: 'wiki',
                redirect_uris: ['https://wiki.example.org/callback'],
                access_life_s: 600,
                groups: ['Family'],
                service_accounts: ['backup'],
            },
        },
    });
    const known = membersOf('application');
    assert.deepEqual(
        Object.keys(copied.applications['Wiki'] ?? {}).filter((member) => !known.includes(member)),
        [],
    );
});

test('a group is copied with what its form says', () => {
    const group = { id: 'x', name: 'Family', priority: 50, roles: [], etag: '"1"', created_at: null };
    assert.deepEqual(groupAsFiles(group), { groups: { Family: { priority: 50 } } });
    assert.deepEqual(membersOf('group').sort(), ['priority', 'roles']);
});
