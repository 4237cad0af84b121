// SPDX-License-Identifier: Apache-2.0
// The content of a tool's result (MCP): comes from outside, so nothing is taken for granted.

export interface Part {
    kind: 'text' | 'file' | 'link' | 'other';
    text: string;
    /** Of a file: its media type, and its bytes in base64. */
    type: string;
    data: string;
    value: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const object = (value: unknown): Record<string, unknown> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function partOf(value: unknown): Part {
    const item = object(value);
    const none = { text: '', type: '', data: '', value: item };
    const type = text(item['mimeType']) || 'application/octet-stream';
    switch (item['type']) {
        case 'text':
            return { ...none, kind: 'text', text: text(item['text']) };
        case 'image':
        case 'audio':
            return { ...none, kind: 'file', type, data: text(item['data']) };
        case 'resource_link':
            return { ...none, kind: 'link', text: text(item['uri']) };
        case 'resource': {
            const inner = object(item['resource']);
            if (typeof inner['text'] === 'string') return { ...none, kind: 'text', text: inner['text'] };
            return {
                ...none,
                kind: 'file',
                type: text(inner['mimeType']) || 'application/octet-stream',
                data: text(inner['blob']),
            };
        }
        default:
            return { ...none, kind: 'other', value };
    }
}

export const partsOf = (result: Record<string, unknown>): Part[] =>
    Array.isArray(result['content']) ? result['content'].map(partOf) : [];

/** Bytes out of base64; what is none is no bytes. */
export function decoded(data: string): Uint8Array<ArrayBuffer> {
    try {
        return Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    } catch {
        return new Uint8Array();
    }
}
