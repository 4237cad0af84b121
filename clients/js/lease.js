// SPDX-License-Identifier: Apache-2.0
// How long what is in force is good for. By the monotonic clock a lease lasts as long as it says, by the wall clock until
// its end: whichever is first, so that neither a machine that slept nor a clock that was set back prolongs it.
import { MINUTE, SECOND } from './rules.js';
import { LEEWAY_S } from './trust.js';

const FIRST = 60 * MINUTE; // after enrolment, to bring the first configuration
const NONE = { life: FIRST, until: Infinity, iat: 0, grace: 0 };
const MEMBERS = ['at', 'left', 'life', 'iat', 'grace'];

export class Lease {
    #clock;
    #from = { mono: 0, now: 0, left: 0 };
    #terms = NONE;

    constructor(clock) {
        this.#clock = clock;
    }

    #start(left) {
        this.#from = { mono: this.#clock.mono(), now: this.#clock.now(), left };
    }

    /** Enrolled, and nothing fetched yet. */
    begin() {
        if (this.#terms.iat === 0) this.#start(FIRST);
    }

    /** One that is not newer prolongs nothing. */
    isNewer({ iat }) {
        return iat > this.#terms.iat;
    }

    take(claims) {
        if (!this.isNewer(claims)) return;
        const { iat, exp, grace_s } = claims;
        const life = (exp - iat) * SECOND;
        this.#terms = { life, until: (exp + LEEWAY_S) * SECOND, iat, grace: grace_s * SECOND };
        this.#start(life);
    }

    #signedLeft() {
        const { mono, now, left } = this.#from;
        const wall = this.#clock.now();
        return Math.min(left - Math.max(this.#clock.mono() - mono, wall - now), this.#terms.until - wall);
    }

    left(withGrace = false) {
        return Math.max(0, this.#signedLeft() + (withGrace ? this.#terms.grace : 0));
    }

    /** Then it is time to ask for another one; 0: it is. */
    untilHalf() {
        return Math.max(0, this.#signedLeft() - this.#terms.life / 2);
    }

    kept() {
        const { until, ...terms } = this.#terms;
        return { at: this.#clock.now(), left: this.#signedLeft(), ...terms, ...(until < Infinity && { until }) }; // JSON has no Infinity
    }

    /** Go on with what was kept; true when the clock was set back meanwhile: then nothing is known about the time in between. */
    resume(kept) {
        const whole = MEMBERS.every((name) => Number.isFinite(kept?.[name]));
        const now = this.#clock.now();
        const { at, left, life, until = Infinity, iat, grace } = whole ? kept : { ...NONE, at: now, left: FIRST };
        this.#terms = { life, until, iat, grace };
        this.#start(left - Math.max(0, now - at));
        return at > now;
    }
}
