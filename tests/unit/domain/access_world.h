/* SPDX-License-Identifier: Apache-2.0 */
/* People, groups and applications for one test: a store, its first organisation, and an
 * administrator who acts. */
#ifndef TESTS_DOMAIN_ACCESS_WORLD_H
#define TESTS_DOMAIN_ACCESS_WORLD_H

#include "domain/access/binding.h"
#include "domain/access/decide.h"
#include "domain/identity/first_start.h"
#include "domain/identity/group.h"
#include "domain/identity/keys.h"
#include "domain/identity/organisation.h"
#include "domain/identity/service.h"
#include "domain/identity/user.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct access_world {
    struct store store;
    struct keys keys;
    struct act act;
    oid_t org;
};

static inline int access_world_open(void **state)
{
    static struct access_world w;
    memset(&w, 0, sizeof w);
    store_open(&w.store);
    assert_int_equal(db_tx_begin(w.store.db), E_OK);
    w.keys.master.n = 32;
    w.act = (struct act){ .arena = w.store.a,
                          .db = w.store.db,
                          .now = clock_now(),
                          .keys = &w.keys,
                          .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() } };
    effects_init(&w.act.effects);
    assert_int_equal(first_start(&w.act, &w.org), E_OK);
    assert_int_equal(applications_complete(&w.act, w.org), E_OK);
    w.act.org = w.act.actor.org = w.org;
    *state = &w;
    return 0;
}

static inline int access_world_close(void **state)
{
    struct access_world *w = *state;
    db_tx_rollback(w->store.db);
    store_close(&w->store);
    return 0;
}

static inline oid_t world_user(struct access_world *w, const char *name)
{
    char email[64];
    struct row_user_account row;
    (void)snprintf(email, sizeof email, "%s@example.org", name);
    struct user_in in = { .username = str_from_cz(name), .email = str_from_cz(email) };
    assert_int_equal(user_create(&w->act, &in, &row), E_OK);
    return row.id;
}

static inline oid_t world_service(struct access_world *w, const char *name)
{
    struct row_service_account row;
    struct service_in in = { .name = str_from_cz(name) };
    assert_int_equal(service_create(&w->act, &in, &row), E_OK);
    return row.id;
}

static inline oid_t world_group(struct access_world *w, const char *name)
{
    struct row_principal_group row;
    struct group_in in = { .name = str_from_cz(name) };
    assert_int_equal(group_create(&w->act, &in, &row), E_OK);
    return row.id;
}

static inline void world_join(struct access_world *w, oid_t group, oid_t user)
{
    struct member m;
    bool added = false;
    struct member_in in = { .user_id = user };
    assert_int_equal(group_member_add(&w->act, group, &in, &m, &added), E_OK);
}

static inline void world_leave(struct access_world *w, oid_t group, oid_t user)
{
    struct member m;
    assert_int_equal(group_member_drop(&w->act, group, user, &m), E_OK);
}

static inline struct row_application world_app(struct access_world *w, const char *name)
{
    struct row_application row;
    struct token_text secret;
    struct application_in in = { .name = str_from_cz(name), .kind = STR("oidc") };
    assert_int_equal(application_create(&w->act, &in, &row, &secret), E_OK);
    return row;
}

static inline oid_t world_bind_group(struct access_world *w, const struct row_application *app,
                                     oid_t group)
{
    struct row_binding row;
    bool is_new = false;
    struct binding_in in = { .group_id = group };
    assert_int_equal(binding_add(&w->act, app, &in, &row, &is_new), E_OK);
    return row.id;
}

static inline enum access_effect world_decide(struct access_world *w,
                                              const struct row_application *app, oid_t user)
{
    struct access_decision d;
    struct access_ask ask = { .app = app, .kind = ACTOR_USER, .principal = user };
    assert_int_equal(access_decide(&w->act, &ask, &d), E_OK);
    return d.effect;
}

#endif
