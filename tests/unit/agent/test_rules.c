/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's decisions: every state with every event, what is asked next, and how long is waited.
 */
#include "agent/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define U AGENT_UNENROLLED
#define P AGENT_PENDING
#define A AGENT_ACTIVE
#define S AGENT_STALE
#define D AGENT_DISABLED

static const struct {
    enum agent_event event;
    enum agent_state to[AGENT_STATES]; /* from U, P, A, S, D */
    enum agent_wait wait;
    unsigned does;
} moves[] = {
    { AGENT_INITED, { P, P, A, S, D }, AGENT_NOW, 0 },
    { AGENT_WAITING, { P, P, A, S, P }, AGENT_ASKED, 0 },
    { AGENT_ENROLLED, { A, A, A, S, D }, AGENT_GO, AGENT_DO_DROP_REQUEST },
    { AGENT_CHALLENGED, { P, P, A, S, D }, AGENT_RETRY, 0 },
    { AGENT_CLAIM_USED, { U, U, A, S, D }, AGENT_RETRY, AGENT_DO_DROP_REQUEST },
    { AGENT_CLAIM_WRONG, { U, U, A, S, D }, AGENT_LONG, AGENT_DO_DROP_REQUEST },
    { AGENT_TURNED_AWAY, { U, P, A, S, D }, AGENT_LONG, 0 },
    { AGENT_CONFIGURED, { A, A, A, A, A }, AGENT_GO, 0 },
    { AGENT_CONFIRMED, { A, A, A, A, D }, AGENT_GO, 0 },
    { AGENT_UNCHANGED, { U, P, A, S, D }, AGENT_GO, 0 },
    { AGENT_REJECTED, { U, P, A, S, D }, AGENT_BACK_OFF, 0 },
    { AGENT_PINNED, { U, P, A, S, D }, AGENT_NOW, 0 },
    { AGENT_REVOKED, { D, D, D, D, D }, AGENT_LONG, AGENT_DO_DISABLE },
    { AGENT_WIPED,
      { D, D, D, D, D },
      AGENT_LONG,
      AGENT_DO_DISABLE | AGENT_DO_WIPE | AGENT_DO_DROP_REQUEST },
    { AGENT_BLOCKED, { D, D, D, D, D }, AGENT_LONG, AGENT_DO_DISABLE | AGENT_DO_DEGRADE },
    { AGENT_UNAUTHENTICATED, { U, P, A, S, D }, AGENT_BACK_OFF, 0 },
    { AGENT_UNREACHED, { U, P, A, S, D }, AGENT_ASKED, 0 },
    { AGENT_LEASE_OVER, { U, P, S, S, D }, AGENT_GO, AGENT_DO_DEGRADE },
    { AGENT_GRACE_OVER, { U, P, D, D, D }, AGENT_GO, AGENT_DO_DISABLE },
};

static void test_every_state_with_every_event(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(moves), AGENT_EVENTS);
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        for (int from = 0; from < AGENT_STATES; from++) {
            struct agent_move m = agent_step((enum agent_state)from, moves[i].event);
            print_message("# %s, %s\n", agent_state_name((enum agent_state)from),
                          agent_event_name(moves[i].event));
            assert_int_equal(m.to, moves[i].to[from]);
            assert_int_equal(m.wait, moves[i].wait);
            assert_int_equal(m.does, moves[i].does);
        }
    }
}

/* What SAFETY wants of the table, whatever its rows are. */
static void test_laws(void **state)
{
    (void)state;
    for (int from = 0; from < AGENT_STATES; from++) {
        for (int event = 0; event < AGENT_EVENTS; event++) {
            struct agent_move m = agent_step((enum agent_state)from, (enum agent_event)event);
            bool in_force = m.to == AGENT_ACTIVE || m.to == AGENT_STALE;
            bool was_off = from == AGENT_DISABLED;
            /* Only a configuration brings a disabled device back. */
            assert_true(!was_off || !in_force || event == AGENT_CONFIGURED);
            /* Into DISABLED never without the disabled form. */
            assert_true(was_off || m.to != AGENT_DISABLED || (m.does & AGENT_DO_DISABLE) != 0);
            /* No answer moves nothing: any proxy can say anything. */
            if (event == AGENT_UNREACHED || event == AGENT_UNAUTHENTICATED ||
                event == AGENT_REJECTED)
                assert_true((int)m.to == from && m.does == 0 && m.wait != AGENT_GO);
            if (event == AGENT_UNCHANGED)
                assert_true((int)m.to == from && m.does == 0);
            /* Only what is signed wipes. */
            assert_true((m.does & AGENT_DO_WIPE) == 0 || event == AGENT_WIPED);
            assert_non_null(agent_event_name((enum agent_event)event));
        }
        assert_non_null(agent_state_name((enum agent_state)from));
    }
}

static const struct {
    const char *name;
    struct agent_view view;
    enum agent_ask want;
} asks[] = {
    { "nothing yet", { .state = U }, AGENT_INIT },
    { "a request stands", { .state = P, .has_claim = true }, AGENT_CONFIRM },
    { "turned away before the request", { .state = D }, AGENT_INIT },
    { "a token", { .state = A, .has_token = true }, AGENT_FETCH },
    { "claim and token: a crash between",
      { .state = A, .has_token = true, .has_claim = true },
      AGENT_FETCH },
    { "acknowledge first",
      { .state = A, .has_token = true, .ack = true, .heartbeat = true },
      AGENT_ACK },
    { "an exchange of the token before all",
      { .state = A, .has_token = true, .ack = true, .rotate = true },
      AGENT_ROTATE },
    { "heartbeat", { .state = A, .has_token = true, .heartbeat = true }, AGENT_HEARTBEAT },
    { "disabled: nothing but the configuration",
      { .state = D, .has_token = true, .ack = true, .heartbeat = true, .rotate = true },
      AGENT_FETCH },
    { "stale: nothing but the configuration",
      { .state = S, .has_token = true, .heartbeat = true },
      AGENT_FETCH },
    { "a token without a root key: pin it before it is used",
      { .state = D, .has_token = true, .pin = true, .reject = true },
      AGENT_PIN },
    { "a refused answer is told in any state",
      { .state = D, .has_token = true, .reject = true },
      AGENT_REJECT },
    { "the token is refused",
      { .state = S, .has_token = true, .token_refused = true },
      AGENT_INIT },
    { "the token is refused, a request stands",
      { .state = A, .has_token = true, .token_refused = true, .has_claim = true, .ack = true },
      AGENT_CONFIRM },
};

static void test_what_is_asked_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
        print_message("# %s\n", asks[i].name);
        assert_int_equal(agent_next(&asks[i].view), asks[i].want);
    }
}

/* FLEET.md, Transport: cap c, then U(c, 2c). The random number decides between the two ends. */
static void test_backoff(void **state)
{
    (void)state;
    const struct agent_law law = { .first = { 1000 }, .cap = { 60000 }, .spread = { 2000 } };
    static const struct {
        unsigned failures;
        int64_t c;
    } rows[] = { { 2, 1000 },  { 3, 2000 },  { 4, 4000 },       { 7, 32000 },
                 { 8, 60000 }, { 9, 60000 }, { 1000000, 60000 } };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t c = rows[i].c;
        assert_int_equal(agent_backoff(&law, rows[i].failures, 0).us, c);
        assert_int_equal(agent_backoff(&law, rows[i].failures, (uint64_t)c).us, 2 * c);
        for (uint64_t random = 0; random < 1000; random++) {
            int64_t w = agent_backoff(&law, rows[i].failures, random * 0x9e3779b97f4a7c15U).us;
            assert_true(w >= c);
            assert_true(w <= 2 * c);
        }
    }
    assert_int_equal(agent_backoff(&law, 1, 0).us, 0); /* the first reconnect: U(0, spread) */
    assert_int_equal(agent_backoff(&law, 1, 2000).us, 2000);
    assert_int_equal(agent_backoff(&law, 1, 2001).us, 0);
    assert_int_equal(agent_backoff(&law, 0, 1999).us, 1999);
}

static void test_long_wait(void **state)
{
    (void)state;
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (uint64_t random = 0; random < 10000; random++) {
        int64_t w = agent_long_wait(random * 0x9e3779b97f4a7c15U).us;
        least = w < least ? w : least;
        most = w > most ? w : most;
    }
    assert_true(least >= DUR_S(240).us);
    assert_true(least < DUR_S(245).us);
    assert_true(most <= DUR_S(360).us);
    assert_true(most > DUR_S(355).us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state_with_every_event),
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_what_is_asked_next),
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_long_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
