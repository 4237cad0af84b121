/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for a change of its device: a parked poll or an open stream (FLEET "Transport"). Both
 * are one small row of their loop; the request that they came with is forgotten. Everything here
 * runs on that loop's thread, but for the inbox, which the writer fills after COMMIT, and the items
 * of a batch, which a worker loads.
 *
 *   parked -> woken: is it still so? -> nothing, or the new state from memory,
 *          or due -> loading (a batch on a worker) -> asked again
 */
#ifndef API_NUDGE_H
#define API_NUDGE_H

#include "api/route.h"
#include "base/id.h"
#include "domain/live/park.h"

struct api;
struct api_loop;
struct hot_ask;

enum { POLLS_MAX = 100000 }; /* parked at once */

/* What http_xchg.user of a kept exchange points to begins with one. */
enum lent { LENT_PASSAGE, LENT_NUDGE, LENT_HATCH, LENT_TAIL };

enum nudge_state {
    NUDGE_FREE, /* a row of nobody */
    NUDGE_PARKED,
    NUDGE_LISTED,  /* in one of the lists */
    NUDGE_LOADING, /* in a batch */
};

/* An access token: what memory forgot of it is found by its text alone. */
struct parked_jwt {
    size_t n;
    char text[];
};

struct nudge {
    enum lent lent;
    unsigned char kind;  /* enum live_park_kind */
    unsigned char state; /* enum nudge_state */
    bool urgent;         /* its device or token changed, not only a configuration */
    bool cors;
    bool by_seq;  /* of a poll: it also waits for a greater seq */
    bool lease;   /* of a poll: its client wants one with a 304 */
    bool left;    /* a newer one took its place: it is told when its list comes round */
    bool late;    /* of a poll: its time ended while it was loaded */
    bool pending; /* of a stream: its reader is slow, the newest state waits */
    uint32_t row;
    struct api_loop *loop;
    struct http_xchg *x; /* NULL: it has ended; who has its row in a list or a batch frees it */
    struct nudge *next;  /* in a list */
    struct loop_timer timer;
    uint64_t born;
    uint64_t stamp; /* of its device's row in memory */
    oid_t device;
    oid_t org;
    digest_t token;
    struct parked_jwt *jwt; /* what `token` is of, where the store cannot know it: its own */
    digest_t etag;          /* what its client knows */
    int64_t seq;            /* the same: it never falls */
};

/* What a poll and a stream do differently; each may end the nudge. */
struct nudge_kind {
    void (*changed)(struct nudge *n, const struct live_hit *hit);
    /* Asked again, and the configuration is not new to its client; its seq may be. */
    void (*same)(struct nudge *n, const struct live_hit *hit);
    /* Its token is not good any more, or it cannot be told (5xx). status: of its device, or NULL.
     */
    void (*refused)(struct nudge *n, err_t e, const char *status);
    void (*replaced)(struct nudge *n);
    void (*gone)(struct nudge *n);
    void (*released)(struct nudge *n); /* the server stops */
};
extern const struct nudge_kind poll_kind;
extern const struct nudge_kind stream_kind;

struct nudge_list;

err_t nudges_init(struct api_loop *loop, size_t max) MUST_USE;
void nudges_fini(struct api_loop *loop);

/* nudge.c */
/*
 * Park the exchange of a device whose configuration is here and known to its client. HOT_DONE with
 * *ret: it is parked, its older one will be told. HOT_DONE without: it was refused. HOT_LOAD: it
 * moved.
 */
enum hot_answer nudge_start(const struct hot_ask *ask, enum live_park_kind kind,
                            struct nudge **ret);
/* Its place is free, its exchange the caller's to answer. */
struct http_xchg *nudge_end(struct nudge *n);
/* Out of a list or a batch again. False: it has ended meanwhile, and is no more. */
bool nudge_back(struct nudge *n) MUST_USE;
const struct nudge_kind *nudge_kind_of(const struct nudge *n);
struct nudge *nudge_find(struct api_loop *loop, oid_t device, enum live_park_kind kind);
/* Does it still hold? Asks, or loads, where it does not. */
void nudge_look(struct nudge *n);
/* Ask memory; what it lacks is loaded. */
void nudge_ask(struct nudge *n);
void nudge_gone(struct nudge *n);

/* nudge_wake.c */
void nudge_post(struct api_loop *loop); /* the loop looks at its lists soon */
void nudges_woken(struct loop_msg *msg);

/* nudge_load.c */
void nudge_due(struct nudge *n, bool urgent);
void nudges_load(struct api_loop *loop); /* fill the batches that are free */
void nudge_list_add(struct nudge_list *list, struct nudge *n);
struct nudge *nudge_list_take(struct nudge_list *list); /* NULL: empty */

#endif
