/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The secrets that the configuration in force names (FLEET "Secrets"): fetched one by one, kept in
 * guarded memory only, handed to programs of this machine. They go as soon as nothing is in force,
 * or the configuration names them no more. The thread of the socket reads them too: hence the lock.
 */
#ifndef AGENT_SECRETS_H
#define AGENT_SECRETS_H

#include "agent/store.h"
#include "base/buf.h"
#include "plat/json/out.h"
#include "plat/json/secret_ref.h"

#include <pthread.h>

struct seneschal_agent;
struct http_answer;

enum {
    AGENT_SECRETS_MAX = 64, /* names in one configuration; the others are said to be missing */
    AGENT_SECRET_VALUE_MAX = 8 * 1024,
};

struct agent_secret {
    char name[SECRET_NAME_MAX + 1];
    bool named;  /* while the names are collected */
    bool due;    /* to be fetched now */
    dur_t again; /* CLOCK_MONOTONIC: when to ask again; 0: not before something changes */
    unsigned failures;
    int64_t revision;
    size_t n;
    char *value; /* guarded; NULL: not here */
};

struct agent_secrets {
    pthread_mutex_t lock; /* held where what follows is changed, or read by another thread */
    size_t n;
    struct agent_secret rows[AGENT_SECRETS_MAX];

    bool heard;            /* in this step the server answered a poll */
    bool wanted;           /* somebody may ask for them */
    char etag[AGENT_TEXT]; /* of the configuration whose names they are */
    int64_t seq;           /* the server's number, as it was told last; 0: not yet */
    int64_t seq_asked;     /* the same when all of them were asked for last */
    uint64_t changes;      /* of what programs would be told */
};

void agent_secrets_init(struct agent_secrets *s);
void agent_secrets_fini(struct agent_secrets *s);

/* The names of the configuration in force; what it does not name any more is gone, and everything
 * when none is. */
void agent_secrets_collect(struct seneschal_agent *g);
/* The same, and fetch what is due; `wait`, before the next poll, may become shorter. E_CLOSED:
 * stopped. E_NO_MEMORY. */
err_t agent_secrets_follow(struct seneschal_agent *g, dur_t *wait) MUST_USE;
/* What a poll says and hears of the number that moves with each change of a secret. */
void agent_secrets_query(const struct seneschal_agent *g, bool waits, char *url, size_t size);
void agent_secrets_heard(struct seneschal_agent *g, const struct http_answer *answer);
/* A poll must not wait past the next try. */
unsigned agent_secrets_poll_s(const struct seneschal_agent *g, unsigned poll_s);
/* A server's answer about the secret of the row. E_IO: it is none. E_NO_MEMORY. */
err_t agent_secrets_read(struct agent_secrets *s, struct agent_secret *row, str_t body) MUST_USE;
/* "secrets" with name and revision, "secrets_missing" with names. */
void agent_secrets_show(const struct agent_secrets *s, struct json_out *o);

/* From any thread. {"name":..,"revision":..,"value":..} E_NOT_FOUND, or the buffer's error. */
err_t agent_secrets_write(struct agent_secrets *s, str_t name, struct buf *b) MUST_USE;
/* With a NUL behind it. E_NOT_FOUND, E_TOO_BIG. */
err_t agent_secrets_copy(struct agent_secrets *s, str_t name, char *to, size_t size) MUST_USE;

#endif
