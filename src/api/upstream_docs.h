/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other issuers publish, in memory: metadata (OpenID Connect Discovery 1.0) and key set.
 * Fetched by who needs it first, from a prepare step. A token that names a key which is not there
 * has the set fetched anew, but an issuer is asked at most every UPSTREAM_AGAIN, whatever tokens
 * come (IDENTITY 65).
 */
#ifndef API_UPSTREAM_DOCS_H
#define API_UPSTREAM_DOCS_H

#include "api/request.h"

#define UPSTREAM_AGAIN DUR_S(10)
#define UPSTREAM_LIFE  DUR_HOURS(1)

struct upstream_docs;

err_t upstream_docs_new(struct upstream_docs **ret) MUST_USE;
void upstream_docs_free(struct upstream_docs *d); /* NULL is fine */

struct upstream_doc { /* in the request's arena */
    str_t authorization_endpoint;
    str_t token_endpoint;
    str_t jwks; /* text */
    bool basic; /* the token endpoint takes the secret in Authorization */
};
enum upstream_ask {
    UPSTREAM_CACHED,     /* what memory has; nobody is asked: on the writer */
    UPSTREAM_KNOWN,      /* the issuer is asked where memory has nothing, or what it has is old */
    UPSTREAM_OTHER_KEYS, /* the set at hand lacks a key */
};
/* E_FORBIDDEN: what it publishes cannot be used.
 * E_OVERLOADED: it did not answer just now, or other calls are under way. */
err_t upstream_doc_get(struct request *rq, str_t issuer, enum upstream_ask how,
                       struct upstream_doc *ret) MUST_USE;

#endif
