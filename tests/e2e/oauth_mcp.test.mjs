// SPDX-License-Identifier: Apache-2.0
// The MCP conformance suite asks us what it asks of authorization servers: its metadata and code scenarios, for the
// revisions 2025-11-25 and 2026-07-28. Its client is a public one: where a server offers `none`, as ours does, the suite
// sends no secret even if it has one.
import assert from 'node:assert/strict';
import path from 'node:path';
import test, { after } from 'node:test';
import { Browser, logIn, makeApp, makePerson, setPassword } from './lib/oauth.mjs';
import { Child, PATIENCE } from './lib/process.mjs';
import { freePort } from './lib/ports.mjs';
import { startServer } from './lib/server.mjs';

const SUITE = path.resolve('node_modules/@modelcontextprotocol/conformance/dist/index.js');
const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin);
await setPassword(server, admin, ann);

for (const version of ['2025-11-25', '2026-07-28']) {
    test(`conformance ${version}: authorization server`, async () => {
        const port = await freePort();
        const redirect = `http://127.0.0.1:${port}/callback`;
        const app = await makeApp(admin, { people: [ann], redirect_uris: [redirect], scopes: ['openid', 'api'], client_type: 'public' });
        const suite = new Child(process.execPath, [SUITE, 'authorization', '--url', server.url, '--client-id', app.client_id, '--resource', `${server.url}/mcp`, '--port', String(port), '--spec-version', version]);
        after(() => suite.kill());
        const [, url] = await suite.waitFor(/complete the authentication process\.\n(http\S+)\n/, { ms: 30_000 * PATIENCE });
        const browser = new Browser(server.url);
        const back = await logIn(browser, await browser.get(url), ann);
        assert.equal(back.location?.origin, `http://127.0.0.1:${port}`, back.text);
        assert.ok((await browser.get(back.location)).status < 400);
        const { code } = await suite.ended();
        assert.equal(code, 0, suite.stdout + suite.stderr);
        assert.match(suite.stdout, /authorization-server-metadata-endpoint/);
        assert.match(suite.stdout, /authorization-code-grant/);
        assert.doesNotMatch(suite.stdout, /[1-9]\d* failed|SKIPPED|FAILURE/);
    });
}
