// SPDX-License-Identifier: Apache-2.0
// examples/homelab as it stands: applied, and looked at from both portals.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { Browser } from './lib/browser.mjs';
import { makePerson } from './lib/person.mjs';
import { seneschal, tempDir } from './lib/process.mjs';
import { signIn } from './lib/session.mjs';
import { startServer } from './lib/server.mjs';

const HOMELAB = fileURLToPath(new URL('../../examples/homelab', import.meta.url));
const FAMILY = ['Baïkal', 'Glance', 'Immich', 'Mealie', 'Navidrome', 'Nextcloud', 'Vaultwarden', 'n8n'];
const ADMINISTRATORS = ['Alertmanager', 'ArgoCD', 'Grafana', 'Omni', 'Prometheus', 'authentik', 'ntfy'];

const server = await startServer();
const admin = await server.admin();
const tokenFile = path.join(tempDir('homelab'), 'token');
await writeFile(tokenFile, `${await server.adminToken()}\n`, { mode: 0o600 });
const run = (...args) => seneschal(args, { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile, CI_GITHUB_TOKEN: 'from-the-vault', MEALIE_MCP_AUTHORIZATION: 'from-the-vault' } });
const ok = async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, stderr);
    return stdout;
};
const named = (rows) => rows.map((row) => row.name).sort();
/** Who may open an application, as its bindings say it. */
const boundTo = async (name) => {
    const found = (await admin.all(`/applications?search=${encodeURIComponent(name)}`)).find((a) => a.name === name);
    return (await admin.get(`/applications/${found.id}/bindings`)).want(200).items.map((b) => `${b.kind} ${b.name}`).sort();
};

test('the whole house is made by one command, and a second one changes nothing', async () => {
    const first = await ok('apply', '-f', HOMELAB);
    assert.match(first, /^\d+ to make, 0 to change, 0 to delete$/m);
    assert.equal(await ok('apply', '-f', HOMELAB), 'no change\n');
    const made = (await admin.all('/applications')).filter((a) => a.origin !== 'built_in');
    assert.ok(made.every((a) => a.origin === 'file'));
    assert.deepEqual(named(made), [...ADMINISTRATORS, ...FAMILY].sort());
    assert.deepEqual(named(made.filter((a) => a.admin)), ADMINISTRATORS);
    assert.deepEqual(named(await admin.all('/service-accounts')), ['argocd', 'backup', 'ci-github', 'n8n']);
    assert.deepEqual(await boundTo('n8n'), ['group family-app-automation', 'service_account n8n']);
    const rules = (await admin.get('/access-rules')).want(200).items;
    assert.deepEqual(rules.map((r) => [r.effect, r.position]).sort((a, b) => a[1] - b[1]), [['require_mfa', 100], ['allow', 110], ['require_mfa', 120], ['require_reauth', 130]]);
    const [hook] = (await admin.get('/webhooks')).want(200).items;
    assert.deepEqual([hook.name, hook.format, hook.events.sort()], ['ci', 'github', ['access.gained', 'access.lost']]);
});

/** What the portal shows to one who has signed in. */
async function portalOf(groups) {
    const person = await makePerson(server, admin, { groups });
    const { cookie } = signIn(new Browser(server.url), server, person, { amr: 3, mfa: true });
    return (await server.client().with({ Cookie: `seneschal=${cookie}` }).get('/portal/applications')).want(200).items;
}

test('a member of the family sees what his groups open, and no application of administrators', async () => {
    const seen = await portalOf(['family-validated', 'family-app-cloud', 'family-app-photos']);
    assert.deepEqual(named(seen), ['Baïkal', 'Glance', 'Immich', 'Nextcloud']);
    assert.deepEqual(named(await portalOf([])), []);
    const everything = await portalOf(['family-validated', ...['cloud', 'passwords', 'music', 'recipes', 'photos', 'automation'].map((app) => `family-app-${app}`)]);
    assert.deepEqual(named(everything), FAMILY);
});

test('an administrator sees those of administrators', async () => {
    const seen = await portalOf(['admin']);
    assert.deepEqual(named(seen), ADMINISTRATORS);
    assert.ok(seen.every((a) => a.admin));
});

test('the token of the webhook is in no answer, no export and no plan', async () => {
    const texts = [await ok('export'), await ok('plan', '-f', HOMELAB, '--renew'), (await admin.get('/webhooks')).text];
    for (const text of texts) assert.doesNotMatch(text, /from-the-vault/);
    assert.match(texts[1], /^~ webhook ci\n {4}token: \(a secret is sent\)$/m);
});

test('what is exported is the house again', async () => {
    const dir = tempDir('again');
    const text = await ok('export');
    await writeFile(path.join(dir, 'all.yaml'), text);
    assert.match(await ok('plan', '-f', dir), /^no change$/m);
    const other = await startServer();
    const token = path.join(dir, 'token');
    await writeFile(token, `${await other.adminToken()}\n`, { mode: 0o600 });
    const there = (...args) => seneschal(args, { env: { SENESCHAL_URL: other.url, SENESCHAL_TOKEN_FILE: token } });
    assert.equal((await there('apply', '-f', dir)).code, 0);
    assert.equal((await there('export')).stdout, text);
});
