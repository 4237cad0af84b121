// SPDX-License-Identifier: Apache-2.0
// Debian's Apache with mod_auth_openidc signs a person in, as its manual says, and asks us about nothing else.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after } from 'node:test';
import { uniqueName } from './lib/fleet.mjs';
import { Browser, logIn, makeApp, makePerson, setPassword } from './lib/oauth.mjs';
import { freePort } from './lib/ports.mjs';
import { Child, eventually, tempDir } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const APACHE = '/usr/sbin/apache2';
const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'status', 'auth_openidc'];

const server = await startServer();
const admin = await server.admin();
const group = (await admin.post('/groups', { name: uniqueName('wiki') })).want(201);
const ann = await makePerson(admin, { display_name: 'Ann Other', groups: [group.name] });
await setPassword(server, admin, ann);

function settings({ dir, port, app, alg }) {
    return `
ServerRoot ${dir}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${dir}/apache.pid
Mutex posixsem
ErrorLog ${dir}/error.log
LogLevel warn
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
OIDCProviderMetadataURL ${server.url}/.well-known/openid-configuration
OIDCClientID ${app.client_id}
OIDCClientSecret ${app.client_secret}
OIDCRedirectURI http://127.0.0.1:${port}/secure/callback
OIDCDefaultLoggedOutURL http://127.0.0.1:${port}/bye
OIDCCryptoPassphrase a-passphrase-of-this-test
OIDCScope "openid profile email groups"
OIDCIDTokenSignedResponseAlg ${alg}
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
<Location /secure>
    AuthType openid-connect
    Require claim groups:${group.name}
    SetHandler server-status
    Header always set Seen-User "expr=%{REMOTE_USER}"
    Header always set Seen-Email "%{OIDC_CLAIM_email}e"
</Location>
`;
}

async function startApache(alg) {
    const dir = tempDir();
    const port = await freePort();
    const app = await makeApp(admin, { groups: [group.name], id_token_alg: alg, redirect_uris: [`http://127.0.0.1:${port}/secure/callback`], post_logout_redirect_uris: [`http://127.0.0.1:${port}/bye`] });
    const file = path.join(dir, 'apache.conf');
    await writeFile(file, settings({ dir, port, app, alg }));
    const child = new Child(APACHE, ['-f', file, '-X']);
    after(() => child.kill()); // -X: one process, so that nothing of it stays
    const url = `http://127.0.0.1:${port}/secure/`;
    const browser = new Browser(server.url);
    const first = await eventually('Apache answers', async () => {
        if (!child.running) throw new Error(child.stderr + (await readFile(path.join(dir, 'error.log'), 'utf8')));
        return browser.get(url).catch(() => undefined);
    });
    return { url, port, browser, first };
}

for (const alg of ['ES256', 'RS256']) {
    test(`mod_auth_openidc signs a person in with ${alg}`, async () => {
        const { url, port, browser, first } = await startApache(alg);
        assert.equal(first.location?.origin, server.url, first.text);
        const back = await logIn(browser, await browser.get(first.location), ann);
        assert.equal(back.location.host, `127.0.0.1:${port}`, back.text);
        const into = await browser.get(back.location);
        assert.equal(into.location?.href, url, into.text);
        const inside = await browser.get(url);
        assert.equal(inside.status, 200, inside.text);
        assert.deepEqual([inside.headers['seen-user'], inside.headers['seen-email']], [ann.username, ann.email]);
        const out = await browser.follow(await browser.get((await browser.get(`${url}callback?logout=${encodeURIComponent(`http://127.0.0.1:${port}/bye`)}`)).location));
        assert.equal(out.location?.href, `http://127.0.0.1:${port}/bye`, out.text);
        assert.equal((await browser.get(url)).location?.origin, server.url, 'signed out there');
        assert.equal(browser.cookie('seneschal'), undefined, 'and here');
    });
}
