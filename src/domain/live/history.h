/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What configurations were made of, kept for `explain ?at=`: who changes an assignment, a group, a
 * membership, an owner or the newest version of a policy says so here, in the same transaction, at
 * act->now. Saying the same twice is harmless.
 */
#ifndef DOMAIN_LIVE_HISTORY_H
#define DOMAIN_LIVE_HISTORY_H

#include "base/opt.h"
#include "domain/live/act.h"

struct history_assignment {
    oid_t id;
    oid_t policy;
    enum scope_kind scope;
    oid_t target;
    int64_t priority;
    opt_i64_t number;
};

/* It is like this from now on; an older state of it ends. */
err_t history_assignment(struct act *act, const struct history_assignment *now) MUST_USE;
err_t history_assignment_gone(struct act *act, oid_t id) MUST_USE;
err_t history_target_gone(struct act *act, enum scope_kind scope, oid_t target) MUST_USE;

err_t history_group(struct act *act, oid_t group, int64_t priority) MUST_USE;
err_t history_group_gone(struct act *act, oid_t group) MUST_USE; /* and nobody is in it any more */

err_t history_member(struct act *act, oid_t group, enum actor_kind kind, oid_t member) MUST_USE;
err_t history_member_left(struct act *act, oid_t group, oid_t member) MUST_USE;
err_t history_member_gone(struct act *act, oid_t member) MUST_USE; /* from all groups */

/* `user` is zero: nobody. */
err_t history_owner(struct act *act, oid_t device, oid_t user) MUST_USE;

err_t history_newest(struct act *act, oid_t policy, oid_t version) MUST_USE;
/* Before a policy is deleted: keeps what was published of it. */
err_t history_policy_gone(struct act *act, oid_t policy) MUST_USE;

/* From when on the history says everything. */
err_t history_begin(struct act *act, ts_t *ret) MUST_USE;
/* Drop what ended before, at most `limit` rows of each kind. */
err_t history_prune(struct act *act, ts_t before, int64_t limit, bool *ret_more) MUST_USE;

#endif
