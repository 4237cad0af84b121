/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assignments bind a policy to a scope: pinned to a version, or following the newest published one.
 * Global ones belong to the organisation `default` and want system:admin. All in act->org.
 */
#ifndef DOMAIN_POLICY_ASSIGNMENT_H
#define DOMAIN_POLICY_ASSIGNMENT_H

#include "base/opt.h"
#include "domain/live/act.h"
#include "sql/policy.h"

enum {
    ASSIGNMENT_PRIORITY = 100, /* when none is given */
    ASSIGNMENT_TARGET_MAX = 100,
    ASSIGNMENT_POLICY_MAX = 5000,
};

const char *scope_name(enum scope_kind k); /* "global" "org" "group" "user" "device" */
err_t scope_parse(str_t name, enum scope_kind *ret) MUST_USE; /* E_BAD_FIELD */

/* E_FORBIDDEN: the scope is global, and the actor no system administrator. */
err_t assignment_may_touch(struct act *act, enum scope_kind scope) MUST_USE;
/* Hold a scope and its target to the rules, and fill in the target of what has only one. The errors
 * of assignment_create. */
err_t assignment_place(struct act *act, enum scope_kind scope, oid_t *target) MUST_USE;

struct assignment_in {
    oid_t policy_id;
    enum scope_kind scope;
    oid_t target_id;    /* zero for global and org */
    opt_i64_t priority; /* unset: ASSIGNMENT_PRIORITY, in a change as it is */
    opt_i64_t number; /* of a published version; unset: follows, in a change as it is; 0: follows */
};

/* May it be made, in the place of `own` if that is set? Fills in the target of a scope that has
 * only one. The errors of making it. */
err_t assignment_check(struct act *act, struct assignment_in *at, oid_t own) MUST_USE;

struct assignment_filter { /* zero: any */
    oid_t policy_id;
    enum scope_kind scope;
    oid_t target_id;
};

/*
 * E_NOT_FOUND: no such policy or target here. E_BAD_FIELD: target and scope do not fit, or the
 * number is not of a published version. E_CONFLICT: the policy is assigned to this target already,
 * or there are too many; or its rollout would reach
 * a device of another one. E_FORBIDDEN: as above.
 */
err_t assignment_create(struct act *act, const struct assignment_in *in,
                        struct row_assignment *ret) MUST_USE;
err_t assignment_get(struct act *act, oid_t id, struct row_assignment *ret) MUST_USE;
/* In order of making. */
err_t assignment_list(struct act *act, const struct assignment_filter *f, oid_t after,
                      int64_t limit, struct row_assignment **ret, size_t *ret_n) MUST_USE;
/* SCOPE 0 in `in`: where it is; the policy stays. The errors of assignment_create. */
err_t assignment_change(struct act *act, const struct row_assignment *old,
                        const struct assignment_in *in, struct row_assignment *ret) MUST_USE;
err_t assignment_delete(struct act *act, const struct row_assignment *old) MUST_USE;

/* A group, user or device is going away: so do its assignments. */
err_t assignment_forget(struct act *act, enum scope_kind scope, oid_t target) MUST_USE;

#endif
