// SPDX-License-Identifier: Apache-2.0
// What of the tools one may call, what of them asks, and what one may ask for.
import { readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';

export type Tool = Shape<'PermittedTool'>;
export type Request = Shape<'ToolRequest'>;

export const STANDINGS = ['allowed', 'asks', 'refused'] as const;
export type Standing = (typeof STANDINGS)[number];

export const standingOf = (tool: Pick<Tool, 'allowed' | 'needs_approval'>): Standing => {
    if (tool.allowed === false) return 'refused';
    return tool.needs_approval ? 'asks' : 'allowed';
};

/** A person has some hundreds at most. */
export const allTools = (signal: AbortSignal): Promise<Tool[]> =>
    readAll((query) =>
        call(api.GET('/api/v1/permissions/me', { params: { query: { ...query, refused: true } }, signal })),
    );

export const ownRequests = (signal: AbortSignal): Promise<Request[]> =>
    readAll((query) => call(api.GET('/api/v1/portal/tool-requests', { params: { query }, signal })));

/** SERVER/TOOL: a name of a server has no slash, one of a tool may. */
export const serverOf = (tool: Tool): string => (tool.tool ?? '').split('/')[0] ?? '';
export const nameOf = (tool: Tool): string => (tool.tool ?? '').slice(serverOf(tool).length + 1);
export const titleOf = (tool: Tool): string => tool.title || nameOf(tool);

const plain = (text: string): string => text.toLowerCase();

/** What is typed is found in names, titles and descriptions. */
export function toolsFound(tools: readonly Tool[], text: string, standing: string | undefined): Tool[] {
    const wanted = plain(text.trim());
    return tools.filter(
        (tool) =>
            (!standing || standingOf(tool) === standing) &&
            [tool.tool, tool.title, tool.server_title, tool.description].some((part) =>
                plain(part ?? '').includes(wanted),
            ),
    );
}

export interface Group {
    server: string;
    title: string;
    tools: Tool[];
}

/** By server; in each what may be called first, then by title. */
export function byServer(tools: readonly Tool[]): Group[] {
    const rank = (tool: Tool): number => (tool.allowed === false ? 1 : 0);
    return [...Map.groupBy(tools, serverOf)]
        .map(([server, all]) => ({
            server,
            title: all[0]?.server_title || server,
            tools: all.sort((a, b) => rank(a) - rank(b) || titleOf(a).localeCompare(titleOf(b))),
        }))
        .sort((a, b) => a.title.localeCompare(b.title));
}

/** The newest request for a tool. */
export const requestFor = (requests: readonly Request[], tool: Tool): Request | undefined =>
    requests.filter((one) => one.tool === tool.tool).at(-1);
