/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small JSON documents of clients that stand elsewhere: key sets (`jwks_uri`) and metadata. Fetched
 * by a worker in a prepare step, through the guard of plat/http/outbound, few at a time, and kept
 * for a while, failures too: whoever names a document does not decide how often it is fetched.
 */
#ifndef API_REMOTE_DOC_H
#define API_REMOTE_DOC_H

#include "api/request.h"

enum { REMOTE_DOCS_MAX = 64, REMOTE_DOC_FLIGHTS_MAX = 2, REMOTE_DOC_MAX = 64 * 1024 };
#define REMOTE_DOC_LIFE      DUR_S(300)
#define REMOTE_DOC_LIFE_FAIL DUR_S(30)
#define REMOTE_DOC_WITHIN    DUR_S(5)

struct remote_docs;
err_t remote_docs_new(struct remote_docs **ret) MUST_USE;
void remote_docs_free(struct remote_docs *d); /* NULL is fine */

struct remote_doc_ask {
    str_t url;
    size_t max; /* bytes; at most REMOTE_DOC_MAX */
    bool fresh; /* what was kept will not do, unless it is younger than REMOTE_DOC_LIFE_FAIL */
};
/* The body of a 200 answer of type JSON, in the arena. E_FORBIDDEN: that address may not be called.
 * E_OVERLOADED: too many are under way. E_IO: anything else; act->why says what. */
err_t remote_doc_get(struct request *rq, const struct remote_doc_ask *ask, str_t *ret) MUST_USE;

#endif
