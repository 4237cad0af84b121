/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside api: a request's way through the house (HOUSE "One request"), for every request that is
 * not answered on its loop at once.
 *
 *   loop: head, route, limits, token -> worker: actor, decode, permission, read rows -> writer:
 * write rows -> loop: reply
 */
#ifndef API_PASSAGE_H
#define API_PASSAGE_H

#include "api/admission.h"
#include "api/api.h"
#include "api/metrics.h"
#include "api/nudges.h"
#include "api/request.h"
#include "api/router.h"
#include "api/tail.h"
#include "domain/audit/refusals.h"
#include "domain/identity/actor_load.h"
#include "plat/db/writer.h"

struct api_loop {
    struct buf head; /* scratch of this loop's thread */
    struct buf body;
    struct nudges nudges; /* parked here */
    struct api *api;
    struct metrics_loop metrics;
};

enum { ADDRESS_BUCKETS = 65536 };

struct api {
    struct services *services;
    struct router *router;
    struct arena *arena; /* of the router and the OpenAPI text */
    str_t openapi;
    struct api_loop *loops;
    unsigned loops_n;
    _Atomic size_t parked[LIVE_PARK_KINDS];
    _Atomic uint64_t nudges_born;
    _Atomic size_t tails[TAIL_KINDS];
    struct admission admission;
    struct metrics_acts acts;
    struct metrics_slow slow;
    _Atomic int64_t address_buckets[ADDRESS_BUCKETS];
    _Atomic int64_t signin_buckets[ADDRESS_BUCKETS];
};

/* How a row is asked on the loop. */
struct hot_ask {
    struct api *api;
    struct http_xchg *x;
    const struct route *route;
    const struct live_hit *who; /* NULL: nobody */
    const digest_t *token;      /* NULL: none was sent */
    bool by_cookie;             /* it is the cookie of a session */
    struct passage *passage;    /* NULL: not yet made */
};

struct passage {
    enum lent lent; /* LENT_PASSAGE */
    struct request rq;
    struct api *api;
    struct loop *loop;
    struct work work;
    struct write_job job;
    struct loop_msg msg;
    digest_t token;
    bool has_token;
    bool known;           /* the actor is resolved */
    bool proves_each;     /* by a credential that memory does not keep */
    bool asked_again;     /* it goes back to the hot row */
    uint64_t actor_stamp; /* of its shard when it was resolved */
    unsigned loads;       /* times that a hot row was loaded for it */
    dur_t deadline;       /* CLOCK_MONOTONIC */
    err_t result;
    enum shed shed; /* where the result is E_OVERLOADED */
    str_t idem_key;
    digest_t idem_body;
    struct refusal noted; /* the event of its refusal; row NULL: none */
    bool recorded;        /* the writer has seen to that, or to the event of its act */
    struct buf body;      /* the encoded reply */
    bool streaming;
    bool paused; /* the peer is slow: on_drain asks for the next part */
};

/* edge.c, on the loop */
struct api_loop *edge_loop(struct api *api, const struct http_xchg *x);
/* One request id an exchange, made when it is first asked for: the answer, the log and the record
 * name the same. */
oid_t edge_id(struct http_xchg *x);
void edge_note_actor(struct http_xchg *x, const struct actor *actor);
void edge_reply(struct api *api, struct http_xchg *x, int status, str_t head, str_t body);
void edge_refuse(struct api *api, struct http_xchg *x, err_t e, const struct diag *why, oid_t id);
/* Come back in so many seconds. */
void edge_refuse_later(struct api *api, struct http_xchg *x, err_t e, int64_t in_s);
/* One whose request was forgotten. `more`: further header lines. */
void edge_refuse_parked(struct api *api, struct http_xchg *x, err_t e, str_t more, bool cors);
/* May a client in a browser read the answer? Then edge_put_cors says so; edge_add_cors is both, for
 * any row. */
bool edge_has_cors(const struct api *api, const struct http_xchg *x, const struct route *route);
void edge_put_cors(struct buf *head, bool cors);
/* The same for load: E_OVERLOADED, counted, with its Retry-After. */
void edge_shed(struct api *api, struct http_xchg *x, enum load_class class, enum shed why);
/* What a client in a browser needs to read this answer; refusals too. */
void edge_add_cors(const struct api *api, const struct http_xchg *x, const struct route *route,
                   struct buf *head);
/* Give the exchange to a worker. */
void passage_start(const struct hot_ask *ask, const struct live_hit *hit);
err_t passage_new(const struct hot_ask *ask, struct passage **ret) MUST_USE;
/* Ask the hot row; what it cannot answer becomes, or stays, a passage. */
void edge_ask(const struct hot_ask *ask);

/* passage.c, on a worker; write.c, on the writer; answer.c, on the loop */
void passage_work(struct work *work, void *worker);
void passage_finish(struct passage *p, err_t e); /* from any thread */
void passage_write(struct passage *p);
void passage_settle(struct passage *p);
/* After COMMIT: the row's .finish makes the reply. */
void passage_committed(struct passage *p);
void passage_audit_refusal(struct passage *p, err_t e);
err_t passage_actor_check(struct passage *p) MUST_USE;
/* Who acts by the credential that was sent, by the store. ret_keep: memory may know it. */
err_t passage_who(struct passage *p, struct actor_loaded *ret, bool *ret_keep) MUST_USE;
err_t passage_may(struct passage *p) MUST_USE;
void passage_answer(struct loop_msg *msg);
void passage_drain(struct passage *p);
void passage_free(struct passage *p);

/* limits.c: by address, /64 of IPv6. */
bool limit_address(struct api *api, const struct http_peer *peer, bool take, dur_t *ret_wait);
/* Attempts to sign in have a narrower limit of their own. */
bool limit_signin(struct api *api, const struct http_peer *peer, dur_t *ret_wait);

/* A worker's own connection to the store. */
struct db *api_worker_db(void *worker);

/* poll.c, stream.c */
enum { ETAG_TEXT = 2 + 2 * SHA256_SIZE };
void etag_text(const digest_t *etag, char out[static ETAG_TEXT]);
hot_f config_hot;
hot_f config_version_hot;
hot_f config_stream_hot;
void stream_drained(struct nudge *n);

#endif
