/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other issuers publish (remote_doc.h): metadata (OpenID Connect Discovery 1.0) and key set.
 * A token that names a key which is not there has the set fetched anew, but an issuer is asked at
 * most every UPSTREAM_AGAIN_S, whatever tokens come; one that is away is believed as before.
 */
#ifndef API_UPSTREAM_DOCS_H
#define API_UPSTREAM_DOCS_H

#include "api/remote_doc.h"

enum { UPSTREAM_AGAIN_S = 10, UPSTREAM_LIFE_S = 3600 };

struct upstream_doc { /* in the request's arena */
    str_t authorization_endpoint;
    str_t token_endpoint;
    str_t jwks; /* text */
    bool basic; /* the token endpoint takes the secret in Authorization */
};
/* REMOTE_NEWER: the set at hand lacks a key. E_FORBIDDEN: what it publishes cannot be used.
 * E_OVERLOADED: it did not answer just now, or other calls are under way. */
err_t upstream_doc_get(struct request *rq, str_t issuer, enum remote_doc_how how,
                       struct upstream_doc *ret) MUST_USE;

#endif
