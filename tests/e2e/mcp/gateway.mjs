// SPDX-License-Identifier: Apache-2.0
// A server that stands in front of upstreams of the tests, and who may call what there.
import { serviceClient, uniqueName } from '../lib/fleet.mjs';
import { startServer } from '../lib/server.mjs';

/** The upstreams of the tests are on this machine: the server may call there. */
export const startGateway = (options = {}) => startServer({ ...options, env: { SENESCHAL_OUTBOUND_LOOPBACK: 'true', ...options.env } });

/** Registers an upstream; returns its row. */
export async function addServer(admin, { name = uniqueName('up'), transport = 'http', ...more }) {
    return (await admin.post('/gateway/servers', { name, transport, ...more })).want(201);
}

/** A service account that may call everything there is; returns its client, whose `token` is its bearer. */
export async function callerOf(admin, { tools = ['*'], access = {} } = {}) {
    const caller = await serviceClient(admin, []);
    for (const tool of tools)
        (await admin.put(`/permissions/service-account/${caller.id}`, { tool, can_read: true, can_write: true, can_execute: true, ...access })).want(200);
    return caller;
}

/** The two faces of a gateway for an upstream, and how its tools are called there. */
export const faces = (gateway, server) => [
    { face: `/s/${server.name}/mcp`, url: `${gateway.url}/s/${server.name}/mcp`, tool: (name) => name },
    { face: '/mcp', url: `${gateway.url}/mcp`, tool: (name) => `${server.prefix}__${name}` },
];

export const bearer = (caller) => ({ Authorization: `Bearer ${caller.token}` });
