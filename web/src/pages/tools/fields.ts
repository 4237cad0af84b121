// SPDX-License-Identifier: Apache-2.0
// What a person writes about a server, and what the API takes.
import type { Shape } from '../../api/client.ts';
import type { Server } from './data.ts';

export type Transport = 'http' | 'sse' | 'stdio' | 'demo';

/** A header or a variable: its value is never shown again. */
export interface Secret {
    name: string;
    value: string;
}

export interface ServerFields {
    transport: Transport;
    name: string;
    title: string;
    url: string;
    command: string;
    prefix: string;
    per_user: boolean;
    pinning: 'new' | 'strict' | 'off';
    /** undefined: those that are there stay. */
    secrets: readonly Secret[] | undefined;
    parallel_max: string;
    queue_max: string;
    timeout_s: string;
}

export const NEW_SERVER: ServerFields = {
    transport: 'http',
    name: '',
    title: '',
    url: '',
    command: '',
    prefix: '',
    per_user: false,
    pinning: 'new',
    secrets: [],
    parallel_max: '',
    queue_max: '',
    timeout_s: '',
};

const figure = (value: number | undefined): string => (value ? String(value) : '');

export const fieldsOf = (server: Server): ServerFields => ({
    transport: (server.transport ?? 'http') as Transport,
    name: server.name ?? '',
    title: server.title ?? '',
    url: server.url ?? '',
    command: server.command ?? '',
    prefix: server.prefix === server.name ? '' : (server.prefix ?? ''),
    per_user: server.per_user ?? false,
    pinning: (server.pinning ?? 'new') as ServerFields['pinning'],
    secrets: undefined,
    parallel_max: figure(server.parallel_max),
    queue_max: figure(server.queue_max),
    timeout_s: figure((server.timeout_ms ?? 0) / 1000),
});

/** A name out of an address: mealie-mcp.home.example is mealie-mcp. */
export function nameOf(url: string): string {
    try {
        const host = new URL(url).hostname;
        const first =
            /^[\d.:[\]]+$/.test(host) || host === 'localhost'
                ? ''
                : (host.replace(/^(www|mcp|api)\./, '').split('.')[0] ?? '');
        return first
            .toLowerCase()
            .replace(/[^a-z0-9-]+/g, '-')
            .replace(/^-+|-+$/g, '');
    } catch {
        return '';
    }
}

const secretsOf = (secrets: readonly Secret[]): Record<string, string> =>
    Object.fromEntries(secrets.filter((one) => one.name.trim()).map((one) => [one.name.trim(), one.value]));

/** What PATCH takes; what POST takes has a name and a transport besides. */
export function patchOf(fields: ServerFields): Shape<'ServerPatch'> {
    const stdio = fields.transport === 'stdio';
    const demo = fields.transport === 'demo';
    return {
        name: fields.name.trim(),
        title: fields.title.trim(),
        prefix: fields.prefix.trim() || fields.name.trim(),
        pinning: fields.pinning,
        parallel_max: Number(fields.parallel_max) || 0,
        queue_max: Number(fields.queue_max) || 0,
        timeout_ms: Math.round((Number(fields.timeout_s) || 0) * 1000),
        ...(!stdio && !demo && { url: fields.url.trim() }),
        ...(stdio && { command: fields.command.trim() }),
        ...(!demo && { per_user: fields.per_user }),
        ...(!demo && fields.secrets && { [stdio ? 'env' : 'headers']: secretsOf(fields.secrets) }),
    };
}

export function createOf(fields: ServerFields): Shape<'ServerIn'> {
    const { prefix, ...patch } = patchOf(fields);
    return {
        ...patch,
        name: fields.name.trim(),
        transport: fields.transport,
        ...(fields.prefix.trim() && { prefix: prefix ?? null }),
    };
}
