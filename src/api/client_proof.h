/* SPDX-License-Identifier: Apache-2.0 */
/* What a client proves by a signature: an assertion instead of a secret (RFC 7523 section 2.2), and
 * the key that its tokens are bound to (RFC 9449). Both are looked at before the transaction. */
#ifndef API_CLIENT_PROOF_H
#define API_CLIENT_PROOF_H

#include "api/request.h"
#include "domain/access/application.h"
#include "domain/oauth/assertion.h"

#define CLIENT_ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* Who signed: a service account (its own client), or an application by keys of its own. */
struct client_proven {
    struct assertion assertion; /* of an application: kind ACTOR_NONE, principal is its id */
    struct row_application app; /* of an application only */
};

struct client_words { /* of the form; absent: not sent */
    str_t client_id;
    str_t assertion_type;
    str_t assertion;
};
/* In prepare: sets rq->proven where there is an assertion. E_INVALID_CLIENT, E_INVALID_REQUEST. */
err_t client_assertion_prepare(struct request *rq, const struct client_words *words) MUST_USE;
/* In the transaction, with rq->proven set: the application, its assertion spent. E_INVALID_CLIENT:
 * used already, switched off meanwhile, or a service account, which is no application. */
err_t client_proven_application(struct request *rq, struct row_application *ret) MUST_USE;

/* In prepare: the field DPoP, where it was sent; sets rq->dpop_jkt. E_DPOP_PROOF, E_DPOP_NONCE. */
err_t dpop_prepare(struct request *rq) MUST_USE;
/* The same for a bound access token, anywhere: is it this key's? E_UNBOUND, E_UNBOUND_NONCE. */
err_t dpop_check_bound(struct request *rq, str_t access_token, str_t jkt) MUST_USE;

#endif
