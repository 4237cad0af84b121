/* SPDX-License-Identifier: Apache-2.0 */
/* Inside libseneschal: the handle, shared by what asks (ask.c), what follows (follow.c) and the C
 * ABI (agent.c). */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/adapt.h"
#include "agent/secrets.h"
#include "agent/seneschal_agent.h"
#include "agent/trust.h"

#include <stdatomic.h>

enum { AGENT_ARENA_MAX = 8 * 1024 * 1024, AGENT_ANSWER_MAX = 2 * 1024 * 1024 };

struct seneschal_agent {
    struct arena *life;  /* holds the handle itself */
    struct arena *arena; /* of one step */
    struct http_client *http;
    int lock;
    char server[AGENT_PATH_MAX]; /* without a slash at the end */
    char dir[AGENT_PATH_MAX];
    char out[AGENT_PATH_MAX];
    char key_file[AGENT_PATH_MAX];
    char ca_file[AGENT_PATH_MAX];
    char proxy[AGENT_PATH_MAX];
    char hostname[AGENT_TEXT];
    char os[AGENT_TEXT];
    struct agent_host host;
    struct agent_store store;
    secret_t seed;
    void (*notify)(void *arg, const struct seneschal_notice *notice);
    void *arg;
    atomic_bool stopped;
    atomic_bool asks; /* there is a client */
    atomic_bool rotate;
    struct diag why; /* of the last failure of this machine */

    unsigned failures;        /* of asking, in a row */
    unsigned unauthenticated; /* in a row */
    bool token_refused;
    bool side_put_off; /* the server was too busy for an ack, heartbeat or rotation: poll first */
    struct agent_trust trust;
    char boot[AGENT_TEXT]; /* names the boot; "": not known */
    dur_t confirmed;    /* CLOCK_MONOTONIC when the lease came; made up from the store at start */
    dur_t answered;     /* the same of the last answer to a poll */
    dur_t heartbeat;    /* when the next one is due */
    str_t apply_failed; /* a configuration could not be written: its reason, for the ack; in the
                           arena */
    bool fetched;       /* since the start, a configuration or a 304 */
    struct buf force;   /* the bytes of the file, as we wrote them; empty: none of ours */
    bool degraded;      /* the last configuration carries a minimal one */
    bool recorded;      /* since the start, a change */
    struct agent_secrets secrets;
    struct agent_local *local; /* NULL: no socket */
    struct adapt *adapt;       /* NULL: no adapters */
    ts_t next_ask;             /* absent: it asks */
    dur_t alive;               /* when it was last said that it goes on */
};

extern const struct agent_law agent_default_law;

void agent_tell(struct seneschal_agent *g, const char *event, const char *reason);
/* FLEET.md: what is in force is the server's own bytes, confirmed within the lease. */
bool agent_in_force(const struct seneschal_agent *g);
/* Tell the programs of this machine how it stands. */
void agent_show(struct seneschal_agent *g);

/* Ask the server: the answer as news. E_CLOSED: stopped. E_AGAIN: something else came up, ask anew.
 * Else only faults of this machine. */
err_t agent_ask(struct seneschal_agent *g, enum agent_ask ask, unsigned poll_max_s,
                struct agent_news *ret) MUST_USE;

/* The key set of our organisation. E_TIMEOUT: no answer. E_CLOSED, E_AGAIN, E_NO_MEMORY. */
err_t agent_ask_keys(struct seneschal_agent *g, struct http_answer *ret) MUST_USE;

/* What follows from an answer: the store, the file, the state. `ret`: how long to wait. */
err_t agent_follow(struct seneschal_agent *g, enum agent_ask ask, const struct agent_news *news,
                   dur_t *ret) MUST_USE;
/* Leases and graces that have ended meanwhile. */
err_t agent_follow_time(struct seneschal_agent *g) MUST_USE;
void agent_plan_heartbeat(struct seneschal_agent *g);
/* What is left of the lease, or of the grace, of what is in force; else 0. */
dur_t agent_lease_left(const struct seneschal_agent *g);
/* Revoked by a signed answer: key, token and configurations go; what remains says so. */
err_t agent_wipe(struct seneschal_agent *g) MUST_USE;
/* At start, of one that is wiped: what a crash may have left. */
err_t agent_wipe_again(struct seneschal_agent *g) MUST_USE;

/* A configuration that came, in force and recorded. Its own faults set `apply_failed`. */
err_t agent_force_config(struct seneschal_agent *g, const struct agent_news *n) MUST_USE;
/* The disabled form; `degraded`: with the minimal configuration, if the last one carries it. */
err_t agent_force_off(struct seneschal_agent *g, const char *reason, bool degraded) MUST_USE;
/* The minimal configuration is forgotten. */
err_t agent_force_forget(struct seneschal_agent *g) MUST_USE;
/* At start: is what the file holds what the store says? If not, the next poll fetches it anew. */
err_t agent_force_load(struct seneschal_agent *g) MUST_USE;

#endif
