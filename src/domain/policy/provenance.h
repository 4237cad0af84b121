/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who said what while a configuration was resolved (FLEET "Resolution" 4): every leaf of the result
 * has exactly one source. A leaf is what is no object, or an object without members; an array is
 * one leaf. A resolve notes its words here in order (resolve_record()); provenance_leaves() then
 * tells the leaves of the result.
 */
#ifndef DOMAIN_POLICY_PROVENANCE_H
#define DOMAIN_POLICY_PROVENANCE_H

#include "base/opt.h"
#include "domain/policy/merge.h"

struct said { /* a word of the merge that is kept */
    enum merge_how how;
    str_t pointer;
    const struct json *value; /* borrowed; NULL: {} */
    size_t source;
};

struct said_lock {
    str_t pointer;
    size_t source;
    struct said_lock *next;
};

struct said_enabled {
    bool value;
    bool refused; /* by the lock */
    size_t source;
    struct said_enabled *next;
};

struct provenance {
    struct arena *arena; /* borrowed; its limit is the limit of what is noted */
    str_t only; /* a checked pointer: what lies neither at, inside nor above it is not noted */
    struct said *words;
    size_t n, room;
    struct said_lock *locks; /* in order; what an earlier level locked comes first */
    struct said_lock **locks_last;
    struct said_enabled *enabled; /* in order */
    struct said_enabled **enabled_last;
    opt_i64_t enabled_lock; /* the source of the first */
};

/* `only`: "" notes everything. */
void provenance_init(struct provenance *p, struct arena *a, str_t only);

/* For resolve. E_NO_MEMORY: the arena's limit. */
merge_note_f provenance_note;
err_t provenance_lock(struct provenance *p, str_t pointer, size_t source) MUST_USE;
err_t provenance_enabled(struct provenance *p, bool value, size_t source, bool refused) MUST_USE;
void provenance_enabled_lock(struct provenance *p, size_t source);

/* The lock that binds what stands at a pointer: the first at or above it, else the first below it,
 * because that keeps the path to it as well. NULL: none. */
const struct said_lock *provenance_lock_at(const struct provenance *p, str_t pointer);
/* The lock by which a word was refused: the first at, inside or above its pointer. */
const struct said_lock *provenance_refuser(const struct provenance *p, str_t pointer);

/* Does one of the pointers lie at, inside or above the other? */
bool pointers_related(str_t a, str_t b);

struct said_list {
    const struct said **v;
    size_t n;
};

struct said_leaf {
    str_t pointer;
    const struct json *value; /* NULL: nothing stands there any more */
    const struct said *by;
    struct said_list shadowed; /* what earlier versions said at, inside or above it, in order */
    struct said_list refused;  /* what a lock refused there, in order */
};

typedef err_t said_leaf_f(void *arg, const struct said_leaf *leaf);

/* Each leaf of the result that is not left out by `only`, in the order of member names by bytes,
 * each once. The lists live during the call only, in `scratch`. */
err_t provenance_leaves(struct provenance *p, const struct json *value, struct arena *scratch,
                        said_leaf_f *each, void *arg) MUST_USE;
/* What a null took away and nobody put back: each pointer that is not there, though the object that
 * had it is. */
err_t provenance_removed(struct provenance *p, const struct json *value, struct arena *scratch,
                         said_leaf_f *each, void *arg) MUST_USE;

#endif
