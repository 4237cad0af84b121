/* SPDX-License-Identifier: Apache-2.0 */
/* The words of --expect. */
#include "fleet_sim/expect.h"

#include "check.h"

static const struct {
    const char *text;
    err_t want;
    size_t n;
} cases[] = {
    { "applied=190", E_OK, 1 },
    { "applied=190,blocked>=2, revoked<=3", E_OK, 3 },
    { "turned-away=0", E_OK, 1 },
    { "told-to-wait<=10", E_OK, 1 },
    { "", E_BAD_FIELD, 0 },
    { "applied", E_BAD_FIELD, 0 },
    { "applied=", E_BAD_FIELD, 0 },
    { "applied=-1", E_BAD_FIELD, 0 },
    { "applied=1,", E_BAD_FIELD, 0 },
    { "applied>1", E_BAD_FIELD, 0 },
    { "happy=1", E_BAD_FIELD, 0 },
    { "=1", E_BAD_FIELD, 0 },
    { "polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,polls=1,"
      "polls=1,polls=1,polls=1,polls=1,polls=1,polls=1",
      E_TOO_BIG, 0 },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct expect list[EXPECT_MAX];
        struct diag why = { 0 };
        size_t n = 0;
        check(expect_parse(cases[i].text, &why, list, &n) == cases[i].want, cases[i].text);
        check(n == cases[i].n, cases[i].text);
        check((why.text[0] != '\0') == (cases[i].want != E_OK), cases[i].text);
    }
}

static void test_met(void **state)
{
    (void)state;
    struct expect list[EXPECT_MAX];
    size_t n;
    assert_int_equal(expect_parse("applied=2,blocked>=2,revoked<=2", NULL, list, &n), E_OK);
    static const bool want[3][3] = { { false, true, false }, /* 1, 2, 3 of them */
                                     { false, true, true },
                                     { true, true, false } };
    for (size_t i = 0; i < n; i++)
        for (uint64_t have = 1; have <= 3; have++)
            check(expect_met(&list[i], have) == want[i][have - 1], tally_name(list[i].tally));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
