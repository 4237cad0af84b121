/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Merge Patch (RFC 7386) with locks (FLEET "Resolution" 2). Patches come level by level, the
 * least specific first. A lock freezes its subtree as the levels up to its own left it: what later
 * levels write at, inside or above a locked path is refused whole, and noted where it would have
 * changed something.
 */
#ifndef DOMAIN_POLICY_MERGE_H
#define DOMAIN_POLICY_MERGE_H

#include "plat/json/json.h"

enum merge_how {
    MERGE_WROTE,   /* a value that is no object, or a part of a new object */
    MERGE_REMOVED, /* null, where something stood */
    MERGE_NOTHING, /* null, where nothing stood */
    MERGE_EMPTIED, /* an object of which no member is left, or that never had one */
    MERGE_REFUSED, /* a lock did not allow it, and it would have changed something */
};

/* What a patch did at one pointer. */
struct merge_word {
    enum merge_how how;
    str_t pointer;            /* valid during the call */
    const struct json *value; /* borrowed from the patch; NULL for MERGE_EMPTIED */
    size_t source;            /* of the patch, as merge_apply() was told */
};

typedef err_t merge_note_f(void *arg, const struct merge_word *word);

struct merge {
    struct arena *arena; /* borrowed: pointers */
    struct json *value;  /* an object, owned */
    struct json *locks;  /* owned: a tree of names; `true` is a locked path, NULL: none */
    merge_note_f *note;  /* told of every word in order, if somebody wants to know; NULL: nobody */
    void *note_arg;
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
