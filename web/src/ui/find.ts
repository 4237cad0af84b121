// SPDX-License-Identifier: Apache-2.0
// What a Chooser may be asked for: people, groups, service accounts, applications, devices.
import { api, call } from '../api/client.ts';
import type { Choice } from './Chooser.tsx';

const LIMIT = 20;

const query = (text: string) => ({ query: { limit: LIMIT, ...(text && { search: text }) } });

export async function findGroups(text: string, signal: AbortSignal): Promise<Choice[]> {
    const { items = [] } = await call(api.GET('/api/v1/groups', { params: query(text), signal }));
    return items.map((group) => ({ id: group.id ?? '', name: group.name ?? '', icon: 'group' }));
}

export async function findUsers(text: string, signal: AbortSignal): Promise<Choice[]> {
    const { items = [] } = await call(api.GET('/api/v1/users', { params: query(text), signal }));
    return items.map((user) => ({
        id: user.id ?? '',
        name: user.display_name || user.username || '',
        note: user.display_name ? (user.username ?? undefined) : (user.email ?? undefined),
        icon: 'portal',
    }));
}

export async function findServices(text: string, signal: AbortSignal): Promise<Choice[]> {
    const { items = [] } = await call(api.GET('/api/v1/service-accounts', { params: query(text), signal }));
    return items.map((account) => ({ id: account.id ?? '', name: account.name ?? '', icon: 'robot' }));
}

export async function findApplications(text: string, signal: AbortSignal): Promise<Choice[]> {
    const { items = [] } = await call(api.GET('/api/v1/applications', { params: query(text), signal }));
    return items.map((app) => ({ id: app.id ?? '', name: app.name ?? '', icon: 'application' }));
}

export async function findDevices(text: string, signal: AbortSignal): Promise<Choice[]> {
    const { items = [] } = await call(api.GET('/api/v1/devices', { params: query(text), signal }));
    return items.map((device) => ({
        id: device.id ?? '',
        name: device.hostname || device.machine_id || '',
        note: device.hostname ? (device.machine_id ?? undefined) : undefined,
        icon: 'device',
    }));
}

/** Of each kind at most as many as leave room for the others in the list of a Chooser. */
export function fewOfEach(kinds: readonly (readonly Choice[])[], room = 8): Choice[] {
    const there = kinds.filter((kind) => kind.length > 0).length;
    const each = Math.max(1, Math.floor(room / Math.max(1, there)));
    const first = kinds.flatMap((kind) => kind.slice(0, each));
    return [...first, ...kinds.flatMap((kind) => kind.slice(each))];
}
