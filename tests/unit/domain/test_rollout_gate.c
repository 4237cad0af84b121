/* SPDX-License-Identifier: Apache-2.0 */
/* The moves of a rollout and its gates, and what holds for all counts. */
#include "base/rng.h"
#include "domain/policy/rollout_gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CASES = 20000 };

static const ts_t start = { INT64_C(1795348800) * 1000000 };

/* Every pair of state and act: where it leads, or that it is not allowed. */
static void moves(void **state)
{
    (void)state;
    static const struct {
        enum rollout_state from;
        enum rollout_act act;
        enum rollout_state to;
    } legal[] = {
        { ROLLOUT_DRAFT, ROLLOUT_CHANGE, ROLLOUT_DRAFT },
        { ROLLOUT_DRAFT, ROLLOUT_START, ROLLOUT_RUNNING },
        { ROLLOUT_DRAFT, ROLLOUT_DELETE, ROLLOUT_DRAFT },
        { ROLLOUT_RUNNING, ROLLOUT_PAUSE, ROLLOUT_PAUSED },
        { ROLLOUT_RUNNING, ROLLOUT_PROMOTE, ROLLOUT_RUNNING },
        { ROLLOUT_RUNNING, ROLLOUT_ABORT, ROLLOUT_ABORTED },
        { ROLLOUT_RUNNING, ROLLOUT_ADVANCE, ROLLOUT_RUNNING },
        { ROLLOUT_RUNNING, ROLLOUT_COMPLETE, ROLLOUT_COMPLETED },
        { ROLLOUT_PAUSED, ROLLOUT_RESUME, ROLLOUT_RUNNING },
        { ROLLOUT_PAUSED, ROLLOUT_PROMOTE, ROLLOUT_PAUSED },
        { ROLLOUT_PAUSED, ROLLOUT_ABORT, ROLLOUT_ABORTED },
        { ROLLOUT_COMPLETED, ROLLOUT_DELETE, ROLLOUT_COMPLETED },
        { ROLLOUT_ABORTED, ROLLOUT_ABORT, ROLLOUT_ABORTED },
        { ROLLOUT_ABORTED, ROLLOUT_ROLL_BACK, ROLLOUT_ROLLED_BACK },
        { ROLLOUT_ROLLED_BACK, ROLLOUT_DELETE, ROLLOUT_ROLLED_BACK },
    };
    size_t found = 0;
    for (int from = 0; from < ROLLOUT_STATES; from++) {
        for (int act = 0; act < ROLLOUT_ACTS; act++) {
            enum rollout_state to = ROLLOUT_STATES;
            if (!rollout_may((enum rollout_state)from, (enum rollout_act)act, &to)) {
                assert_int_equal(to, ROLLOUT_STATES);
                continue;
            }
            assert_true(found < ARRAY_LEN(legal));
            assert_int_equal(legal[found].from, from);
            assert_int_equal(legal[found].act, act);
            assert_int_equal(legal[found].to, to);
            found++;
        }
    }
    assert_int_equal(found, ARRAY_LEN(legal));
}

static void names(void **state)
{
    (void)state;
    for (int i = 0; i < ROLLOUT_STATES; i++) {
        enum rollout_state s;
        assert_int_equal(rollout_state_parse(str_from_cz(rollout_state_name(i)), &s), E_OK);
        assert_int_equal(s, i);
    }
    for (int i = 0; i < MEMBER_STATES; i++) {
        enum rollout_member m;
        assert_int_equal(rollout_member_parse(str_from_cz(rollout_member_name(i)), &m), E_OK);
        assert_int_equal(m, i);
    }
    enum rollout_state none;
    assert_int_equal(rollout_state_parse(STR("unknown"), &none), E_BAD_FIELD);
}

static void sets(void **state)
{
    static const struct {
        const char *names;
        err_t want;
        int64_t set;
    } cases[] = {
        { "draft", E_OK, 1 << ROLLOUT_DRAFT },
        { "paused,rolled_back", E_OK, 1 << ROLLOUT_PAUSED | 1 << ROLLOUT_ROLLED_BACK },
        { "paused,paused", E_OK, 1 << ROLLOUT_PAUSED },
        { "", E_BAD_FIELD, 0 },
        { ",", E_BAD_FIELD, 0 },
        { "draft,", E_BAD_FIELD, 0 },
        { "draft, paused", E_BAD_FIELD, 0 },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t set = 0;
        assert_int_equal(rollout_states_parse(str_from_cz(cases[i].names), &set), cases[i].want);
        assert_int_equal(set, cases[i].set);
    }
}

/* clang-format off */
#define C(p, a, ok, f, t, l, u) { { [MEMBER_PENDING] = (p), [MEMBER_AWAY] = (a), [MEMBER_APPLIED] = (ok), \
    [MEMBER_FAILED] = (f), [MEMBER_TIMED_OUT] = (t), [MEMBER_LOST] = (l), [MEMBER_UNCHANGED] = (u) } }
/* Ten seconds of soaking; at most 10 % may fail; three must execute. */
static const struct {
    const char *name;
    struct rollout_counts ring;
    struct rollout_counts before; /* earlier rings */
    enum { COUNTING = 1, APPROVAL = 2, PROMOTED = 4, PAUSE = 8, LOOKED = 16, FORCED = 32 } with;
    int met_s;    /* ago; -1: never */
    enum rollout_verdict want;
} gates[] = {
    { "its members are being found",         C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), COUNTING,  -1, GATE_COUNTING },
    { "one is pending",                      C(1, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_PENDING },
    { "one is pending while it soaks",       C(1, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         99, GATE_PENDING },
    { "too few executed, the rest is away",  C(0, 7, 2, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_FEW },
    { "everybody is away",                   C(0, 7, 0, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_FEW },
    { "enough executed, the rest is away",   C(0, 7, 3, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_MET },
    { "fewer than three can",                C(0, 0, 2, 0, 0, 0, 5),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_MET },
    { "just met: it soaks",                  C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,          0, GATE_SOAKING },
    { "it soaks still",                      C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,          9, GATE_SOAKING },
    { "soaked",                              C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         10, GATE_OVER },
    { "an empty ring need not soak",         C(0, 0, 0, 0, 0, 0, 0),  C(0, 0, 9, 0, 0, 0, 0), 0,          0, GATE_OVER },
    { "an empty ring is met first",          C(0, 0, 0, 0, 0, 0, 0),  C(0, 0, 9, 0, 0, 0, 0), 0,         -1, GATE_MET },
    { "all are unchanged",                   C(0, 0, 0, 0, 0, 0, 4),  C(0, 0, 9, 0, 0, 0, 0), 0,          0, GATE_OVER },
    { "an empty ring wants its approval",    C(0, 0, 0, 0, 0, 0, 0),  C(0, 0, 9, 0, 0, 0, 0), APPROVAL,   0, GATE_APPROVAL },
    { "soaked, wants approval",              C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), APPROVAL,  10, GATE_APPROVAL },
    { "approved before it soaked",           C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), APPROVAL | PROMOTED, 9, GATE_SOAKING },
    { "approved",                            C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), APPROVAL | PROMOTED, 10, GATE_OVER },
    { "it wants to be looked at",            C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), PAUSE,     10, GATE_PAUSE },
    { "it was looked at",                    C(0, 0, 9, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), PAUSE | LOOKED, 10, GATE_OVER },
    { "as many failed as may",               C(0, 0, 9, 1, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         10, GATE_OVER },
    { "one more failed",                     C(0, 0, 8, 1, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         10, GATE_ABORT },
    { "silence is failure",                  C(0, 0, 8, 0, 1, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         10, GATE_ABORT },
    { "loss is failure",                     C(0, 0, 8, 0, 0, 1, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         10, GATE_ABORT },
    { "failure is not diluted by others",    C(9, 9, 8, 1, 0, 0, 9),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_ABORT },
    { "too few executed for a judgement",    C(9, 0, 0, 2, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_PENDING },
    { "two of two that can failed",          C(0, 0, 0, 2, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), 0,         -1, GATE_ABORT },
    { "two of two that were found so far",   C(0, 0, 0, 2, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), COUNTING,  -1, GATE_COUNTING },
    { "three of those found so far",         C(0, 0, 0, 3, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), COUNTING,  -1, GATE_ABORT },
    { "an earlier ring was lost",            C(5, 0, 0, 0, 0, 0, 0),  C(0, 0, 4, 0, 0, 1, 0), 0,         -1, GATE_ABORT },
    { "this ring alone, diluted by earlier", C(0, 0, 7, 2, 0, 0, 0),  C(0, 0, 99, 0, 0, 0, 0), 0,        10, GATE_ABORT },
    { "forced past the pending",             C(5, 5, 0, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), FORCED,     0, GATE_OVER },
    { "forced past its approval",            C(5, 0, 0, 0, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), FORCED | APPROVAL | PROMOTED, 0, GATE_OVER },
    { "nobody is forced past failures",      C(0, 5, 2, 1, 0, 0, 0),  C(0, 0, 0, 0, 0, 0, 0), FORCED,     0, GATE_ABORT },
};
/* clang-format on */

static void each_gate(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(gates); i++) {
        unsigned with = gates[i].with;
        struct rollout_gate g = {
            .ring = gates[i].ring,
            .all = gates[i].before,
            .min_executed = 3,
            .min_executed_all = 3,
            .max_failed = 10000,
            .soak = DUR_S(10),
            .counted = (with & COUNTING) == 0,
            .approval = (with & APPROVAL) != 0,
            .promoted = (with & PROMOTED) != 0,
            .pause = (with & PAUSE) != 0,
            .looked = (with & LOOKED) != 0,
            .forced = (with & FORCED) != 0,
            .now = start,
        };
        rollout_counts_add(&g.all, &g.ring);
        if (gates[i].met_s >= 0)
            g.met_at = (ts_t){ start.us - DUR_S(gates[i].met_s).us };
        if (rollout_gate(&g) != gates[i].want)
            fail_msg("%s: %d", gates[i].name, (int)rollout_gate(&g));
    }
}

static int64_t any(int64_t below)
{
    uint8_t b[2];
    rng_bytes(b, sizeof b);
    return (b[0] << 8 | b[1]) % below;
}

static struct rollout_gate any_gate(void)
{
    struct rollout_gate g = { .min_executed = any(8),
                              .min_executed_all = any(8),
                              .max_failed = any(4) * 10000,
                              .soak = DUR_S(any(3)),
                              .approval = any(2),
                              .pause = any(2),
                              .counted = any(4) > 0,
                              .promoted = any(2),
                              .looked = any(2),
                              .forced = any(8) == 0,
                              .now = start };
    for (int i = 0; i < MEMBER_STATES; i++)
        g.ring.n[i] = any(3) == 0 ? any(4) : 0;
    g.ring.n[MEMBER_APPLIED] += any(30);
    g.all = g.ring;
    for (int i = 0; i < MEMBER_STATES; i++)
        g.all.n[i] += any(3) == 0 ? any(4) : 0;
    if (any(2) > 0)
        g.met_at = (ts_t){ start.us - DUR_S(any(4)).us };
    return g;
}

/* No ring is passed with somebody pending, with less than must have executed, with more failures
 * than may, unsoaked or without its approval; unless a person forced it, and then not past
 * failures. */
static void laws(void **state)
{
    (void)state;
    int passed = 0;
    rng_seed_for_test(7);
    for (int i = 0; i < CASES; i++) {
        struct rollout_gate g = any_gate();
        enum rollout_verdict v = rollout_gate(&g);
        int64_t executed = rollout_executed(&g.ring);
        int64_t failed = rollout_failures(&g.ring);
        bool too_many = executed > 0 && failed * 100000 > executed * g.max_failed;
        assert_int_equal(rollout_members(&g.ring) + g.ring.n[MEMBER_GONE],
                         g.ring.n[0] + g.ring.n[1] + g.ring.n[2] + g.ring.n[3] + g.ring.n[4] +
                             g.ring.n[5] + g.ring.n[6] + g.ring.n[7]);
        if (v == GATE_ABORT)
            assert_true(failed + rollout_failures(&g.all) > 0);
        if (v != GATE_OVER)
            continue;
        passed++;
        assert_true(g.counted);
        assert_false(too_many && executed >= rollout_needs(&g.ring, g.min_executed));
        assert_true(g.forced || g.ring.n[MEMBER_PENDING] == 0);
        assert_true(g.forced || executed >= rollout_needs(&g.ring, g.min_executed));
        assert_true(!g.approval || g.promoted);
        assert_true(!g.pause || g.looked);
        assert_true(ts_is_set(g.met_at));
        /* Somebody who is pending holds it. */
        g.ring.n[MEMBER_PENDING]++;
        g.all.n[MEMBER_PENDING]++;
        assert_true(g.forced || rollout_gate(&g) != GATE_OVER);
    }
    assert_true(passed > CASES / 100);
    rng_seed_for_test(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves),     cmocka_unit_test(names), cmocka_unit_test(sets),
        cmocka_unit_test(each_gate), cmocka_unit_test(laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
