// SPDX-License-Identifier: Apache-2.0
// What the palette offers: pages and actions that this person may open, and what the server finds by name.
import { api, call } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { openPages } from '../pages.ts';
import { may } from '../session.ts';
import type { IconName } from '../ui/Icon.tsx';
import { fits } from './fits.ts';

export interface Entry {
    group: keyof typeof t.shell.palette;
    icon: IconName;
    text: string;
    more?: string;
    url: string;
}

const actions: readonly { words: keyof typeof t.shell.actions; may: readonly string[]; icon: IconName; url: string }[] =
    [
        { words: 'invite', may: ['invitation:write'], icon: 'people', url: '/people/invitations?new=1' },
        { words: 'enrol', may: ['enrollment-key:write', 'device:approve'], icon: 'device', url: '/fleet/enrol' },
        { words: 'policy', may: ['policy:write'], icon: 'policy', url: '/policies?new=1' },
        { words: 'rollout', may: ['rollout:write'], icon: 'rollout', url: '/rollouts?new=1' },
        { words: 'application', may: ['application:write'], icon: 'application', url: '/applications?new=1' },
        { words: 'tool', may: ['server:write'], icon: 'tool', url: '/tools?new=1' },
        { words: 'grant', may: ['tool:write'], icon: 'permission', url: '/permissions?new=1' },
        { words: 'verify', may: ['audit:read'], icon: 'audit', url: '/audit?verify=1' },
        { words: 'backup', may: ['operation:write'], icon: 'admin', url: '/admin?tab=backup' },
        { words: 'connect', may: [], icon: 'connect', url: '/portal/connect' },
    ];

export function fixedEntries(typed: string): Entry[] {
    const pages = openPages().map((page): Entry => ({
        group: 'pages',
        icon: page.icon,
        text: t.shell.pages[page.id],
        more: t.shell.sections[page.section],
        url: page.path,
    }));
    const open = actions.filter((action) => action.may.length === 0 || may(...action.may));
    const doable = open.map((action): Entry => ({
        group: 'actions',
        icon: action.icon,
        text: t.shell.actions[action.words],
        url: action.url,
    }));
    return [...pages, ...doable].filter((entry) => fits(entry.text, typed));
}

const FOUND_MAX = 6;

async function devices(search: string, signal: AbortSignal): Promise<Entry[]> {
    const { items } = await call(
        api.GET('/api/v1/devices', { params: { query: { search, limit: FOUND_MAX } }, signal }),
    );
    return (items ?? []).map((row) => ({
        group: 'devices',
        icon: 'device',
        text: row.hostname || row.machine_id || '',
        more: row.machine_id ?? '',
        url: `/fleet/${row.id}`,
    }));
}

async function people(search: string, signal: AbortSignal): Promise<Entry[]> {
    const { items } = await call(api.GET('/api/v1/users', { params: { query: { search, limit: FOUND_MAX } }, signal }));
    return (items ?? []).map((row) => ({
        group: 'people',
        icon: 'people',
        text: row.display_name || row.username || '',
        more: row.email ?? '',
        url: `/people/${row.id}`,
    }));
}

/** What the server knows by this name, of what this person may read. */
export async function foundEntries(typed: string, signal: AbortSignal): Promise<Entry[]> {
    const asked = [may('device:read') ? devices(typed, signal) : [], may('user:read') ? people(typed, signal) : []];
    return (await Promise.all(asked)).flat();
}
