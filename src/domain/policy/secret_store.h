/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets that configurations name and never hold (FLEET "Secrets"): a value of a name, for a
 * scope. Stored sealed (AES-256-GCM, data keys of the name `secrets`); whoever sets one never reads
 * it again, only a device whose effective configuration names it does. Which one a device gets: the
 * most specific of its scopes, of several groups the one that applies last, as with assignments.
 * All in act->org; global ones belong to the organisation `default` and want system:admin.
 */
#ifndef DOMAIN_POLICY_SECRET_STORE_H
#define DOMAIN_POLICY_SECRET_STORE_H

#include "domain/identity/data_key.h"
#include "domain/policy/assignment.h"
#include "domain/policy/config.h"
#include "plat/json/secret_ref.h"
#include "sql/secret.h"

enum {
    SECRET_VALUE_MAX = 8 * 1024,
    SECRET_DESCRIPTION_MAX = 2048,
    SECRET_ORG_MAX = 10000,
};

struct secret_at { /* which one */
    str_t name;
    enum scope_kind scope; /* 0: org */
    oid_t target_id;       /* zero for global and org */
};

struct secret_in {
    struct secret_at at;
    str_t value;       /* 1..SECRET_VALUE_MAX bytes; borrowed, not kept */
    str_t description; /* absent: as it is */
};

/*
 * Make it, or give it another value: its revision moves on, and so does the number of its scope, so
 * that devices ask again. E_BAD_FIELD: name, value, or a scope without such a target. E_NOT_FOUND:
 * no such target here. E_FORBIDDEN: global, and the actor no system administrator. E_CONFLICT: too
 * many.
 */
err_t secret_set(struct act *act, const struct secret_in *in, struct row_secret_line *ret,
                 bool *ret_created) MUST_USE;
/* E_NOT_FOUND; E_BAD_FIELD: scope and target do not fit. */
err_t secret_get(struct act *act, const struct secret_at *at, struct row_secret_line *ret) MUST_USE;
/* In order of making; zero members of the filter: any. */
err_t secret_list(struct act *act, const struct secret_at *filter, oid_t after, int64_t limit,
                  struct row_secret_line **ret, size_t *ret_n) MUST_USE;
err_t secret_delete(struct act *act, const struct row_secret_line *old) MUST_USE;
/* A device is going away: so do its secrets, and what was noted of it. */
err_t secret_forget_device(struct act *act, oid_t device) MUST_USE;

/* Which secret of this name the device of the plan gets. E_NOT_FOUND: none. */
err_t secret_for_plan(struct act *act, const struct config_plan *plan, str_t name,
                      struct row_secret *ret) MUST_USE;
/* Its value, in the arena, which the caller wipes. E_CORRUPT. */
err_t secret_open(struct act *act, const struct row_secret *row, str_t *ret) MUST_USE;

/* Each delivery is recorded once per device, revision and hour. */
err_t secret_delivery_is_due(struct act *act, const struct row_secret *row, oid_t device,
                             bool *ret) MUST_USE;
err_t secret_delivery_note(struct act *act, const struct row_secret *row, oid_t device) MUST_USE;

/* After the data key was replaced: seal up to `limit` older values anew; when none is left, drop
 * the keys that nothing is sealed with. */
err_t secret_reseal(struct act *act, int64_t limit, struct data_resealed *ret) MUST_USE;

#endif
