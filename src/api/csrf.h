/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against requests that another site makes a browser send (SAFETY rule 12): whatever changes
 * something by cookie needs a token that only our own pages know. It is a MAC over the hash of the
 * session's cookie; before anybody is signed in a random cookie plays the session's part, so that
 * nobody can be signed in to an account that is not his either.
 */
#ifndef API_CSRF_H
#define API_CSRF_H

#include "api/request.h"

#define CSRF_FIELD  STR("csrf")           /* of a form */
#define CSRF_HEADER STR("Seneschal-CSRF") /* of a JSON call */

/* The token for the forms of this answer; sets the cookie of who is not signed in where it is
 * missing. */
err_t csrf_token(struct request *rq, str_t *ret) MUST_USE;
/* The cookie of a browser in which nobody is signed in yet; set where it is missing. */
err_t csrf_pre(struct request *rq, str_t *ret) MUST_USE;
str_t csrf_pre_sent(const struct request *rq); /* absent: it was not sent */
/* Before the handler: E_FORGED unless the request came from a page of ours. Rows that change
 * nothing, and credentials that no browser sends by itself, need nothing. */
err_t csrf_check(struct request *rq) MUST_USE;

#endif
