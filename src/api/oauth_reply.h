/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals of OAuth rows (.oauth): the object of RFC 6749 section 5.2, never to be stored. What a
 * handler returns as an err_t has its name there from err.def. */
#ifndef API_OAUTH_REPLY_H
#define API_OAUTH_REPLY_H

#include "api/request.h"

/* `error`: a literal, a name of an RFC; `text`: one sentence for whoever writes the client. What
 * was written in this transaction is rolled back. "invalid_client" answers 401, others 400. */
err_t oauth_fail(struct request *rq, const char *error, const char *text) MUST_USE;
/* The same, but what was written stays: the tokens of a code that came twice are ended, say. */
err_t oauth_fail_keep(struct request *rq, const char *error, const char *text) MUST_USE;
/* Cache-Control and Pragma of RFC 6749 section 5.1, for answers that are no refusals too: in each
 * answer of an .oauth row by itself. */
void oauth_head(struct buf *head);
/* The status and body of a refusal. `error` NULL: the one of err.def. */
int oauth_refusal(struct buf *body, err_t e, const char *error, const struct diag *why);

#endif
