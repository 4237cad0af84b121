/* SPDX-License-Identifier: Apache-2.0 */
/* What goes back to a client through the person's browser (RFC 6749 section 4.1.2), with `iss` (RFC
 * 9207) always: by a redirect, or by a form (OAuth 2.0 Form Post Response Mode). */
#ifndef API_AUTHORIZE_ANSWER_H
#define API_AUTHORIZE_ANSWER_H

#include "api/request.h"
#include "domain/oauth/auth_request.h"

/* Where to; it has been compared with what the client is registered with. */
struct answer_to {
    str_t redirect_uri;
    enum response_mode mode;
    str_t state; /* absent: none was sent */
};
static inline struct answer_to answer_to_row(const struct row_auth_request *row)
{
    return (struct answer_to){ row->redirect_uri, (enum response_mode)row->response_mode,
                               row->state };
}

err_t answer_code(struct request *rq, const struct answer_to *to, str_t code) MUST_USE;
/* What the domain refused: its OAuth name, and act->why for whoever writes the client. What was
 * written stays. */
err_t answer_error(struct request *rq, const struct answer_to *to, err_t e) MUST_USE;
/* Is this for the client, or our own trouble that no client can do anything about? */
bool answer_is_for_client(err_t e);

#endif
