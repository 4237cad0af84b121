/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small JSON documents that stand elsewhere: key sets (`jwks_uri`) and metadata, of clients and of
 * other issuers. Fetched by a worker in a prepare step, through the guard of plat/http/outbound,
 * and kept for a while, failures too: whoever names a document does not decide how often it is
 * fetched (IDENTITY 65).
 */
#ifndef API_REMOTE_DOC_H
#define API_REMOTE_DOC_H

#include "api/request.h"

enum { REMOTE_DOCS_MAX = 64, REMOTE_DOC_MAX = 64 * 1024, REMOTE_FLIGHTS_MAX = 2 };
#define REMOTE_DOC_WITHIN DUR_S(5)

struct remote_docs; /* a table of them; strangers' have one of their own */
err_t remote_docs_new(struct remote_docs **ret) MUST_USE;
void remote_docs_free(struct remote_docs *d); /* NULL is fine */

struct remote_doc_rules {
    int64_t life_s;  /* what was fetched is good so long */
    int64_t again_s; /* an address is asked no oftener, whatever came of it */
    bool outlives;   /* what was good is used on where a newer one cannot be had */
};
enum remote_doc_how {
    REMOTE_KNOWN,  /* fetched where memory has nothing, or what it has is old */
    REMOTE_NEWER,  /* what memory has will not do */
    REMOTE_CACHED, /* what memory has; nobody is asked: on the writer */
};
struct remote_doc_ask {
    struct remote_docs *docs;
    const struct remote_doc_rules *rules;
    enum remote_doc_how how;
    str_t url;
    size_t max; /* bytes */
    /* Is it what it should be? Else it counts as not to be had, with this error. NULL: any. */
    err_t (*check)(struct request *rq, const void *arg, str_t text);
    const void *arg;
};
/* The body of a 200 answer of type JSON, in the arena. E_FORBIDDEN: that address may not be called.
 * E_OVERLOADED: too many calls are under way, or memory has nothing. E_IO: anything else;
 * act->why says what. Or what `check` said. */
err_t remote_doc_get(struct request *rq, const struct remote_doc_ask *ask, str_t *ret) MUST_USE;

#endif
