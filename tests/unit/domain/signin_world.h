/* SPDX-License-Identifier: Apache-2.0 */
/* A store with two people, `ada` (an administrator) and `bob`, at a time that stands still. */
#ifndef TESTS_DOMAIN_SIGNIN_WORLD_H
#define TESTS_DOMAIN_SIGNIN_WORLD_H

#include "check.h"
#include "domain/identity/first_start.h"
#include "domain/identity/keys.h"
#include "domain/identity/user.h"
#include "domain/signin/session.h"
#include "store.h"

struct signin_world {
    struct store store;
    struct keys keys;
    struct act act;
    oid_t org;
    oid_t ada;
    oid_t bob;
    ts_t start;
};

/* So many microseconds after the start. */
static inline void world_at(struct signin_world *w, int64_t us)
{
    w->act.now = (ts_t){ w->start.us + us };
    clock_freeze(w->act.now, (dur_t){ us + 1 });
}

static inline oid_t world_user(struct signin_world *w, const char *name, const char *role)
{
    str_t email;
    str_t roles[] = { str_from_cz(role) };
    struct row_user_account row;
    assert_int_equal(str_format(w->store.a, &email, "%s@example.org", name), E_OK);
    struct user_in in = { .username = str_from_cz(name),
                          .email = email,
                          .roles = { roles, 1, true } };
    assert_int_equal(user_create(&w->act, &in, &row), E_OK);
    return row.id;
}

static inline int world_setup(void **state)
{
    static struct signin_world w;
    memset(&w, 0, sizeof w);
    store_open(&w.store);
    assert_int_equal(db_tx_begin(w.store.db), E_OK);
    w.start = (ts_t){ INT64_C(1800000000000000) };
    w.keys.master.n = 32;
    w.keys.by_use[KEY_TOKEN].n = 32;
    w.act = (struct act){ .arena = w.store.a,
                          .db = w.store.db,
                          .keys = &w.keys,
                          .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() } };
    effects_init(&w.act.effects);
    world_at(&w, 0);
    assert_int_equal(first_start(&w.act, &w.org), E_OK);
    w.act.org = w.act.actor.org = w.org;
    w.ada = world_user(&w, "ada", "administrator");
    w.bob = world_user(&w, "bob", "user");
    effects_init(&w.act.effects);
    *state = &w;
    return 0;
}

static inline int world_teardown(void **state)
{
    struct signin_world *w = *state;
    clock_release();
    db_tx_rollback(w->store.db);
    store_close(&w->store);
    return 0;
}

static inline struct session_in world_session(struct signin_world *w, oid_t user)
{
    (void)w;
    return (struct session_in){ .user = user,
                                .kind = SESSION_BROWSER,
                                .level = SESSION_WHOLE,
                                .amr = AMR_PWD,
                                .lasts = { DUR_DAYS(30), DUR_DAYS(14) },
                                .ip = STR("192.0.2.1"),
                                .agent = STR("a browser") };
}

static inline struct row_session session_of(struct signin_world *w, oid_t user,
                                            enum session_kind kind, enum session_level level,
                                            struct token_text *ret_cookie)
{
    struct session_in in = world_session(w, user);
    struct row_session row;
    in.kind = kind;
    in.level = level;
    assert_int_equal(session_open(&w->act, &in, &row, ret_cookie), E_OK);
    return row;
}

#endif
