/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent decides, without clock, network or disk: states, events, one table, the law of
 * waiting. */
#ifndef AGENT_RULES_H
#define AGENT_RULES_H

#include "base/clock.h"

enum agent_state {
    AGENT_UNENROLLED, /* no request stands */
    AGENT_PENDING,    /* a request waits in the lobby */
    AGENT_ACTIVE,     /* the configuration is in force */
    AGENT_STALE,      /* the server has not confirmed it in time; the grace runs */
    AGENT_DISABLED,   /* the disabled form is in force; key, token and claim are kept */
    AGENT_STATES
};

enum agent_event {
    AGENT_INITED,          /* a request stands */
    AGENT_WAITING,         /* it waits for an administrator */
    AGENT_ENROLLED,        /* the token is here */
    AGENT_CHALLENGED,      /* sign another challenge */
    AGENT_CLAIM_USED,      /* the token was used, and is lost: ask anew with our key */
    AGENT_CLAIM_WRONG,     /* the request was refused, or is gone */
    AGENT_TURNED_AWAY,     /* no request is taken: fleet locked, key used up, ... */
    AGENT_CONFIGURED,      /* a configuration came and is in force */
    AGENT_CONFIRMED,       /* what is in force is still right, and a lease says so */
    AGENT_UNCHANGED,       /* nothing is new, says an answer that proves nothing */
    AGENT_REJECTED,        /* an answer that is not genuine, not for us or not current */
    AGENT_PINNED,          /* the root key of a server is here, to be kept for good */
    AGENT_REVOKED,         /* an unsigned 403: wipes nothing (any proxy can say it) */
    AGENT_WIPED,           /* a revocation that is signed */
    AGENT_BLOCKED,         /* a 403, signed or not */
    AGENT_UNAUTHENTICATED, /* the server does not know the token */
    AGENT_UNREACHED,       /* could not fetch: no answer, or one that is not ours */
    AGENT_LEASE_OVER,      /* nothing was confirmed for a whole lease */
    AGENT_GRACE_OVER,
    AGENT_EVENTS
};

enum agent_wait {
    AGENT_GO,       /* on at once: all is well */
    AGENT_NOW,      /* on at once, failures stay counted */
    AGENT_RETRY,    /* at once the first time, then by backoff */
    AGENT_BACK_OFF, /* by backoff */
    AGENT_ASKED,    /* as long as the server said, else by backoff */
    AGENT_LONG,     /* 5 minutes, with jitter */
};

enum agent_do {
    AGENT_DO_DISABLE = 1,      /* put the disabled form in force */
    AGENT_DO_DROP_REQUEST = 2, /* forget claim, challenge and nonce: the next init makes another */
    AGENT_DO_DEGRADE = 4, /* the disabled form holds the minimal configuration, if there is one;
                             without AGENT_DO_DISABLE: it is written only then */
    AGENT_DO_WIPE = 8,    /* forget key, token, configurations; ask nobody anything any more */
};

struct agent_move {
    enum agent_state to;
    enum agent_wait wait;
    unsigned does; /* enum agent_do */
};

struct agent_move agent_step(enum agent_state from, enum agent_event event);
const char *agent_state_name(enum agent_state s);
const char *agent_event_name(enum agent_event e);

/* What to ask next. */
enum agent_ask {
    AGENT_INIT,
    AGENT_CONFIRM,
    AGENT_ROTATE,
    AGENT_ACK,
    AGENT_HEARTBEAT,
    AGENT_FETCH,
    AGENT_PIN,    /* about ourselves, for the root key: of a token that came without one */
    AGENT_REJECT, /* tell that an answer was refused */
    AGENT_ASKS
};

struct agent_view {
    enum agent_state state;
    bool has_token;
    bool has_claim;
    bool token_refused; /* again and again: enrol anew with our key, the token is kept meanwhile */
    bool pin;
    bool reject;
    bool rotate;
    bool ack;
    bool heartbeat;
};
enum agent_ask agent_next(const struct agent_view *v);

/*
 * FLEET.md, Transport: cap c, then wait U(c, 2c): the jitter comes after the cap, so that a fleet
 * at the cap is still spread. The first reconnect waits U(0, spread).
 */
struct agent_law {
    dur_t first; /* c after the second failure; doubles */
    dur_t cap;
    dur_t spread;
};
dur_t agent_backoff(const struct agent_law *law, unsigned failures, uint64_t random);
/* 5 minutes and up to a fifth more or less. */
dur_t agent_long_wait(uint64_t random);

#endif
