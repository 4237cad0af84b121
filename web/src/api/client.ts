// SPDX-License-Identifier: Apache-2.0
// The server's API, typed by its own description. The session is a cookie that no script can read; what changes something carries its CSRF token.
import createClient from 'openapi-fetch';
import type { paths, components } from './schema.d.ts';
import { problemOf, wasAborted } from './problem.ts';

export { Problem, problemOf, wasAborted } from './problem.ts';

/** A shape of the API: Shape<'Device'>. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name];

let csrf = '';
let lost = (): void => {};

/** What to say with every change, and what to do once the session has ended. */
export function openClient(token: string, whenLost: () => void): void {
    csrf = token;
    lost = whenLost;
}

export const api = createClient<paths>({ baseUrl: '' });

api.use({
    onRequest({ request }) {
        if (request.method !== 'GET' && request.method !== 'HEAD') request.headers.set('Seneschal-CSRF', csrf);
        return request;
    },
    onResponse({ response }) {
        if (response.status === 401) lost();
        return response;
    },
});

interface Answer<T> {
    data?: T;
    error?: unknown;
    response: Response;
}

/** What a call of `api` answers; throws a Problem where it is refused or does not come through. */
export async function call<T>(asked: Promise<Answer<T>>): Promise<T> {
    let answer: Answer<T>;
    try {
        answer = await asked;
    } catch (thrown) {
        throw wasAborted(thrown) ? thrown : problemOf(thrown);
    }
    if (!answer.response.ok) throw problemOf(answer.error, answer.response.status);
    return answer.data as T;
}

/** A key for a POST that creates (Idempotency-Key): sent twice, it creates once. Not of crypto.randomUUID, which pages of plain HTTP do not have. */
export const onceKey = (): string =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
