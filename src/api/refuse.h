/* SPDX-License-Identifier: Apache-2.0 */
/* What a refusal looks like, in the form of its row: problem+json, the object of OAuth, or a page.
 */
#ifndef API_REFUSE_H
#define API_REFUSE_H

#include "api/request.h"

struct refusing {
    const struct route *route; /* NULL: none was found, or it is not known yet */
    const struct http_xchg *x;
    const struct services *services;
    err_t e;
    const struct diag *why; /* may be NULL */
    const struct act *act;  /* with several causes; may be NULL */
    const char *oauth;      /* with E_OAUTH: its name; may be NULL */
    oid_t id;
};

/* Header lines and body, both cleared before; returns the status. */
int refusal_encode(const struct refusing *r, struct buf *head, struct buf *body);
/* The header lines that every answer of a row has. `html`: the page; NULL: none. */
void answer_head_begin(const struct refusing *r, struct buf *head, str_t content_type,
                       const struct html *html);

#endif
