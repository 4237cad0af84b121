// SPDX-License-Identifier: Apache-2.0
// The official conformance suite, asked of an upstream through the gateway.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { runSuite, withToken } from './mcp/conformance.mjs';
import { addServer, callerOf, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const upstream = await startUpstream('both');
after(() => upstream.close());
const server = await addServer(admin, { name: 'everything', url: upstream.url });
const caller = await callerOf(admin);
const door = await withToken(`${gateway.url}/s/${server.name}/mcp`, caller.token);
after(() => door.close());

/**
 * What the suite gives when it asks the upstream itself, but for 2025-11-25, where that is 84: the gateway's streams cannot be
 * taken up again by Last-Event-ID, and four checks of that are not made.
 */
const PASSED = { '2025-06-18': 56, '2025-11-25': 80, '2026-07-28': 152 };

for (const [version, passed] of Object.entries(PASSED))
    test(`conformance ${version} through the gateway: ${passed} checks pass, none fails`, async () => {
        const got = await runSuite(door.url, version);
        assert.equal(got.failed, 0, got.text);
        assert.equal(got.code, 0, got.text);
        assert.ok(got.passed >= passed, `${got.passed} passed\n${got.text}`);
    });
