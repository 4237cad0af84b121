/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that are seen and acknowledge, and a clock that is moved: for the tests of rollouts. */
#ifndef TESTS_DOMAIN_ROLLOUT_WORLD_H
#define TESTS_DOMAIN_ROLLOUT_WORLD_H

#include "base/rng.h"
#include "domain/fleet/device_state.h"
#include "domain/policy/ack.h"
#include "domain/policy/rollout.h"
#include "domain/policy/rollout_tick.h"
#include "policy_hands.h"

enum { FLEET_MAX = 32 };

struct rworld {
    struct world w;
    struct arena *step; /* of one act */
    struct audit *audit;
    oid_t devices[FLEET_MAX];
    ts_t seen[FLEET_MAX]; /* as memory has it */
    size_t n;
    oid_t policy;
    oid_t rollout;
    ts_t up_since;
    bool more; /* the last tick wants another one at once */
};

static inline ts_t rworld_seen(void *arg, oid_t device)
{
    const struct rworld *r = arg;
    for (size_t i = 0; i < r->n; i++) {
        if (oid_eq(r->devices[i], device))
            return r->seen[i];
    }
    return (ts_t){ 0 };
}

static inline void rworld_reset(struct rworld *r)
{
    arena_reset(r->step);
    r->w.act.arena = r->step;
    r->w.act.org = r->w.org;
    effects_init(&r->w.act.effects);
    act_clear_why(&r->w.act);
}

static inline void pass(struct rworld *r, int64_t seconds)
{
    r->w.act.now = ts_add(r->w.act.now, DUR_S(seconds));
    clock_freeze(r->w.act.now, (dur_t){ 0 });
}

static inline void see(struct rworld *r, size_t i)
{
    r->seen[i] = r->w.act.now;
}

static inline void see_all(struct rworld *r)
{
    for (size_t i = 0; i < r->n; i++)
        see(r, i);
}

static inline err_t try_tick(struct rworld *r)
{
    struct rollout_tick t = {
        .audit = r->audit,
        .up_since = r->up_since,
        .seen = rworld_seen,
        .seen_arg = r,
        .budget = DUR_MS(5),
    };
    rworld_reset(r);
    err_t e = rollout_tick(&r->w.act, &t);
    r->w.act.org = r->w.org;
    r->more = t.more;
    return e;
}

static inline void tick(struct rworld *r)
{
    do {
        assert_int_equal(try_tick(r), E_OK);
    } while (r->more);
}

static inline void rworld_open(struct rworld *r, size_t devices)
{
    memset(r, 0, sizeof *r);
    clock_freeze(noon, (dur_t){ 0 });
    rng_seed_for_test(1); /* who is in a ring follows from the ids: the same in each run */
    world_open(&r->w);
    r->step = arena_new(MIB(64));
    assert_non_null(r->step);
    assert_int_equal(audit_new(&r->audit), E_OK);
    r->devices[r->n++] = r->w.device;
    r->devices[r->n++] = r->w.twin;
    while (r->n < devices) {
        char name[16];
        (void)snprintf(name, sizeof name, "d-%zu", r->n);
        r->devices[r->n++] = add_device(&r->w, name);
    }
    rworld_reset(r);
    see_all(r);
    r->policy = make_policy(&r->w, "rolled", "{\"v\":1}");
    assert_int_equal(assign(&r->w, r->policy, SCOPE_ORG, (oid_t){ 0 }, 0), E_OK);
    assert_int_equal(draft(&r->w, r->policy, "{\"v\":2}", NULL), 2);
}

static inline void rworld_close(struct rworld *r)
{
    fault_disarm();
    clock_release();
    rng_seed_for_test(0);
    audit_free(r->audit);
    world_close(&r->w);
    arena_free(r->step);
}

enum { RWORLD_DEVICES = 8 };

static inline int rworld_set_up(void **state)
{
    static struct rworld r;
    rworld_open(&r, RWORLD_DEVICES);
    *state = &r;
    return 0;
}

static inline int rworld_tear_down(void **state)
{
    rworld_close(*state);
    return 0;
}

#define RWORLD_TEST(name) cmocka_unit_test_setup_teardown(name, rworld_set_up, rworld_tear_down)

#endif
