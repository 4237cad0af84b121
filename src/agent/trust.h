/* SPDX-License-Identifier: Apache-2.0 */
/* From an answer to what may be believed of it: the pinned root, the key set, the lease that
 * stands, what was refused. verify.c judges; here its judgement meets store, clock and network. */
#ifndef AGENT_TRUST_H
#define AGENT_TRUST_H

#include "agent/verify.h"
#include "agent/wire.h"

struct seneschal_agent;

enum { TRUST_TOLD_MAX = 16 };

struct agent_trust {
    struct verify_pin pin; /* org is borrowed from the store */
    struct verify_keys keys;
    char asked_kid[JWS_NAME_MAX]; /* the key set was asked for it, */
    size_t asked_kid_n;
    dur_t asked;                   /* at this moment of CLOCK_MONOTONIC */
    dur_t pin_after;               /* the server had no root key for us: ask again then */
    digest_t told[TRUST_TOLD_MAX]; /* what was refused and why: said once */
    size_t told_n;                 /* ever */
    enum verify_refusal owed;      /* the server is to be told of it; VERIFY_GOOD: of nothing */
    char owed_etag[AGENT_TEXT];
    unsigned rejections; /* answers in a row */
    bool clock_told;
    bool prefers; /* the question under way asks for a lease */
};

/* From the store, at start. E_CORRUPT, E_NO_MEMORY. */
err_t trust_load(struct seneschal_agent *g) MUST_USE;
/* Is there a token, and no root key to hold its answers against? */
bool trust_wants_pin(const struct seneschal_agent *g);
/* What an answer brings, once and for good. The caller saves. */
err_t trust_pin(struct seneschal_agent *g, const struct agent_news *n) MUST_USE;
/* Turns what an answer says into what is proven by it: `n` as agent_read gave it. May fetch the key
 * set. E_NO_MEMORY, E_CLOSED, E_AGAIN, E_IO. */
err_t trust_judge(struct seneschal_agent *g, enum agent_ask ask, const struct http_answer *answer,
                  struct agent_news *n) MUST_USE;

/* Remember, record and tell that something was refused; the server is told soon. */
err_t trust_refuse(struct seneschal_agent *g, enum verify_refusal why, str_t etag) MUST_USE;
/* A clock that was set back is found without an answer, too. */
err_t trust_watch_clock(struct seneschal_agent *g) MUST_USE;
/* An answer was accepted. The caller saves. */
void trust_accept(struct seneschal_agent *g, const struct verify_lease *lease);

/* What is left of the lease that came last, whatever the state; 0: it is over. */
dur_t lease_left(const struct seneschal_agent *g, bool with_grace);
/* Half of it is gone, or there is none: the next question asks for one. */
bool lease_wanted(const struct seneschal_agent *g);
/* How long a poll may be parked: not so long that the lease ends meanwhile. */
unsigned lease_poll_s(const struct seneschal_agent *g, unsigned poll_max_s);
void lease_take(struct seneschal_agent *g, const struct verify_lease *lease);
/* At start: what is left goes on. */
err_t lease_resume(struct seneschal_agent *g) MUST_USE;

#endif
