/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request on its way through the house. It belongs to exactly one thread at a time and moves
 * with its pointer; everything in it lives in its arena and dies with the reply.
 *
 * A handler reads `in`, `query`, `params`; talks to the domain with `act` (whose db is a reader in
 * a read transaction, or the writer's connection inside the group); answers with one reply_*; names
 * what it touched with request_target(); notes what memory must forget with act_effect(). A handler
 * on the writer may run twice (writer.h): it must not change its inputs.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "api/route.h"
#include "domain/audit/audit.h"
#include "domain/identity/keys.h"
#include "domain/live/act.h"

enum { ROUTE_PARAMS_MAX = 4, REQUEST_ARENA_MAX = 8 * 1024 * 1024 };

struct live_guard;
struct tail;
struct mcp_in;
struct client_proven;
struct services; /* what lives as long as the server: api/services.h */

struct reply {
    int status;
    const struct shape *shape; /* of `body` or of its rows; NULL: `raw` is the body as it is */
    const void *body;
    bool list; /* {"items":[...],"next_cursor":...} */
    size_t rows_n;
    str_t next_cursor;
    opt_i64_t total;
    str_t raw;
    const char *content_type; /* of raw */
    bool console;             /* raw is the console's index, which has a policy of its own */
    str_t head;               /* further header lines, each with CRLF */
    err_t refusal;            /* E_OK, or what to answer though the transaction is committed */
    handler_f
        *more; /* set: `raw` is a part, and this is called for the next one, until it is cleared */
    void *more_state;   /* in the request's arena; what `more` allocates in act.arena dies with its
                           part */
    struct arena *part; /* memory of the part that goes out; NULL: none does */
};

struct request {
    struct act act; /* arena, db, actor, org, why, effects: what the domain's functions take */
    const struct route *route;
    struct services *services;
    const struct live_guard *guard; /* of this read transaction; only on a worker */
    struct http_xchg *xchg; /* borrowed; only its loop may call http_* on it, others may read it */
    oid_t id;               /* Seneschal-Request-Id */
    str_t params[ROUTE_PARAMS_MAX];
    const void *in;
    const void *query;
    oid_t session_id;  /* of the cookie or the token; zero: none */
    bool half;         /* that session lacks a factor yet */
    bool by_cookie;    /* the credential is the cookie of a session */
    struct html *html; /* the page that is being written (html.h); NULL: none yet */
    struct reply reply;
    struct audit_event
        event;        /* filled from the route and by request_target(); written by the pipeline */
    bool quiet;       /* no event for this one: nothing was changed */
    bool marked;      /* the handler has said what files stand behind (managed.h) */
    const void *made; /* by the handler for .finish; in the arena */
    struct mcp_in *onward; /* of a handler that answers nothing: the hub does (mcp_edge_pass_on) */
    struct tail *tail;     /* of a handler whose answer is what comes, as it comes (tail.h) */
    str_t dpop_jkt;        /* the key that a DPoP proof has shown (client_proof.h) */
    const struct client_proven *proven; /* who signed a client_assertion */
    const char *oauth; /* with E_OAUTH: `error` of RFC 6749 section 5.2 (oauth_reply.h) */
};

/* The n-th {param} as an id; E_NOT_FOUND for what is none, so that a bad id and a strange one look
 * alike. */
err_t request_param_id(struct request *rq, size_t n, oid_t *ret) MUST_USE;
/* E_FORBIDDEN. For rows whose permission depends on the input; the plain ones say MAY() in their
 * row. */
err_t request_may(struct request *rq, enum perm p) MUST_USE;
/* The path below /api/v1: one name for both places of a row, with what its {param}s stand for. */
str_t request_path(const struct request *rq);
/* The peer's address as text; absent: none. */
enum { PEER_TEXT_MAX = 46 };
str_t peer_text(const struct http_peer *peer, char text[static PEER_TEXT_MAX]);
/* The peer's address as text, in the request's arena; absent when memory is short. */
str_t request_peer(struct request *rq);
void request_target(struct request *rq, const char *kind, oid_t id, str_t name);
void request_reason(struct request *rq, str_t reason);
void request_details(struct request *rq, str_t json_object); /* never a secret */
/* Another event in the same transaction, before the row's own. */
err_t request_audit_more(struct request *rq, const struct audit_event *e) MUST_USE;
/* In `prepare`: end the read transaction, before what takes long; act.db is gone after it. */
void request_leave_store(struct request *rq);
/* Replies. All return E_OK so that a handler can end with them. */
err_t reply_obj(struct request *rq, int status, const struct shape *s, const void *from);
err_t reply_list(struct request *rq, const struct shape *item, const void *rows, size_t n,
                 str_t next_cursor);
err_t reply_empty(struct request *rq, int status);
err_t reply_raw(struct request *rq, int status, const char *content_type, str_t body);
/* A file NAME.csv or NAME.ndjson in parts: `more` makes each, the first one here, so that an error
 * of it is still an answer. */
err_t reply_export(struct request *rq, const char *name, bool csv, handler_f *more,
                   void *state) MUST_USE;
/* The next part, in memory of its own. */
err_t reply_part(struct request *rq) MUST_USE;
void reply_part_free(struct request *rq); /* it has gone out; none is fine */
/* Answer with this refusal, but commit what was written: a clone is found and blocked, say. */
err_t reply_refusal(struct request *rq, err_t e);
err_t reply_header(struct request *rq, str_t name, str_t value) MUST_USE;
err_t reply_retry_after(struct request *rq, int64_t seconds) MUST_USE;

/* Lists: `?limit=` and `?cursor=` are members of every list's query shape. */
struct page_in {
    int64_t limit; /* 1..500, default 100 */
    str_t cursor;  /* absent: from the start */
};
/* The position inside a cursor that this server made for this row, these filters and this
 * organisation. E_BAD_CURSOR. */
err_t cursor_open(struct request *rq, str_t cursor, str_t filters, str_t *ret_position) MUST_USE;
err_t cursor_make(struct request *rq, str_t position, str_t filters, str_t *ret) MUST_USE;

/* Strong ETag of an administered object from its id and the number of its last change; If-Match:
 * E_STALE. */
err_t etag_make(struct request *rq, oid_t id, int64_t revision, str_t *ret) MUST_USE;
err_t etag_check(struct request *rq, str_t current) MUST_USE;

#endif
