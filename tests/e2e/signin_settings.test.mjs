// SPDX-License-Identifier: Apache-2.0
// How long a signing-in lasts is a setting that SIGHUP changes: for who signs in from then on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { eventually, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const file = path.join(tempDir('config'), 'seneschal.yaml');
writeFileSync(file, 'session: {life: 1000, idle: 900}\n');
const server = await startServer({ args: ['--config', file] });
const admin = await server.admin();
const ada = await makePerson(server, admin);

/** Sign in; what the store says of it, in seconds from now, and what the answer says. */
async function lives() {
    const pair = (await server.client().post('/auth/login', { username: ada.username, password: PASSWORD })).want(200);
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { readOnly: true });
    const { life } = db.prepare('SELECT (expires_at - created_at) / 1000000 AS life FROM session ORDER BY id DESC LIMIT 1').get();
    const { refresh } = db.prepare('SELECT (expires_at - created_at) / 1000000 AS refresh FROM refresh_token ORDER BY created_at DESC LIMIT 1').get();
    const { idle } = db.prepare('SELECT (idle_at - created_at) / 1000000 AS idle FROM session WHERE kind = 1 ORDER BY id LIMIT 1').get();
    db.close();
    return { life, refresh, idle, access: pair.expires_in };
}

test('session.life, session.idle, token.access_life and token.refresh_life change with SIGHUP', async () => {
    assert.deepEqual(await lives(), { life: 1000, refresh: 2592000, idle: 900, access: 86400 });
    writeFileSync(file, 'session: {life: 2000, idle: 600}\ntoken: {access_life: 70, refresh_life: 3000}\n');
    server.signal('SIGHUP');
    await eventually('the new lives', async () => (await lives()).access === 70);
    const bob = await makePerson(server, admin);
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { readOnly: true });
    const { idle } = db.prepare('SELECT (idle_at - created_at) / 1000000 AS idle FROM session WHERE kind = 1 ORDER BY id DESC LIMIT 1').get();
    db.close();
    assert.ok(bob.id);
    assert.deepEqual({ ...(await lives()), idle }, { life: 2000, refresh: 3000, idle: 600, access: 70 });
});
