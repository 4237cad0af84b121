/* SPDX-License-Identifier: Apache-2.0 */
/* The end of one access token, before its time (RFC 7009): with its grant, where it has one; else
 * it is remembered as ended for as long as it could have lived. */
#ifndef DOMAIN_OAUTH_REVOKE_H
#define DOMAIN_OAUTH_REVOKE_H

#include "domain/live/act.h"
#include "domain/oauth/access_token.h"

/* In act->org. Of one that has ended already nothing changes. */
err_t access_token_revoke(struct act *act, const struct access_claims *c) MUST_USE;
err_t access_token_is_revoked(struct act *act, const struct access_claims *c, bool *ret) MUST_USE;

#endif
