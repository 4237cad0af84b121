/* SPDX-License-Identifier: Apache-2.0 */
/* What devices say and what a person does: for the tests of rollouts. */
#ifndef TESTS_DOMAIN_ROLLOUT_STEPS_H
#define TESTS_DOMAIN_ROLLOUT_STEPS_H

#include "base/enc.h"
#include "rollout_world.h"

static inline err_t try_ack(struct rworld *r, size_t i, const digest_t *etag, const char *result)
{
    char hex[2 * SHA256_SIZE];
    bool new;
    hex_encode(etag->b, SHA256_SIZE, hex);
    return config_ack(&r->w.act,
                      &(struct config_ack){ .device = r->devices[i],
                                            .etag = str_of(hex, sizeof hex),
                                            .result = str_from_cz(result),
                                            .reason = STR("because") },
                      &new);
}

/* What it would get now. */
static inline struct config_body config_now(struct rworld *r, size_t i)
{
    struct config_plan plan;
    rworld_reset(r);
    return body_of(&r->w, r->devices[i], &plan);
}

static inline bool holds_text(str_t s, str_t part)
{
    return memmem(s.p, s.n, part.p, part.n) != NULL;
}

static inline bool has_target(struct rworld *r, size_t i)
{
    return holds_text(config_now(r, i).bytes, STR("\"v\":2"));
}

/* It asks, and says what it did with what it has now. */
static inline void answers(struct rworld *r, size_t i, const char *result)
{
    struct config_body body = config_now(r, i);
    see(r, i);
    assert_int_equal(try_ack(r, i, &body.etag, result), E_OK);
}

static inline struct rollout rollout_now(struct rworld *r)
{
    struct rollout ro;
    rworld_reset(r);
    assert_int_equal(rollout_find(&r->w.act, r->rollout, &ro), E_OK);
    return ro;
}

static inline void want_state(struct rworld *r, enum rollout_state state, int64_t ring)
{
    struct rollout ro = rollout_now(r);
    if (ro.r.state != (int64_t)state || ro.r.ring != ring)
        fail_msg("%s in ring %lld: %.*s", rollout_state_name(ro.r.state), (long long)ro.r.ring,
                 STR_ARG(ro.r.reason));
}

static inline int64_t count(struct rworld *r, int64_t ring, enum rollout_member state)
{
    struct rollout ro = rollout_now(r);
    return rollout_ring_counts(&ro.rings[ring - 1]).n[state];
}

#define PERCENT(n)                                                                                 \
    {                                                                                              \
        .percent = { true, (n)*1000 }                                                              \
    }

/* Gates in seconds: 100 to answer, 50 until lost, 20 until away; 20 % may fail. */
static inline err_t try_make(struct rworld *r, const struct rollout_ring_in *rings, size_t n)
{
    struct rollout ro;
    struct rollout_in in = {
        .policy_id = r->policy,
        .to = { true, 2 },
        .seed = STR("seed"),
        .rings = rings,
        .rings_n = n,
        .min_executed = { true, 1 },
        .max_failed = { true, 20000 },
        .timeout_s = { true, 100 },
        .lost_after_s = { true, 50 },
        .away_after_s = { true, 20 },
    };
    rworld_reset(r);
    err_t e = rollout_create(&r->w.act, &in, &ro);
    if (e == E_OK)
        r->rollout = ro.r.id;
    return e;
}

static inline err_t try_start(struct rworld *r)
{
    struct rollout ro = rollout_now(r);
    return rollout_start(&r->w.act, &ro);
}

static inline void begin(struct rworld *r, const struct rollout_ring_in *rings, size_t n)
{
    assert_int_equal(try_make(r, rings, n), E_OK);
    assert_int_equal(try_start(r), E_OK);
    tick(r);
}

#define BEGIN(r, ...)                                                                              \
    begin((r), (const struct rollout_ring_in[]){ __VA_ARGS__ },                                    \
          ARRAY_LEN(((const struct rollout_ring_in[]){ __VA_ARGS__ })))

static inline void answer_all(struct rworld *r, const char *result)
{
    for (size_t i = 0; i < r->n; i++)
        answers(r, i, result);
}

static inline size_t with_target(struct rworld *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += has_target(r, i);
    return n;
}

#endif
