/* SPDX-License-Identifier: Apache-2.0 */
/* Who of ours came by another issuer, and what the record says of it. */
#ifndef API_UPSTREAM_WHO_H
#define API_UPSTREAM_WHO_H

#include "api/request.h"
#include "domain/signin/upstream.h"

/* upstream_person() with its events. `groups`: those that the provider maps follow his claim; the
 * record has what that opens and shuts. E_FORBIDDEN: nobody is linked. */
err_t upstream_who(struct request *rq, const struct row_provider *p,
                   const struct upstream_identity *who, bool groups, oid_t *ret) MUST_USE;

#endif
