/* SPDX-License-Identifier: Apache-2.0 */
/* From the claims of an access token to who acts by it: what the token stands on is asked each time
 * that memory does not know it. */
#ifndef DOMAIN_OAUTH_ACCESS_LOAD_H
#define DOMAIN_OAUTH_ACCESS_LOAD_H

#include "domain/identity/actor_load.h"
#include "domain/oauth/access_token.h"

/* E_UNAUTHENTICATED: its grant, session, key or application has ended, or its principal is gone.
 * What he may is cut to what the scope gives; it is good as long as all of it is. */
err_t access_token_load(struct act *act, const struct access_claims *c,
                        struct actor_loaded *ret) MUST_USE;

#endif
