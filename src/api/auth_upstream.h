/* SPDX-License-Identifier: Apache-2.0 */
/* Inside api: access tokens of other issuers as bearers of the API. */
#ifndef API_AUTH_UPSTREAM_H
#define API_AUTH_UPSTREAM_H

#include "api/request.h"
#include "domain/identity/actor_load.h"

/*
 * The token acts as the person whom its (iss, sub) is linked to. In a transaction, on a worker;
 * `again`: on the writer, where nobody is asked for keys. E_NOT_FOUND: it is of no issuer that is
 * accepted here. E_UNAUTHENTICATED.
 */
err_t auth_upstream(struct request *rq, str_t token, bool again, struct actor_loaded *ret) MUST_USE;

#endif
