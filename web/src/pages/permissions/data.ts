// SPDX-License-Identifier: Apache-2.0
// Whose permissions are shown, what is said of him, and which tools there are.
import { managedSince, readAll } from '../../api/all.ts';
import { api, call, type Shape } from '../../api/client.ts';
import { useData, type Data } from '../../api/data.ts';
import { nameOfSubject, type SubjectKind } from '../../ui/index.ts';
import type { PermissionRow } from '../tools/who.ts';
import type { Access } from './model.ts';

export interface Whose {
    kind: SubjectKind | 'default';
    id: string;
    name: string;
}

export interface ToolRow {
    /** SERVER/TOOL */
    tool: string;
    server: string;
    name: string;
    access: Access;
    asks: boolean;
    state: string;
}

const KINDS = ['user', 'group', 'service-account', 'device'];

/** `subject=user:ID`, or `user=ID` as other pages link here; everything else is everybody. */
export function subjectOf(query: Readonly<Record<string, string | undefined>>): { kind: Whose['kind']; id: string } {
    const linked = KINDS.find((kind) => query[kind]);
    const [kind = '', id = ''] = (linked ? `${linked}:${query[linked]}` : (query['subject'] ?? '')).split(':');
    return KINDS.includes(kind) && id ? { kind: kind as SubjectKind, id } : { kind: 'default', id: '' };
}

export function useName(kind: Whose['kind'], id: string): Data<string> {
    return useData(kind === 'default' ? undefined : `name ${kind} ${id}`, (signal) =>
        nameOfSubject(kind as SubjectKind, id, signal),
    );
}

type Rows = Promise<{ items?: PermissionRow[]; next_cursor?: string | null }>;

/** The rows of one subject, with what each would inherit. */
function rowsOf(kind: Whose['kind'], id: string, query: { limit: number; cursor?: string }, signal: AbortSignal): Rows {
    const params = { path: { id }, query };
    switch (kind) {
        case 'user':
            return call(api.GET('/api/v1/permissions/user/{id}', { params, signal }));
        case 'group':
            return call(api.GET('/api/v1/permissions/group/{id}', { params, signal }));
        case 'service-account':
            return call(api.GET('/api/v1/permissions/service-account/{id}', { params, signal }));
        case 'device':
            return call(api.GET('/api/v1/permissions/device/{id}', { params, signal }));
        case 'default':
            return call(api.GET('/api/v1/permissions/defaults', { params: { query }, signal }));
    }
}

export function useRows(kind: Whose['kind'], id: string): Data<PermissionRow[]> {
    return useData(`rows ${kind} ${id}`, (signal) => readAll((query) => rowsOf(kind, id, query, signal)), {
        topics: ['permissions', 'tools'],
    });
}

export function putRows(
    kind: Whose['kind'],
    id: string,
    permissions: Shape<'PermissionsIn'>['permissions'],
): Promise<unknown> {
    const body = { permissions };
    const params = { path: { id } };
    switch (kind) {
        case 'user':
            return call(api.PUT('/api/v1/permissions/user/{id}/bulk', { params, body }));
        case 'group':
            return call(api.PUT('/api/v1/permissions/group/{id}/bulk', { params, body }));
        case 'service-account':
            return call(api.PUT('/api/v1/permissions/service-account/{id}/bulk', { params, body }));
        case 'device':
            return call(api.PUT('/api/v1/permissions/device/{id}/bulk', { params, body }));
        case 'default':
            return call(api.PUT('/api/v1/permissions/defaults/bulk', { body }));
    }
}

export const dropRow = (id: string): Promise<unknown> =>
    call(api.DELETE('/api/v1/permissions/{id}', { params: { path: { id } } }));

/** Every tool that a server of the organisation has shown, by server and name. */
export function useTools(): Data<ToolRow[]> {
    return useData(
        'all tools',
        async (signal) => {
            const servers = await readAll((query) =>
                call(api.GET('/api/v1/gateway/servers', { params: { query }, signal })),
            );
            const lists = await Promise.all(
                servers.map(async (server) => {
                    const tools = await readAll((query) =>
                        call(
                            api.GET('/api/v1/gateway/servers/{id}/tools', {
                                params: { path: { id: server.id ?? '' }, query },
                                signal,
                            }),
                        ),
                    );
                    return tools
                        .filter((one) => one.state !== 'gone')
                        .map((one): ToolRow => ({
                            tool: `${server.name}/${one.name}`,
                            server: server.name ?? '',
                            name: one.name ?? '',
                            access: (one.class ?? 'WRITE') as Access,
                            asks: one.approval ?? false,
                            state: one.state ?? '',
                        }));
                }),
            );
            return lists.flat().sort((a, b) => a.tool.localeCompare(b.tool));
        },
        { topics: ['tools'] },
    );
}

const CHECKS_MAX = 200;
export type Verdicts = ReadonlyMap<string, Shape<'PermissionVerdict'>>;
export type Drafted = Required<Shape<'PermissionDraft'>>;

/** Whom the server is asked about: one, whoever is in this group alone, or whoever is in none. */
function askedAbout(kind: Whose['kind'], id: string): Partial<Shape<'PermissionCheck'>> {
    switch (kind) {
        case 'user':
            return { user_id: id };
        case 'service-account':
            return { service_account_id: id };
        case 'device':
            return { device_id: id };
        case 'group':
            return { group_id: id };
        case 'default':
            return { everybody: true };
    }
}

/** What the server decides; with a draft: what it would decide, were that saved. */
export function useVerdicts(
    kind: Whose['kind'],
    id: string,
    tools: readonly ToolRow[] | undefined,
    draft?: Drafted,
): Data<Verdicts> {
    const said = draft ? JSON.stringify(draft) : '';
    const key =
        tools && tools.length > 0
            ? `verdicts ${kind} ${id} ${tools.map((one) => `${one.tool} ${one.access}`).join(' ')} ${said}`
            : undefined;
    return useData(
        key,
        async (signal) => {
            const found = new Map<string, Shape<'PermissionVerdict'>>();
            for (let at = 0; tools && at < tools.length; at += CHECKS_MAX) {
                const part = tools.slice(at, at + CHECKS_MAX);
                const { results } = await call(
                    api.POST('/api/v1/permissions/validate/bulk', {
                        body: {
                            checks: part.map((one) => ({
                                tool: one.tool,
                                access: one.access,
                                ...askedAbout(kind, id),
                            })),
                            ...(draft && { draft }),
                        },
                        signal,
                    }),
                );
                part.forEach((one, i) => {
                    const verdict = results?.[i];
                    if (verdict) found.set(one.tool, verdict);
                });
            }
            return found;
        },
        { topics: ['permissions', 'tools', 'people'] },
    );
}

/** Rows that files stand behind: since when, by their ids. */
export function useManaged(): Data<ReadonlyMap<string, string>> {
    return useData('managed permissions', (signal) => managedSince('permission', signal), { topics: ['permissions'] });
}
