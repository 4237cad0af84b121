/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written, as it is written: server-sent events (WHATWG HTML section 9.2). A tail looks for
 * what is new four times a second, on its loop, and keeps nothing for a slow reader: he is told how
 * much he has lost. The `id` of an event is a mark: who comes back with it goes on there.
 *
 * Each time it looks at its reader too: a tail whose credential is no longer known, or may no
 * longer read, ends, and whoever it was comes back through the front door. One whose credential
 * memory does not keep ends after a minute.
 */
#ifndef API_TAIL_H
#define API_TAIL_H

#include "api/nudge.h"
#include "api/request.h"
#include "plat/crypto/crypto.h"

enum tail_of { TAIL_OF_LOG, TAIL_OF_AUDIT, TAIL_OF_CHANGES, TAIL_KINDS };
enum { TAILS_MAX = 16 }; /* of each kind that says nothing else */

struct api;
struct tail;

struct tail_kind {
    enum tail_of of;
    int64_t life_s;   /* of one whose credential memory keeps; 0: ten minutes */
    const char *last; /* said to one whose credential is not good any more; NULL: nothing */
    const char *full; /* what its newest reader is told when there is no place */
    /* On the loop: add to `out` what is new. True: there is more at once. */
    bool (*tell)(struct tail *t);
    void (*add_mark)(struct tail *t);
    bool (*may)(struct tail *t, const struct actor *actor);
    size_t (*max)(const struct services *sv); /* NULL: TAILS_MAX */
    void (*fini)(struct tail *t);             /* NULL: it owns nothing further */
};

struct tail {       /* the first member of what a kind keeps */
    enum lent lent; /* LENT_TAIL */
    const struct tail_kind *kind;
    struct api *api;
    struct http_xchg *x;
    struct loop *loop;
    struct loop_timer timer;
    digest_t token;
    bool kept; /* the token is looked for in memory */
    bool busy; /* a worker has it: it is not freed before it is back (tail_back) */
    bool over; /* it waits for that to end */
    dur_t until;
    dur_t spoken;
    struct buf out;
};

/* On a worker: `size` zeroed bytes that begin with a tail; the caller puts it into request.tail.
 * E_OVERLOADED: TAILS_MAX of its kind are open already. */
err_t tail_new(struct request *rq, const struct tail_kind *kind, size_t size, size_t out_max,
               struct tail **ret) MUST_USE;
void tail_free(struct tail *t); /* one that was never begun; NULL is fine */
/* On its loop, which owns it from then on. `kept`: memory knows the credential by its token. */
void tail_begin(struct api *api, struct http_xchg *x, struct tail *t, const digest_t *token,
                bool kept);
void tail_back(struct tail *t); /* on its loop: the worker is done */
void tail_drained(struct tail *t);
void tail_gone(struct tail *t);

#endif
