/* SPDX-License-Identifier: Apache-2.0 */
/* A store with two organisations, an administrator, and machines that enrol: for the tests of the
 * fleet. */
#ifndef TESTS_DOMAIN_FLEET_WORLD_H
#define TESTS_DOMAIN_FLEET_WORLD_H

#include "base/fault.h"
#include "domain/fleet/fleet_lock.h"
#include "domain/identity/first_start.h"
#include "domain/identity/keys.h"
#include "domain/identity/organisation.h"
#include "plat/db/db.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
    struct store store;
    struct keys keys;
    struct act act;
    struct fleet_rules rules;
    oid_t org;
    oid_t other_org;
};

static const ts_t world_start = { INT64_C(1790000000000000) };

static inline void world_begin(struct world *w)
{
    effects_init(&w->act.effects);
    diag_clear(&w->act.why);
    assert_int_equal(db_tx_begin(w->store.db), E_OK);
}

static inline err_t world_end(struct world *w, err_t e)
{
    if (e != E_OK)
        db_tx_rollback(w->store.db);
    else
        assert_int_equal(db_tx_commit(w->store.db), E_OK);
    return e;
}

/* One call of the domain in a transaction of its own. */
#define ACT(w, call) (world_begin(w), world_end((w), (call)))

static inline void as_admin(struct world *w)
{
    w->act.actor =
        (struct actor){ .kind = ACTOR_USER, .id = oid_make(), .org = w->org, .perms = perms_all() };
    w->act.org = w->org;
}

static inline void as_nobody(struct world *w)
{
    w->act.actor = (struct actor){ .kind = ACTOR_NONE };
    w->act.org = w->org;
}

static inline void as_key(struct world *w, oid_t key)
{
    w->act.actor = (struct actor){ .kind = ACTOR_ENROLMENT_KEY, .id = key, .org = w->org };
    w->act.org = w->org;
}

static inline void as_device(struct world *w, oid_t device, int64_t join_seq)
{
    w->act.actor =
        (struct actor){ .kind = ACTOR_DEVICE, .id = device, .org = w->org, .join_seq = join_seq };
    w->act.org = w->org;
}

static inline void world_time(struct world *w, ts_t now)
{
    clock_freeze(now, (dur_t){ 0 });
    w->act.now = now;
}

static inline int world_setup(void **state)
{
    static struct world w;
    struct row_organisation other;
    memset(&w, 0, sizeof w);
    store_open(&w.store);
    for (int i = 0; i < KEY_USE_COUNT; i++) {
        w.keys.by_use[i].n = 32;
        memset(w.keys.by_use[i].b, 'k' + i, 32);
    }
    w.keys.master.n = 32;
    memset(w.keys.master.b, 'm', 32);
    w.act = (struct act){ .arena = w.store.a, .db = w.store.db, .keys = &w.keys };
    world_time(&w, world_start);
    assert_int_equal(ACT(&w, first_start(&w.act, &w.org)), E_OK);
    assert_int_equal(ACT(&w, organisation_create(&w.act, STR("other"), STR("Other"), &other)),
                     E_OK);
    w.other_org = other.id;
    as_admin(&w);
    *state = &w;
    return 0;
}

static inline int world_teardown(void **state)
{
    struct world *w = *state;
    fault_disarm();
    clock_release();
    store_close(&w->store);
    return 0;
}

#endif
