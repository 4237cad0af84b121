// SPDX-License-Identifier: Apache-2.0
// A webhook as the form has it, and as the API takes it. Pure, so that it is tested without a browser.
import type { Choice } from '../../ui/Chooser.tsx';

export const FORMATS = ['standard', 'slack', 'ntfy', 'github', 'template'] as const;
export type Format = (typeof FORMATS)[number];
export const PRIORITIES = ['min', 'low', 'default', 'high', 'max'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What is done about a secret that is never shown again. */
export type About = 'keep' | 'set' | 'none';

export interface Values {
    name: string;
    description: string;
    url: string;
    format: Format;
    /** Names of events, one a line or by commas. */
    events: string;
    group: readonly Choice[];
    application: readonly Choice[];
    event_type: string;
    ref: string;
    priority: Priority | '';
    tags: string;
    template: string;
    aboutToken: About;
    token: string;
    aboutHeaders: About;
    /** One a line: `Name: value`. */
    headers: string;
    aboutValues: About;
    values: string;
    active: boolean;
}

interface Known {
    name?: string | null;
    description?: string | null;
    url?: string | null;
    format?: string | null;
    status?: string | null;
    events?: readonly string[];
    group_id?: string | null;
    application_id?: string | null;
    event_type?: string | null;
    ref?: string | null;
    priority?: string | null;
    tags?: string | null;
    template?: string | null;
}

/** `names`: what the group and the application are called. */
export function valuesOf(hook: Known | undefined, names: { group?: string; application?: string } = {}): Values {
    const about = hook ? 'keep' : 'set';
    const chosen = (id: string | null | undefined, name: string | undefined): Choice[] =>
        id ? [{ id, name: name ?? id }] : [];
    return {
        name: hook?.name ?? '',
        description: hook?.description ?? '',
        url: hook?.url ?? '',
        format: FORMATS.find((one) => one === hook?.format) ?? 'standard',
        events: (hook?.events ?? []).join('\n'),
        group: chosen(hook?.group_id, names.group),
        application: chosen(hook?.application_id, names.application),
        event_type: hook?.event_type ?? '',
        ref: hook?.ref ?? '',
        priority: PRIORITIES.find((one) => one === hook?.priority) ?? '',
        tags: hook?.tags ?? '',
        template: hook?.template ?? '',
        aboutToken: about,
        token: '',
        aboutHeaders: about,
        headers: '',
        aboutValues: about,
        values: '',
        active: hook?.status !== 'disabled',
    };
}

/** The same as it stands in a file: by names, without secrets and what is the server's own choice. */
export function asFiles(hook: Known, names: { group?: string; application?: string }): object {
    const values = { ...valuesOf(hook), group: [], application: [] };
    const { name, format, status, ...said } = bodyOf(values, false);
    const own = { ...(format !== 'standard' && { format }), ...(status !== 'active' && { status }) };
    return { webhooks: { [name]: { ...said, ...own, ...names } } };
}

/** Lines `Name: value` as an object; undefined: one of them is no such line. */
export function pairsOf(text: string): Record<string, string> | undefined {
    const lines = text.split('\n').filter((line) => line.trim());
    const pairs = lines.map((line) => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line));
    if (pairs.some((pair) => !pair)) return undefined;
    return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

/** What is sent: of the format only what it knows; a secret that was not written stays as it is. */
export function bodyOf(values: Values, changes: boolean) {
    const { name, description, url, format } = values;
    const events = values.events.split(/[\s,]+/).filter(Boolean);
    const text = (value: string): string | null | undefined => value || (changes ? null : undefined);
    const own = {
        github: { event_type: text(values.event_type), ref: text(values.ref) },
        ntfy: { priority: values.priority || (changes ? null : undefined), tags: text(values.tags) },
        template: { template: text(values.template) },
        standard: {},
        slack: {},
    }[format];
    const map = (about: About, lines: string) =>
        about === 'keep' || (!changes && !lines.trim()) ? undefined : about === 'set' ? pairsOf(lines) : {};
    const [group] = values.group;
    const [application] = values.application;
    const all = {
        ...own,
        description: text(description),
        token: values.aboutToken === 'none' ? null : (values.aboutToken === 'set' && values.token) || undefined,
        headers: map(values.aboutHeaders, values.headers),
        values: format === 'template' ? map(values.aboutValues, values.values) : undefined,
        group_id: group?.id,
        application_id: application?.id,
        ...(changes && !group && { any_group: true }),
        ...(changes && !application && { any_application: true }),
    };
    const status = values.active ? ('active' as const) : ('disabled' as const);
    const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return { name, url, format, events, status, ...said };
}
