// SPDX-License-Identifier: Apache-2.0
// The file of an assistant as the API takes it: the whole of it, or what stands there under its usual names.
import type { Shape } from '../../api/client.ts';

type Body = Pick<Shape<'ServersImport'>, 'mcpServers' | 'servers'>;
type Servers = Record<string, Record<string, unknown>>;

const isObject = (value: unknown): value is Servers =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
const isServer = (value: unknown): boolean => isObject(value) && ('command' in value || 'url' in value);

/** undefined: there is nothing of that kind in it. */
export function importBody(text: string): Body | undefined {
    return serversIn(text) as Body | undefined;
}

function serversIn(text: string): { mcpServers: unknown } | { servers: unknown } | undefined {
    let found: unknown;
    try {
        found = JSON.parse(text);
    } catch {
        return undefined;
    }
    if (!isObject(found)) return undefined;
    if (isObject(found['mcpServers'])) return { mcpServers: found['mcpServers'] };
    if (isObject(found['servers'])) return { servers: found['servers'] };
    // VS Code keeps them in its settings below "mcp"; others show one server without its frame.
    const inner = found['mcp'];
    if (isObject(inner) && isObject(inner['servers'])) return { servers: inner['servers'] };
    const values = Object.values(found);
    return values.length > 0 && values.every(isServer) ? { mcpServers: found } : undefined;
}
