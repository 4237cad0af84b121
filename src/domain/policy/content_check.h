/* SPDX-License-Identifier: Apache-2.0 */
/* What the content of a version must keep when it is saved, and once more when it is published. */
#ifndef DOMAIN_POLICY_CONTENT_CHECK_H
#define DOMAIN_POLICY_CONTENT_CHECK_H

#include "domain/live/act.h"
#include "plat/json/json.h"
#include "sql/policy.h"

/* E_BAD_FIELD with each finding in act->flaws: the JSON Pointer of it, below "/content" or
 * "/locked", and its kind; never the value. */
err_t content_refuse_secrets(struct act *act, const struct json *content,
                             const struct json *locked) MUST_USE;

/* A stored version, which may be older than a rule or a schema: secrets, then schemas. The same
 * errors; E_CORRUPT: it is not what was written. */
err_t content_check_stored(struct act *act, const struct row_policy_version *v) MUST_USE;

#endif
