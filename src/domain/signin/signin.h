/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in by name and password, in three steps: look (a reader), prove (no store: it takes
 * long), decide (the writer). The decision is made in one transaction with the count of failures,
 * so that fifty guesses at once are fifty. Whoever is not there, waits or is disabled gets the same
 * answer in the same time as a wrong password. In act->org.
 */
#ifndef DOMAIN_SIGNIN_SIGNIN_H
#define DOMAIN_SIGNIN_SIGNIN_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"

struct signin_ask {
    str_t name;             /* username or email */
    str_t network;          /* from where */
    const digest_t *cookie; /* that a browser which is known may have; NULL: none */
};

struct signin_look {
    oid_t user; /* zero: nobody has this name */
    str_t username;
    str_t stored;   /* absent: he has no password */
    bool may;       /* signin_gate */
    oid_t browser;  /* known; zero: not */
    int64_t bucket; /* where failures count */
    dur_t wait;     /* longer than zero: not yet, whatever the password */
};
err_t signin_look(struct act *act, const struct signin_ask *ask, struct signin_look *ret) MUST_USE;

struct signin_proof {
    bool right;
    str_t renewed; /* the hash with today's costs; absent: it is good as it is */
};
err_t signin_prove(struct arena *a, const struct signin_look *look, str_t password,
                   struct signin_proof *ret) MUST_USE;

enum signin_outcome { SIGNIN_WRONG, SIGNIN_WAIT, SIGNIN_RIGHT };
/* What was counted must be committed, whatever comes out. *ret_wait: until the next attempt. */
err_t signin_decide(struct act *act, const struct signin_look *look,
                    const struct signin_proof *proof, enum signin_outcome *ret,
                    dur_t *ret_wait) MUST_USE;

/* This browser is known for its person from now on. `cookie`: SHA-256 of its cookie. *ret_strange:
 * it was not, and others are: the person is told (NOTICE_NEW_DEVICE). */
err_t browser_remember(struct act *act, oid_t user, const digest_t *cookie,
                       bool *ret_strange) MUST_USE;
/* Browsers that nobody used for long, and links that are over; at most `limit` of each. */
err_t signin_purge(struct act *act, int64_t limit) MUST_USE;

#endif
