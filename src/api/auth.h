/* SPDX-License-Identifier: Apache-2.0 */
/* Inside api: what a request proves and where it says it comes from, on the loop. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/route.h"
#include "api/services.h"

err_t auth_token(const struct http_xchg *x, const struct route *route, struct diag *why,
                 digest_t *ret, bool *ret_sent) MUST_USE;
/* What stands in the Authorization field of an OAuth row by Basic is its client's (basic_auth.h).
 */
bool auth_is_client(const struct http_xchg *x, const struct route *route);
/* The cookie of a session, where the row takes one and no Authorization was sent. False: there is
 * none, or none that this server could have made. */
bool auth_cookie(const struct settings *s, const struct http_xchg *x, const struct route *route,
                 digest_t *ret);
err_t auth_token_spelt(const struct http_xchg *x, struct diag *why) MUST_USE;
err_t auth_host(const struct settings *s, const struct http_xchg *x) MUST_USE;
err_t auth_origin(const struct settings *s, const struct http_xchg *x, const struct route *route,
                  bool *ret_cors) MUST_USE;

#endif
