/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/http. A fetcher and its fetches are the same for both kinds: fetch.c has the
 * fetcher's life and the addresses of its origin, fetch_run.c one fetch's life. How bytes are asked
 * for and come is its kind's: fetch_plain.c where there is no TLS, fetch_curl.c where there is.
 */
#ifndef PLAT_HTTP_FETCH_IN_H
#define PLAT_HTTP_FETCH_IN_H

#include "plat/http/client_pins.h"
#include "plat/http/fetch.h"
#include "plat/http/outbound_lookup.h"
#include "plat/http/outbound_url.h"

enum {
    FETCH_NAME_FRESH_S = 60, /* how long a look-up counts */
    FETCH_CONN_FRESH_S = 4,  /* an idle connection older than this is not used again: peers close
                              * theirs after five seconds (Node, uvicorn), and what is sent into a
                              * closing connection is lost */
};

enum fetch_state {
    FETCH_WAITS, /* for the name's addresses, for a connection, or for the loop's next turn */
    FETCH_RUNS,  /* its kind has it */
    FETCH_OVER,  /* told, or cancelled: freed as soon as it can be */
};

struct fetch_curl;
struct fetcher_curl;
struct plain_conn;

/* Of a fetch without TLS. */
struct fetch_plain {
    struct plain_conn *conn; /* NULL: it waits, or it is over */
    str_t head;              /* of the request */
    size_t sent;             /* of head and body */
    bool anew;               /* only by a new connection */
};

struct fetcher_plain {
    struct plain_conn *busy;
    struct plain_conn *resting; /* the last used first */
    size_t conns_n;
    size_t conns_max;
    struct loop_timer old; /* resting ones are closed */
};

struct fetch {
    struct fetcher *owner;
    struct fetch *prev;
    struct fetch *next;
    enum fetch_state state;
    struct fetch_request req; /* its texts are copied, or its kind's own; the body is borrowed */
    struct arena *a;
    struct fetch_curl *curl; /* one of these two is its own */
    struct fetch_plain plain;
    struct loop_timer quiet; /* connect_max, then idle_max */
    struct loop_timer total;
    size_t body_n;
    bool issued; /* the request went out, at least in part */
    bool paused;
    struct diag why;
};

struct fetch_kind {
    err_t (*open)(struct fetcher *f, const struct fetcher_cfg *cfg);
    void (*close)(struct fetcher *f); /* it has no fetch any more */
    /* What must live until it runs; `x->a` is there. */
    err_t (*prepare)(struct fetch *x, const struct fetch_request *req,
                     const struct outbound_url *to, struct diag *why);
    /* Calls nobody back. E_AGAIN: there is no connection for it now. */
    err_t (*run)(struct fetch *x, struct diag *why);
    void (*leave)(struct fetch *x); /* at once, when it is over; may be NULL */
    void (*drop)(struct fetch *x);  /* just before it is freed; may be NULL */
    void (*paused)(struct fetch *x);
    bool (*is_sent)(const struct fetch *x);
    void (*turn)(struct fetcher *f); /* after fetcher_kick; between enter and leave */
    bool prompt;                     /* may run where it is started, and then needs no turn */
};

extern const struct fetch_kind fetch_by_curl;
extern const struct fetch_kind fetch_by_plain;

struct fetcher {
    const struct fetch_kind *kind;
    struct loop *loop;
    const struct outbound_rules *rules;
    struct outbound_lookups *lookups; /* counted */
    struct arena *a;                  /* the next two */
    str_t url;
    struct outbound_url origin;
    struct fetcher_curl *curl; /* one of these two is its own */
    struct fetcher_plain plain;
    struct fetch *all; /* first come, first served */
    struct fetch **last;
    size_t waiting_n;      /* of all */
    size_t over_n;         /* of all */
    struct lookup *lookup; /* under way */
    struct arena *pins_a;  /* what the last look-up gave */
    struct outbound_place place;
    struct http_pins pins;
    bool found; /* the look-up gave addresses, at `found_at` */
    dur_t found_at;
    struct loop_msg kick;
    bool kicked; /* the message is on its way */
    bool inside; /* callbacks may run: nothing is freed now */
    bool freed;  /* to be freed as soon as it can be */
};

/* fetch_run.c. It ends here: told, and left by its kind. Only inside enter and leave. */
void fetch_end(struct fetch *x, err_t e, const char *text);
void fetch_free(struct fetch *x); /* without a word */
void fetch_move(struct fetch *x, enum fetch_state to);
/* The head of an answer, and parts of its body. False: it is over. */
bool fetch_hear_head(struct fetch *x, const struct http_answer *head);
bool fetch_hear_body(struct fetch *x, str_t part);
/* Its silence begins again. */
void fetch_heard(struct fetch *x);
void fetch_issue(struct fetch *x); /* just as the first byte leaves */
/* Told nothing any more: it was cancelled, or its fetcher is being freed. */
static inline bool fetch_is_over(const struct fetch *x)
{
    return x->state == FETCH_OVER || x->owner->freed;
}

/* fetch.c. Its next turn comes at once. */
void fetcher_kick(struct fetcher *f);
bool fetcher_knows(const struct fetcher *f); /* addresses */
/* Around anything that calls back. After leave the fetcher may be gone. */
void fetcher_enter(struct fetcher *f);
void fetcher_leave(struct fetcher *f);

#endif
