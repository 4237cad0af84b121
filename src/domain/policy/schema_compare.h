/* SPDX-License-Identifier: Apache-2.0 */
/* Is a schema stricter than the one before it? */
#ifndef DOMAIN_POLICY_SCHEMA_COMPARE_H
#define DOMAIN_POLICY_SCHEMA_COMPARE_H

#include "domain/policy/config_schema.h"

/*
 * What was allowed by `from` and may not be by `to`, by their text alone, added to *ret: a required
 * member more, a type, value or bound less, additionalProperties closed. What cannot be compared
 * (anyOf, pattern, $ref and their like) counts when it is there now and was otherwise. A schema for
 * a member that had none is no such change: whether it breaks something the policies tell.
 * E_NO_MEMORY.
 */
err_t schema_compare(struct arena *a, const struct json *from, const struct json *to,
                     struct schema_breaks *ret) MUST_USE;

#endif
