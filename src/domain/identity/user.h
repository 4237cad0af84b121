/* SPDX-License-Identifier: Apache-2.0 */
/* People. All in act->org; an id of another organisation is E_NOT_FOUND. Results live in
 * act->arena. */
#ifndef DOMAIN_IDENTITY_USER_H
#define DOMAIN_IDENTITY_USER_H

#include "domain/identity/account.h"
#include "sql/identity.h"

struct user_in {
    str_t username; /* in a change: absent leaves it as it is */
    str_t email;
    str_t display_name; /* empty: none */
    str_t status;       /* only in a change */
    struct names roles;
    struct names groups; /* ids or names; only of a new user */
    bool pending;        /* a new user waits for validation */
};

/* E_CONFLICT: username or email is taken. E_BAD_FIELD: no such role or group. E_FORBIDDEN: the
 * actor lacks a right that he would give. */
err_t user_create(struct act *act, const struct user_in *in, struct row_user_account *ret) MUST_USE;
err_t user_get(struct act *act, oid_t id, struct row_user_account *ret) MUST_USE;
/* To change him, or what he proves himself by. E_FORBIDDEN: he has a right that the actor lacks. */
err_t user_get_to_change(struct act *act, oid_t id, struct row_user_account *ret) MUST_USE;
/* E_FORBIDDEN as above. E_CONFLICT too: nobody shuts himself out. Who becomes an administrator of
 * the whole server is signed out everywhere, and begins anew. */
err_t user_change(struct act *act, oid_t id, const struct user_in *in,
                  struct row_user_account *ret) MUST_USE;
/* With his memberships and tokens. E_FORBIDDEN as above. E_CONFLICT: devices or assignments name
 * him, or it is the actor himself. */
err_t user_delete(struct act *act, oid_t id) MUST_USE;

struct user_filter {
    str_t search;   /* prefix of username or email, in any case */
    str_t username; /* exact, in any case */
    str_t email;
};
/* In the order of their making, after the id `after`. */
err_t user_page(struct act *act, const struct user_filter *f, oid_t after, int64_t n,
                struct row_user_account **ret, size_t *ret_n) MUST_USE;
/* Of how many that is a page; exact up to NAMES_COUNT_MAX. */
err_t user_count(struct act *act, const struct user_filter *f, int64_t *ret) MUST_USE;

#endif
