/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies and their versions. A version is a draft until it is published; from then on it never
 * changes. All in act->org; an id of another organisation is E_NOT_FOUND. Results live in
 * act->arena.
 */
#ifndef DOMAIN_POLICY_POLICY_H
#define DOMAIN_POLICY_POLICY_H

#include "domain/live/act.h"
#include "sql/policy.h"

enum policy_state { POLICY_DRAFT, POLICY_PUBLISHED }; /* as stored */

enum { POLICY_CONTENT_MAX = 256 * 1024, POLICY_LOCKS_MAX = 1000, POLICY_LOCK_TEXT_MAX = 1024 };

const char *policy_state_name(int64_t state); /* "draft" "published" */

struct policy_words {
    str_t name;        /* absent in a change: as it is */
    str_t description; /* the same; empty: none */
};

/* E_CONFLICT: the organisation has a policy of that name. */
err_t policy_create(struct act *act, const struct policy_words *in,
                    struct row_policy_info *ret) MUST_USE;
err_t policy_get(struct act *act, oid_t id, struct row_policy_info *ret) MUST_USE;
struct policy_filter { /* zero: any */
    str_t search;      /* a part of the name, A to Z in either case */
    oid_t group;       /* that it is assigned to */
};
/* In order of making. */
err_t policy_list(struct act *act, const struct policy_filter *f, oid_t after, int64_t limit,
                  struct row_policy_info **ret, size_t *ret_n) MUST_USE;
err_t policy_change(struct act *act, oid_t id, const struct policy_words *in,
                    struct row_policy_info *ret) MUST_USE;
/* With all its versions. E_CONFLICT: it is assigned, or a rollout of it is under way. */
err_t policy_delete(struct act *act, oid_t id) MUST_USE;

struct policy_content {
    str_t content; /* canonical text of a JSON object, at most POLICY_CONTENT_MAX */
    str_t locked;  /* text of a JSON array of JSON Pointers or "enabled"; absent: none */
    opt_bool_t enabled;
};

/* What a draft must keep to be saved; *ret_locked: its locks as they are stored. */
err_t policy_content_check(struct act *act, const struct policy_content *in,
                           str_t *ret_locked) MUST_USE;
/* A new draft. E_BAD_FIELD: a lock is no JSON Pointer through object members, a secret stands in
 * the content (content_check.h), or it does not obey a schema (config_schema.h). */
err_t policy_version_make(struct act *act, oid_t policy, const struct policy_content *in,
                          struct row_policy_version *ret) MUST_USE;
err_t policy_version_find(struct act *act, oid_t policy, int64_t number,
                          struct row_policy_version *ret) MUST_USE;
/* Newest first, below the number `before`. */
err_t policy_version_page(struct act *act, oid_t policy, int64_t before, int64_t limit,
                          struct row_policy_version_line **ret, size_t *ret_n) MUST_USE;
/* A draft that was read in this transaction. E_CONFLICT: it is published. */
err_t policy_version_change(struct act *act, const struct row_policy_version *draft,
                            const struct policy_content *in,
                            struct row_policy_version *ret) MUST_USE;
err_t policy_version_delete(struct act *act, const struct row_policy_version *draft) MUST_USE;

/* E_CONFLICT: it is published, or a rollout of the policy is under way. E_BAD_FIELD: as when it is
 * saved. E_FORBIDDEN: what follows it is global, and the actor no system administrator. */
err_t policy_publish(struct act *act, const struct row_policy_version *draft,
                     struct row_policy_version *ret) MUST_USE;
/* The draft is published, but what follows the policy does not get it: for rollouts, and the first
 * part of the above. */
err_t policy_issue(struct act *act, const struct row_policy_version *draft) MUST_USE;
/* What unpinned assignments follow from now on; who calls it tells the scopes that do. */
err_t policy_set_newest(struct act *act, oid_t policy, oid_t version) MUST_USE;
/* E_FORBIDDEN: as above. */
err_t policy_tell_followers(struct act *act, oid_t policy) MUST_USE;
/* A new published version with the content of an old one. E_CONFLICT: that one is a draft. */
err_t policy_rollback(struct act *act, oid_t policy, int64_t number,
                      struct row_policy_version *ret) MUST_USE;

#endif
