/* SPDX-License-Identifier: Apache-2.0 */
/* When an upstream is left alone, and when it is tried again. */
#include "mcp/breaker.h"

#include "base/str.h"

#include "../../check.h"

static const struct breaker_rule rule = { .failures = 3, .pause = { 1000 } };

/* Each letter is a step: ? one may go, ! none may, w well, f failed, n nothing, p the pause passes.
 */
static const struct {
    const char *name;
    const char *steps;
    enum breaker_state ends;
} rows[] = {
    { "it begins closed, for all", "???", BREAKER_CLOSED },
    { "some failures are none", "?f?f?", BREAKER_CLOSED },
    { "a good one in between counts anew", "?f?f?w?f?f?", BREAKER_CLOSED },
    { "that many in a row open it", "?f?f?f!!", BREAKER_OPEN },
    { "after the pause one may try, and only one", "?f?f?fp?!!", BREAKER_HALF_OPEN },
    { "it does well: closed", "?f?f?fp?w??", BREAKER_CLOSED },
    { "it fails: open again, for another pause", "?f?f?fp?f!p?", BREAKER_HALF_OPEN },
    { "it was taken back: another may try", "?f?f?fp?n?!", BREAKER_HALF_OPEN },
    { "late failures of before keep it open", "???f?f?f!f!", BREAKER_OPEN },
    { "after a try that was good it takes all three again", "?f?f?fp?w?f?f?", BREAKER_CLOSED },
};

static void moves(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct breaker b = { .state = BREAKER_CLOSED };
        dur_t now = { 1 };
        for (const char *step = rows[i].steps; *step != '\0'; step++) {
            if (*step == '?' || *step == '!')
                check(breaker_may(&b, now) == (*step == '?'), rows[i].name);
            else if (*step == 'w')
                breaker_well(&b);
            else if (*step == 'f')
                breaker_failed(&b, &rule, now);
            else if (*step == 'n')
                breaker_nothing(&b);
            else
                now.us += rule.pause.us;
        }
        check(b.state == rows[i].ends, rows[i].name);
    }
}

static void names(void **state)
{
    (void)state;
    for (enum breaker_state s = BREAKER_CLOSED; s < BREAKER_STATES; s++)
        assert_true(strlen(breaker_state_name(s)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(moves), cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
