/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulated device makes of an answer, and how long it waits (FLEET, "Transport"). */
#include "fleet_sim/rules.h"
#include "fleet_sim/seed.h"

#include "check.h"

#define S_US INT64_C(1000000)

static const struct {
    enum sim_state from;
    enum agent_event event;
    enum sim_state to;
    enum sim_wait wait;
} moves[] = {
    { SIM_UNENROLLED, AGENT_INITED, SIM_PENDING, SIM_NOW },
    { SIM_PENDING, AGENT_WAITING, SIM_PENDING, SIM_ASKED },
    { SIM_PENDING, AGENT_ENROLLED, SIM_ENROLLED, SIM_GO },
    { SIM_PENDING, AGENT_CLAIM_USED, SIM_UNENROLLED, SIM_RETRY },
    { SIM_PENDING, AGENT_CLAIM_WRONG, SIM_TURNED_AWAY, SIM_LONG },
    { SIM_UNENROLLED, AGENT_TURNED_AWAY, SIM_TURNED_AWAY, SIM_LONG },
    { SIM_TURNED_AWAY, AGENT_INITED, SIM_PENDING, SIM_NOW },
    { SIM_ENROLLED, AGENT_CONFIRMED, SIM_ENROLLED, SIM_PACE },
    { SIM_ENROLLED, AGENT_BLOCKED, SIM_BLOCKED, SIM_LONG },
    { SIM_BLOCKED, AGENT_CONFIRMED, SIM_ENROLLED, SIM_PACE },
    { SIM_BLOCKED, AGENT_REVOKED, SIM_REVOKED, SIM_END },
    { SIM_ENROLLED, AGENT_UNREACHED, SIM_ENROLLED, SIM_ASKED },
    { SIM_PENDING, AGENT_UNREACHED, SIM_PENDING, SIM_ASKED },
    { SIM_ENROLLED, AGENT_UNAUTHENTICATED, SIM_ENROLLED, SIM_BACK_OFF },
};

static void test_moves(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        struct sim_move m = sim_step(moves[i].from, moves[i].event);
        check(m.to == moves[i].to, sim_state_name(moves[i].from));
        check(m.wait == moves[i].wait, agent_event_name(moves[i].event));
    }
}

static const struct sim_pace pace = {
    .law = { .first = { S_US }, .cap = { 8 * S_US }, .spread = { 2 * S_US } },
    .interval = { 60 * S_US },
    .long_wait = { 300 * S_US },
};

/* What a wait is after so many failures, and the failures after it. */
static const struct {
    const char *name;
    enum sim_wait wait;
    int64_t retry_after_s;
    uint8_t failures;
    int64_t least_us, most_us;
    uint8_t then;
} waits[] = {
    { "success goes on at once and forgets", SIM_GO, 0, 7, 0, 0, 0 },
    { "a step of enrolment forgets nothing", SIM_NOW, 0, 7, 0, 0, 7 },
    { "a poll is due within a tenth", SIM_PACE, 0, 3, 54 * S_US, 66 * S_US, 0 },
    { "the first reconnect is spread", SIM_BACK_OFF, 0, 0, 0, 2 * S_US, 1 },
    { "the second failure waits c..2c", SIM_BACK_OFF, 0, 1, S_US, 2 * S_US, 2 },
    { "the third 2c..4c", SIM_BACK_OFF, 0, 2, 2 * S_US, 4 * S_US, 3 },
    { "jitter comes after the cap", SIM_BACK_OFF, 0, 20, 8 * S_US, 16 * S_US, 21 },
    { "failures do not overflow", SIM_BACK_OFF, 0, 200, 8 * S_US, 16 * S_US, 200 },
    { "Retry-After: never sooner, at most a spread later", SIM_ASKED, 5, 4, 5 * S_US, 7 * S_US, 4 },
    { "without Retry-After by backoff", SIM_ASKED, 0, 1, S_US, 2 * S_US, 2 },
    { "blocked ones ask within a fifth", SIM_LONG, 0, 0, 240 * S_US, 360 * S_US, 0 },
    { "a longer Retry-After counts there too", SIM_LONG, 900, 0, 900 * S_US, 900 * S_US, 0 },
    { "a retry is at once the first time", SIM_RETRY, 0, 0, 0, 0, 1 },
    { "then by backoff", SIM_RETRY, 0, 1, S_US, 2 * S_US, 2 },
};

static void test_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        uint64_t random = 17;
        int64_t low = INT64_MAX;
        int64_t high = -1;
        for (int n = 0; n < 500; n++) {
            uint8_t failures = waits[i].failures;
            int64_t us =
                sim_delay(&pace, waits[i].wait, waits[i].retry_after_s, &failures, &random).us;
            check(us >= waits[i].least_us, waits[i].name);
            check(us <= waits[i].most_us, waits[i].name);
            check(failures == waits[i].then, waits[i].name);
            low = us < low ? us : low;
            high = us > high ? us : high;
        }
        /* 500 devices that fail together do not come back together. */
        check(high - low >= (waits[i].most_us - waits[i].least_us) / 10 * 8, waits[i].name);
    }
}

static void test_no_interval_is_at_once(void **state)
{
    (void)state;
    const struct sim_pace parks = { .law = pace.law };
    uint64_t random = 1;
    uint8_t failures = 9;
    assert_int_equal(sim_delay(&parks, SIM_PACE, 0, &failures, &random).us, 0);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_no_interval_is_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
