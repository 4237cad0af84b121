/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of policies do all the time, in a few words. */
#ifndef TESTS_DOMAIN_POLICY_HANDS_H
#define TESTS_DOMAIN_POLICY_HANDS_H

#include "policy_world.h"

static inline int64_t draft(struct world *w, oid_t policy, const char *content, const char *locked)
{
    struct row_policy_version v;
    struct policy_content in = { .content = str_from_cz(content), .locked = str_from_cz(locked) };
    assert_int_equal(policy_version_make(&w->act, policy, &in, &v), E_OK);
    return v.number;
}

static inline void publish(struct world *w, oid_t policy, int64_t number)
{
    struct row_policy_version v;
    assert_int_equal(policy_version_find(&w->act, policy, number, &v), E_OK);
    assert_int_equal(policy_publish(&w->act, &v, &v), E_OK);
}

static inline oid_t make_policy(struct world *w, const char *name, const char *content)
{
    struct row_policy_info row;
    assert_int_equal(
        policy_create(&w->act, &(struct policy_words){ .name = str_from_cz(name) }, &row), E_OK);
    publish(w, row.id, draft(w, row.id, content, NULL));
    return row.id;
}

static inline err_t assign(struct world *w, oid_t policy, enum scope_kind scope, oid_t target,
                           int64_t priority)
{
    struct row_assignment row;
    struct assignment_in in = { .policy_id = policy, .scope = scope, .target_id = target };
    if (priority != 0)
        in.priority = (opt_i64_t){ .set = true, .v = priority };
    return assignment_create(&w->act, &in, &row);
}

static inline struct config_body body_of(struct world *w, oid_t device, struct config_plan *plan)
{
    struct config_body body;
    assert_int_equal(config_plan(&w->act, &(struct config_ask){ .device = device }, plan), E_OK);
    assert_int_equal(config_compute(&w->act, plan, &body), E_OK);
    return body;
}

#endif
