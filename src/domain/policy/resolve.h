/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The effective configuration as a pure function of policy versions (FLEET "Resolution" 1, 2, 7):
 * resolve_add() each version in the order in which they apply, resolve_finish() gives the body.
 */
#ifndef DOMAIN_POLICY_RESOLVE_H
#define DOMAIN_POLICY_RESOLVE_H

#include "base/opt.h"
#include "domain/policy/merge.h"

/* In `locked`, this word freezes the `enabled` of the answer; it is no JSON Pointer, so that it
 * cannot be mistaken for a member of the configuration. */
#define RESOLVE_LOCK_ENABLED STR("enabled")

struct resolve_version {
    int level;                  /* never falls from one version to the next */
    const struct json *content; /* an object, borrowed for the call */
    const str_t *locked; /* checked pointers, or RESOLVE_LOCK_ENABLED; borrowed for the call */
    size_t locked_n;
    opt_bool_t enabled;
    str_t version; /* "YYYY-MM-DD.n" */
    str_t day;     /* its halves, by which versions are compared */
    int64_t day_number;
};

struct resolve_lock {
    str_t pointer;
    struct resolve_lock *next;
};

struct provenance;

struct resolve {
    struct merge merge;
    struct provenance *provenance; /* who said what, if somebody wants to know; NULL: nobody */
    size_t versions_n;
    int level;                    /* of the newest version that was added */
    struct resolve_lock *pending; /* of that level: in force from the next level on */
    bool enabled_pending;
    bool enabled_locked;
    opt_bool_t enabled;
    str_t newest;
    str_t newest_day;
    int64_t newest_number;
};

/* `a` is borrowed until resolve_fini. E_NO_MEMORY. */
err_t resolve_init(struct resolve *r, struct arena *a) MUST_USE;
/* From now on note who says what; versions are numbered from 0 as they are added, and their content
 * must live as long as `p` is read. */
void resolve_record(struct resolve *r, struct provenance *p);
void resolve_fini(struct resolve *r); /* zeroed is fine */
static inline void resolve_finip(struct resolve *r)
{
    resolve_fini(r);
}

err_t resolve_add(struct resolve *r, const struct resolve_version *v) MUST_USE;

bool resolve_enabled(const struct resolve *r);

/* The canonical {"config":{...},"enabled":...,"version":...}; errors stick in the buffer. */
void resolve_write(const struct resolve *r, struct buf *out);

#endif
