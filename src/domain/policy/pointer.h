/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Pointers (RFC 6901) through object members only: "" is the whole, every token is a name. */
#ifndef DOMAIN_POLICY_POINTER_H
#define DOMAIN_POLICY_POINTER_H

#include "base/buf.h"
#include "base/str.h"
#include "plat/json/json.h"

/* E_BAD_FIELD: neither empty nor beginning with '/', a '~' that is not ~0 or ~1, or deeper than
 * JSON_DEPTH_MAX. */
err_t pointer_check(str_t pointer, struct diag *why) MUST_USE;

/* Take the first token, unescaped, from *rest (a checked pointer). *ret is absent at the end; it is
 * borrowed from the pointer unless it had an escape. E_NO_MEMORY. */
err_t pointer_next(struct arena *a, str_t *rest, str_t *ret) MUST_USE;

/* Does the pointer, followed through `root`, step into an array? */
err_t pointer_meets_array(struct arena *a, str_t pointer, const struct json *root,
                          bool *ret) MUST_USE;

#endif
