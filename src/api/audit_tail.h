/* SPDX-License-Identifier: Apache-2.0 */
/* The record as it is written (tail.h), read from the store by a worker each time something durable
 * was added. The `id` is `seq`. Nothing is kept for a slow reader but his place: once the chain is
 * AUDIT_TAIL_BEHIND_MAX events ahead of it, he goes on that far from its end. */
#ifndef API_AUDIT_TAIL_H
#define API_AUDIT_TAIL_H

#include "api/shapes_audit.h"

enum { AUDIT_TAIL_BEHIND_MAX = 1000 };

/* On a worker, in a read transaction: into request.tail. E_OVERLOADED: so many follow already. */
err_t audit_tail_make(struct request *rq, const struct audit_filter *f) MUST_USE;

#endif
