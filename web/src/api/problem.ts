// SPDX-License-Identifier: Apache-2.0
// A refusal of the server (RFC 9457), or that it could not be reached at all.
export interface FieldFault {
    field: string;
    want: string;
}

export class Problem extends Error {
    override readonly name = 'Problem';
    readonly status: number;
    /** The slug of the server, or `unreachable`, or `unreadable`: an answer that is none of the server's. */
    readonly code: string;
    readonly title: string;
    readonly detail: string;
    readonly errors: readonly FieldFault[];
    readonly requestId: string;
    /** What else the answer says: `breaks` of a schema. */
    readonly more: Readonly<Record<string, unknown>>;

    constructor(said: {
        status?: number;
        code: string;
        title?: string;
        detail?: string;
        errors?: readonly FieldFault[];
        request_id?: string;
    }) {
        super(said.detail || said.title || said.code);
        this.status = said.status ?? 0;
        this.code = said.code;
        this.title = said.title ?? '';
        this.detail = said.detail ?? '';
        this.errors = said.errors ?? [];
        this.requestId = said.request_id ?? '';
        this.more = said;
    }

    /** What is wrong with this member of what was sent; undefined: nothing. */
    of(field: string): string | undefined {
        return this.errors.find((fault) => fault.field === field || fault.field === `/${field}`)?.want;
    }
}

/** Whatever was thrown or answered, as a Problem. */
export function problemOf(thrown: unknown, status = 0): Problem {
    if (thrown instanceof Problem) return thrown;
    if (
        thrown &&
        typeof thrown === 'object' &&
        'code' in thrown &&
        typeof thrown.code === 'string' &&
        'title' in thrown
    ) {
        return new Problem(thrown as ConstructorParameters<typeof Problem>[0]);
    }
    if (status) return new Problem({ status, code: 'unreadable' });
    return new Problem({ code: 'unreachable' });
}

/** It was called off by ourselves: nobody wants to hear of it. */
export const wasAborted = (thrown: unknown): boolean => thrown instanceof DOMException && thrown.name === 'AbortError';
