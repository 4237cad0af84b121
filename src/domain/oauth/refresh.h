/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refresh tokens ("sen_r_"): each is good once and gives its successor, whose text is derived from
 * it by HMAC, so that a client which lost the answer gets the same one again within the grace (RFC
 * 9700 section 4.14). Shown after that, or once its successor has been used, it was stolen: the
 * grant ends.
 */
#ifndef DOMAIN_OAUTH_REFRESH_H
#define DOMAIN_OAUTH_REFRESH_H

#include "domain/oauth/grant.h"

/* The numbers are those of the column refresh_token.state. */
enum refresh_state { REFRESH_CURRENT = 1, REFRESH_FOLLOWED };

/* How often a rotated token may be shown within its grace. */
enum { REFRESH_REUSE_MAX = 32 };
#define REFRESH_GRACE_PUBLIC DUR_S(30)

/* The first of a grant, which lasts at least as long. The caller wipes the text. */
err_t refresh_issue(struct act *act, const struct row_oauth_grant *grant, dur_t life,
                    struct token_text *ret) MUST_USE;

struct refresh_ask {
    str_t text;
    oid_t application; /* that asks; zero: this server's own API */
    dur_t life;        /* of the successor */
    dur_t grace;       /* zero: strict */
};

enum refresh_found {
    REFRESH_NONE,
    REFRESH_ROTATED,
    REFRESH_AGAIN,  /* within the grace: the same successor once more */
    REFRESH_REUSED, /* the grant was ended: that must be committed, and the request refused */
};

struct refresh_out {
    enum refresh_found found;
    struct row_oauth_grant grant;
    struct token_text next; /* the caller wipes it */
};

/* The grant that a token belongs to, for what must be known before it is used: E_INVALID_GRANT
 * where there is none, or it is another application's. */
err_t refresh_grant(struct act *act, str_t text, oid_t application,
                    struct row_oauth_grant *ret) MUST_USE;
/* E_INVALID_GRANT: not known, run out, another application's, or its grant is not live; nothing has
 * changed then. */
err_t refresh_use(struct act *act, const struct refresh_ask *ask, struct refresh_out *ret) MUST_USE;

#endif
