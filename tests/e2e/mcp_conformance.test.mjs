// SPDX-License-Identifier: Apache-2.0
// The official conformance suite, asked of an upstream through the gateway.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { runSuite, withToken } from './mcp/conformance.mjs';
import { addServer, callerOf, startGateway } from './mcp/gateway.mjs';
import { startUpstream } from './mcp/upstream.mjs';

const gateway = await startGateway();
const admin = await gateway.admin();
const caller = await callerOf(admin);

/** The door to an upstream of this kind. */
async function doorTo(kind) {
    const upstream = await startUpstream(kind);
    after(() => upstream.close());
    const server = await addServer(admin, { name: kind, url: upstream.url });
    const door = await withToken(`${gateway.url}/s/${server.name}/mcp`, caller.token);
    after(() => door.close());
    return door;
}

/**
 * What the suite gives when it asks the upstream itself. That a stream is closed in the middle, for its client to come back, only a
 * server of 2025-11-25 can wish: one of both eras is spoken to in the newer one, which has none of that.
 */
const PASSED = { '2025-06-18': ['both', 56], '2025-11-25': ['stateful', 84], '2026-07-28': ['both', 152] };
const doors = { both: await doorTo('both'), stateful: await doorTo('stateful') };

for (const [version, [kind, passed]] of Object.entries(PASSED))
    test(`conformance ${version} through the gateway: ${passed} checks pass, none fails`, async () => {
        const got = await runSuite(doors[kind].url, version);
        assert.equal(got.failed, 0, got.text);
        assert.equal(got.code, 0, got.text);
        assert.ok(got.passed >= passed, `${got.passed} passed\n${got.text}`);
    });
