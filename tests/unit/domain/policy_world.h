/* SPDX-License-Identifier: Apache-2.0 */
/* An organisation with two devices of one owner, two groups, and hands to make policies with. */
#ifndef TESTS_DOMAIN_POLICY_WORLD_H
#define TESTS_DOMAIN_POLICY_WORLD_H

#include "base/fault.h"
#include "domain/live/history.h"
#include "domain/policy/assignment.h"
#include "domain/policy/config.h"
#include "domain/policy/policy.h"
#include "sql/fleet.h"
#include "sql/identity.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Frozen, so that version texts are known: 2026-11-22T12:00:00Z. */
static const ts_t noon = { INT64_C(1795348800) * 1000000 };

struct world {
    struct store store;
    struct act act;
    oid_t org;
    oid_t user;
    oid_t device;
    oid_t twin; /* another device with the same owner and groups */
    oid_t g_low;
    oid_t g_high;
};

static inline oid_t add_org(struct world *w, const char *slug)
{
    oid_t id = oid_make();
    assert_int_equal(
        sql_organisation_add(w->store.db, &(struct sql_organisation_add){ .id = id,
                                                                          .slug = str_from_cz(slug),
                                                                          .name = str_from_cz(slug),
                                                                          .status = 1,
                                                                          .now = noon }),
        E_OK);
    return id;
}

static inline oid_t add_group(struct world *w, const char *name, int64_t priority)
{
    oid_t id = oid_make();
    str_t n = str_from_cz(name);
    assert_int_equal(sql_group_add(w->store.db, &(struct sql_group_add){ .id = id,
                                                                         .org = w->org,
                                                                         .name = n,
                                                                         .name_key = n,
                                                                         .priority = priority,
                                                                         .now = noon }),
                     E_OK);
    assert_int_equal(history_group(&w->act, id, priority), E_OK);
    return id;
}

static inline oid_t add_device(struct world *w, const char *name)
{
    oid_t id = oid_make();
    str_t n = str_from_cz(name);
    assert_int_equal(sql_device_add(w->store.db, &(struct sql_device_add){ .id = id,
                                                                           .org = w->org,
                                                                           .machine_id = n,
                                                                           .machine_key = n,
                                                                           .status = 2,
                                                                           .user_id = w->user,
                                                                           .now = noon }),
                     E_OK);
    assert_int_equal(history_owner(&w->act, id, w->user), E_OK);
    return id;
}

static inline void add_member(struct world *w, oid_t group, enum actor_kind kind, oid_t member)
{
    assert_int_equal(sql_member_add(w->store.db, &(struct sql_member_add){ .group_id = group,
                                                                           .kind = (int)kind,
                                                                           .member_id = member }),
                     E_OK);
    assert_int_equal(history_member(&w->act, group, kind, member), E_OK);
}

static inline void world_open(struct world *w)
{
    store_open(&w->store);
    assert_int_equal(db_tx_begin(w->store.db), E_OK);
    w->act = (struct act){ .arena = w->store.a, .db = w->store.db, .now = noon };
    w->act.actor.perms = perms_all();
    effects_init(&w->act.effects);
    w->org = w->act.org = add_org(w, "default");
    w->user = oid_make();
    assert_int_equal(
        sql_user_add(w->store.db, &(struct sql_user_add){ .id = w->user,
                                                          .org = w->org,
                                                          .username = STR("u"),
                                                          .username_key = STR("u"),
                                                          .email = STR("u@example.org"),
                                                          .email_key = STR("u@example.org"),
                                                          .status = 1,
                                                          .now = noon }),
        E_OK);
    w->device = add_device(w, "m-1");
    w->twin = add_device(w, "m-2");
    w->g_high = add_group(w, "high", 200);
    w->g_low = add_group(w, "low", 10);
    /* `low` reaches the device twice, by itself and by its owner: it counts once. */
    add_member(w, w->g_low, ACTOR_USER, w->user);
    add_member(w, w->g_low, ACTOR_DEVICE, w->device);
    add_member(w, w->g_high, ACTOR_USER, w->user);
}

static inline void world_close(struct world *w)
{
    db_tx_rollback(w->store.db);
    store_close(&w->store);
}

static inline int world_set_up(void **state)
{
    static struct world w;
    world_open(&w);
    *state = &w;
    return 0;
}

static inline int world_tear_down(void **state)
{
    world_close(*state);
    return 0;
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

#endif
