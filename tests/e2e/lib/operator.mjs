// SPDX-License-Identifier: Apache-2.0
// A person at a browser, and the command line that he signs in to with it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { formPage } from './forms.mjs';
import { uniqueName } from './fleet.mjs';
import { BIN, Child, eventually, tempDir } from './process.mjs';

/** Somebody with these roles, and the cookie of his browser. */
export async function personOf(server, admin, roles) {
    const group = (await admin.post('/groups', { name: uniqueName('g'), roles })).want(201);
    const { token } = (await admin.post('/invitations', { groups: [group.id] })).want(201);
    const username = uniqueName('p').replaceAll(/[^\w.-]/g, '');
    const reply = await server.client().post(`/invitations/${token}/accept`, { username, email: `${username}@example.org`, password: 'nine patient herons' });
    return { ...reply.want(201), group, cookie: reply.headers['set-cookie'].map((c) => c.split(';')[0]).find((c) => c.includes('sen_b_')) };
}

/** A home directory without any terminal's or desktop's doing. */
export class Desk {
    home = tempDir('desk');

    constructor(server) {
        this.server = server;
        this.env = { ...process.env, HOME: this.home, XDG_STATE_HOME: join(this.home, 'state'), XDG_CONFIG_HOME: join(this.home, 'config'), SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: '' };
        for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER']) delete this.env[name];
    }

    run(...words) {
        return spawnSync(BIN, words, { encoding: 'utf8', env: this.env, cwd: this.home });
    }

    /** Where the sign-in at an issuer is kept. */
    cacheOf(issuer) {
        return join(this.home, 'state/seneschal', `login-${createHash('sha256').update(issuer).digest('hex').slice(0, 16)}.json`);
    }

    /** Run a command that signs in, and be the person in front of the browser. */
    async withPerson(person, words, decision = 'approve') {
        const child = new Child(BIN, words, { env: this.env, cwd: this.home });
        const [, code] = await child.waitFor(/enter the code ([A-Z0-9-]+)/, { from: 'stderr' });
        assert.ok(child.stderr.includes(`${this.server.url}/device`));
        const page = await formPage(this.server.url, '/device', { cookies: [person.cookie] });
        const confirm = await page.post({ user_code: code });
        assert.equal(confirm.status, 200, confirm.text);
        const done = await page.post({ user_code: code, decision });
        assert.equal(done.status, 200, done.text);
        return { ...(await child.ended()), stdout: child.stdout, stderr: child.stderr };
    }
}
