// SPDX-License-Identifier: Apache-2.0
// Tool servers as this page shows them: what is named, and how each of them does.
import { managedSince, readAll } from '../../api/all.ts';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { useData, type Data } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import type { Tone } from '../../ui/index.ts';

export type Server = Shape<'Server'>;
export type Tool = Shape<'Tool'>;
export type ToolLine = Shape<'ToolLine'>;
type Running = Shape<'ServerStatus'>;

export interface ServerLine {
    server: Server;
    /** How its connection does now; absent where this account calls no tools itself. */
    running: Running | undefined;
    /** When files said it last; absent where none stand behind it. */
    byFiles: string | undefined;
}

/** The same as it stands in a file: what is the server's own choice is left out. */
export function asFile(server: Server): object {
    const name = server.name ?? '';
    const { transport, prefix, title, url, command, pinning, per_user, status } = server;
    const said = {
        transport,
        prefix: prefix === name ? undefined : prefix,
        title,
        url,
        command,
        pinning: pinning === 'new' ? undefined : pinning,
        per_user: per_user || undefined,
        status: status === 'active' ? undefined : status,
        parallel_max: server.parallel_max || undefined,
        queue_max: server.queue_max || undefined,
        timeout_ms: server.timeout_ms || undefined,
        message_max: server.message_max || undefined,
    };
    return { upstreams: { [name]: Object.fromEntries(Object.entries(said).filter(([, value]) => value != null)) } };
}

/** What runs now is told to those who call tools: who does not (403) goes without. */
async function runningNow(signal: AbortSignal): Promise<readonly Running[]> {
    try {
        return (await call(api.GET('/api/v1/mcp/status', { signal }))).servers;
    } catch (thrown) {
        if (problemOf(thrown).status === 403) return [];
        throw thrown;
    }
}

export async function readServers(signal: AbortSignal): Promise<ServerLine[]> {
    const [servers, running, managed] = await Promise.all([
        readAll((query) => call(api.GET('/api/v1/gateway/servers', { params: { query }, signal }))),
        runningNow(signal),
        managedSince('server', signal),
    ]);
    return servers.map((server) => ({
        server,
        running: running.find((one) => one.name === server.name),
        byFiles: managed.get(server.id ?? ''),
    }));
}

/** The one of this name. */
export function useServer(name: string): Data<ServerLine | undefined> {
    return useData(
        `server ${name}`,
        async (signal) => (await readServers(signal)).find(({ server }) => server.name === name),
        { topics: ['tools'] },
    );
}

export const serverPath = (name: string): string => `/tools/${encodeURIComponent(name)}`;
export const toolPath = (server: string, tool: string): string => `${serverPath(server)}/${encodeURIComponent(tool)}`;

/** In one word: how it does, and why. */
export function stateOf({ server, running }: ServerLine): { tone: Tone; word: string; why: string | undefined } {
    const words = t.tools.states;
    if (server.status === 'disabled') return { tone: 'off', word: words.disabled, why: undefined };
    if (server.failed_at || running?.state === 'failed')
        return { tone: 'bad', word: words.failed, why: server.failed ?? undefined };
    if (running?.state === 'ready') return { tone: 'good', word: words.ready, why: undefined };
    if (running?.state === 'connecting') return { tone: 'wait', word: words.connecting, why: undefined };
    if (server.seen_at) return { tone: 'good', word: words.answers, why: words.idle };
    return { tone: 'info', word: words.fresh, why: words.freshWhy };
}

/** Where it is, in one line. */
export const placeOf = (server: Server): string => server.url ?? server.command ?? t.tools.builtIn;

/** Asks all servers for their tools, as a client would: they are known, and pinned, from then on. */
export const fetchTools = (): Promise<unknown> => call(api.POST('/api/v1/mcp/tools/list', { body: {} }));

export const CLASS_TONES: Record<string, Tone> = { READ: 'good', WRITE: 'warn', EXECUTE: 'bad' };
