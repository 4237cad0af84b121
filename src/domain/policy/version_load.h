/* SPDX-License-Identifier: Apache-2.0 */
/* A version of a plan as the merge takes it. */
#ifndef DOMAIN_POLICY_VERSION_LOAD_H
#define DOMAIN_POLICY_VERSION_LOAD_H

#include "domain/policy/config.h"
#include "domain/policy/resolve.h"

struct loaded_version {
    struct resolve_version words; /* borrowed from what follows, and from the arena */
    int64_t number;               /* of the policy; 0: a draft */
    size_t content_n;             /* bytes of its text */
    struct json *content;         /* owned */
    struct json *locks;           /* owned: the list of them */
};

/* An entry that has a version. E_CORRUPT: stored content is not what was published. E_NOT_FOUND:
 * the version was deleted since. E_NO_MEMORY. */
err_t version_load(struct act *act, struct arena *a, const struct config_plan *plan,
                   const struct config_entry *entry, struct loaded_version *ret) MUST_USE;
void loaded_version_fini(struct loaded_version *v); /* zeroed is fine */
static inline void loaded_version_finip(struct loaded_version *v)
{
    loaded_version_fini(v);
}

#endif
