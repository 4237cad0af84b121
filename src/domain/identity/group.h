/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups: the unit of access. Users and service accounts have the roles of their groups; devices
 * get their policies and no roles. All in act->org. Results live in act->arena.
 */
#ifndef DOMAIN_IDENTITY_GROUP_H
#define DOMAIN_IDENTITY_GROUP_H

#include "domain/identity/account.h"
#include "sql/identity.h"

enum { GROUP_PRIORITY_DEFAULT = 100 };

struct group_in {
    str_t name; /* in a change: absent leaves it as it is */
    opt_i64_t priority;
    struct names roles;
};

/* E_CONFLICT: the name is taken. E_BAD_FIELD: no such role, or none of a group. E_FORBIDDEN: the
 * actor lacks a right that he would give. */
err_t group_create(struct act *act, const struct group_in *in,
                   struct row_principal_group *ret) MUST_USE;
err_t group_get(struct act *act, oid_t id, struct row_principal_group *ret) MUST_USE;
err_t group_change(struct act *act, oid_t id, const struct group_in *in,
                   struct row_principal_group *ret) MUST_USE;
/* E_CONFLICT: assignments, enrolment keys, secrets or applications name it. */
err_t group_delete(struct act *act, oid_t id) MUST_USE;

struct group_filter {
    str_t search; /* how the name begins, in any case */
    oid_t member; /* a person, service account or device: those that it is in */
};
/* In the order of their making, after the id `after`. */
err_t group_page(struct act *act, const struct group_filter *f, oid_t after, int64_t n,
                 struct row_principal_group **ret, size_t *ret_n) MUST_USE;
/* Of how many that is a page; exact up to NAMES_COUNT_MAX. */
err_t group_count(struct act *act, const struct group_filter *f, int64_t *ret) MUST_USE;

struct member_in { /* exactly one of them */
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
    oid_t device_id;
};
struct member {
    enum actor_kind kind;
    oid_t id;
};
/* Who that is. E_BAD_FIELD: none or several, or there is no such principal here. */
err_t member_resolve(struct act *act, const struct member_in *in, struct member *ret) MUST_USE;
/* E_BAD_FIELD: none or several, or there is no such principal here. *ret_new: it was not a member
 * yet. */
err_t group_member_add(struct act *act, oid_t group, const struct member_in *in, struct member *ret,
                       bool *ret_new) MUST_USE;
/* E_NOT_FOUND: it is no member. */
err_t group_member_kind(struct act *act, oid_t group, oid_t member, struct member *ret) MUST_USE;
err_t group_member_drop(struct act *act, oid_t group, oid_t member, struct member *ret) MUST_USE;
/* In the order of their ids, after `after`. */
err_t group_member_page(struct act *act, oid_t group, oid_t after, int64_t n,
                        struct row_group_member **ret, size_t *ret_n) MUST_USE;

/* By id or name. E_BAD_FIELD: there is none. */
err_t group_find(struct act *act, str_t name, struct row_principal_group *ret) MUST_USE;
/* A new principal enters groups named by id or name. E_BAD_FIELD, E_FORBIDDEN. */
err_t groups_join(struct act *act, const struct names *groups, enum actor_kind kind,
                  oid_t id) MUST_USE;
/* The names of a principal's groups. */
err_t groups_of(struct act *act, enum actor_kind kind, oid_t id, const str_t **ret,
                size_t *ret_n) MUST_USE;
/* A principal goes: his memberships, tokens and sessions with him. */
err_t principal_forget(struct act *act, oid_t id) MUST_USE;

#endif
