/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Merge Patch (RFC 7386) with locks (FLEET "Resolution" 2). Patches come level by level, the
 * least specific first. A lock freezes its subtree as the levels up to its own left it: what later
 * levels write at, inside or above a locked path is refused whole, and reported where it would
 * have changed something.
 */
#ifndef DOMAIN_POLICY_MERGE_H
#define DOMAIN_POLICY_MERGE_H

#include "plat/json/json.h"

struct merge_refused {
    str_t pointer; /* of the member that was not written, in the arena */
    size_t source; /* of the patch, as merge_apply() was told */
    struct merge_refused *next;
};

struct merge {
    struct arena *arena; /* borrowed: pointers, lists */
    struct json *value;  /* an object, owned */
    struct json *locks;  /* owned: a tree of names; `true` is a locked path, NULL: none */
    struct merge_refused *refused;
    struct merge_refused **refused_last;
};

/* Starts as {} without locks. E_NO_MEMORY. */
err_t merge_init(struct merge *m, struct arena *a) MUST_USE;
void merge_fini(struct merge *m); /* zeroed is fine */

/* Write an object over the value. E_BAD_FIELD: `patch` is no object. After an error the value is
 * half written: give the merge up. */
err_t merge_apply(struct merge *m, const struct json *patch, size_t source) MUST_USE;

/* Later patches respect this path (a checked pointer). To be called after the patches of its whole
 * level. */
err_t merge_lock(struct merge *m, str_t pointer) MUST_USE;

#endif
