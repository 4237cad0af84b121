/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wrong guesses cost (IDENTITY "Brute force"): after some free ones each failure makes the
 * next attempt wait longer, up to a quarter of an hour, never for good. Failures count by who was
 * meant and from where; a browser in which he signed in before has a count of its own, so that
 * nobody else can shut him out. They are rows of the store: a restart forgives nothing.
 *
 * A row's number is a keyed hash, so that the table cannot grow past THROTTLE_BUCKETS rows, and
 * nobody can choose whose row he shares. A failure is forgiven each THROTTLE_FORGIVE.
 */
#ifndef DOMAIN_SIGNIN_THROTTLE_H
#define DOMAIN_SIGNIN_THROTTLE_H

#include "domain/live/act.h"

enum { THROTTLE_BUCKETS = 1 << 18, THROTTLE_FREE = 5, THROTTLE_COUNT_MAX = 1000 };
#define THROTTLE_WAIT_MAX DUR_S(900)
#define THROTTLE_FORGIVE  DUR_S(900)

/* Guesses at different things do not count together. */
enum throttle_kind {
    THROTTLE_PASSWORD,
    THROTTLE_OTP,
    THROTTLE_RECOVERY,
    THROTTLE_USER_CODE,
    THROTTLE_KINDS
};

struct throttle_key {
    enum throttle_kind kind;
    oid_t user;    /* who was meant, where he is known: one count for all his names */
    str_t name;    /* else what was typed, canonical */
    str_t network; /* from where; absent: from anywhere */
    oid_t browser; /* a known one of his; zero: none. Then `network` does not count */
};

/* By act->keys. */
int64_t throttle_bucket(const struct act *act, const struct throttle_key *key);

/* How long until the next attempt may be made; zero: now. */
err_t throttle_wait(struct act *act, int64_t bucket, dur_t *ret) MUST_USE;
/* On the writer: one more failed, or one worked. */
err_t throttle_failed(struct act *act, int64_t bucket, dur_t *ret_wait) MUST_USE;
err_t throttle_worked(struct act *act, int64_t bucket) MUST_USE;

#endif
