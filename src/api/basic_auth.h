/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Basic (RFC 7617) as OAuth uses it: both halves are encoded like parts of a form (RFC 6749
 * section 2.3.1). */
#ifndef API_BASIC_AUTH_H
#define API_BASIC_AUTH_H

#include "api/request.h"

/* Absent: no Authorization field was sent. E_INVALID_CLIENT: it is none of this kind, or more than
 * one. */
err_t basic_auth(struct request *rq, str_t *ret_id, str_t *ret_secret) MUST_USE;

#endif
