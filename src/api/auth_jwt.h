/* SPDX-License-Identifier: Apache-2.0 */
/* Inside api: access tokens of people and applications as bearers. */
#ifndef API_AUTH_JWT_H
#define API_AUTH_JWT_H

#include "api/request.h"
#include "api/services.h"
#include "domain/identity/actor_load.h"
#include "domain/oauth/access_token.h"

/* Two dots: no opaque token has any. */
bool auth_is_jwt(str_t token);
/* The credential of the field Authorization, whose form was checked; and its scheme. */
str_t auth_bearer(const struct http_xchg *x);
bool auth_scheme_is_dpop(const struct http_xchg *x);

/* The token alone: our signature, its time, and `path` of this server in its audience. No store.
 * E_UNAUTHENTICATED. */
err_t auth_jwt_verify(const struct services *sv, struct act *act, str_t text, const char *path,
                      struct access_claims *ret) MUST_USE;
/* Signature, audience of the row, and what it stands on. In a transaction, on a worker or the
 * writer. ret_keep: memory may know it by its hash; false: each request has something of its own to
 * prove. E_UNAUTHENTICATED. */
err_t auth_jwt(struct request *rq, bool again, struct actor_loaded *ret, bool *ret_keep) MUST_USE;

#endif
