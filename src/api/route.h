/* SPDX-License-Identifier: Apache-2.0 */
/* The route table: one row per call of the contract. What a row does not say is refused: a row
 * without `.auth` is closed. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/shape.h"
#include "base/load.h"
#include "domain/authz/actor.h"
#include "plat/http/server.h"

struct request;

enum auth {
    AUTH_CLOSED, /* zero is safe: nobody */
    AUTH_OPEN,   /* anyone; a credential that is sent must still be good */
    AUTH_ACTOR,  /* a user, service account, device or the system */
    AUTH_DEVICE, /* a device's own credential */
    AUTH_ENROL,  /* AUTH_ACTOR, or an enrolment key */
    AUTH_SESSION /* a person in a browser, signed in wholly (.half: or half); else a page sends him
                    to /login, and JSON says 401 */
};

enum tx {
    TX_NONE,
    TX_READ,
    TX_WRITE,
    TX_URGENT
}; /* TX_URGENT: revoke and block, first in the writer's queue */

enum limit { LIMIT_PRINCIPAL, LIMIT_OPEN, LIMIT_NONE }; /* by principal; by address; health only */

typedef err_t handler_f(struct request *rq);
typedef void undo_f(struct request *rq);

/* A hot row is answered on the loop from memory and must not block. HOT_LOAD: the configuration of
 * the asking device is missing or old; a worker loads it and the row is asked again. HOT_PASS: not
 * from memory; let .handler answer. */
struct hot_ask;
enum hot_answer { HOT_DONE, HOT_LOAD, HOT_PASS };
typedef enum hot_answer hot_f(const struct hot_ask *ask);

struct route {
    enum http_method method;
    const char *path; /* below /api/v1 unless .root; {name} matches one segment */
    handler_f *handler;
    enum auth auth;
    enum perm may; /* with .check: the permission that the actor must hold */
    bool check;
    enum tx tx;
    enum load_class load; /* what is refused first under load; see route_class */
    bool both;            /* † also without /api/v1 */
    bool root;            /* only at the root */
    bool gateway;  /* a message of MCP: its body is taken as it is, .hot hands it to the hub */
    bool config;   /* .hot answers a device from its effective configuration: load that where it is
                      missing */
    hot_f *hot;    /* asked first, on the loop */
    bool cors;     /* called by clients in a browser (API "Clients in a browser") */
    bool no_store; /* Cache-Control: no-store: a secret or a person's data */
    bool secret;   /* a value that nobody else may see passes: its memory is overwritten, and no key
                      for another time (.idem) is kept of it */
    bool hides;    /* its 404 may be a refusal: on the record as a 403 would be */
    bool idem;     /* takes Idempotency-Key: a POST that creates */
    enum limit limit;
    size_t body_max; /* 0 with .in: 64 KiB, with .form: 16 KiB */
    const struct shape *in;
    const struct shape *form; /* instead of .in: the body is a form (RFC 6749 appendix B) */
    bool form_open;           /* parameters that the form does not know are ignored */
    bool oauth;               /* refusals as RFC 6749 section 5.2 says (oauth_reply.h) */
    bool page;                /* HTML for people, at the root; refusals too (page_html.h) */
    bool cookie;              /* takes the cookie of a session: see route_takes_cookie */
    bool hashes;              /* .prepare hashes a password: the row runs on the two threads
                                 that are there for it */
    bool foreign;             /* a form or link of another site may come here: no cookie is read */
    bool query_any;           /* the query is the application's, not ours: it is not read */
    bool forward;  /* asked for an application's host: any Host and Origin, that host's cookie, HTTP
                      Basic with a personal token (h_forward.c) */
    bool half;     /* also a session that lacks a factor yet */
    bool cors_any; /* any Origin may read the answer, without credentials */
    const char *audience;         /* of a JWT, below the issuer; NULL: /api/v1 */
    bool own_audience;            /* a JWT may also be for this very path */
    const char *scope;            /* that a JWT must have (RFC 6750 section 3.1); NULL: none */
    bool in_optional;             /* an empty body stands for {} */
    const struct shape *query;    /* NULL: no query parameter is known */
    const struct shape *out;      /* of a 2xx answer, for OpenAPI and encoding */
    bool own_token;               /* its bearer is no token to look up: the handler reads it */
    const struct shape *out_also; /* a second form that the answer may have */
    bool out_list;                /* a page of .out */
    bool events;                  /* the answer is a stream of events with .out as their data */
    const char *audit;  /* action of the event that success (and refusal) writes; wanted of every
                           TX_WRITE row */
    handler_f *prepare; /* optional: slow work before the transaction (HOUSE, step 9) */
    undo_f *undo;       /* optional, where .prepare has set `made`: what it made outside the store
                           goes, because nothing was written; on any thread, and quick */
    handler_f *finish;  /* optional: makes the reply after COMMIT, on a worker, where the handler
                           made none; act.db is not its */
    const char *doc;    /* one sentence */
};

/* The row's own class; urgent rows are LOAD_URGENT, what a permission lets change is LOAD_ADMIN,
 * the rest is LOAD_BULK. */
enum load_class route_class(const struct route *r);

/* May a browser's session act here? Pages, and what people and administrators call; never what
 * devices call. A row that says .cookie may too. */
bool route_takes_cookie(const struct route *r);
/* The shape of the body, JSON or form; NULL: it takes none. */
static inline const struct shape *route_body(const struct route *r)
{
    return r->form != NULL ? r->form : r->in;
}

#define MAY(p) .may = PERM_##p, .check = true

struct route_table {
    const struct route *rows;
    size_t n;
};

/* All rows, part by part (routes.c). */
extern const struct route_table *const route_parts[];
extern const size_t route_parts_n;

#endif
