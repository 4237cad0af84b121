/* SPDX-License-Identifier: Apache-2.0 */
/* What changes from one version of a policy to another. */
#ifndef DOMAIN_POLICY_VERSION_DIFF_H
#define DOMAIN_POLICY_VERSION_DIFF_H

#include "domain/policy/policy.h"
#include "domain/policy/preview.h"

struct version_diff {
    struct row_policy_version from;
    struct row_policy_version to;
    struct preview_change *changes; /* of the content, by pointer: a null is a value here */
    size_t changes_n;
    const str_t *unlocked; /* locks of `from` that `to` lacks */
    size_t unlocked_n;
    const str_t *locked; /* and the other way round */
    size_t locked_n;
};

/* E_NOT_FOUND: no such policy or version here. All in act->arena. */
err_t version_diff(struct act *act, oid_t policy, int64_t from, int64_t to,
                   struct version_diff *ret) MUST_USE;

#endif
