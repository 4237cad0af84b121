// SPDX-License-Identifier: Apache-2.0
// MCP servers and their tools as an administrator has them, without a server that is asked.
import { createHash, randomBytes } from 'node:crypto';
import { uniqueName } from './fleet.mjs';
import { inStore } from './store.mjs';

const bytes = (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const CLASSES = { READ: 1, WRITE: 2, EXECUTE: 3 };

export async function makeServer(admin, more = {}) {
    return (await admin.post('/gateway/servers', { name: uniqueName('mcp'), transport: 'http', url: 'https://mcp.example.org/mcp', ...more })).want(201);
}

/** A tool as if its server had shown it: state 1 active, 2 quarantined; `pending`: another definition that waits. */
export function seeTool(server, mcp, name, { kind = 'READ', state = 1, definition = { name, inputSchema: { type: 'object' } }, pending = null } = {}) {
    const text = (v) => (v === null ? null : JSON.stringify(v));
    const digest = (v) => (v === null ? null : createHash('sha256').update(text(v)).digest());
    const now = Date.now() * 1000;
    const id = Buffer.concat([Buffer.from([1, 0x99]), randomBytes(14)]);
    inStore(server, `INSERT INTO mcp_tool (id, server_id, name, state, definition, digest, pending, pending_digest, class, approval,
        first_seen_at, changed_at, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 1)`,
    id, bytes(mcp.id), name, state, text(definition), digest(definition), text(pending), digest(pending), CLASSES[kind], now, now);
}

/** A person who can sign in has more than is needed: a token of his own. */
export async function makeCaller(server, admin, more = {}) {
    const name = uniqueName('svc');
    const made = (await admin.post('/service-accounts', { name, ...more })).want(201);
    const { token } = (await admin.post(`/service-accounts/${made.id}/tokens`, { name: 't' })).want(201);
    return { ...made, token, client: admin.as(token) };
}
