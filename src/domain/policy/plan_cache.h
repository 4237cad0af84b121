/* SPDX-License-Identifier: Apache-2.0 */
/* What the plans of many devices have in common, read once: for whoever plans a fleet in one
 * transaction. */
#ifndef DOMAIN_POLICY_PLAN_CACHE_H
#define DOMAIN_POLICY_PLAN_CACHE_H

#include "base/map.h"
#include "domain/policy/config.h"
#include "sql/policy.h"

enum { PLAN_CACHE_MAX = 4096, PLAN_CACHE_ARENA_MAX = 32 * 1024 * 1024 };

struct plan_cached {
    int kind; /* of the scope; 0: a policy without a rollout */
    oid_t id;
    struct row_plan_entry *rows;
    size_t n;
};

struct plan_cache {
    struct arena *arena; /* owned: the rows */
    struct map index;
    struct plan_cached *known;
    size_t n;
};

err_t plan_cache_init(struct plan_cache *c) MUST_USE; /* E_NO_MEMORY */
void plan_cache_fini(struct plan_cache *c);           /* zeroed is fine */

/* NULL: not known. */
const struct plan_cached *plan_cache_find(const struct plan_cache *c, int kind, oid_t id);
/* Nothing is kept where there is no room any more. */
err_t plan_cache_keep(struct plan_cache *c, const struct plan_cached *what) MUST_USE;

#endif
