// SPDX-License-Identifier: Apache-2.0
// What the client decides, without clock, network or store: states, events, one table, the law of waiting. The same as
// src/agent/rules.c; a test holds the two tables to each other.
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

const LAW = { first: SECOND, cap: MINUTE, spread: 2 * SECOND };
const LONG_WAIT = 5 * MINUTE;

export const STATES = ['UNENROLLED', 'PENDING', 'ACTIVE', 'STALE', 'DISABLED'];
export const [U, P, A, S, D] = STATES;

/** One row per event: the next state from each of STATES, how long to wait, what else to do: drop the request; switch off;
 * fall back to the minimal configuration, if the last one carried it; forget everything, for good. */
export const RULES = {
    'request-made': [[P, P, A, S, D], 'now'],
    'device-pending': [[P, P, A, S, P], 'asked'],
    enrolled: [[A, A, A, S, D], 'go', ['drop']],
    'challenge-expired': [[P, P, A, S, D], 'retry'],
    'claim-used': [[U, U, A, S, D], 'retry', ['drop']],
    'claim-wrong': [[U, U, A, S, D], 'long', ['drop']],
    'turned-away': [[U, P, A, S, D], 'long'],
    configured: [[A, A, A, A, A], 'go'],
    confirmed: [[A, A, A, A, D], 'go'],
    unchanged: [[U, P, A, S, D], 'go'],
    rejected: [[U, P, A, S, D], 'back-off'],
    pinned: [[U, P, A, S, D], 'now'],
    'device-revoked': [[D, D, D, D, D], 'long', ['disable']],
    'device-wiped': [[D, D, D, D, D], 'long', ['disable', 'wipe', 'drop']],
    'device-blocked': [[D, D, D, D, D], 'long', ['disable', 'degrade']],
    unauthenticated: [[U, P, A, S, D], 'back-off'],
    unreached: [[U, P, A, S, D], 'asked'],
    'lease-over': [[U, P, S, S, D], 'go', ['degrade']],
    'grace-over': [[U, P, D, D, D], 'go', ['disable']],
    'not-applied': [[D, D, D, D, D], 'back-off', ['disable']],
};

export function step(from, event) {
    const [to, wait, does = []] = RULES[event];
    return { to: to[STATES.indexOf(from)], wait, does };
}

/** What to ask next. After a failure of ack, heartbeat or rotation only the poll goes on for a while (`plain`). */
export function nextAsk({ state, token, claim, tokenRefused, pin, plain, rotate, ack, heartbeat }) {
    if (!token || tokenRefused) return claim ? 'confirm' : 'init';
    if (pin) return 'pin';
    if (state !== A || plain) return 'fetch'; // what is not in force has nothing to tell
    if (rotate) return 'rotate';
    if (ack) return 'ack';
    return heartbeat ? 'heartbeat' : 'fetch';
}

/** The first reconnect waits U(0, spread); then c doubles up to the cap, and the wait is U(c, 2c). */
export function backoff(failures, random = Math.random(), law = LAW) {
    if (failures <= 1) return law.spread * random;
    const c = Math.min(law.cap, law.first * 2 ** Math.min(failures - 2, 32));
    return c + c * random;
}

/** How long until the next question, and how many failures in a row that makes. `told`: what the server said, in ms. */
export function waitAfter(wait, told, failures, random) {
    if (wait === 'go') return { ms: 0, failures: 0 };
    if (wait === 'now') return { ms: 0, failures };
    if (wait === 'long') return { ms: Math.max(longWait(random), told), failures };
    if (wait === 'asked' && told > 0) return { ms: told + backoff(1, random), failures }; // not all at the same moment
    if (wait === 'retry' && failures === 0) return { ms: 0, failures: 1 };
    return { ms: backoff(failures + 1, random), failures: failures + 1 };
}

/** 5 minutes and up to a fifth more or less. */
export const longWait = (random = Math.random()) => LONG_WAIT * (0.8 + 0.4 * random);
