/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grant types of POST /oauth2/token: one row each. A handler proves who asks, decides, and ends
 * with token_answer(); what it gives is signed after COMMIT (token_finish).
 */
#ifndef API_TOKEN_GRANTS_H
#define API_TOKEN_GRANTS_H

#include "api/request.h"
#include "api/shapes_oauth.h"
#include "domain/oauth/client.h"
#include "domain/oauth/grant.h"
#include "domain/oauth/id_jag.h"

struct token_grant {
    const char *name;   /* grant_type */
    handler_f *prepare; /* before the transaction, where something is slow; NULL: nothing is */
    handler_f *handler;
};
extern const struct token_grant token_grants[];
extern const size_t token_grants_n;

/* Who asks: the client of the Authorization field or of the form, which has proven itself and may
 * use this grant type. */
err_t token_client(struct request *rq, enum app_grant grant, struct row_application *ret) MUST_USE;
/* The same for other rows that clients call (PAR, introspection, revocation): whatever it may. */
err_t request_client(struct request *rq, const struct client_proof *form,
                     struct row_application *ret) MUST_USE;
/* May the principal of this grant still use the application? E_INVALID_GRANT. */
err_t token_access(struct request *rq, const struct row_application *app,
                   const struct row_oauth_grant *grant, str_t scope) MUST_USE;

/* Which key the tokens of this answer are bound to (RFC 9449); absent: none. E_DPOP_PROOF: they
 * must be, and it proves no key, or another one. */
err_t token_binding(struct request *rq, const struct row_application *app,
                    const struct row_oauth_grant *grant, str_t *ret) MUST_USE;

/* What is to be answered; texts live in the request's arena. */
struct token_plan {
    const struct row_application *app; /* NULL: a service account or device by itself, */
    str_t client_id;                   /* under this name */
    enum actor_kind kind;
    oid_t principal;
    oid_t session; /* zero: none; so the next two */
    oid_t grant;
    oid_t key; /* of a service account, that signed for it */
    str_t scope;
    str_t resource; /* by blanks; empty: as the scopes say */
    str_t refresh;  /* absent: none is given */
    str_t nonce;    /* of the id_token */
    str_t dpop_jkt;
    str_t act; /* `act` of RFC 8693 section 4.1, as JSON */
    str_t issued_token_type;
    const struct id_jag_in *id_jag; /* NULL: an access token */
    dur_t life;
};
/* In the transaction: what the tokens say of the person is read here. With the scope openid and a
 * session an id_token comes along. */
err_t token_answer(struct request *rq, const struct token_plan *plan) MUST_USE;
/* `.finish` of the row. */
err_t token_finish(struct request *rq) MUST_USE;

/* How long tokens last here, where an application says nothing else. */
struct token_lives token_lives_default(const struct services *sv);

err_t token_prepare(struct request *rq);
err_t token_handle(struct request *rq);
err_t token_code(struct request *rq);
err_t token_refresh(struct request *rq);
err_t token_client_credentials(struct request *rq);
err_t token_jwt_bearer_prepare(struct request *rq);
err_t token_jwt_bearer(struct request *rq);
err_t token_exchange_prepare(struct request *rq);
err_t token_exchange(struct request *rq);
err_t token_device_code(struct request *rq);
/* Identity assertions, by the two grant types above: one is given (token exchange), one is taken
 * (jwt-bearer). */
err_t id_jag_give_prepare(struct request *rq);
err_t id_jag_give(struct request *rq);
err_t id_jag_take_prepare(struct request *rq, const struct id_jag_look *look);
err_t id_jag_take(struct request *rq);

#endif
