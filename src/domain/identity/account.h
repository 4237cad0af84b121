/* SPDX-License-Identifier: Apache-2.0 */
/* What users, service accounts and groups have in common: states, canonical names, roles, and who
 * may give them. */
#ifndef DOMAIN_IDENTITY_ACCOUNT_H
#define DOMAIN_IDENTITY_ACCOUNT_H

#include "base/opt.h"
#include "domain/live/act.h"

enum { NAMES_COUNT_MAX = 100000 }; /* a list is counted exactly up to this */

/* Zero is safe: an account that nobody validated. Only users can be pending. */
enum account_status { ACCOUNT_PENDING, ACCOUNT_ACTIVE, ACCOUNT_DISABLED, ACCOUNT_STATUS_COUNT };

const char *account_status_name(enum account_status s); /* "pending" "active" "disabled" */
/* E_BAD_FIELD. */
err_t account_status_parse(str_t name, enum account_status *ret) MUST_USE;

/* The form that is unique and searched: ASCII lower case, for other letters the bytes as they are.
 */
err_t name_key(struct arena *a, str_t name, str_t *ret) MUST_USE;
/* The range [low, high) of keys that begin with `prefix`, in any case; absent: every key. */
err_t name_range(struct arena *a, str_t prefix, str_t *ret_low, str_t *ret_high) MUST_USE;

struct names { /* a list of texts: roles, groups; `set` tells an empty list from an absent one */
    const str_t *v;
    size_t n;
    bool set;
};

/* A change may leave a name out, but not empty it. E_BAD_FIELD. */
err_t name_wanted(struct act *act, const char *field, str_t name) MUST_USE;

/* Role names as a set of bits. E_BAD_FIELD. */
err_t roles_parse(struct act *act, const struct names *names, int64_t *ret) MUST_USE;
err_t roles_names(struct arena *a, int64_t roles, const str_t **ret, size_t *ret_n) MUST_USE;

/* SAFETY AC18: E_FORBIDDEN where `after` holds a permission that `before` did not and the actor
 * lacks, or the whole server outside the organisation `default`. In the transaction that gives it.
 */
err_t roles_may_give(struct act *act, int64_t before, int64_t after) MUST_USE;
/* Whoever changes an account, or what it proves itself by, could become it. E_FORBIDDEN: it has a
 * right that the actor lacks. `own`: its roles without those of its groups. */
err_t account_may_change(struct act *act, enum actor_kind kind, oid_t id, int64_t own) MUST_USE;
/* All roles of a user or service account: its own and those of its groups. */
err_t roles_of(struct act *act, oid_t org, enum actor_kind kind, oid_t id, int64_t own,
               int64_t *ret) MUST_USE;

/* Set *status from a change's `name`; absent: as it is. E_BAD_FIELD. E_CONFLICT: nobody shuts
 * himself out. */
err_t account_status_change(struct act *act, oid_t id, str_t name, int64_t *status) MUST_USE;

#endif
