// SPDX-License-Identifier: Apache-2.0
// A webhook as the form has it, and as the API takes it. Pure, so that it is tested without a browser.
export const FORMATS = ['standard', 'slack', 'ntfy', 'github', 'template'] as const;
export type Format = (typeof FORMATS)[number];

export interface Values {
    name: string;
    url: string;
    format: Format;
    /** Names of events, one a line or by commas. */
    events: string;
    ref: string;
    tags: string;
    template: string;
    token: string;
    active: boolean;
}

interface Known {
    name?: string | null; url?: string | null; format?: string | null; status?: string | null; events?: readonly string[];
    ref?: string | null; tags?: string | null; template?: string | null;
}

export function valuesOf(hook: Known | undefined): Values {
    return {
        name: hook?.name ?? '', url: hook?.url ?? '', format: FORMATS.find((one) => one === hook?.format) ?? 'standard',
        events: (hook?.events ?? []).join('\n'), ref: hook?.ref ?? '', tags: hook?.tags ?? '', template: hook?.template ?? '', token: '',
        active: hook?.status !== 'disabled',
    };
}

/** What is sent: of the format only what it knows; a token that was not written stays as it is. */
export function bodyOf(values: Values, changes: boolean) {
    const { name, url, format, ref, tags, template, token } = values;
    const events = values.events.split(/[\s,]+/).filter(Boolean);
    const said = (text: string) => text || (changes ? null : undefined);
    const own = { github: { ref: said(ref) }, ntfy: { tags: said(tags) }, template: { template: said(template) }, standard: {}, slack: {} }[format];
    const kept = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as Record<string, string | null>;
    const status = values.active ? ('active' as const) : ('disabled' as const);
    return { name, url, format, events, status, ...(token && { token }), ...kept };
}
