// SPDX-License-Identifier: Apache-2.0
// One question and its answer, and what may end it early: no state but the server's address and who nudges.
import { MINUTE, SECOND } from './rules.js';
import { ASKS, bodyOf, exchange, headersOf, holdStream, keySetUrl, readAnswer, readSecret } from './wire.js';

const SECRET = /^(?!\.+$)[a-z0-9._-]{1,64}$/;
const ANSWER_EXTRA = 15 * SECOND;
const HOLD_MAX = 15 * MINUTE; // a stream confirms nothing: the poll behind it does

export const NUDGED = Symbol('the long poll was ended for another question');

export class Asker {
    #base;
    #options;
    #clock;
    #nudger = new AbortController();
    #holdAfter = 0; // when a stream that was refused may be asked for again

    constructor(base, options, clock) {
        this.#base = base;
        this.#options = options;
        this.#clock = clock;
    }

    /** Ends what only waits. */
    nudge() {
        this.#nudger.abort();
        this.#nudger = new AbortController();
    }

    get nudged() {
        return this.#nudger.signal;
    }

    /** `doc` is what is kept, `left` what is left of the lease; news as readAnswer gives them, or NUDGED. */
    async ask(ask, { poll, signal, doc, key, prefers, left }) {
        const [method, path] = ASKS[ask];
        const headers = await headersOf(ask, this.#options, doc, prefers);
        const conditional = 'If-None-Match' in headers;
        const wait = conditional ? poll : 0;
        const body = JSON.stringify(await bodyOf(ask, this.#options, doc, key));
        const url = `${this.#base}/api/v1${path}${wait > 0 ? `?wait=${wait}` : ''}`;
        // A question may not outlive the lease by much: its answer would find a configuration that should be off.
        const ms = Math.min(wait * SECOND + ANSWER_EXTRA, left > 0 ? left + SECOND : Infinity);
        const { nudged } = this; // of now: it ends only what waits anyway
        const ended = wait > 0 ? AbortSignal.any([signal, nudged]) : signal;
        try {
            const answer = await exchange(url, { method, headers, body }, { ms, signal: ended, fetch: this.#options.fetch });
            return readAnswer(ask, { ...answer, conditional });
        } catch (error) {
            if (signal.aborted) throw error;
            if (wait > 0 && nudged.aborted) return NUDGED;
            return { event: 'unreached', retryAfter: 0, detail: error.cause?.message ?? error.message };
        }
    }

    /** The key set of an organisation, as it came. */
    keys(org, signal) {
        return exchange(keySetUrl(this.#base, org), { method: 'GET', headers: {} }, { ms: ANSWER_EXTRA, signal, fetch: this.#options.fetch });
    }

    /** The value of a secret; undefined where the server gives us none of this name. It decides: onConfig may ask already. */
    async secret(name, { token }, signal) {
        if (typeof name !== 'string' || !SECRET.test(name)) throw new TypeError(`secret: want a name of the server's, not ${name}`); // vault:PATH is the caller's own matter
        if (!token) throw new Error('not enrolled: there is no secret for us');
        const headers = { Authorization: `Bearer ${token}` };
        const how = { ms: ANSWER_EXTRA, signal, fetch: this.#options.fetch };
        return readSecret(await exchange(`${this.#base}/api/v1/devices/self/secrets/${name}`, { method: 'GET', headers }, how));
    }

    mayHold() {
        return this.#options.stream === true && this.#clock.mono() >= this.#holdAfter;
    }

    /** Instead of a long poll: until the stream says that there is something to ask, or ends. What it says is not believed. */
    async hold({ etag, token }, ms, signal) {
        const how = { token, etag, ms: Math.min(HOLD_MAX, ms), signal: AbortSignal.any([signal, this.nudged]), fetch: this.#options.fetch };
        const told = await holdStream(`${this.#base}/api/v1/iassistants/config/stream`, how);
        this.#holdAfter = told > 0 ? this.#clock.mono() + told : 0;
        return true;
    }
}
