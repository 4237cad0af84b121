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

const BUSY_TRIES = 2;
const BUSY_WAIT_MAX_S = 5;

/** What only reads is asked again where the server is busy or starts, after as long as it says (RFC 9110, 10.2.3). */
async function patientFetch(request: Request): Promise<Response> {
    for (let tries = 1; ; tries++) {
        const response = await fetch(request);
        const again = response.status === 503 && request.method === 'GET' && tries < BUSY_TRIES;
        if (!again) return response;
        const seconds = Math.min(Number(response.headers.get('Retry-After')) || 1, BUSY_WAIT_MAX_S);
        await new Promise((later) => setTimeout(later, seconds * 1000));
    }
}

export const api = createClient<paths>({ baseUrl: '', fetch: patientFetch });

api.use({
    onRequest({ request }) {
        request.headers.set('Accept-Language', document.documentElement.lang); // of the refusals
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
